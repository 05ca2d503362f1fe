import {
  allServices,
  bulkUpsert,
  getServiceAt,
  listServices,
  listVersions,
  type ServiceStore,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'
import { openTestBook } from './catalogue.js'

/* A page of services or versions ends early when it has become large, and its cursor says so (V11). */

const MIB = 2 ** 20
const large = 'x'.repeat(3 * MIB)

/** A book on a store that tells how many services each reading was asked for. */
function watched() {
  const store = memoryStore()
  const asked: number[] = []
  const list: ServiceStore['list'] = (family, query) => {
    asked.push(query.limit)
    return store.list(family, query)
  }
  const versions: ServiceStore['versions'] = (family, fqn, id, query) => {
    asked.push(query.limit)
    return store.versions(family, fqn, id, query)
  }
  return { book: openTestBook({ store: { ...store, list, versions } }), asked }
}

const named = (count: number, fields: object) =>
  Array.from({ length: count }, (_, at) => {
    return { name: `n${String(at).padStart(4, '0')}`, serviceType: 'Sklearn', ...fields } as const
  })
const namesOf = (services: readonly { readonly name: string }[]) => services.map(({ name }) => Number(name.slice(1)))

test('§7 V11 a list of large services ends early, both ways, and its cursors lead to all of them', async () => {
  const { book } = watched()
  await bulkUpsert(book, named(9, { description: large }))
  const first = (await listServices(book, { limit: 1000, total: true }))._unsafeUnwrap()
  expect(namesOf(first.services)).toEqual([0, 1, 2])
  expect(first.paging.total).toBe(9)
  const second = (await listServices(book, { limit: 1000, after: first.paging.after }))._unsafeUnwrap()
  expect(namesOf(second.services)).toEqual([3, 4, 5])
  const third = (await listServices(book, { limit: 1000, after: second.paging.after }))._unsafeUnwrap()
  expect(namesOf(third.services)).toEqual([6, 7, 8])
  expect(third.paging.after).toBeUndefined()
  const back = (await listServices(book, { limit: 1000, before: third.paging.before }))._unsafeUnwrap()
  expect(namesOf(back.services)).toEqual([3, 4, 5])
  const further = (await listServices(book, { limit: 1000, before: back.paging.before }))._unsafeUnwrap()
  expect(namesOf(further.services)).toEqual([0, 1, 2])
  expect(further.paging.before).toBeUndefined()
  const all: number[] = []
  for await (const next of allServices(book)) all.push(...namesOf([next._unsafeUnwrap()]))
  expect(all).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
})

test('§7 V11 a store is asked for no more once a page is large', async () => {
  const { book, asked } = watched()
  await bulkUpsert(book, named(40, { description: large.slice(0, MIB) }))
  expect((await listServices(book, { limit: 1000 }))._unsafeUnwrap().services).toHaveLength(8)
  expect(asked).toEqual([32])
})

test('§7 V11 a store is asked in growing steps, for no more than the limit, and once for a short page', async () => {
  const { book, asked } = watched()
  await bulkUpsert(book, named(700, {}))
  const ask = async (options: object) => {
    asked.length = 0
    const { services } = (await listServices(book, options))._unsafeUnwrap()
    return [asked.slice(), services.length]
  }
  expect(await ask({})).toEqual([[10], 10])
  expect(await ask({ limit: 0, total: true })).toEqual([[0], 0])
  expect(await ask({ limit: 500 })).toEqual([[32, 128, 256, 84], 500])
  expect(await ask({ limit: 1_000_000 })).toEqual([[32, 128, 256, 256, 256], 700])
  const whole = (await listServices(book, { limit: 700 }))._unsafeUnwrap()
  expect(namesOf(whole.services)).toEqual(Array.from({ length: 700 }, (_, at) => at))
  expect(whole.paging).toEqual({})
  const middle = (await listServices(book, { limit: 300 }))._unsafeUnwrap().paging.after
  const next = (await listServices(book, { limit: 200, after: middle }))._unsafeUnwrap()
  const back = (await listServices(book, { limit: 200, before: next.paging.after }))._unsafeUnwrap()
  expect(namesOf(back.services)).toEqual(Array.from({ length: 200 }, (_, at) => at + 299))
})

test('§7 V11 large versions end a page early, and reading on leads to all of them', async () => {
  const { book, asked } = watched()
  for (let at = 0; at < 6; at++)
    await upsertService(book, { name: 'a', serviceType: 'Sklearn', description: `${at}${large}` })
  const read: number[] = []
  let before: number | undefined
  for (let more = true; more; ) {
    const page = (await listVersions(book, 'a', { limit: 1_000_000, before }))._unsafeUnwrap()
    // Each holds what it changed, before and after, and one is read whatever its size.
    expect(page.services.length).toBeGreaterThan(0)
    expect(page.services.length).toBeLessThan(4)
    read.push(...page.services.map(({ version }) => version))
    before = page.services.at(-1)?.version
    more = page.more
  }
  expect(read).toEqual([0.6, 0.5, 0.4, 0.3, 0.2, 0.1])
  asked.length = 0
  const oldest = (await listVersions(book, 'a', { limit: 1, before: 0.2 }))._unsafeUnwrap().services[0]
  asked.length = 0
  const then = (await getServiceAt(book, 'a', oldest?.updatedAt as number))._unsafeUnwrap()
  expect(then.version).toBe(0.1)
  expect(asked).toEqual([8])
})

test('§7 V11 an instant long ago is found in steps that grow only while versions are small', async () => {
  const store = memoryStore()
  let now = 1_764_000_000_000
  const describe = async (count: number, text: string) => {
    const quiet = openTestBook({ store, now: () => now++ })
    for (let at = 0; at < count; at++)
      await upsertService(quiet, { name: 'a', serviceType: 'Sklearn', description: `${at}${text}` })
  }
  await describe(300, '')
  const asked: number[] = []
  const versions: ServiceStore['versions'] = (family, fqn, id, query) => {
    asked.push(query.limit)
    return store.versions(family, fqn, id, query)
  }
  const book = openTestBook({ store: { ...store, versions } })
  const first = async () => (await getServiceAt(book, 'a', 1_764_000_000_000))._unsafeUnwrap().version
  expect(await first()).toBe(0.1)
  expect(asked).toEqual([8, 32, 128, 256])
  await describe(30, large.slice(0, MIB))
  asked.length = 0
  expect(await first()).toBe(0.1)
  expect(asked.slice(0, 4).every((limit) => limit <= 8)).toBe(true)
})
