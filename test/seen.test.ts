import { tracingChannel } from 'node:diagnostics_channel'
import {
  bulkUpsert,
  createService,
  deleteService,
  getService,
  listServices,
  listVersions,
  patchService,
  resealServices,
  revealService,
  upsertService,
} from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { memoryStore } from 'servicebook/memory'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { openTestBook, temporaryDirectory, testCipher } from './catalogue.js'
import { openDatabase } from './database.js'

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const hidden = (name: string) =>
  row(name, {
    serviceType: 'CustomMlModel',
    connection: { config: { sourcePythonClass: 'a.B', connectionOptions: { password: 'opensesame' } } },
  })

const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'] as const

/** All that is published, in its order, as it was by then. */
function watching(...names: readonly string[]) {
  const published: [string, Record<string, unknown>][] = []
  for (const name of names) {
    const note = (event: string) => (message: unknown) => {
      published.push([`${name}:${event}`, structuredClone(message) as Record<string, unknown>])
    }
    const channel = tracingChannel(`servicebook.${name}`)
    const subscribers = Object.fromEntries(EVENTS.map((event) => [event, note(event)])) as never
    channel.subscribe(subscribers)
    onTestFinished(() => void channel.unsubscribe(subscribers))
  }
  return {
    published,
    /** What came to an end since it was last asked. */
    ended(name: string) {
      const all = published.splice(0)
      const ends = all.filter(
        ([of, message]) => of === `${name}:asyncEnd` || (of === `${name}:end` && message.outcomes),
      )
      return ends.map(([, message]) => message)
    },
  }
}

test('seen: every verb says what it came to, by its events as Node has them', async () => {
  const { published, ended } = watching('verb')
  const book = openTestBook({ cipher: testCipher() })
  const family = book.family.entityType
  await createService(book, row('a'))
  expect(published.map(([event]) => event)).toEqual(['verb:start', 'verb:end', 'verb:asyncStart', 'verb:asyncEnd'])
  expect(ended('verb')).toEqual([{ verb: 'createService', family, outcomes: { done: 1 } }])
  await upsertService(book, row('a', { description: 'x' }))
  await upsertService(book, row('a', { description: 'x' }))
  expect(ended('verb').map(({ outcomes }) => outcomes)).toEqual([{ updated: 1 }, { unchanged: 1 }])
  await createService(book, row('a'))
  expect(published.map(([event]) => event)).toContain('verb:error')
  const refused = { error: { code: 'ENTITY_ALREADY_EXISTS' }, outcomes: { ENTITY_ALREADY_EXISTS: 1 } }
  expect(ended('verb')).toEqual([{ verb: 'createService', family, ...refused }])
  await bulkUpsert(book, [row('a'), row('b'), row('c'), row('d::e')])
  const outcomes = { created: 2, updated: 1, unchanged: 0, restored: 0, failed: 1 }
  expect(ended('verb')).toEqual([{ verb: 'bulkUpsert', family, outcomes }])
  await resealServices(book)
  await patchService(book, 'a', [{ op: 'add', path: '/displayName', value: 'A' }])
  await getService(book, 'a')
  await listServices(book)
  await listVersions(book, 'a')
  await deleteService(book, 'a')
  await getService('no book' as never, 'a')
  expect(ended('verb').map(({ verb }) => verb)).toEqual([
    'resealServices',
    'patchService',
    'getService',
    'listServices',
    'listVersions',
    'deleteService',
  ])
})

