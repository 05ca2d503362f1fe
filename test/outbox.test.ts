import { randomUUID } from 'node:crypto'
import pg from 'pg'
import {
  bulkUpsert,
  type Change,
  type ChangeEvent,
  createService,
  deleteService,
  mlmodelServices,
  openBook,
  patchService,
  resealServices,
  restoreService,
  type Stored,
  upsertService,
} from 'servicebook'
import { migrate, migrations, type PostgresClient, postgresStore, readEvents, removeEvents } from 'servicebook/postgres'
import { expect, onTestFinished, test } from 'vitest'
import { createEvents, remove } from '../adapters/postgres/events.js'
import { tablesOf } from '../adapters/postgres/tables.js'
import type { Request } from './arbitraries.js'
import { FAMILY, stateOf, storedIn, testCipher } from './catalogue.js'
import { databaseUrl, emptySchema, openDatabase, pool } from './database.js'

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const secret = (name: string, password: string) =>
  row(name, {
    serviceType: 'CustomMlModel',
    connection: { config: { sourcePythonClass: 'a.B', connectionOptions: { password } } },
  })

/** Tables of its own, a book with an outbox on them, and what its listener heard. */
async function opened() {
  const { schema, close } = await openDatabase()
  onTestFinished(close)
  const heard: ChangeEvent[] = []
  const bookBy = (by: PostgresClient, inTransaction = false, current: 'first' | 'second' = 'first') =>
    openBook({
      family: mlmodelServices,
      store: postgresStore(by, { schema, outbox: true, inTransaction }),
      cipher: testCipher(current),
      onChange: (event) => heard.push(event),
    })
  const readNow = async (after?: string, limit = 10_000) =>
    readEvents(pool, { schema, limit, ...(after !== undefined && { after }) })
  const read = async (after?: string, limit?: number) => {
    await othersEnded()
    return readNow(after, limit)
  }
  return { schema, heard, bookBy, read, readNow, book: bookBy(pool) }
}

/** Waits for what other tests have under way in this server, since events wait for it. */
async function othersEnded(): Promise<void> {
  const { rows } = await pool.query('select pg_snapshot_xmax(pg_current_snapshot())::text as next')
  const ended =
    'select from pg_catalog.pg_tables where pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8 limit 1'
  while ((await pool.query(ended, [rows[0].next])).rows.length === 0);
}

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl })
  client.on('error', () => {})
  await client.connect()
  onTestFinished(() => client.end().catch(() => {}))
  return client
}

const told = (events: readonly { readonly event: ChangeEvent }[]) =>
  events.map(({ event }) => `${event.entityFullyQualifiedName} ${event.eventType} ${event.currentVersion}`)

const by = { name: 'ada' }
const NAMES = ['a.b "c" \u{1f600}', '\ufeffmark', 'plain']

test('outbox: what a listener hears is written, of every verb and in the order of the changes, and nothing else', async () => {
  const { book, bookBy, heard, read } = await opened()
  const [first = '', mark = '', plain = ''] = NAMES
  await createService(book, row(first), { by })
  await upsertService(book, row(first, { description: 'x' }), { by })
  await upsertService(book, row(first, { description: 'x' }), { by })
  await upsertService(book, secret(plain, 'hush'), { by })
  await patchService(book, { name: plain }, [{ op: 'add', path: '/displayName', value: 'P' }], { by })
  await resealServices(bookBy(pool, false, 'second'))
  await deleteService(book, { name: first }, { by })
  await restoreService(book, { name: first }, { by })
  await bulkUpsert(book, [row(mark), row(mark, { description: 'y' }), row(plain), row(mark), row('z::')], { by })
  await bulkUpsert(book, [row('never')], { by, dryRun: true })
  await patchService(book, { name: mark }, [{ op: 'add', path: '/displayName', value: 'M' }], { by })
  await patchService(book, { name: mark }, [{ op: 'remove', path: '/displayName' }], { by })
  await deleteService(book, { name: plain }, { by, hard: true })
  await createService(book, row(plain))
  const events = await read()
  const inOrder = (all: readonly ChangeEvent[]) => NAMES.map((name) => all.filter(({ entity }) => entity.name === name))
  expect(inOrder(events.map(({ event }) => event))).toEqual(inOrder(heard))
  expect(events).toHaveLength(heard.length)
  const plainly = told(events).filter((line) => line.startsWith(`${plain} `))
  expect(plainly).toEqual([
    'plain entityCreated 0.1',
    'plain entityUpdated 0.2',
    'plain entityDeleted 0.2',
    'plain entityCreated 0.1',
  ])
  expect(new Set(heard.map(({ eventType }) => eventType)).size).toBe(5)
  expect(JSON.stringify(events)).not.toContain('hush')
  expect(Object.keys(events[0]?.event ?? {})).toEqual(Object.keys(heard[0] ?? {}))
})

