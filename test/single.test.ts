import {
  createService,
  deleteService,
  followService,
  type Operation,
  type Policy,
  patchService,
  reportConnectionTest,
  restoreService,
  type ServiceStore,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test, vi } from 'vitest'
import { type MlModelBook, openTestBook } from './catalogue.js'

/* §4, §7, §9 a single verb before its round: checked, asked whether it may be without a principal, and named. */

const ID = '00000000-0000-4000-8000-00000000000a'
const row = (more = {}) => ({ name: 'a', serviceType: 'Sklearn' as const, ...more })
const edit = [{ op: 'add', path: '/description', value: 'x' }] as const
const throws = () => {
  throw new Error('down')
}
type Subject = 'a' | { readonly id: string }

const verbs: readonly (readonly [string, Operation, (book: MlModelBook, subject: Subject) => unknown])[] = [
  ['patchService', 'EditDescription', (book, subject) => patchService(book, subject, edit)],
  ['deleteService', 'Delete', (book, subject) => deleteService(book, subject)],
  ['restoreService', 'EditAll', (book, subject) => restoreService(book, subject)],
  ['followService', 'EditAll', (book, subject) => followService(book, subject, ID)],
  ['reportConnectionTest', 'EditAll', (book, subject) => reportConnectionTest(book, subject, { steps: [] } as never)],
]
const errorOf = async (answer: unknown) => ((await answer) as { error?: unknown }).error

test('§9 without a principal each verb asks for what it does, with no target, before anything is loaded', async () => {
  const store = memoryStore()
  const { id } = (await createService(openTestBook({ store }), row()))._unsafeUnwrap()
  const trips = (['load', 'find', 'commit'] as const).map((trip) => vi.spyOn(store, trip))
  const policy = vi.fn<Policy>(() => 'unauthenticated')
  const book = openTestBook({ store, policy })
  const all: readonly (readonly [Operation, unknown])[] = [
    ['Create', createService(book, row())],
    ['EditAll', upsertService(book, row())],
    ...verbs.flatMap(([, operation, verb]) => [
      [operation, verb(book, 'a')] as const,
      [operation, verb(book, { id })] as const,
    ]),
  ]
  for (const [operation, answer] of all)
    expect(await errorOf(answer)).toMatchObject({ code: 'UNAUTHORIZED', operation })
  expect(policy.mock.calls).toEqual(all.map(([operation]) => [undefined, operation, undefined]))
  for (const trip of trips) expect(trip).not.toHaveBeenCalled()
})

test('§9 by id as by name, whoever may neither do this nor see services is not told that there is none', async () => {
  const forbidden = openTestBook({ policy: (_, __, target) => (target === undefined ? 'forbidden' : 'allow') })
  for (const subject of ['a', { id: ID }] as const)
    for (const [name, operation, verb] of verbs) {
      const error = await errorOf(verb(forbidden, subject))
      expect(error, name).toMatchObject({ code: 'FORBIDDEN', operation })
      expect(await errorOf(verb(openTestBook(), subject)), name).toMatchObject({ code: 'ENTITY_NOT_FOUND' })
    }
})

test('§10 a store that cannot find an id is STORE_FAILED, and nothing was written', async () => {
  for (const find of [throws, async () => throws()]) {
    const book = openTestBook({ store: { ...memoryStore(), find } as ServiceStore })
    for (const [, , verb] of verbs)
      expect(await errorOf(verb(book, { id: ID }))).toMatchObject({
        code: 'STORE_FAILED',
        during: 'load',
        applied: false,
      })
  }
})

test('§2 a name that no service can have is not asked for', async () => {
  const store = memoryStore()
  const load = vi.spyOn(store, 'load')
  for (const [, , verb] of verbs)
    expect(await errorOf(verb(openTestBook({ store }), 'a\0' as 'a'))).toMatchObject({ code: 'ENTITY_NOT_FOUND' })
  expect(load).not.toHaveBeenCalled()
})

test('§1 all that is wrong with a request and its options is told at once, the request first', async () => {
  const book = openTestBook()
  const wrong = row({ description: 7 }) as never
  const options = { by: { name: '' }, ifMatch: 7 } as never
  const error = await errorOf(upsertService(book, wrong, options))
  expect(error).toMatchObject({
    code: 'BAD_REQUEST',
    issues: [{ path: '/description' }, { path: '/by/name' }, { path: '/ifMatch' }],
  })
  expect(await errorOf(upsertService(book, row(), { by: { name: '' } }))).toMatchObject({
    issues: [{ path: '/by/name' }],
  })
  expect(await errorOf(createService(book, wrong))).toMatchObject({ issues: [{ path: '/description' }] })
  expect(await errorOf(deleteService(book, { id: 'x' }, options))).toMatchObject({
    issues: [{ path: '/id' }, { path: '/by/name' }, { path: '/ifMatch' }],
  })
})

test('§5 what an id had found is decided on by whoever has not to wait, and loaded anew by whoever has', async () => {
  const store = memoryStore()
  const book = openTestBook({ store })
  const { id } = (await createService(book, row()))._unsafeUnwrap()
  const load = vi.spyOn(store, 'load')
  expect((await patchService(book, { id: id.toUpperCase() }, edit))._unsafeUnwrap().outcome).toBe('updated')
  expect(load).not.toHaveBeenCalled()
  const commit = vi.spyOn(store, 'commit')
  const slow = openTestBook({ store: { ...store, load: async (...given) => store.load(...given) } })
  const both = [slow, slow].map((one, at) =>
    patchService(one, { id }, [{ op: 'add', path: '/tags/-', value: { tagFQN: `t${at}` } }]),
  )
  for (const patched of await Promise.all(both)) expect(patched._unsafeUnwrap().outcome).toBe('updated')
  expect(load).toHaveBeenCalledOnce()
  expect(commit).toHaveBeenCalledTimes(2)
  expect((await restoreService(book, { id }))._unsafeUnwrap().service.tags).toHaveLength(2)
})
