import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { migrate, type PostgresClient, postgresStore } from 'servicebook/postgres'
import { inject } from 'vitest'
import { distribution, inOne, isCitus } from './citus.js'

export const databaseUrl = inject('databaseUrl')

const shared = new pg.Pool({ connectionString: databaseUrl, max: 20, allowExitOnIdle: true })
// A server that goes away ends idle connections; without a listener that would end the process.
shared.on('error', () => {})

/** Connections to the server of the tests, for all tests of a file. */
export const pool = shared

/** Connections by another coordinator of the same cluster where there is one (`DATABASE_URL_2`), else the same ones. */
export const secondPool =
  process.env.DATABASE_URL_2 === undefined
    ? pool
    : new pg.Pool({ connectionString: process.env.DATABASE_URL_2, max: 20, allowExitOnIdle: true })
secondPool.on('error', () => {})

/** Begins with what this run drops at its end. */
const freshName = () => `${inject('schemas')}${randomUUID().replaceAll('-', '')}`

/** A schema with nothing in it. */
export async function emptySchema() {
  const schema = freshName()
  await pool.query(`create schema ${schema}`)
  return { schema, close: async () => void (await pool.query(`drop schema ${schema} cascade`)) }
}

/** A client that is no server, as PGlite, has a database of its own. */
async function isOurs(schema: string): Promise<boolean> {
  const { rows } = await pool.query('select to_regnamespace($1) is not null as ours', [schema])
  return rows[0].ours
}

/**
 * Tables of its own for one test, in a schema of their own, and the store on them; on Citus spread over its nodes, unless
 * the test looks at what one node does.
 */
export async function openDatabase(
  client: PostgresClient = pool,
  { distributed = true, outbox = false, prepared = false } = {},
) {
  const schema = freshName()
  await migrate(client, { schema })
  if (distributed && (await isCitus(pool)) && (await isOurs(schema))) await inOne(pool, distribution(schema))
  return {
    client,
    schema,
    services: `${schema}.servicebook_services`,
    versions: `${schema}.servicebook_versions`,
    store: postgresStore(client, { schema, outbox, prepared }),
    again: (other: PostgresClient = client) => postgresStore(other, { schema, outbox, prepared }),
    bytes: async () => {
      const rows = (table: string) => pool.query(`select row_to_json(it)::text as row from ${table} it`)
      const all = await Promise.all([rows(`${schema}.servicebook_services`), rows(`${schema}.servicebook_versions`)])
      return JSON.stringify(all.map(({ rows }) => rows))
    },
    close: async () => {
      await client.query(`drop schema ${schema} cascade`, [])
    },
  }
}

const spares = new Map<PostgresClient, Awaited<ReturnType<typeof openDatabase>>[]>()

/**
 * Tables that another test has had and are empty again, for tests that open many: to make and drop them takes a server a
 * hundred times as long as to empty them. The end of the run drops them. A client is always lent the same kind.
 */
export async function borrowDatabase(client: PostgresClient = pool, options: { readonly outbox?: boolean } = {}) {
  const free = spares.get(client) ?? []
  spares.set(client, free)
  const database = free.pop() ?? (await openDatabase(client, options))
  return {
    ...database,
    store: database.again(),
    close: async () => {
      const { schema, services, versions } = database
      for (const table of [services, versions, `${schema}.servicebook_events`])
        await client.query(`delete from ${table}`, [])
      free.push(database)
    },
  }
}