test('outbox: what is refused has no event, beside neighbours that have one, in every form of a commit', async () => {
  const { book, read, schema } = await opened()
  await bulkUpsert(book, [row('a'), row('b')])
  const [a, b] = (await storedIn(book.store)) as [Stored, Stored]
  const [event] = (await read()).map((read) => read.event)
  await removeEvents(pool, await read(), { schema })
  const after = (one: Stored, version: number): Stored => ({
    ...one,
    revision: one.revision + 1,
    service: { ...one.service, version },
  })
  const fresh = (name: string): Stored => ({
    ...a,
    service: { ...a.service, id: randomUUID(), name, fullyQualifiedName: name },
  })
  const stale = { ...a, revision: 7 }
  const commit = (...changes: Change[]) =>
    book.store.commit(
      FAMILY,
      changes.map((change) => ({ ...change, event })),
    )
  const names = async () => (await read()).map(({ event }) => event.entity.name)
  expect(await commit({ before: null, after: fresh('a') })).toEqual(['a'])
  expect(await commit({ before: stale, after: after(stale, 0.2) })).toEqual(['a'])
  expect(await names()).toEqual([])
  expect(await commit({ before: null, after: fresh('a') }, { before: null, after: fresh('c') })).toEqual(['a'])
  expect(await names()).toEqual(['c'])
  expect(await commit({ before: stale, after: after(stale, 0.2) }, { before: b, after: after(b, 0.2) })).toEqual(['a'])
  expect(await names()).toEqual(['c', 'b'])
  expect(await commit({ before: stale, after: null }, { before: after(b, 0.2), after: null })).toEqual(['a'])
  expect(await names()).toEqual(['c', 'b', 'b'])
})

test('outbox: an event that is committed late is not passed over, and who reads waits for it', async () => {
  const { book, bookBy, read, readNow } = await opened()
  const late = await connected()
  await late.query('begin')
  await upsertService(bookBy(late, true), row('late'))
  await upsertService(book, row('early'))
  expect(await readNow()).toEqual([])
  await late.query('commit')
  const [first, ...rest] = await read()
  expect(told([first as never, ...rest])).toEqual(['late entityCreated 0.1', 'early entityCreated 0.1'])
  expect(told(await read(first?.position))).toEqual(told(rest))
  expect(await read(rest.at(-1)?.position)).toEqual([])
})

test('outbox: read after a position, page by page, while others write and take back, every change comes once', async () => {
  const { book, bookBy, readNow } = await opened()
  const clients = await Promise.all(Array.from({ length: 3 }, connected))
  const seen: string[] = []
  let position: string | undefined
  const page = async () => {
    const events = await readNow(position, 3)
    seen.push(...told(events))
    position = events.at(-1)?.position ?? position
    return events.length
  }
  for (let round = 0; round < 12; round++) {
    const client = clients[round % 3] as pg.Client
    await client.query('begin')
    await upsertService(bookBy(client, true), row(`in ${round}`))
    await upsertService(book, row(`beside ${round}`))
    await page()
    // The one that began two rounds ago ends first.
    if (round >= 2) await clients[(round + 1) % 3]?.query(round % 4 === 0 ? 'rollback' : 'commit')
    await page()
  }
  for (const client of clients) await client.query('commit')
  await othersEnded()
  while ((await page()) > 0);
  const { current } = await stateOf(book.store)
  expect([...seen].sort()).toEqual(current.map(({ name }) => `${name} entityCreated 0.1`).sort())
  expect(current.length).toBeLessThan(24)
})

