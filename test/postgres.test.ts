import { randomUUID } from 'node:crypto'
import pg from 'pg'
import {
  bulkUpsert,
  type Change,
  createService,
  deleteService,
  getService,
  mlmodelServices,
  openBook,
  type ServiceStore,
  type Stored,
  upsertService,
} from 'servicebook'
import { type PostgresClient, postgresStore } from 'servicebook/postgres'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { FAMILY, stateOf } from './catalogue.js'
import { isCitus, lockWaits } from './citus.js'
import { databaseUrl, openDatabase, pool } from './database.js'

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const bookOn = (store: ServiceStore) => openBook({ family: mlmodelServices, store })

async function opened(client?: PostgresClient) {
  const database = await openDatabase(client)
  onTestFinished(database.close)
  return { ...database, book: bookOn(database.store) }
}

async function connected(options: pg.ClientConfig = {}): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl, ...options })
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => client.end().catch(() => {}))
  return client
}

/** A client that keeps what is sent. */
function spied(client: PostgresClient) {
  const sent: { text: string; values: unknown[] }[] = []
  const spy: PostgresClient = {
    query(text, values) {
      sent.push({ text, values })
      return client.query(text, values)
    },
  }
  return { spy, sent, count: () => sent.splice(0).length }
}

test('trips: a create is one statement, an upsert two, an unchanged one one, a chunk two', async () => {
  const { spy, count } = spied(pool)
  const { book } = await opened(spy)
  count()
  await createService(book, row('a'))
  expect(count()).toBe(1)
  await upsertService(book, row('a', { description: 'x' }))
  expect(count()).toBe(2)
  await upsertService(book, row('a', { description: 'x' }))
  expect(count()).toBe(1)
  const rows = Array.from({ length: 3000 }, (_, at) => row(`s${at}`))
  await bulkUpsert(book, rows)
  expect(count()).toBe(6)
  await bulkUpsert(book, rows)
  expect(count()).toBe(3)
})

test('a commit of large services is several statements, each of some megabytes', async () => {
  const { spy, sent } = spied(pool)
  const { book } = await opened(spy)
  sent.length = 0
  const large = Array.from({ length: 12 }, (_, at) => row(`s${at}`, { description: 'x'.repeat(1.5 * 2 ** 20) }))
  expect((await bulkUpsert(book, large))._unsafeUnwrap().status).toBe('success')
  const commits = sent.filter(({ text }) => text.includes('insert into'))
  expect(commits.map(({ values }) => (values[2] as string).split('\n').length)).toEqual([3, 3, 3, 3])
  expect((await bulkUpsert(book, large))._unsafeUnwrap().outcomes.unchanged).toBe(12)
})

test('of forty creates of one name, from as many connections and stores, exactly one wins', async () => {
  const { again, book } = await opened()
  for (let round = 0; round < 10; round++) {
    const made = await Promise.all(
      Array.from({ length: 40 }, () => createService(bookOn(again()), row(`name${round}`), { by: { name: 'ada' } })),
    )
    expect(made.filter((answer) => answer.isOk())).toHaveLength(1)
    const codes = made.map((answer) => (answer.isErr() ? answer.error.code : 'created'))
    expect(new Set(codes)).toEqual(new Set(['created', 'ENTITY_ALREADY_EXISTS']))
  }
  expect((await stateOf(book.store)).current).toHaveLength(10)
})

/** Resolves when the connection waits for a lock. */
async function waits(client: pg.Client): Promise<void> {
  const { processID } = client as unknown as { processID: number }
  const asked = lockWaits(await isCitus(pool))
  while ((await pool.query(asked, [processID])).rows.length === 0);
}

