import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import copyStreams from 'pg-copy-streams'
import { migrate, postgresStore } from '../dist/postgres.js'
import { startServer } from '../test/server.mjs'
import { FAMILY, openedOn } from './servicebook.mjs'

/** The server of the bench: that of `DATABASE_URL`, or one of our own, as durable as PostgreSQL comes. */
export async function prepare() {
  const server = process.env.DATABASE_URL === undefined ? await startServer({ flags: ['max_wal_size=2GB'] }) : undefined
  process.env.DATABASE_URL ??= server.url // contestants inherit it
  const client = new pg.Client(process.env.DATABASE_URL)
  await client.connect()
  const { rows } = await client.query('show server_version')
  await client.end()
  return { about: { postgres: rows[0].server_version }, stop: async () => server?.stop() }
}

const schema = `bench_${process.pid}`
const services = `${schema}.servicebook_services`
const versions = `${schema}.servicebook_versions`
export const tables = { schema, services, versions }

let shared
/** The connections of this process. */
export function pool() {
  shared ??= new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10, allowExitOnIdle: true })
  return shared
}

/** Empty tables on a server that has nothing left to write. */
export async function emptyTables() {
  await pool().query(`drop schema if exists ${schema} cascade`)
  await migrate(pool(), { schema })
  await pool().query('checkpoint')
}

/** A book on these tables. */
export const bookOn = (client = pool()) => openedOn(postgresStore(client, { schema }))

const escaped = (value) => String(value).replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t')
const lines = (all, values) => all.map((one) => `${values(one).map(escaped).join('\t')}\n`).join('')

/** The services as `COPY` wants them: the bytes are ready before anything is timed. */
export function copyTexts(stored) {
  const current = ({ service, revision }) => [
    service.fullyQualifiedName,
    FAMILY,
    service.id,
    revision,
    service.name,
    service.deleted,
    JSON.stringify(service),
  ]
  const superseded = ({ service }) => [service.fullyQualifiedName, FAMILY, service.version, JSON.stringify(service)]
  return { current: lines(stored, current), superseded: lines(stored, superseded) }
}

export async function copyCurrent(text) {
  await copy(`copy ${services} (fqn, family, id, revision, name, deleted, service) from stdin`, text)
}

export async function copySuperseded(text) {
  await copy(`copy ${versions} (fqn, family, version, service) from stdin`, text)
}

async function copy(sql, text) {
  const client = await pool().connect()
  await pipeline(Readable.from([text]), client.query(copyStreams.from(sql)))
  client.release()
}

/** So many rows, made on the server from one that is there. */
export async function fill(rows) {
  await pool().query(
    `insert into ${services} (fqn, family, id, revision, name, deleted, service)
     select 'filler ' || n, family, gen_random_uuid(), 1, 'filler ' || n, false, service
     from (select * from ${services} limit 1) template, generate_series(1, $1::int) n`,
    [rows],
  )
  await pool().query(`vacuum analyze ${services}`)
  await pool().query('checkpoint')
}