test('outbox: in a transaction that began long before, a change stands behind the one it saw', async () => {
  const { book, bookBy, read, readNow } = await opened()
  const [old, between] = [await connected(), await connected()]
  await old.query('begin')
  await old.query('select pg_current_xact_id()')
  await between.query('begin')
  await between.query('select pg_current_xact_id()')
  await upsertService(book, row('a'))
  await upsertService(bookBy(old, true), row('a', { description: 'x' }))
  await old.query('commit')
  expect(await readNow()).toEqual([])
  await between.query('rollback')
  expect(told(await read())).toEqual(['a entityCreated 0.1', 'a entityUpdated 0.2'])
})

test('outbox: a client that dies with a commit under way leaves an event for each change that is there, and no other', async () => {
  const { bookBy, read, book } = await opened()
  const ends: unknown[] = []
  for (let kills = 0; kills < 12; kills++) {
    const client = await connected()
    const { rows } = await client.query('select pg_backend_pid() as pid')
    let statements = 0
    const dying: PostgresClient & { connect: true } = {
      connect: true, // as a connection of pg, which is given one statement at a time
      query(text, values) {
        const answer = client.query(text, values)
        // In its second chunk: as it is sent, or when the server may have done all, some or nothing of it.
        if (text.includes('told as') && ++statements === 2) {
          const die = () => (client as never as { connection: pg.Connection }).connection.stream.destroy()
          if (kills % 2 === 0) setImmediate(die)
          else pool.query('select').then(die)
        }
        return answer
      },
    }
    const all = Array.from({ length: 40 }, (_, at) => row(`s${at}`, { description: `edition ${kills}` }))
    const report = (await bulkUpsert(bookBy(dying), all, { chunkSize: 10 }))._unsafeUnwrap()
    ends.push(report.status)
    // The server finds out that its client is gone when it has done what it was told.
    while ((await pool.query('select from pg_stat_activity where pid = $1', [rows[0].pid])).rows.length > 0);
  }
  expect(new Set(ends)).toEqual(new Set(['partialSuccess']))
  const { current, history } = await stateOf(book.store)
  const there = current.flatMap((service, at) =>
    [service, ...(history[at] ?? [])].map(({ name, version }) => `${name} ${version}`),
  )
  const events = (await read()).map(({ event }) => `${event.entity.name} ${event.currentVersion}`)
  expect(events.sort()).toEqual(there.sort())
  expect(there.length).toBeGreaterThan(100)
})

test('outbox: what was read is removed, and only that; what goes between is told again', async () => {
  const { book, read, schema } = await opened()
  await bulkUpsert(
    book,
    Array.from({ length: 10 }, (_, at) => row(`s${at}`)),
  )
  await upsertService(book, row(NAMES[1] as string))
  const all = await read()
  const first = await read(undefined, 4)
  expect(first).toEqual(all.slice(0, 4))
  expect(await read()).toEqual(all)
  await upsertService(book, row('s1', { description: 'x' }))
  expect(await removeEvents(pool, first, { schema })).toBe(4)
  expect(await removeEvents(pool, first, { schema })).toBe(0)
  expect(await removeEvents(pool, [], { schema })).toBe(0)
  expect((await read()).slice(0, -1)).toEqual(all.slice(4))
  expect(await removeEvents(pool, await read(), { schema })).toBe(8)
  expect(await read()).toEqual([])
})

test('outbox: the relay of the examples tells everything at least once, whatever fails on the way', async () => {
  const { relay } = (await import('../examples/relay.mjs' as string)) as {
    relay(client: PostgresClient, send: (event: ChangeEvent) => Promise<void>, options: object): Promise<void>
  }
  const { book, read, schema } = await opened()
  await bulkUpsert(
    book,
    Array.from({ length: 5 }, (_, at) => row(`s${at}`)),
  )
  const sent: string[] = []
  const stop = new AbortController()
  const options = { schema, signal: stop.signal, pause: 0 }
  const failing = async ({ entity }: ChangeEvent) => {
    if (sent.push(entity.name) === 3) throw new Error('the queue is full')
  }
  await expect(relay(pool, failing, options)).rejects.toThrow('the queue is full')
  await relay(
    pool,
    async ({ entity }) => {
      sent.push(entity.name)
      if (entity.name === 's4') stop.abort()
    },
    options,
  )
  expect(sent).toEqual(['s0', 's1', 's2', 's0', 's1', 's2', 's3', 's4'])
  expect(await read()).toEqual([])
})

