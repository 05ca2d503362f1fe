import pg from 'pg'
import postgres from 'postgres'
import {
  bulkUpsert,
  createService,
  deleteService,
  followService,
  getService,
  listServices,
  listVersions,
  mlmodelServices,
  openBook,
  revealConnection,
  type ServiceStore,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import {
  migrate,
  type OutboxEvent,
  type PostgresClient,
  postgresStore,
  readEvents,
  removeEvents,
} from 'servicebook/postgres'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Request } from './arbitraries.js'
import { testCipher } from './catalogue.js'
import { databaseUrl, emptySchema, openDatabase, pool } from './database.js'

/* P4, P5 (of PGlite the laws of the port are run with every parser nonsense): what a host has told its driver to parse, to serialize and to rename, and how a client answers. */

const options = (type: string) => ({ awsConfig: { awsRegion: 'eu', awsSecretAccessKey: 'hush' }, type })

/** What a book on a store answers to some of everything. */
async function story(store: ServiceStore): Promise<unknown> {
  let [time, ids] = [1_700_000_000_000, 0]
  const book = openBook({
    family: mlmodelServices,
    store,
    cipher: testCipher(),
    now: () => time++,
    newId: () => `00000000-0000-7000-8000-${String(ids++).padStart(12, '0')}`,
  })
  const names = ['a', 'b_c', '{"d_e":1}', '2001-02-03', '007', 'true', 'NULL', 'ü\\"€,😀 ']
  const rows = names.map((name): Request => ({ name, serviceType: 'Sklearn', description: name, displayName: name }))
  const connection = { config: options('SageMaker') } as never
  const answers: unknown[] = [
    await createService(book, { name: 's', serviceType: 'SageMaker', connection, tags: [{ tagFQN: 'a_b.c_d' }] }),
    await upsertService(book, { name: 's', serviceType: 'SageMaker', description: '2001-02-03T04:05:06.000Z' }),
    await revealConnection(book, 's'),
    await bulkUpsert(book, rows),
    await bulkUpsert(
      book,
      [...rows].reverse().map((row) => ({ ...row, description: `${row.name}!` })),
    ),
    await bulkUpsert(book, rows.slice(0, 3)),
    await deleteService(book, { name: 'a' }, { hard: true }),
    await deleteService(book, { name: '007' }),
  ]
  for (const name of ['s', ...names]) {
    answers.push(await getService(book, { name }, { include: 'all' }), await listVersions(book, { name }))
  }
  answers.push(await getService(book, { id: '00000000-0000-7000-8000-000000000000' }))
  const first = (await listServices(book, { limit: 3, include: 'all', total: true }))._unsafeUnwrap()
  answers.push(first, await listServices(book, { limit: 3, after: first.paging.after as string }))
  answers.push(await listServices(book, { tagFQN: 'a_b.c_d', serviceType: 'SageMaker', total: true }))
  const held = await store.load('mlmodelService', ['s', 'none', 'NULL'])
  answers.push([...held.entries()].map(([fqn, { revision, service }]) => [fqn, revision, service]).sort())
  return JSON.parse(JSON.stringify(answers))
}

const wrapped = (sql: postgres.Sql): PostgresClient => ({
  query: (text, values) => sql.unsafe(text, values as never),
})

const nonsense = () => 'nonsense'
/** Every type there is, but for text. */
const types = Array.from({ length: 5000 }, (_, oid) => oid).filter((oid) => oid !== 25 && oid !== 1009)

function byPg(config: pg.PoolConfig): PostgresClient {
  const own = new pg.Pool({ connectionString: databaseUrl, max: 2, ...config })
  onTestFinished(() => own.end())
  return own
}

function byPostgresJs(config: postgres.Options<Record<string, postgres.PostgresType>>): PostgresClient {
  const sql = postgres(databaseUrl, { onnotice: () => {}, max: 2, ...config })
  onTestFinished(() => sql.end())
  return wrapped(sql as postgres.Sql)
}

const unlike: postgres.PostgresType = { to: 114, from: types, parse: nonsense, serialize: nonsense }

describe('P4 whatever parsers, serializers and transforms a driver has, a book answers the same', () => {
  test.each<[string, () => PostgresClient]>([
    ['pg', () => byPg({})],
    [
      'pg with every parser nonsense',
      () => byPg({ types: { getTypeParser: (oid) => (oid === 25 ? String : nonsense) } }),
    ],
    ['pg in binary', () => byPg({ binary: true } as pg.PoolConfig)],
    ['postgres.js', () => byPostgresJs({})],
    ['postgres.js with every parser and serializer nonsense', () => byPostgresJs({ types: { unlike } })],
    ['postgres.js in camel case', () => byPostgresJs({ transform: postgres.camel })],
    ['postgres.js in Pascal case', () => byPostgresJs({ transform: postgres.pascal })],
    ['postgres.js in kebab case', () => byPostgresJs({ transform: postgres.kebab })],
    ['postgres.js that asks for no types', () => byPostgresJs({ fetch_types: false })],
    [
      'postgres.js with all of it',
      () =>
        byPostgresJs({
          types: { unlike },
          transform: {
            undefined: null,
            column: { from: (name: string) => `_${name}`, to: nonsense },
            value: { from: (value: unknown) => value ?? undefined, to: nonsense },
            row: { from: (row: object) => Object.values(row) },
          },
        } as never),
    ],
  ])('%s', async (_, client) => {
    const { store, close } = await openDatabase(client())
    expect(await story(store)).toEqual(await story(memoryStore()))
    expect(await store.removeTombstones()).toBe(0)
    await close()
  })
})