const meetings = [
  ['is removed', 'rival', ['remove'], 'update', ['refused', []]],
  ['is removed and there anew', 'rival', ['remove', 'create'], 'update', ['refused', ['anew 0.1']]],
  ['is changed', 'rival', ['update'], 'update', ['refused', ['older 0.1', 'old 0.2', 'rival 0.3']]],
  [
    'is changed before it is removed',
    'rival',
    ['update'],
    'remove',
    ['refused', ['older 0.1', 'old 0.2', 'rival 0.3']],
  ],
  ['is changed, but not for good', 'nobody', ['update'], 'update', ['accepted', ['older 0.1', 'old 0.2', 'mine 0.3']]],
  ['is removed, but not for good', 'nobody', ['remove'], 'update', ['accepted', ['older 0.1', 'old 0.2', 'mine 0.3']]],
  ['is changed, but not for good, before it is removed', 'nobody', ['update'], 'remove', ['accepted', []]],
] as const

test.each(meetings.flatMap((meeting) => [['alone', ...meeting] as const, ['beside another', ...meeting] as const]))(
  '%s: a service that %s between the reading and the writing of one statement',
  async (company, _, winner, steps, step, expected) => {
    const { book, store, again } = await opened()
    await createService(book, row('a', { description: 'older' }))
    await upsertService(book, row('a', { description: 'old' }))
    const before = (await store.load(FAMILY, ['a'])).get('a') as Stored
    const { service, revision } = before
    const change = (what: 'update' | 'remove', description: string): Change => {
      const changed = { ...service, description, version: 0.3, updatedAt: service.updatedAt + 1 }
      return { before, after: what === 'remove' ? null : { ...before, revision: revision + 1, service: changed } }
    }
    const [rival, mine] = [await connected(), await connected()]
    await rival.query('begin')
    for (const what of steps) {
      if (what === 'create') await createService(bookOn(again(rival)), row('a', { description: 'anew' }))
      else await again(rival).commit(FAMILY, [change(what, 'rival')])
    }
    const changes = [change(step, 'mine')]
    if (company !== 'alone') {
      const other = { ...service, id: randomUUID(), name: 'other', fullyQualifiedName: 'other' }
      changes.push({ before: null, after: { service: other, sealed: null, beside: null, revision: 1 } })
    }
    const answer = again(mine).commit(FAMILY, changes)
    await waits(mine)
    await rival.query(winner === 'rival' ? 'commit' : 'rollback')
    const outcome = (await answer).length === 0 ? 'accepted' : 'refused'
    const { current, history } = await stateOf(store)
    const versions = [...current, ...history.flat()]
      .filter(({ name }) => name === 'a')
      .map(({ description, version }) => `${description} ${version}`)
    expect(current.some(({ name }) => name === 'other')).toBe(company !== 'alone')
    expect([outcome, versions.reverse()]).toEqual(expected)
  },
)

test.each(['commit', 'rollback'])('a create that meets one that is under way waits for its %s', async (end) => {
  const { book, store, again } = await opened()
  const [rival, mine] = [await connected(), await connected()]
  await rival.query('begin')
  await createService(bookOn(again(rival)), row('a', { description: 'rival' }))
  const made = createService(bookOn(again(mine)), row('a', { description: 'mine' }))
  await waits(mine)
  await rival.query(end)
  expect((await made).isOk()).toBe(end === 'rollback')
  expect((await getService(book, 'a'))._unsafeUnwrap().description).toBe(end === 'commit' ? 'rival' : 'mine')
  expect((await stateOf(store)).history).toEqual([[]])
})

const injections = [
  `'; drop table servicebook_services; --`,
  `"; drop table servicebook_services; --`,
  `$1`,
  `\\'; select 1; --`,
  `E'\\x00'`,
  `$$; drop table x; $$`,
  `%s %I ? :name @p1`,
  `{"a": 1}`,
  `(select 1)`,
  `\u{feff}bom`,
  `null`,
  `{null,"x"}`,
  `a,b`,
  `tab\tand\\backslash`,
]

