import fc from 'fast-check'
import {
  bulkUpsert,
  createService,
  deleteService,
  etag,
  followService,
  patchService,
  restoreService,
  type ServiceStore,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'
import type { Request } from './arbitraries.js'
import { comparable, type MlModelBook, openTestBook, stateOf } from './catalogue.js'

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request

const verbs = [
  'create',
  'upsert',
  'bulk',
  'patch',
  'patch by id',
  'delete',
  'remove',
  'restore',
  'restore by id',
  'follow',
  'follow by id',
] as const

interface Step {
  readonly verb: (typeof verbs)[number]
  readonly name: 'a' | 'b' | 'c'
  readonly by: string
  readonly text: string
  readonly demands: boolean
}

const steps: fc.Arbitrary<Step> = fc.record({
  verb: fc.constantFrom(...verbs),
  name: fc.constantFrom('a', 'b', 'c'),
  by: fc.constantFrom('ada', 'ben', 'nobody'),
  text: fc.constantFrom('x', 'y'),
  demands: fc.boolean(),
})

/** A book that holds `a` and `b`, the same each time. */
async function opened(store: ServiceStore) {
  let ids = 0
  const book = openTestBook({
    store,
    now: () => 1000,
    newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
    policy: async (by) => (by?.name === 'nobody' ? 'forbidden' : 'allow'),
  })
  const held = [await createService(book, row('a')), await createService(book, row('b', { description: 'x' }))]
  const tags = new Map(held.map((one) => [one._unsafeUnwrap().name, one._unsafeUnwrap()]))
  return { book, known: (name: string) => tags.get(name) }
}

const FOLLOWER = '00000000-0000-4000-8000-00000000000f'

type Opened = Awaited<ReturnType<typeof opened>>

async function take({ book, known }: Opened, step: Step): Promise<unknown> {
  const { verb, name, text } = step
  const service = known(name)
  const by = { name: step.by }
  const when = step.demands && service !== undefined ? { ifMatch: etag(service) } : {}
  const request = row(name, { description: text, tags: [{ tagFQN: `Tag.${text}` }] })
  const subject = verb.endsWith('by id') ? { id: service?.id ?? '00000000-0000-4000-8000-00000000ffff' } : name
  const operations = [{ op: 'add', path: '/displayName', value: text } as const]
  const answer = await {
    create: () => createService(book, request, { by }),
    upsert: () => upsertService(book, request, { by, ...when }),
    bulk: () => bulkUpsert(book, [request], { by }),
    patch: () => patchService(book, subject, operations, { by, ...when }),
    'patch by id': () => patchService(book, subject, operations, { by, ...when }),
    delete: () => deleteService(book, subject, { by, ...when }),
    remove: () => deleteService(book, subject, { by, hard: true, ...when }),
    restore: () => restoreService(book, subject, { by, ...when }),
    'restore by id': () => restoreService(book, subject, { by, ...when }),
    follow: () => followService(book, subject, FOLLOWER, { by, ...when }),
    'follow by id': () => followService(book, subject, FOLLOWER, { by, ...when }),
  }[verb]()
  if (answer.isErr()) return answer.error.code
  const bare = JSON.stringify(answer.value, (key, value) => (key === 'id' || key === 'updatedAt' ? undefined : value))
  return JSON.parse(bare)
}

/** A storage behind a wire: every answer comes when the scheduler says so. */
function remote(store: ServiceStore, s: fc.Scheduler): ServiceStore {
  return {
    ...store,
    durable: true,
    load: s.scheduleFunction(async (family, fqns) => store.load(family, fqns)),
    commit: s.scheduleFunction(async (family, changes) => store.commit(family, changes)),
    find: s.scheduleFunction(async (family, id) => store.find(family, id)),
  }
}

function* orders<T>(all: readonly T[]): Generator<readonly T[]> {
  if (all.length < 2) yield all
  for (const [at, one] of all.entries())
    if (all.length > 1) for (const rest of orders(all.filter((_, other) => other !== at))) yield [one, ...rest]
}

test('§4–7 any interleaving of verbs ≡ some order of them, one by one', async () => {
  let together = 0
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(steps, { minLength: 2, maxLength: 4 }), async (s, taken) => {
      const store = memoryStore()
      const { known } = await opened(store)
      const wired = remote(store, s)
      const commit = wired.commit
      const counted: ServiceStore = {
        ...wired,
        commit: (family, changes) => {
          if (changes.length > 1) together++
          return commit(family, changes)
        },
      }
      let ids = 100
      const book: MlModelBook = openTestBook({
        store: counted,
        now: () => 1000,
        newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
        policy: async (by) => (by?.name === 'nobody' ? 'forbidden' : 'allow'),
      })
      const running = Promise.all(taken.map((step) => take({ book, known }, step)))
      await s.waitFor(running)
      const answers = await running
      const state = comparable(await stateOf(store))
      const seen = JSON.stringify([answers, state])
      for (const order of orders([...taken.keys()])) {
        const one = await opened(memoryStore())
        const sequential: unknown[] = []
        for (const at of order) sequential[at] = await take(one, taken[at] as Step)
        if (JSON.stringify([sequential, comparable(await stateOf(one.book.store))]) === seen) return
      }
      expect.fail(`no order of them answers ${seen}`)
    }),
    { numRuns: 150 },
  )
  expect(together).toBeGreaterThan(0)
})
