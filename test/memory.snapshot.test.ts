import fc from 'fast-check'
import { createService, deleteService, openBook, restoreService, upsertService } from 'servicebook'
import { databaseServices } from 'servicebook/families'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'
import { openTestBook, stateOf } from './catalogue.js'

/** All that a store answers, by every method. */
async function seen(store: ReturnType<typeof memoryStore>) {
  const { current, history } = await stateOf(store)
  const found = await Promise.all(current.map(({ id }) => store.find('mlmodelService', id)))
  const [all, live] = await Promise.all(
    (['all', 'non-deleted'] as const).map((include) =>
      store.list('mlmodelService', { limit: 1, include, total: true }),
    ),
  )
  return { current, history, found, totals: [all?.total, live?.total] }
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

test('back() ≡ what was there at the snapshot, whatever came between, also of snapshots in snapshots', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 60 }), async (steps) => {
      const store = memoryStore()
      const book = openTestBook({ store })
      const marks: { back: () => void; was: unknown }[] = []
      for (const one of steps) {
        if (one[0] === 'mark') marks.push({ was: await seen(store), back: store.snapshot() })
        else if (one[0] === 'back') {
          const place = one[1] % Math.max(marks.length, 1)
          const at = marks[place]
          if (at === undefined) continue
          at.back()
          expect(await seen(store)).toEqual(at.was)
          for (const later of marks.splice(place + 1)) expect(later.back).toThrow('The snapshot is gone')
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

test('a snapshot is of every family, and one of nothing comes back to nothing', async () => {
  const store = memoryStore()
  const books = [openTestBook({ store }), openBook({ family: databaseServices, store })] as const
  const empty = store.snapshot()
  await createService(books[0], { name: 'a', serviceType: 'Sklearn' })
  await createService(books[1], { name: 'a', serviceType: 'QueryLog' })
  const one = store.snapshot()
  await deleteService(books[1], 'a', { hard: true })
  await createService(books[0], { name: 'b', serviceType: 'Sklearn' })
  one()
  one()
  expect((await store.load('databaseService', ['a'])).size).toBe(1)
  expect((await store.load('mlmodelService', ['a', 'b'])).size).toBe(1)
  empty()
  expect((await store.load('databaseService', ['a'])).size).toBe(0)
  expect((await store.list('mlmodelService', { limit: 5, include: 'all', total: true })).total).toBe(0)
  expect(one).toThrow('The snapshot is gone')
  await createService(books[0], { name: 'c', serviceType: 'Sklearn' })
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