test('outbox: tables that are there get it beside them, and are not rewritten', async () => {
  const { schema, close } = await emptySchema()
  onTestFinished(close)
  const earlier = migrations({ schema }).filter(({ name }) => !name.includes('outbox'))
  for (const { statements } of earlier) for (const text of statements) await pool.query(text)
  await pool.query(
    `create table ${schema}.servicebook_migrations (version int primary key, applied_at timestamptz default now())`,
  )
  for (const { version } of earlier)
    await pool.query(`insert into ${schema}.servicebook_migrations values (${version})`)
  await upsertService(openBook({ family: mlmodelServices, store: postgresStore(pool, { schema }) }), row('a'))
  const files = `select relname, pg_relation_filenode(oid) from pg_class
    where relnamespace = $1::regnamespace and relname not like '%events%' order by 1`
  const before = (await pool.query(files, [schema])).rows
  await migrate(pool, { schema })
  expect((await pool.query(files, [schema])).rows).toEqual(before)
  const book = openBook({ family: mlmodelServices, store: postgresStore(pool, { schema, outbox: true }) })
  await upsertService(book, row('a', { description: 'x' }))
  await othersEnded()
  expect(told(await readEvents(pool, { schema }))).toEqual(['a entityUpdated 0.2'])
})

test('outbox, scale-out: spread by name like the rest, nothing ties two names together, what is removed is named', async () => {
  const { schema, close } = await openDatabase(pool, { distributed: false })
  onTestFinished(close)
  const table = [`${schema}.servicebook_events`]
  const ties = await pool.query(
    `select pg_get_constraintdef(oid) as tie from pg_constraint where conrelid = $1::regclass and contype <> 'n'
     union all select tgname from pg_trigger where tgrelid = $1::regclass`,
    table,
  )
  expect(ties.rows).toEqual([{ tie: 'PRIMARY KEY ("position", place, fqn)' }])
  expect(remove(tablesOf({}))).toContain('fqn = any($1::text[])')
  expect(createEvents(tablesOf({})).join()).not.toMatch(/references|unique|trigger/)
})

test('outbox: on a distributed server there is no order of all nodes, so that what is read is removed', async () => {
  const { book, schema } = await opened()
  await upsertService(book, row('a'))
  const pretending: PostgresClient = {
    query: (text, values) => pool.query(text.replace("extname = 'citus'", "extname = 'plpgsql'"), values),
  }
  const events = await readEvents(pretending, { schema })
  expect(told(events)).toEqual(['a entityCreated 0.1'])
  const after = events[0]?.position as string
  await expect(readEvents(pretending, { schema, after })).rejects.toThrow(/^after is no option .* distributed/)
  expect(await removeEvents(pretending, events, { schema })).toBe(1)
})

test('outbox V8: what is no option, or no position, is said at once and by name', async () => {
  expect(() => postgresStore(pool, { outbox: 1 } as never)).toThrow(/^outbox must be a boolean/)
  await expect(readEvents(pool, { limt: 1 } as never)).rejects.toThrow(/^limt is no option of readEvents/)
  for (const limit of [0, 1.5, 10_001, '5'])
    await expect(readEvents(pool, { limit } as never)).rejects.toThrow(/^limit must/)
  for (const after of ['', '1', '1.2.3', '-1.2', 7])
    await expect(readEvents(pool, { after } as never)).rejects.toThrow(/^after must/)
  await expect(removeEvents(pool, {} as never)).rejects.toThrow(/^events must be a list/)
  await expect(removeEvents(pool, [{ position: 'x' }] as never)).rejects.toThrow(/^position must/)
  await expect(removeEvents({} as never, [])).rejects.toThrow(/^client must have query/)
})
