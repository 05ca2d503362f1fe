import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { FAMILY } from '../book.mjs'
import { chunks } from '../documents/chunks.mjs'
import { pool, rowOf, tables } from '../rooms/postgres/database.mjs'

/*
 * What else writes to the same tables without validating, comparing or deciding: the least there is, and query builders that
 * write current services alone. Only the floor of two tables keeps history.
 */

const { schema, services, versions } = tables

/** Rows of the current table, and of the other, as the bytes that `COPY` takes; they are ready before the clock runs. */
export const currentRows = (stored) =>
  bytesOf(stored, ({ service, revision }) => [
    ...[service.fullyQualifiedName, FAMILY, service.id, revision, service.name, service.deleted],
    JSON.stringify(service),
  ])
export const supersededRows = (stored) =>
  bytesOf(stored, ({ service }) => [service.fullyQualifiedName, FAMILY, service.version, JSON.stringify(service)])

export const copyCurrent = (bytes) =>
  copy(`copy ${services} (fqn, family, id, revision, name, deleted, service) from stdin`, bytes)
export const copySuperseded = (bytes) => copy(`copy ${versions} (fqn, family, version, service) from stdin`, bytes)

/** In pieces of 64 kB, as they would come from a file. */
function bytesOf(stored, valuesOf) {
  const escaped = (value) => String(value).replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t')
  const bytes = Buffer.from(stored.map((one) => `${valuesOf(one).map(escaped).join('\t')}\n`).join(''))
  return [...chunks(bytes, 2 ** 16)]
}

async function copy(sql, bytes) {
  const { from } = await import('pg-copy-streams')
  const client = await pool().connect()
  await pipeline(Readable.from(bytes), client.query(from(sql)))
  client.release()
}

/** 1,000 services a statement. */
export async function drizzle() {
  const { drizzle: open } = await import('drizzle-orm/node-postgres')
  const { bigint, boolean, pgSchema, text, uuid } = await import('drizzle-orm/pg-core')
  const { sql } = await import('drizzle-orm')
  const table = pgSchema(schema).table('servicebook_services', {
    fqn: text().notNull(),
    family: text().notNull(),
    id: uuid().notNull(),
    revision: bigint({ mode: 'number' }).notNull(),
    name: text().notNull(),
    deleted: boolean().notNull(),
    service: text().notNull(), // json to the database; the text is ready
  })
  const database = open(pool())
  const set = { service: sql`excluded.service`, revision: sql`servicebook_services.revision + 1` }
  return async (all) => {
    for (const chunk of chunks(all)) {
      const values = chunk.map(rowOf)
      await database
        .insert(table)
        .values(values)
        .onConflictDoUpdate({ target: [table.fqn, table.family], set })
    }
  }
}

/** 1,000 services a statement. */
export async function kysely() {
  const { Kysely, PostgresDialect, sql } = await import('kysely')
  const database = new Kysely({ dialect: new PostgresDialect({ pool: pool() }) }).withSchema(schema)
  const set = { service: sql`excluded.service`, revision: sql`servicebook_services.revision + 1` }
  return async (all) => {
    for (const chunk of chunks(all)) {
      const values = chunk.map(rowOf)
      await database
        .insertInto('servicebook_services')
        .values(values)
        .onConflict((conflict) => conflict.columns(['fqn', 'family']).doUpdateSet(set))
        .execute()
    }
  }
}