test('seen: trips say how many services they are for, and what they met', async () => {
  const { ended } = watching('trip')
  const store = memoryStore()
  const book = openTestBook({ store })
  const family = book.family.entityType
  await upsertService(book, row('a'))
  expect(ended('trip')).toEqual([
    { trip: 'load', family, services: 1, outcomes: { found: 0, absent: 1 } },
    { trip: 'commit', family, services: 1, outcomes: { accepted: 1, refused: 0 } },
  ])
  await createService(book, row('a'))
  const { services } = (await listServices(book))._unsafeUnwrap()
  await getService(book, { id: services[0]?.id as string })
  await listVersions(book, 'a')
  await bulkUpsert(book, [row('a'), row('b')], { dryRun: true })
  expect(ended('trip').map(({ trip, outcomes }) => [trip, outcomes])).toEqual([
    ['commit', { accepted: 0, refused: 1 }],
    ['list', { found: 1 }],
    ['find', { found: 1, absent: 0 }],
    ['load', { found: 1, absent: 0 }],
    ['versions', { found: 0 }],
    ['load', { found: 1, absent: 1 }],
  ])
  const down = openTestBook({
    store: { ...store, load: () => Promise.reject(Object.assign(new Error('x'), { code: 'EIO' })) },
  })
  await upsertService(down, row('a'))
  expect(ended('trip').map(({ error }) => error)).toEqual([{ code: 'EIO' }])
})

test('seen: single verbs that travel together are one trip', async () => {
  const { store, close } = await openDatabase()
  onTestFinished(close)
  const book = openTestBook({ store })
  await createService(book, row('z'))
  const { ended } = watching('trip')
  await Promise.all([createService(book, row('a')), createService(book, row('b')), createService(book, row('z'))])
  expect(ended('trip')).toMatchObject([{ trip: 'commit', services: 3, outcomes: { accepted: 2, refused: 1 } }])
})

test('seen: each statement by its text, each append by its lines; and never a value, a secret or the text of an error', async () => {
  const { store, schema, close } = await openDatabase()
  onTestFinished(close)
  const directory = temporaryDirectory()
  const disk = fsStore(directory)
  onTestFinished(() => disk.close())
  const { published } = watching('verb', 'trip', 'statement', 'append')
  for (const one of [store, disk, memoryStore()]) {
    const book = openTestBook({ store: one, cipher: testCipher() })
    await createService(book, hidden('a'))
    await bulkUpsert(book, [hidden('b'), hidden('c')])
    expect(JSON.stringify((await revealService(book, 'a'))._unsafeUnwrap())).toContain('opensesame')
    const broken = openTestBook({
      store: { ...one, load: () => Promise.reject(Object.assign(new Error('opensesame'), { code: 'open sesame' })) },
      cipher: testCipher(),
    })
    await upsertService(broken, hidden('a'))
  }
  const of = (name: string) => published.filter(([event]) => event === `${name}:asyncEnd`).map(([, message]) => message)
  expect(
    of('statement').map(({ text, outcomes }) => [String(text).includes('written as') ? 'insert' : 'select', outcomes]),
  ).toEqual([
    ['insert', { rows: 0 }],
    ['select', { rows: 0 }],
    ['insert', { rows: 0 }],
    ['select', { rows: 1 }],
  ])
  expect(of('append')).toMatchObject([{ outcomes: { lines: 1 } }, { lines: 2, outcomes: { lines: 2 } }])
  const all = JSON.stringify(published)
  expect(all).toContain(schema)
  expect(all).not.toMatch(/open ?sesame|aes256gcm|sourcePythonClass/)
})

test('seen: nobody who listens is told of nothing, and nothing is made for it', async () => {
  const channel = tracingChannel('servicebook.verb')
  const spies = EVENTS.flatMap((event) => [vi.spyOn(channel[event], 'publish'), vi.spyOn(channel[event], 'runStores')])
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore()
  })
  const book = openTestBook()
  await createService(book, row('a'))
  await bulkUpsert(book, [row('b')])
  for (const spy of spies) expect(spy).not.toHaveBeenCalled()
})

test('seen: where there is no Node, or another one, everything works', async () => {
  const { getBuiltinModule } = process
  for (const other of [
    undefined,
    () => undefined,
    () => ({}),
    () => {
      throw new Error('none')
    },
  ]) {
    vi.resetModules()
    Object.assign(process, { getBuiltinModule: other })
    try {
      const { createService, mlmodelServices, openBook } = await import('../src/index.js')
      const book = openBook({ family: mlmodelServices, store: memoryStore() })
      expect((await createService(book, row('a'))).isOk()).toBe(true)
    } finally {
      Object.assign(process, { getBuiltinModule })
    }
  }
})
