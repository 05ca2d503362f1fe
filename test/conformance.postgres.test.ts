import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import postgres from 'postgres'
import { type PostgresClient, postgresStore } from 'servicebook/postgres'
import { laws, type Open, storeLaws } from 'servicebook/testing'
import { afterAll, describe, test } from 'vitest'
import { borrowDatabase, databaseUrl, openDatabase, pool, secondPool } from './database.js'

/*
 * The laws on every driver. A pool of pg is as it comes; the others have been told by their host to parse, to serialize and
 * to rename nonsense wherever they can (P4), which leaves no law any easier.
 */

type Lost = () => PostgresClient | Promise<PostgresClient>

/**
 * Every law, but for those of ten thousand changes: a call is cut above the client, into statements of a thousand, and a
 * thousand every client has to take by another case of the same law.
 */
function lawsOn(client: PostgresClient, lost: Lost, outbox = false): void {
  const open: Open = async () => {
    const { store, again, close } = await borrowDatabase(client, { outbox })
    return { store, again, fails: async () => postgresStore(await lost()), close }
  }
  for (const { number, name, run } of laws) {
    if (!name.includes('ten thousand')) test(`law ${number}: ${name}`, () => run(open))
  }
}

const nowhere = { host: '127.0.0.1', port: 1 }
const nonsense = () => 'nonsense'
/** Every type there is, but for text and lists of it. */
const oids = Array.from({ length: 5000 }, (_, oid) => oid).filter((oid) => oid !== 25 && oid !== 1009)
const types = { getTypeParser: (oid: number) => (oid === 25 ? String : nonsense) }

describe.each([false, true])('a server, by a pool of pg, and a second pool, prepared: %s', (prepared) => {
  storeLaws({
    test,
    async open() {
      const { store, again, close } = await openDatabase(pool, { prepared })
      const fails = () => postgresStore(new pg.Pool(nowhere), { prepared })
      return { store, again: () => again(secondPool), fails, close }
    },
  })
})

describe('a server, by one connection of pg', async () => {
  const client = new pg.Client({ connectionString: databaseUrl, types })
  await client.connect()
  afterAll(() => client.end())
  lawsOn(client, async () => {
    const ended = new pg.Client(databaseUrl)
    await ended.connect()
    await ended.end()
    return ended
  })
})

describe('a server, by postgres.js', () => {
  const wrapped = (sql: postgres.Sql): PostgresClient => ({
    query: (text, values) => sql.unsafe(text, values as never[]),
  })
  const unlike = { to: 114, from: oids, parse: nonsense, serialize: nonsense }
  const sql = postgres(databaseUrl, { onnotice: () => {}, types: { unlike }, transform: postgres.pascal })
  afterAll(() => sql.end())
  lawsOn(wrapped(sql as never), () => wrapped(postgres({ ...nowhere, connect_timeout: 1 })))
})

describe('a server, by another connection for every statement that keeps nothing of a session, as a pooler may do it', () => {
  const connections = Array.from({ length: 4 }, () => {
    const client = new pg.Client({ connectionString: databaseUrl, types })
    return { client, free: client.connect() as Promise<unknown> }
  })
  let turn = 0
  const pooled: PostgresClient = {
    query(text, values) {
      const connection = connections[turn++ % connections.length] as (typeof connections)[number]
      const answer = connection.free.then(() => connection.client.query(text, values))
      connection.free = answer.catch(() => {}).then(() => connection.client.query('discard all'))
      return answer
    },
  }
  afterAll(() => Promise.all(connections.map(({ client, free }) => free.then(() => client.end()))))
  lawsOn(pooled, () => new pg.Pool(nowhere))
})

describe('PGlite, with an outbox', () => {
  const [parsers, serializers] = [{}, {}].map(() => Object.fromEntries(oids.map((oid) => [oid, nonsense])))
  const lite = new PGlite({ parsers, serializers } as never)
  afterAll(() => lite.close())
  // What a transaction is worth when it has ended: to start another PGlite, only to close it, takes seconds.
  lawsOn(lite, () => lite.transaction(async (transaction) => transaction as unknown as PostgresClient), true)
})
