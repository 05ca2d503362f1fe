import { FAMILY } from '../book.mjs'
import { chunks } from '../documents/chunks.mjs'
import { pool, rowOf, tables } from '../rooms/postgres/database.mjs'
import { checked, decided } from './rules.mjs'

/*
 * The same rules, history and tables on PostgreSQL, as they are written by hand.
 */

const { schema, services, versions } = tables

/** One service in a transaction of its own: read under a lock, decided on, written, and what it was is kept. */
export async function upserted(request, { by }) {
  const valid = checked(request)
  if (valid.issues !== undefined) return { error: valid.issues }
  const key = [valid.request.fullyQualifiedName, FAMILY]
  const client = await pool().connect()
  try {
    await client.query('begin')
    const { rows } = await client.query(
      `select revision, service from ${services} where fqn = $1 and family = $2 for update`,
      key,
    )
    const [held] = rows
    const { outcome, service } = decided(held?.service, valid.request, by)
    if (outcome !== 'unchanged') {
      await client.query(
        `insert into ${services} (fqn, family, id, revision, name, deleted, service) values ($1, $2, $3, 1, $4, false, $5)
         on conflict (fqn, family) do update set revision = servicebook_services.revision + 1, service = excluded.service`,
        [...key, service.id, service.name, JSON.stringify(service)],
      )
    }
    if (outcome === 'updated') {
      const values = [...key, held.service.version, JSON.stringify(held.service)]
      await client.query(`insert into ${versions} (fqn, family, version, service) values ($1, $2, $3, $4)`, values)
    }
    await client.query('commit')
    return { outcome, fqn: service.fullyQualifiedName, version: service.version }
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

/** A thousand services a transaction: read under locks by one statement, written by one, and by one what they were. */
export async function kyselyWithHistory() {
  const { Kysely, PostgresDialect, sql } = await import('kysely')
  const database = new Kysely({ dialect: new PostgresDialect({ pool: pool() }) }).withSchema(schema)
  const set = { service: sql`excluded.service`, revision: sql`servicebook_services.revision + 1` }

  async function write(transaction, requests, by) {
    const valid = requests.map((request) => checked(request))
    const good = valid.flatMap(({ request }) => (request === undefined ? [] : [request]))
    const names = good.map(({ fullyQualifiedName }) => fullyQualifiedName)
    const held = await transaction
      .selectFrom('servicebook_services')
      .select(['fqn', 'service'])
      .where('family', '=', FAMILY)
      .where('fqn', 'in', names)
      .orderBy('fqn')
      .forUpdate()
      .execute()
    const current = new Map(held.map(({ fqn, service }) => [fqn, service]))
    const [written, superseded] = [new Map(), []]
    const rows = valid.map(({ request, issues }) => {
      if (issues !== undefined) return { error: issues }
      const fqn = request.fullyQualifiedName
      const before = current.get(fqn)
      const { outcome, service } = decided(before, request, by)
      if (outcome !== 'unchanged') {
        current.set(fqn, service)
        written.set(fqn, service)
      }
      if (outcome === 'updated')
        superseded.push({ fqn, family: FAMILY, version: before.version, service: JSON.stringify(before) })
      return { outcome, fqn, version: service.version }
    })
    if (written.size > 0) {
      await transaction
        .insertInto('servicebook_services')
        .values([...written.values()].map(rowOf))
        .onConflict((conflict) => conflict.columns(['fqn', 'family']).doUpdateSet(set))
        .execute()
    }
    if (superseded.length > 0) await transaction.insertInto('servicebook_versions').values(superseded).execute()
    return rows
  }

  return async (requests, { by }) => {
    const rows = []
    for (const chunk of chunks(requests))
      rows.push(...(await database.transaction().execute((transaction) => write(transaction, chunk, by))))
    return rows
  }
}
