import { createRequire } from 'node:module'
import pg from 'pg'
import { migrate, postgresStore } from '../../../dist/postgres.js'
import { startServer } from '../../../test/server.mjs'
import { FAMILY, openedOn } from '../../book.mjs'

const SETTINGS = ['fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size']

/*
 * One schema for everybody, since one contestant works at a time and each begins with empty tables: what the others left
 * behind would fill the disk.
 */
const schema = 'servicebook_bench'
export const tables = {
  schema,
  services: `${schema}.servicebook_services`,
  versions: `${schema}.servicebook_versions`,
  events: `${schema}.servicebook_events`,
}

/** A service in the columns of `tables.services`, for whoever writes them himself. */
export const rowOf = (service) => ({
  fqn: service.fullyQualifiedName,
  family: FAMILY,
  id: service.id,
  revision: 1,
  name: service.name,
  deleted: false,
  service: JSON.stringify(service),
})

/** The server of the bench: that of `DATABASE_URL`, or one of our own, as durable as PostgreSQL comes. */
export async function prepare() {
  const own = process.env.DATABASE_URL === undefined ? await startServer({ flags: ['max_wal_size=2GB'] }) : undefined
  if (own !== undefined) process.env.DATABASE_URL = own.url // contestants inherit it
  const stop = async () => {
    try {
      if (own === undefined) await alone((client) => client.query(`drop schema if exists ${schema} cascade`))
    } finally {
      await own?.stop()
      if (own !== undefined) delete process.env.DATABASE_URL
    }
  }
  try {
    return { about: { postgres: await alone(circumstances) }, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function circumstances(client) {
  const { rows } = await client.query('select name, current_setting(name) as value from unnest($1::text[]) name', [
    ['server_version', ...SETTINGS],
  ])
  const [version, ...settings] = rows.map(({ value }) => value)
  return {
    version: `PostgreSQL ${version}`,
    driver: `pg ${createRequire(import.meta.url)('pg/package.json').version}`,
    settings: SETTINGS.map((name, at) => `${name} ${settings[at]}`).join(', '),
    method: 'Writes: empty tables and a checkpoint before every round.',
  }
}

async function alone(work) {
  const client = new pg.Client(process.env.DATABASE_URL)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

let shared
/** The connections of this process. They stay open between its rounds, so that none is made while the clock runs. */
export function pool() {
  if (shared !== undefined) return shared
  shared = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10, idleTimeoutMillis: 0 })
  shared.on('error', () => {}) // the server may be stopped before the last contestant is
  return shared
}

/** Empty tables on a server that has nothing left to write. */
export async function emptyTables() {
  await pool().query(`drop schema if exists ${schema} cascade`)
  await migrate(pool(), { schema })
  await pool().query('checkpoint')
}

/** A book on these tables. */
export const bookOn = (client = pool(), options = {}) => openedOn(postgresStore(client, { schema, ...options }))

/** How many rows there are in what is named. */
export async function rowsIn(from) {
  const { rows } = await pool().query(`select count(*)::int as there from ${from}`)
  return rows[0].there
}

/**
 * Multiplies the services that are there until there are so many, on the server; a fifth of them with the history of the
 * one they are made from. New names are of the same kinds, so that those to come fall between them.
 */
export async function fill(size) {
  const copies = Math.max(1, Math.round(size / (await rowsIn(tables.services))) - 1)
  await pool().query(
    `insert into ${tables.versions} (fqn, family, version, service)
     select replace(fqn, name, name || '_' || nth), family, past.version, past.service
     from ${tables.versions} past join ${tables.services} held using (fqn, family), generate_series(5, $1::int, 5) nth`,
    [copies],
  )
  await pool().query(
    `insert into ${tables.services} (fqn, family, id, revision, name, deleted, service)
     select replace(fqn, name, copy), family, copy_id, revision, copy, deleted,
       replace(replace(service::text, name, copy), id::text, copy_id::text)::json
     from (select *, row_number() over (order by fqn) as place from ${tables.services}) original,
       generate_series(1, $1::int) nth,
       lateral (select name || '_' || nth as copy, format('${ID}%s', lpad(to_hex(place * $1 + nth), 12, '0'))::uuid as copy_id) made`,
    [copies],
  )
  await pool().query(`vacuum analyze ${tables.services}, ${tables.versions}`)
  await pool().query('checkpoint')
}

/** Of long ago, so that ids to come are behind those of the copies. */
const ID = '01990000-0000-7000-8000-'
