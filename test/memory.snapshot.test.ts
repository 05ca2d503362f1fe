import fc from 'fast-check'
import { createService, deleteService, openBook, restoreService, upsertService } from 'servicebook'
import { databaseServices } from 'servicebook/families'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'
import { openTestBook, stateOf } from './catalogue.js'

/** All that a store answers, by every method; also of ids that were there once. */
async function seen(store: ReturnType<typeof memoryStore>, ids: Iterable<string> = []) {
  const { current, history } = await stateOf(store)
  const asked = [...current.map(({ id }) => id), ...ids]
  const found = await Promise.all(asked.map((id) => store.find('mlmodelService', id)))
  for (const [place, one] of found.entries()) expect([undefined, asked[place]]).toContain(one?.service.id)
  const [all, live] = await Promise.all(
    (['all', 'non-deleted'] as const).map((include) =>
      store.list('mlmodelService', { limit: 1, include, total: true }),
    ),
  )
  const back = await store.list('mlmodelService', { limit: 9, include: 'all', before: { name: 'zz', id: '' } })
  return { current, history, found, totals: [all?.total, live?.total], back }
}

/** Ids of a host, in no order. */
function unorderedIds() {
  const made: string[] = []
  return {
    made,
    newId: () => {
      const number = (made.length * 7919) % 4096
      const id = `01941f29-7c00-7000-8000-${number.toString(16).padStart(12, '0')}`
      made.push(id)
      return id
    },
  }
}

type Step =
  | readonly ['upsert' | 'delete' | 'remove' | 'restore', string, string]
  | readonly ['mark']
  | readonly ['back', number]

const name = fc.constantFrom('a', 'b.c')
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(
      fc.constantFrom('upsert', 'upsert', 'upsert', 'delete', 'remove', 'restore'),
      name,
      fc.constantFrom('x', 'y'),
    ),
  },
  { weight: 2, arbitrary: fc.constant(['mark'] as const) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('back' as const), fc.nat(5)) },
)

test('back() ≡ what was there at the snapshot, whatever came between, of any snapshot in any order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 60 }), fc.boolean(), async (steps, ordered) => {
      const store = memoryStore()
      const { made, newId } = unorderedIds()
      const book = openTestBook({ store, ...(!ordered && { newId }) })
      const marks: { back: () => void; was: unknown; ids: readonly string[] }[] = []
      for (const one of steps) {
        if (one[0] === 'mark') marks.push({ was: await seen(store, made), back: store.snapshot(), ids: [...made] })
        else if (one[0] === 'back') {
          const at = marks[one[1] % Math.max(marks.length, 1)]
          if (at === undefined) continue
          at.back()
          expect(await seen(store, at.ids)).toEqual(at.was)
        } else {
          const [what, subject, description] = one
          if (what === 'upsert') await upsertService(book, { name: subject, serviceType: 'Sklearn', description })
          else if (what === 'restore') await restoreService(book, { name: subject })
          else await deleteService(book, { name: subject }, { hard: what === 'remove' })
        }
      }
    }),
  )
})

test('snapshots that stand on each other, a hundred deep, each as it was', async () => {
  const store = memoryStore()
  const book = openTestBook({ store, newId: unorderedIds().newId })
  await createService(book, { name: 'first', serviceType: 'Sklearn' })
  const marks: { back: () => void; was: unknown }[] = []
  for (let at = 0; at < 100; at++) {
    await upsertService(book, { name: `n${at % 10}`, serviceType: 'Sklearn', description: String(at) })
    if (at % 3 === 0) await deleteService(book, { name: `n${(at * 7) % 10}` }, { hard: at % 2 === 0 })
    const was = await seen(store)
    marks.push({ was, back: store.snapshot() })
    expect(await seen(store)).toEqual(was)
  }
  for (const place of [99, 0, 40, 7, 66, 33, 98, 65]) {
    marks[place]?.back()
    expect(await seen(store), String(place)).toEqual(marks[place]?.was)
    await createService(book, { name: 'later', serviceType: 'Sklearn' })
  }
})

test('a snapshot is of every family, and one of nothing comes back to nothing', async () => {
  const store = memoryStore()
  const books = [openTestBook({ store }), openBook({ family: databaseServices, store })] as const
  const empty = store.snapshot()
  await createService(books[0], { name: 'a', serviceType: 'Sklearn' })
  await createService(books[1], { name: 'a', serviceType: 'QueryLog' })
  const one = store.snapshot()
  await deleteService(books[1], 'a', { hard: true })
  await createService(books[0], { name: 'b', serviceType: 'Sklearn' })
  const both = store.snapshot()
  one()
  one()
  expect((await store.load('databaseService', ['a'])).size).toBe(1)
  expect((await store.load('mlmodelService', ['a', 'b'])).size).toBe(1)
  empty()
  expect((await store.load('databaseService', ['a'])).size).toBe(0)
  expect((await store.list('mlmodelService', { limit: 5, include: 'all', total: true })).total).toBe(0)
  await createService(books[0], { name: 'c', serviceType: 'Sklearn' })
  both()
  expect([...(await store.load('mlmodelService', ['a', 'b', 'c'])).keys()]).toEqual(['a', 'b'])
  empty()
  expect((await store.load('mlmodelService', ['c'])).size).toBe(0)
})

test('what was decided before the store went back is refused after it, like any write that comes too late', async () => {
  const store = memoryStore()
  const book = openTestBook({ store })
  await createService(book, { name: 'a', serviceType: 'Sklearn' })
  const back = store.snapshot()
  await upsertService(book, { name: 'a', serviceType: 'Sklearn', description: 'x' })
  const before = (await store.load('mlmodelService', ['a'])).get('a') ?? null
  back()
  expect(await store.commit('mlmodelService', [{ before, after: null }])).toEqual(['a'])
})