test.each<[string, () => PostgresClient]>([
  ['pg', () => byPg({ types: { getTypeParser: (oid) => (oid === 25 ? String : nonsense) } })],
  ['postgres.js', () => byPostgresJs({ types: { unlike }, transform: postgres.camel })],
])(
  'P4 what stands beside a service, its events and the steps of the tables are read as they are: %s',
  async (_, client) => {
    const { client: nonsensical, schema, store, close } = await openDatabase(client(), { outbox: true })
    onTestFinished(close)
    const book = openBook({ family: mlmodelServices, store })
    const name = '{"d_e":1}'
    const made = (await createService(book, { name, serviceType: 'Mlflow', description: '2001-02-03' }))._unsafeUnwrap()
    const user = '11111111-1111-4111-8111-111111111111'
    await followService(book, { name }, user)
    const { fullyQualifiedName: fqn, id } = made
    for (const held of [(await store.load('mlmodelService', [fqn])).get(fqn), await store.find('mlmodelService', id)])
      expect(held).toMatchObject({ service: made, beside: { followers: [user] } })
    let events: readonly OutboxEvent[] = []
    // Events wait for whatever is under way in the server.
    while (events.length < 2) events = await readEvents(nonsensical, { schema })
    expect(events[0]?.event).toMatchObject({
      entityType: 'mlmodelService',
      entityFullyQualifiedName: fqn,
      entity: made,
    })
    expect(await removeEvents(nonsensical, events, { schema })).toBe(2)
    const sent: string[] = []
    const watched: PostgresClient = {
      query(text, values) {
        sent.push(text)
        return nonsensical.query(text, values)
      },
    }
    await migrate(watched, { schema })
    expect(sent.map((text) => text.split(' ')[0])).toEqual(['select', 'select'])
  },
)

type Rows = Record<string, unknown>[]

/** The pool, with its rows as a client of another kind would answer them. */
function answering(as: (rows: Rows) => unknown): { client: PostgresClient; sent: string[] } {
  const sent: string[] = []
  const client = {
    async query(text: string, values: unknown[]) {
      sent.push(text)
      return as((await pool.query(text, values)).rows) as unknown[]
    },
  }
  return { client, sent }
}

const each = (change: (value: string) => unknown) => (rows: Rows) =>
  rows.map((row) => Object.values(row).map((value) => (typeof value === 'string' ? change(value) : value)))

describe('P5 how a client answers', () => {
  test.each<[string, (rows: Rows) => unknown]>([
    ['rows', (rows) => rows],
    ['{ rows }', (rows) => ({ rows, rowCount: rows.length })],
    ['rows that are lists', each((value) => value)],
    ['{ rows } that are lists', (rows) => ({ rows: each((value) => value)(rows) })],
    ['undefined for null', (rows) => rows.map((row) => Object.values(row).map((value) => value ?? undefined))],
  ])('%s: is understood', async (_, as) => {
    const { schema, close } = await emptySchema()
    const { client } = answering(as)
    await migrate(client, { schema })
    expect(await story(postgresStore(client, { schema }))).toEqual(await story(memoryStore()))
    await close()
  })

  test.each<[string, (rows: Rows) => unknown]>([
    ['nothing', () => undefined],
    ['a word', () => 'SELECT 1'],
    ['rows under another key', (rows) => ({ data: rows })],
    ['rows and columns', (rows) => [rows, []]],
    ['a row alone', (rows) => rows[0]],
    ['rows that are text', (rows) => rows.map((row) => JSON.stringify(row))],
    ['no rows', () => []],
    ['columns in another order', (rows) => rows.map((row) => Object.fromEntries(Object.entries(row).sort()))],
    ['columns of one name', (rows) => rows.map((row) => ({ column: row.one }))],
    ['text without its blanks', each((value) => value.trim())],
    ['numbers where text could be one', each((value) => (Number.isNaN(Number(value)) ? value : Number(value)))],
    ['JSON where text could be it', each((value) => (value.startsWith('{') ? JSON.parse(value) : value))],
    ['null for no text', each((value) => value || null)],
  ])('%s: is said before anything is written', async (_, as) => {
    const { schema, close } = await openDatabase()
    onTestFinished(close)
    const { client, sent } = answering(as)
    const book = openBook({ family: mlmodelServices, store: postgresStore(client, { schema }) })
    for (const failed of [
      await createService(book, { name: 'a', serviceType: 'Mlflow' }),
      await upsertService(book, { name: 'a', serviceType: 'Mlflow' }),
    ]) {
      const error = failed._unsafeUnwrapErr()
      expect(error).toMatchObject({ code: 'STORE_FAILED', applied: false })
      expect(error.message).toMatch(/client\.query must answer|a row of client\.query must be/)
    }
    await expect(migrate(client, { schema: `${schema}_not` })).rejects.toThrow(/client\.query/)
    expect(sent.map((text) => text.split(' ')[0])).toEqual(['select', 'select', 'select'])
  })

  test('a client is met once, by all who come at the same time, and again after a failure', async () => {
    const { schema, close } = await openDatabase()
    onTestFinished(close)
    let down = true
    const { client, sent } = answering((rows) => rows)
    const shaky: PostgresClient = {
      query: async (text, values) => {
        if (down) throw Object.assign(new Error('down'), { code: '57P03' })
        return client.query(text, values)
      },
    }
    const book = () => openBook({ family: mlmodelServices, store: postgresStore(shaky, { schema }) })
    const names = ['a', 'b', 'c', 'd']
    const creates = () => Promise.all(names.map((name) => createService(book(), { name, serviceType: 'Mlflow' })))
    for (const failed of await creates()) expect(failed._unsafeUnwrapErr()).toMatchObject({ applied: false })
    down = false
    for (const made of await creates()) expect(made.isOk()).toBe(true)
    expect(sent).toHaveLength(1 + names.length)
  })
})