test('names and JSON that try to be SQL are names and JSON', async () => {
  const { book, store } = await opened()
  for (const text of injections) {
    const request = row(text, { displayName: text, description: text, tags: [{ tagFQN: text }] })
    const made = (await createService(book, request, { by: { name: text } }))._unsafeUnwrap()
    expect(made).toMatchObject({ name: text, displayName: text, description: text, updatedBy: text })
    expect((await getService(book, { name: text }))._unsafeUnwrap()).toEqual(made)
    const changed = (await upsertService(book, { ...request, description: `${text}!` }))._unsafeUnwrap()
    expect(changed.outcome).toBe('updated')
    expect(await store.versions(FAMILY, made.fullyQualifiedName, made.id, { limit: 10 })).toEqual([made])
    const filters = [{ tagFQN: text }, { domain: text }, { owner: text }, { serviceType: text }]
    const found = await Promise.all(filters.map((filter) => store.list(FAMILY, { limit: 10, total: true, ...filter })))
    expect(found.map(({ total }) => total)).toEqual([1, 0, 0, 0])
  }
  expect((await stateOf(store)).current).toHaveLength(injections.length)
  expect(await store.find(FAMILY, `' or true --`)).toBe(undefined)
  expect(await store.versions(FAMILY, 'a', `' or true --`, { limit: 10 })).toEqual([])
})

test('a statement timeout is STORE_FAILED, and certain that nothing was written', async () => {
  const impatient = await connected({ options: '-c statement_timeout=100' })
  const { book, again, services } = await opened()
  await createService(book, row('a'))
  const blocker = await connected()
  await blocker.query('begin')
  await blocker.query(`select from ${services} where fqn = 'a' for update`)
  const hasty = bookOn(again(impatient))
  const failed = await upsertService(hasty, row('a', { description: 'late' }))
  expect(failed._unsafeUnwrapErr()).toMatchObject({
    code: 'STORE_FAILED',
    during: 'commit',
    applied: false,
    cause: { code: '57014' },
  })
  await blocker.query('rollback')
  expect((await getService(book, 'a'))._unsafeUnwrap().version).toBe(0.1)
  const later = await upsertService(hasty, row('a', { description: 'late' }))
  expect(later._unsafeUnwrap().service.version).toBe(0.2)
})

test('a full connection pool is STORE_FAILED, and certain that nothing was written', async () => {
  const { book, again } = await opened()
  const full = new pg.Pool({ connectionString: databaseUrl, max: 1 })
  const taken = await full.connect()
  full.options.connectionTimeoutMillis = 50 // from now on, since a machine may be slow to connect
  const report = (await bulkUpsert(bookOn(again(full)), [row('a'), row('b')]))._unsafeUnwrap()
  expect(report.rows.map((one) => 'error' in one && one.error)).toMatchObject([
    { code: 'STORE_FAILED', during: 'load', applied: false },
    { code: 'STORE_FAILED', during: 'load', applied: false },
  ])
  const made = await createService(bookOn(again(full)), row('a'))
  expect(made._unsafeUnwrapErr()).toMatchObject({ code: 'STORE_FAILED', during: 'commit', applied: false })
  taken.release()
  expect((await createService(bookOn(again(full)), row('a'))).isOk()).toBe(true)
  await full.end()
  expect((await getService(book, 'a')).isOk()).toBe(true)
})

test('a connection that breaks leaves it unknown whether a write happened; one that was never there does not', async () => {
  const { book, again, services } = await opened()
  await createService(book, row('a'))
  const blocker = await connected()
  await blocker.query('begin')
  await blocker.query(`select from ${services} where fqn = 'a' for update`)
  const victim = await connected()
  const { rows } = await victim.query('select pg_backend_pid() as pid')
  const failing = upsertService(bookOn(again(victim)), row('a', { description: 'lost' }))
  await waits(victim)
  await pool.query('select pg_terminate_backend($1)', [rows[0].pid])
  expect((await failing)._unsafeUnwrapErr()).toMatchObject({
    code: 'STORE_FAILED',
    during: 'commit',
    applied: 'unknown',
  })
  await blocker.query('rollback')
  const nowhere = new pg.Pool({ host: '127.0.0.1', port: 1 })
  const unsent = await createService(bookOn(postgresStore(nowhere)), row('b'))
  expect(unsent._unsafeUnwrapErr()).toMatchObject({ code: 'STORE_FAILED', during: 'commit', applied: false })
})

/** The client, with failures in front of some of its answers. */
function failing(client: PostgresClient, code: string, times: number): PostgresClient & { failures: number } {
  const wrapped = {
    failures: 0,
    async query(text: string, values: unknown[]) {
      if (wrapped.failures === times || !text.includes('insert into')) return client.query(text, values)
      wrapped.failures++
      throw Object.assign(new Error(`failure ${wrapped.failures}`), { code })
    },
  }
  return wrapped
}

