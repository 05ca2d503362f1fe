import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import postgres from 'postgres'
import {
  createService,
  deleteService,
  getService,
  listVersions,
  mlmodelServices,
  openBook,
  type ServiceStore,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { type PostgresClient, postgresStore } from 'servicebook/postgres'
import { expect, onTestFinished, test } from 'vitest'
import { borrowDatabase, databaseUrl, openDatabase } from './database.js'

/* P5: statements about one service under names, for connections that keep their session. */

async function connected(): Promise<pg.Client> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

async function opened(client: PostgresClient, prepared = true) {
  const { schema, services, close } = await borrowDatabase()
  onTestFinished(close)
  const bookOn = (store: ServiceStore) => openBook({ family: mlmodelServices, store })
  return { services, book: bookOn(postgresStore(client, { schema, prepared })), bookOn, schema }
}

type Book = Awaited<ReturnType<typeof opened>>['book']

/** What a book answers to one of each verb that is about one service; no times, no ids. */
async function story(book: Book, name: string) {
  const request = (description: string) => ({ name, serviceType: 'Sklearn', description }) as const
  const made = (await createService(book, request('first')))._unsafeUnwrap()
  const outcomes: string[] = []
  for (const description of ['second', 'third', 'third'])
    outcomes.push((await upsertService(book, request(description)))._unsafeUnwrap().outcome)
  const versions = (await listVersions(book, { name }))._unsafeUnwrap().services.map(({ version }) => version)
  const byId = (await getService(book, { id: made.id }))._unsafeUnwrap().description
  await deleteService(book, { name }, { hard: true })
  return { outcomes, versions, byId, after: (await getService(book, { name })).isErr() }
}

const told = await story(openBook({ family: mlmodelServices, store: memoryStore() }), 'told')

/** The names on a connection, and how often each statement ran. */
async function namesOn(client: pg.Client) {
  const { rows } = await client.query(
    `select name, (generic_plans + custom_plans)::int as runs from pg_prepared_statements where name like 'servicebook%' order by statement`,
  )
  return rows as { name: string; runs: number }[]
}

test('P5 each statement about one service is parsed once for a connection, however often it runs; without the option none is', async () => {
  const client = await connected()
  const { book, schema, bookOn } = await opened(client)
  for (const name of ['a', 'b', 'c']) expect(await story(book, name)).toEqual(told)
  const names = await namesOn(client)
  // Of each story one create, two updates, one look at the versions and one by id, and six loads; and once the question.
  expect(names.map(({ runs }) => runs).sort((a, b) => a - b)).toEqual([1, 3, 3, 3, 6, 18])
  for (const { name } of names) expect(name).toMatch(/^servicebook_[0-9a-f]{16}$/)
  expect(await story(bookOn(postgresStore(client, { schema })), 'd')).toEqual(told)
  expect(await namesOn(client)).toEqual(names)
})

test('P5 a connection that has forgotten its names, or has them from somebody else, is given others', async () => {
  const [client, foreign] = [await connected(), await connected()]
  const { book, schema, bookOn } = await opened(client)
  await story(book, 'a')
  const before = (await namesOn(client)).map(({ name }) => name)
  for (const { name } of await namesOn(client))
    await foreign.query(`prepare "${name}" as select 'not ours'::text as place`)
  expect(await story(bookOn(postgresStore(foreign, { schema, prepared: true })), 'b')).toEqual(told)
  await client.query('discard all')
  expect(await story(book, 'c')).toEqual(told)
  const after = (await namesOn(client)).map(({ name }) => name)
  expect(after.length).toBeGreaterThan(0)
  expect(before.filter((name) => after.includes(name))).toEqual([])
})

test('P5 a pool whose connections are ended prepares again on those that follow', async () => {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 })
  pool.on('error', () => {})
  onTestFinished(() => pool.end())
  const { book } = await opened(pool)
  expect(await story(book, 'a')).toEqual(told)
  const { rows } = await pool.query('select pg_backend_pid() as pid')
  const gone = new Promise((resolve) => pool.once('remove', resolve))
  const killer = await connected()
  await killer.query('select pg_terminate_backend($1)', [rows[0].pid])
  await gone
  expect(await story(book, 'b')).toEqual(told)
})

