import fc from 'fast-check'
import { bulkUpsert, createService, type ServiceStore, upsertService } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'
import type { Request } from './arbitraries.js'
import { openTestBook, stateOf, stores } from './catalogue.js'

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request

/** Another process's handle on the same storage: every answer comes when the scheduler says so. */
function remote(store: ServiceStore, s: fc.Scheduler): ServiceStore {
  return {
    ...store,
    load: s.scheduleFunction(async (family, fqns) => store.load(family, fqns)),
    commit: s.scheduleFunction(async (family, changes) => store.commit(family, changes)),
  }
}

test('§5 no update is lost, however writers of several processes interleave: each one is a version', async () => {
  const names = fc.array(fc.constantFrom('a', 'b'), { minLength: 2, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), names, fc.boolean(), async (s, hot, inBulk) => {
      const store = memoryStore()
      const writes = hot.map((name, writer) => {
        const book = openTestBook({ store: remote(store, s) })
        const request = row(name, { tags: [{ tagFQN: `Writer.${writer}` }] })
        return inBulk
          ? bulkUpsert(book, [request]).map(({ status }) => status)
          : upsertService(book, request).map(({ outcome }) => outcome)
      })
      const outcomes = Promise.all(writes)
      await s.waitFor(outcomes)
      for (const outcome of await outcomes) expect(outcome.isOk()).toBe(true)
      const { current, history } = await stateOf(store)
      for (const [at, service] of current.entries()) {
        const writers = hot.filter((name) => name === service.name).length
        expect(service.tags).toHaveLength(writers)
        expect(history[at]).toHaveLength(writers - 1)
      }
    }),
    { numRuns: 60 },
  )
})

test('§4 of racing creates of one name exactly one wins, beside upserts of it too', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 6 }), fc.boolean(), async (s, rivals, upserted) => {
      const store = memoryStore()
      const creates = Promise.all(
        Array.from({ length: rivals }, () => createService(openTestBook({ store: remote(store, s) }), row('a'))),
      )
      const upsert = upserted ? upsertService(openTestBook({ store: remote(store, s) }), row('a')) : undefined
      await s.waitFor(Promise.all([creates, upsert]))
      const won = (await creates).filter((made) => made.isOk()).length
      const createdByUpsert = (await upsert)?._unsafeUnwrap().outcome === 'created' ? 1 : 0
      expect(won + createdByUpsert).toBe(1)
      for (const made of await creates) if (made.isErr()) expect(made.error.code).toBe('ENTITY_ALREADY_EXISTS')
      expect((await stateOf(store)).current).toHaveLength(1)
    }),
    { numRuns: 60 },
  )
})

test.each(stores)(
  '§5 fifty racing upserts of one name in one process all succeed, without a refusal, on the $name store',
  async ({ open }) => {
    const { store, close } = await open()
    let refusals = 0
    const counted: ServiceStore = {
      ...store,
      async commit(family, changes) {
        const refused = await store.commit(family, changes)
        refusals += refused.length
        return refused
      },
    }
    const books = [openTestBook({ store: counted }), openTestBook({ store: counted })] as const
    const all = Array.from({ length: 50 }, (_, at) =>
      upsertService(books[at % 2 === 0 ? 0 : 1], row('hot', { description: `${at}` })),
    )
    const outcomes = (await Promise.all(all)).map((answer) => answer._unsafeUnwrap().service.version)
    expect(outcomes).toEqual(Array.from({ length: 50 }, (_, at) => (at + 1) / 10))
    expect(refusals).toBe(0)
    await close()
  },
)

test.each(stores)(
  '§6 bulks and single upserts of the same names at once: every one is a version on the $name store',
  async ({ open }) => {
    const { store, close } = await open()
    const book = openTestBook({ store })
    const writers = Array.from({ length: 6 }, (_, writer) => row('hot', { tags: [{ tagFQN: `Writer.${writer}` }] }))
    await Promise.all(
      writers.map((request, at) =>
        at % 2 === 0 ? bulkUpsert(book, [request, row(`own${at}`)]) : upsertService(book, request),
      ),
    )
    const { current, history } = await stateOf(store)
    expect(current[0]?.tags).toHaveLength(6)
    expect(history[0]).toHaveLength(5)
    await close()
  },
)