test('a deadlock or a serialization failure is sent again ten times; another failure is not', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0) // no pauses
  onTestFinished(() => void vi.restoreAllMocks())
  const { again } = await opened()
  for (const code of ['40001', '40P01']) {
    const ten = failing(pool, code, 10)
    expect((await createService(bookOn(again(ten)), row(`ten${code}`))).isOk()).toBe(true)
    const eleven = failing(pool, code, 11)
    expect((await createService(bookOn(again(eleven)), row(`eleven${code}`)))._unsafeUnwrapErr()).toMatchObject({
      code: 'STORE_FAILED',
      applied: false,
      cause: { code },
    })
    expect(eleven.failures).toBe(11)
  }
  const full = failing(pool, '53100', 2)
  expect((await createService(bookOn(again(full)), row('full'))).isErr()).toBe(true)
  expect(full.failures).toBe(1)
})

test('when one of several statements of a commit fails, it is unknown what was written; sent again, all is there', async () => {
  const { book, again, store } = await opened()
  const large = Array.from({ length: 4 }, (_, at) => row(`s${at}`, { description: 'x'.repeat(2.5 * 2 ** 20) }))
  let commits = 0
  const second: PostgresClient = {
    async query(text, values) {
      if (text.includes('insert into') && ++commits === 2) throw Object.assign(new Error('full'), { code: '53100' })
      return pool.query(text, values)
    },
  }
  const report = (await bulkUpsert(bookOn(again(second)), large))._unsafeUnwrap()
  const applied = report.rows.map((one) => one.error?.code === 'STORE_FAILED' && one.error.applied)
  expect(applied).toEqual(['unknown', 'unknown', 'unknown', 'unknown'])
  expect((await bulkUpsert(book, large))._unsafeUnwrap()).toMatchObject({ status: 'success' })
  expect((await stateOf(store)).current).toHaveLength(4)
})

test("a store made from a client inside BEGIN … COMMIT takes part in the host's transaction", async () => {
  const { book, again } = await opened()
  await createService(book, row('old'))
  const client = await connected()
  const within = bookOn(again(client))
  await client.query('begin')
  await createService(within, row('new'))
  expect((await upsertService(within, row('old', { description: 'x' })))._unsafeUnwrap().service.version).toBe(0.2)
  const rows = [row('new', { description: 'y' }), row('old', { description: 'z' }), row('third')]
  expect((await bulkUpsert(within, rows, { chunkSize: 1 }))._unsafeUnwrap().status).toBe('success')
  expect((await getService(within, 'new'))._unsafeUnwrap().version).toBe(0.2)
  expect((await getService(book, 'new')).isErr()).toBe(true)
  await client.query('rollback')
  const { current, history } = await stateOf(book.store)
  expect(current.map(({ name, version }) => [name, version])).toEqual([['old', 0.1]])
  expect(history).toEqual([[]])
  await client.query('begin')
  await createService(within, row('new'))
  await client.query('commit')
  expect((await getService(book, 'new')).isOk()).toBe(true)
})

test('§7 an outbox: answers written beside the services, in one transaction, are there with them or not at all', async () => {
  const { book, again, schema } = await opened()
  await pool.query(`create table ${schema}.outbox (outcome text, service json)`)
  const client = await connected()
  const told = vi.fn()
  const family = mlmodelServices
  const store = postgresStore(client, { schema, inTransaction: true })
  const within = openBook({ family, store, onChange: told })
  for (const [end, kept] of [
    ['rollback', 0],
    ['commit', 1],
  ] as const) {
    await client.query('begin')
    const { outcome, service } = (await upsertService(within, row('a', { description: end })))._unsafeUnwrap()
    await client.query(`insert into ${schema}.outbox values ($1, $2)`, [outcome, JSON.stringify(service)])
    await client.query(end)
    const { rows } = await pool.query(`select outcome, service from ${schema}.outbox`)
    const { current } = await stateOf(book.store)
    expect(rows).toEqual(current.map((held) => ({ outcome: 'created', service: held })))
    expect(rows).toHaveLength(kept)
  }
  await deleteService(within, 'a')
  expect(told).not.toHaveBeenCalled()
  await createService(openBook({ family, store: again(), onChange: told }), row('b'))
  expect(told).toHaveBeenCalledTimes(1)
})