test('P5 tables that change below named statements are read and written as they are then', async () => {
  const client = await connected()
  const database = await openDatabase(client, { prepared: true, distributed: false })
  onTestFinished(database.close)
  const book = openBook({ family: mlmodelServices, store: database.store })
  for (let times = 0; times < 7; times++) expect(await story(book, `before${times}`)).toEqual(told)
  const names = await namesOn(client)
  await client.query(
    `alter table ${database.services} alter column sealed type varchar, alter column revision type numeric`,
  )
  await client.query(`alter table ${database.services} add column further text`)
  expect(await story(book, 'after')).toEqual(told)
  expect((await namesOn(client)).map(({ name }) => name)).toEqual(names.map(({ name }) => name))
})

test('P5 behind a pooler that keeps no names all is right, and after ten losses none is given', async () => {
  const connections = [await connected(), await connected()]
  let turn = 0
  let named = 0
  let free: Promise<unknown> = Promise.resolve()
  const pooled = {
    query(statement: string | pg.QueryConfig, values?: unknown[]) {
      const connection = connections[turn++ % 2] as pg.Client
      if (typeof statement === 'object') named++
      const answer = free.then(() => connection.query(statement as string, values))
      free = answer.catch(() => {}).then(() => connection.query('discard all'))
      return answer
    },
  }
  const { book } = await opened(pooled)
  for (const name of ['a', 'b', 'c', 'd', 'e']) expect(await story(book, name)).toEqual(told)
  const given = named
  expect(await story(book, 'f')).toEqual(told)
  expect(named).toBe(given)
})

test("P5 a name that is lost in a host's transaction fails it, and certainly wrote nothing", async () => {
  const client = await connected()
  const { book, schema, bookOn } = await opened(client)
  await story(book, 'a')
  const within = bookOn(postgresStore(client, { schema, prepared: true, inTransaction: true }))
  await client.query('begin')
  await client.query('deallocate all')
  const made = await createService(within, { name: 'b', serviceType: 'Sklearn' })
  expect(made._unsafeUnwrapErr()).toMatchObject({ code: 'STORE_FAILED', applied: false, cause: { code: '26000' } })
  await client.query('rollback')
  await client.query('begin')
  expect((await createService(within, { name: 'b', serviceType: 'Sklearn' })).isOk()).toBe(true)
  await client.query('commit')
  expect((await getService(book, { name: 'b' })).isOk()).toBe(true)
})

test('P5 a client that makes nothing of the name is right; one that does not take the form says so before it writes', async () => {
  const sql = postgres(databaseUrl, { onnotice: () => {}, max: 1 })
  onTestFinished(() => sql.end())
  const nameless = { query: ({ text, values }: pg.QueryConfig) => sql.unsafe(text, values as never[]) }
  const plain = { query: (text: string, values: unknown[]) => sql.unsafe(text, values as never[]) }
  const either = {
    query: (one: string | pg.QueryConfig, values: unknown[]) =>
      typeof one === 'string' ? plain.query(one, values) : nameless.query(one),
  }
  expect(await story((await opened(either)).book, 'a')).toEqual(told)
  const { book } = await opened(plain)
  const failed = await createService(book, { name: 'b', serviceType: 'Sklearn' })
  expect(failed._unsafeUnwrapErr()).toMatchObject({ code: 'STORE_FAILED', applied: false })
  expect(failed._unsafeUnwrapErr().message).toContain('prepared: client.query must take { name, text, values }')
  const lite = new PGlite()
  onTestFinished(() => lite.close())
  expect(() => postgresStore(lite, { prepared: true })).toThrow('prepared is no option with PGlite')
  expect(() => postgresStore(plain, { prepared: 'yes' as never })).toThrow('prepared must be a boolean')
})
