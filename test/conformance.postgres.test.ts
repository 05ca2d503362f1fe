import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import postgres from 'postgres'
import { type PostgresClient, postgresStore } from 'servicebook/postgres'
import { storeLaws } from 'servicebook/testing'
import { afterAll, describe, test } from 'vitest'
import { databaseUrl, openDatabase, pool } from './database.js'

function lawsOn(client: PostgresClient, lost: () => PostgresClient | Promise<PostgresClient>): void {
  storeLaws({
    test,
    async open() {
      const { store, again, close } = await openDatabase(client)
      return { store, again: () => again(), fails: async () => postgresStore(await lost()), close }
    },
  })
}

const nowhere = { host: '127.0.0.1', port: 1 }

describe('a server, by a pool of pg', () => {
  lawsOn(pool, () => new pg.Pool(nowhere))
})

describe('a server, by one connection of pg', async () => {
  const client = new pg.Client(databaseUrl)
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
    query: async (text, values) => ({ rows: await sql.unsafe(text, values as never[]) }),
  })
  const sql = postgres(databaseUrl, { onnotice: () => {} })
  afterAll(() => sql.end())
  lawsOn(wrapped(sql), () => wrapped(postgres({ ...nowhere, connect_timeout: 1 })))
})

describe('a server, by a new connection for every statement, as a pooler may do it', () => {
  const byNewConnection: PostgresClient = {
    async query(text, values) {
      const client = new pg.Client(databaseUrl)
      await client.connect()
      try {
        return await client.query(text, values)
      } finally {
        await client.end()
      }
    },
  }
  lawsOn(byNewConnection, () => new pg.Pool(nowhere))
})

describe('a server, by a driver that parses nothing', () => {
  const types = { getTypeParser: () => (text: string) => text }
  const unparsed = new pg.Pool({ connectionString: databaseUrl, types, allowExitOnIdle: true })
  afterAll(() => unparsed.end())
  lawsOn(unparsed, () => new pg.Pool(nowhere))
})

describe('PGlite', () => {
  const lite = new PGlite()
  afterAll(() => lite.close())
  lawsOn(lite, async () => {
    const closed = new PGlite()
    await closed.close()
    return closed
  })
})