test('a connection of pg is given one statement at a time, which pg will demand; a pool as many as there are', async () => {
  const client = await connected()
  const { again } = await opened()
  const most = async (one: PostgresClient) => {
    let flying = 0
    let peak = 0
    const counted = Object.assign(Object.create(one), {
      async query(text: string, values: unknown[]) {
        peak = Math.max(peak, ++flying)
        return one.query(text, values).finally(() => flying--)
      },
    })
    const rows = Array.from({ length: 30 }, (_, at) => row(`s${at}`, { description: `${peak}` }))
    const book = bookOn(again(counted))
    const [report] = await Promise.all([
      bulkUpsert(book, rows, { chunkSize: 5 }),
      ...rows.map(({ name }) => getService(book, { name })),
    ])
    expect(report._unsafeUnwrap().status).toBe('success')
    return peak
  }
  expect(await most(client)).toBe(1)
  expect(await most(pool)).toBeGreaterThan(1)
})

test("a serialization failure in a host's transaction is not sent again in vain", async () => {
  const { book, again } = await opened()
  await createService(book, row('a'))
  const client = await connected()
  const { spy, count } = spied(client)
  const within = bookOn(again(spy))
  await client.query('begin isolation level repeatable read')
  await getService(within, 'a')
  await upsertService(book, row('a', { description: 'won' }))
  count()
  const failed = await upsertService(within, row('a', { description: 'lost' }))
  expect(failed._unsafeUnwrapErr()).toMatchObject({ code: 'STORE_FAILED', applied: false, cause: { code: '40001' } })
  expect(count()).toBe(3)
  await client.query('rollback')
})

test('removed services leave their key behind until it is old; it cannot come back, and its name is free', async () => {
  const { book, store, services } = await opened()
  const count = async () => Number((await pool.query(`select count(*) from ${services}`)).rows[0].count)
  await bulkUpsert(book, [row('a'), row('b'), row('c')])
  const held = await store.load(FAMILY, ['a', 'b'])
  const before = held.get('a') ?? null
  expect(
    await store.commit(
      FAMILY,
      [...held.values()].map((stored) => ({ before: stored, after: null })),
    ),
  ).toEqual([])
  expect(await count()).toBe(3)
  const { rows } = await pool.query(`select service, sealed from ${services} where fqn = 'a'`)
  expect(rows).toEqual([{ service: null, sealed: null }])
  expect(await store.removeTombstones()).toBe(0)
  await pool.query(`update ${services} set removed_at = now() - interval '25 hours' where fqn = 'a'`)
  await pool.query(`update ${services} set removed_at = now() - interval '23 hours' where fqn = 'b'`)
  expect(await store.removeTombstones()).toBe(1)
  expect(await store.removeTombstones({ olderThan: 3_600_000 })).toBe(1)
  expect(await count()).toBe(1)
  const after = before && { ...before, revision: before.revision + 1 }
  expect(await store.commit(FAMILY, [{ before, after }])).toEqual(['a'])
  expect((await createService(book, row('a')))._unsafeUnwrap().version).toBe(0.1)
  await expect(store.removeTombstones({ olderThan: 59_999 })).rejects.toThrow(TypeError)
})

test('what is read is frozen all the way down', async () => {
  const { book } = await opened()
  await createService(book, row('a', { tags: [{ tagFQN: 'PII' }], connection: { config: {} } }))
  const isFrozen = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isFrozen))
  expect(isFrozen((await getService(book, 'a'))._unsafeUnwrap())).toBe(true)
})

test('without the tables the error says what to do', async () => {
  const failed = await createService(bookOn(postgresStore(pool, { schema: 'nowhere' })), row('a'))
  expect(failed._unsafeUnwrapErr().message).toMatch(/migrate\(\)/)
})
