import {
  bulkUpsert,
  type Change,
  type ChangeEvent,
  type Cipher,
  createService,
  deleteService,
  followService,
  patchService,
  resealServices,
  revealConnection,
  type ServiceStore,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { ADA, add, openTestBook, row, secret, storedIn, testCipher } from './catalogue.js'

/* §4–8 the second half of a write: what is sealed, what the store is given, what is told, and what goes round again. */

/** A memory store whose commits are seen, and may be answered otherwise by `instead`. */
function watched(more: Partial<ServiceStore> = {}, inner = memoryStore()) {
  const given: (readonly Change[])[] = []
  let instead: ((changes: readonly Change[]) => Promise<readonly string[] | undefined>) | undefined
  const store: ServiceStore = {
    ...inner,
    ...more,
    async commit(family, changes) {
      given.push(changes)
      return (await instead?.(changes)) ?? inner.commit(family, changes)
    },
  }
  /** Once, before the next commit, somebody else is faster. */
  const beaten = (rival: () => unknown) => {
    instead = async () => {
      instead = undefined
      await rival()
      return undefined
    }
  }
  const refusing = () => {
    instead = async (changes) => changes.map(({ before, after }) => (after ?? before)?.service.fullyQualifiedName ?? '')
  }
  return { store, inner, given, beaten, refusing }
}

test('§7 a store that keeps no events is given none, and one that does that of each change but of secrets sealed anew', async () => {
  for (const [outbox, expected] of [
    [undefined, [[], [], [], [], [], [], []]],
    [false, [[], [], [], [], [], [], []]],
    [
      true,
      [['entityCreated'], ['entityUpdated'], ['entityUpdated'], [undefined], ['entitySoftDeleted'], ['entityDeleted']],
    ],
  ] as const) {
    const { store, given } = watched(outbox === undefined ? {} : { outbox })
    const book = openTestBook({ store, cipher: testCipher() })
    await createService(book, secret('a', 'hush'))
    await patchService(book, 'a', [add('/description', 'x')])
    await followService(book, 'a', ADA)
    await resealServices(openTestBook({ store, cipher: testCipher('second') }))
    await deleteService(book, 'a')
    await bulkUpsert(book, [row('never')], { dryRun: true })
    await deleteService(book, 'a', { hard: true })
    const told = given.map((changes) => changes.flatMap((one) => ('event' in one ? [one.event?.eventType] : [])))
    expect(told).toEqual(outbox ? expected : expected.slice(0, told.length))
    expect(told).toHaveLength(6)
  }
})

test('§7 a listener hears nothing of a dry run, nor of what may still be taken back', async () => {
  for (const [provisional, dryRun, count] of [
    [false, false, 1],
    [false, true, 0],
    [true, false, 0],
  ] as const) {
    const heard: ChangeEvent[] = []
    const { store } = watched({ provisional })
    await bulkUpsert(openTestBook({ store, onChange: (event) => void heard.push(event) }), [row('a')], { dryRun })
    expect(heard).toHaveLength(count)
  }
})

test('§8 of rows with and without secrets those with some are sealed, by one call, and nobody is asked where none has', async () => {
  const inner = testCipher()
  const seal = vi.fn(inner.seal)
  const { store } = watched()
  const book = openTestBook({ store, cipher: { ...inner, seal } })
  await bulkUpsert(book, [row('a'), secret('b', 'hush'), row('c'), secret('d', 'hush')])
  expect(seal.mock.calls.map(([texts]) => texts.length)).toEqual([2])
  expect((await storedIn(store)).map(({ sealed }) => sealed !== null)).toEqual([false, true, false, true])
  expect((await revealConnection(book, 'd'))._unsafeUnwrap()?.config).toMatchObject({
    connectionOptions: { password: 'hush' },
  })
  await createService(book, row('e'))
  expect(seal).toHaveBeenCalledOnce()
})

test('§8 what cannot be sealed is not written, and what has no secret is', async () => {
  const cipher: Cipher = { ...testCipher(), seal: () => [7 as never, 'x'] }
  const { store, given } = watched()
  const book = openTestBook({ store, cipher })
  const report = (await bulkUpsert(book, [row('a'), secret('b', 'hush'), secret('c', 'hush')]))._unsafeUnwrap()
  const failed = (fqn: string) => ({ fqn, error: { code: 'STORE_FAILED', during: 'seal', applied: false } })
  expect(report.rows).toMatchObject([{ outcome: 'created' }, failed('b'), failed('c')])
  expect(given.map(({ length }) => length)).toEqual([1])
  expect((await createService(book, secret('d', 'hush'))).isErr()).toBe(true)
  expect(given).toHaveLength(1)
})

test('§5 the first refusal of what an id had found is no lost race; those behind it are', async () => {
  const { store, inner, given, refusing } = watched()
  const { id } = (await createService(openTestBook({ store: inner }), row('a')))._unsafeUnwrap()
  refusing()
  const book = openTestBook({ store, attempts: 2 })
  const contended = { code: 'CONTENDED', fqn: 'a', attempts: 2 }
  expect((await deleteService(book, { id }))._unsafeUnwrapErr()).toMatchObject(contended)
  expect(given).toHaveLength(3)
  expect((await deleteService(book, 'a'))._unsafeUnwrapErr()).toMatchObject(contended)
  expect(given).toHaveLength(5)
})

test('§5, §8 a lost race is decided on what is there now: secrets that a rival took away are kept by no mask', async () => {
  const { store, inner, beaten } = watched()
  const quiet = openTestBook({ store: inner })
  const made = (await createService(quiet, secret('a', 'hush')))._unsafeUnwrap()
  beaten(() => upsertService(quiet, secret('a', undefined as never)))
  const masked = { ...secret('a', 'x', { description: 'new' }), connection: made.connection } as Request
  expect((await upsertService(openTestBook({ store }), masked))._unsafeUnwrapErr()).toMatchObject({
    code: 'BAD_REQUEST',
    issues: [{ path: '/connection/config/connectionOptions/password' }],
  })
})

test('§5, §8 and a secret that a rival put in its place is the one that the mask keeps', async () => {
  const { store, inner, beaten } = watched()
  const quiet = openTestBook({ store: inner })
  const made = (await createService(quiet, secret('a', 'old')))._unsafeUnwrap()
  beaten(() => upsertService(quiet, secret('a', 'new')))
  const masked = { ...secret('a', 'x', { description: 'new' }), connection: made.connection } as Request
  expect((await upsertService(openTestBook({ store }), masked)).isOk()).toBe(true)
  expect((await revealConnection(quiet, 'a'))._unsafeUnwrap()?.config).toMatchObject({
    connectionOptions: { password: 'new' },
  })
})

test('§7 a patch of a session that a rival ended meanwhile is a version of its own', async () => {
  const { store, inner, beaten } = watched()
  const [ada, grace] = [{ by: { name: 'ada' } }, { by: { name: 'grace' } }]
  const quiet = openTestBook({ store: inner })
  await createService(quiet, row('a'), ada)
  await patchService(quiet, 'a', [add('/description', 'x')], ada)
  beaten(() => patchService(quiet, 'a', [add('/displayName', 'A')], grace))
  const patched = await patchService(openTestBook({ store }), 'a', [add('/description', 'y')], ada)
  expect(patched._unsafeUnwrap().service).toMatchObject({
    version: 0.4,
    changeDescription: { previousVersion: 0.3, fieldsUpdated: [{ name: 'description', oldValue: 'x' }] },
  })
})

test('§4 of creations in one call the one that is refused is told so, and the others are in', async () => {
  const { store } = watched()
  const book = openTestBook({ store })
  await createService(book, row('b'))
  const heard: string[] = []
  const listening = openTestBook({ store, onChange: ({ entity }) => void heard.push(entity.name) })
  const answers = await Promise.all(['a', 'b', 'c'].map((name) => createService(listening, row(name))))
  expect(answers.map((answer) => (answer.isOk() ? 'created' : answer.error.code))).toEqual([
    'created',
    'ENTITY_ALREADY_EXISTS',
    'created',
  ])
  expect(heard).toEqual(['a', 'c'])
})
