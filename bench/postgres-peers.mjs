import { pool, tables } from './database.mjs'
import { chunks } from './peers.mjs'
import { FAMILY } from './servicebook.mjs'

/*
 * What people write instead, on the same tables. None of it validates, compares, or decides; but for `byHand` none keeps
 * history.
 */

const { schema, services, versions } = tables
const columns = (service) => ({
  fqn: service.fullyQualifiedName,
  family: FAMILY,
  id: service.id,
  revision: 1,
  name: service.name,
  deleted: false,
  service: JSON.stringify(service),
})

/** One service in a transaction of its own: read it under a lock, keep what it was, write what it is. */
export async function byHand(given) {
  const service = { fullyQualifiedName: given.name, id: '0199f3a2-5b1c-7d3e-8f4a-000000000000', ...given }
  const client = await pool().connect()
  await client.query('begin')
  const key = [service.fullyQualifiedName, FAMILY]
  const held = await client.query(
    `select revision, service from ${services} where fqn = $1 and family = $2 for update`,
    key,
  )
  const before = held.rows[0]
  await client.query(
    `insert into ${services} (fqn, family, id, revision, name, deleted, service) values ($1, $2, $3, 1, $4, false, $5)
     on conflict (fqn, family) do update set revision = servicebook_services.revision + 1, service = excluded.service`,
    [...key, service.id, service.name, JSON.stringify(service)],
  )
  if (before !== undefined) {
    await client.query(`insert into ${versions} (fqn, family, version, service) values ($1, $2, $3, $4)`, [
      ...key,
      before.revision,
      JSON.stringify(before.service),
    ])
  }
  await client.query('commit')
  client.release()
}

/** 1,000 services a statement. */
export async function drizzle() {
  const { drizzle: open } = await import('drizzle-orm/node-postgres')
  const { bigint, boolean, pgSchema, text, uuid } = await import('drizzle-orm/pg-core')
  const { sql } = await import('drizzle-orm')
  const table = pgSchema(schema).table('servicebook_services', {
    fqn: text('fqn').notNull(),
    family: text('family').notNull(),
    id: uuid('id').notNull(),
    revision: bigint('revision', { mode: 'number' }).notNull(),
    name: text('name').notNull(),
    deleted: boolean('deleted').notNull(),
    service: text('service').notNull(),
  })
  const database = open(pool())
  return async (all) => {
    for (const chunk of chunks(all)) {
      const set = { service: sql`excluded.service`, revision: sql`${table.revision} + 1` }
      await database
        .insert(table)
        .values(chunk.map(columns))
        .onConflictDoUpdate({ target: [table.fqn, table.family], set })
    }
  }
}

/** 1,000 services a statement. */
export async function kysely() {
  const { Kysely, PostgresDialect, sql } = await import('kysely')
  const database = new Kysely({ dialect: new PostgresDialect({ pool: pool() }) }).withSchema(schema)
  return async (all) => {
    for (const chunk of chunks(all)) {
      await database
        .insertInto('servicebook_services')
        .values(chunk.map(columns))
        .onConflict((conflict) =>
          conflict.columns(['fqn', 'family']).doUpdateSet({
            service: (row) => row.ref('excluded.service'),
            revision: sql`servicebook_services.revision + 1`,
          }),
        )
        .execute()
    }
  }
}
