import {
  bulkUpsert,
  createService,
  deleteService,
  followService,
  importServices,
  patchService,
  resealServices,
  restoreService,
  type ServiceStore,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test, vi } from 'vitest'
import { ADA, add, type MlModelBook, openTestBook, row, secret, testCipher } from './catalogue.js'

/* §4 the first half of a write: who is asked, what for, when, and of whom nobody is asked any more. */

const ada = { by: { name: 'ada' } }
const throws = () => {
  throw new Error('down')
}
const later = () => new Promise((resolve) => setImmediate(resolve))

/** A store each of whose answers comes a turn later. */
function slow(inner: ServiceStore = memoryStore()): ServiceStore {
  return {
    ...inner,
    load: async (...given) => later().then(() => inner.load(...given)),
    commit: async (...given) => later().then(() => inner.commit(...given)),
    versions: async (...given) => later().then(() => inner.versions(...given)),
  }
}

test('§4 all that answers later is waited for: store, policy, directory, cipher and the version before', async () => {
  const inner = testCipher()
  const book = openTestBook({
    store: slow(),
    policy: async () => later().then(() => 'allow' as const),
    directory: { knows: async (all) => later().then(() => all.map(() => true)) },
    cipher: { ...inner, open: async (all) => later().then(() => inner.open(all)) },
  })
  const owners = [{ id: ADA, type: 'user' }]
  expect((await createService(book, secret('a', 'hush', { owners }), ada)).isOk()).toBe(true)
  expect((await upsertService(book, secret('a', 'hush', { owners }), ada))._unsafeUnwrap().outcome).toBe('unchanged')
  const edit = async (value: string) =>
    (await patchService(book, 'a', [add('/description', value)], ada))._unsafeUnwrap().service.version
  expect([await edit('x'), await edit('y')]).toEqual([0.2, 0.2])
})

test('§3 what changes nothing is not written', async () => {
  const store = memoryStore()
  const commit = vi.spyOn(store, 'commit')
  const book = openTestBook({ store })
  await upsertService(book, row('a'))
  expect((await upsertService(book, row('a')))._unsafeUnwrap().outcome).toBe('unchanged')
  expect(commit).toHaveBeenCalledOnce()
})

test('§4 of what could not be loaded nothing more is asked', async () => {
  const policy = vi.fn(() => 'allow' as const)
  const now = vi.fn(() => 1)
  const knows = vi.fn((all: readonly unknown[]) => all.map(() => true))
  const book = openTestBook({ store: { ...memoryStore(), load: throws }, policy, now, directory: { knows } })
  const error = (await upsertService(book, row('a', { domain: 'd' }), ada))._unsafeUnwrapErr()
  expect(error).toMatchObject({ code: 'STORE_FAILED', during: 'load', applied: false })
  for (const asked of [policy, now, knows]) expect(asked).not.toHaveBeenCalled()
})

test('§4 of what is forbidden neither the directory, the clock nor the cipher is asked, beside a neighbour of whom they are', async () => {
  const inner = testCipher()
  const store = memoryStore()
  await bulkUpsert(openTestBook({ store, cipher: inner }), [secret('mine', 'hush'), secret('yours', 'hush')])
  const open = vi.fn(inner.open)
  const now = vi.fn(() => 1)
  const knows = vi.fn((all: readonly unknown[]) => all.map(() => true))
  const book = openTestBook({
    store,
    cipher: { ...inner, open },
    now,
    directory: { knows },
    policy: (_, __, target) => (target?.name === 'mine' ? 'allow' : 'forbidden'),
  })
  const rows = [secret('mine', 'hush', { domain: 'd' }), secret('yours', 'hush', { domain: 'e' })]
  const report = (await bulkUpsert(book, rows, ada))._unsafeUnwrap()
  expect(report.rows).toMatchObject([{ outcome: 'updated' }, { error: { code: 'FORBIDDEN' } }])
  expect(open.mock.calls.map(([texts]) => texts.length)).toEqual([1])
  expect(now).toHaveBeenCalledOnce()
  expect(knows.mock.calls.map(([all]) => all.length)).toEqual([1])
})

test('§8 a cipher is not asked to open what has no secrets, nor for a request without any', async () => {
  const inner = testCipher()
  const open = vi.fn(inner.open)
  const book = openTestBook({ cipher: { ...inner, open } })
  await bulkUpsert(book, [row('plain'), secret('secret', 'hush')])
  await upsertService(book, secret('plain', 'hush'))
  await upsertService(book, row('secret', { serviceType: 'CustomMlModel', description: 'x' }))
  await patchService(book, 'secret', [add('/description', 'y')])
  await deleteService(book, 'secret')
  await restoreService(book, 'secret')
  expect(open).not.toHaveBeenCalled()
  await upsertService(book, secret('secret', 'other'))
  expect(open).toHaveBeenCalledOnce()
})

test('§8 of two services of which one cannot be opened the other is written', async () => {
  const inner = testCipher()
  const store = memoryStore()
  await bulkUpsert(openTestBook({ store, cipher: inner }), [secret('a', 'hush'), secret('b', 'hush')])
  const open: typeof inner.open = async (all) => [new Error('wrong key'), ...(await inner.open(all)).slice(1)]
  const book = openTestBook({ store, cipher: { ...inner, open } })
  const report = (await bulkUpsert(book, [secret('a', 'other'), secret('b', 'other')]))._unsafeUnwrap()
  expect(report.rows).toMatchObject([{ error: { code: 'STORE_FAILED', during: 'open' } }, { outcome: 'updated' }])
})

test('§8 secrets follow by default, also of whoever may not see them', async () => {
  const book = openTestBook({ policy: (_, operation) => (operation === 'ViewSecrets' ? 'forbidden' : 'allow') })
  const config = (trackingUri: string, password: string) => ({
    connection: { config: { trackingUri: `http://u:${password}@${trackingUri}`, registryUri: 'x' } },
  })
  await createService(book, row('a', { serviceType: 'Mlflow', ...config('one', 'hush') }), ada)
  const moved = row('a', { serviceType: 'Mlflow', ...config('two', '*********') })
  expect((await upsertService(book, moved, ada))._unsafeUnwrap().outcome).toBe('updated')
  const strict = openTestBook({ store: book.store, policy: book.policy as never, secretsFollow: false })
  const again = row('a', { serviceType: 'Mlflow', ...config('three', '*********') })
  expect((await upsertService(strict, again, ada))._unsafeUnwrapErr().code).toBe('BAD_REQUEST')
  const stays = row('a', { serviceType: 'Mlflow', ...config('two', '*********'), description: 'x' })
  expect((await upsertService(strict, stays, ada))._unsafeUnwrap().outcome).toBe('updated')
  const seeing = openTestBook({ store: book.store, secretsFollow: false })
  expect((await upsertService(seeing, again, ada))._unsafeUnwrap().outcome).toBe('updated')
})

test('§8 where secrets do not follow they are sealed anew all the same', async () => {
  const book = openTestBook({ cipher: testCipher() })
  await createService(book, secret('a', 'hush'))
  const rotated = openTestBook({ store: book.store, cipher: testCipher('second'), secretsFollow: false })
  expect((await resealServices(rotated))._unsafeUnwrap()).toMatchObject({ status: 'success', resealed: 1 })
})

test('§3, §8 what has no time of its own needs no clock: secrets sealed anew, services imported', async () => {
  const book = openTestBook({ cipher: testCipher() })
  await createService(book, secret('a', 'hush'))
  const rotated = openTestBook({ store: book.store, cipher: testCipher('second'), now: throws })
  expect((await resealServices(rotated))._unsafeUnwrap()).toMatchObject({ status: 'success', resealed: 1 })
  const other = openTestBook({ now: throws })
  const plain = (await createService(openTestBook(), row('b')))._unsafeUnwrap()
  const exported = { family: other.family.entityType, service: plain, history: [], sealed: null }
  expect((await importServices(other, [exported] as never))._unsafeUnwrap()).toMatchObject({ imported: 1 })
})

test('§4 what refers to nothing is asked of no directory: a delete, a report of none, a service without references', async () => {
  const knows = vi.fn((all: readonly unknown[]) => all.map(() => true))
  const book = openTestBook({ directory: { knows } })
  await createService(book, row('a'))
  expect((await deleteService(book, 'a'))._unsafeUnwrap().outcome).toBe('deleted')
  expect((await upsertService(book, row('a')))._unsafeUnwrap().outcome).toBe('restored')
  expect(knows).not.toHaveBeenCalled()
  expect((await followService(book, 'a', ADA)).isOk()).toBe(true)
  expect(knows).toHaveBeenCalledOnce()
})

test('§7 a patch whose draft fails is told why, and one whose preconditions fail is not drafted', async () => {
  const book = openTestBook()
  await createService(book, row('a'))
  const patched = async (operations: readonly object[], more = {}) =>
    (await patchService(book, 'a', operations as never, more))._unsafeUnwrapErr().code
  expect(await patched([{ op: 'test', path: '/name', value: 'b' }])).toBe('PRECONDITION_FAILED')
  expect(await patched([add('/nope', 1)])).toBe('BAD_REQUEST')
  expect(await patched([add('/nope', 1)], { ifMatch: '"other"' })).toBe('PRECONDITION_FAILED')
})

test('§7 a session of which the version before cannot be read fails, and one that has none is a version of its own', async () => {
  const patchedOn = async (versions: ServiceStore['versions']) => {
    const store = memoryStore()
    const edit = (book: MlModelBook, value: string) => patchService(book, 'a', [add('/description', value)], ada)
    const quiet = openTestBook({ store })
    await createService(quiet, row('a'))
    await edit(quiet, 'x')
    return edit(openTestBook({ store: { ...store, versions } }), 'y')
  }
  const failed = { code: 'STORE_FAILED', during: 'load', applied: false }
  expect((await patchedOn(throws))._unsafeUnwrapErr()).toMatchObject(failed)
  expect((await patchedOn(async () => throws()))._unsafeUnwrapErr()).toMatchObject(failed)
  expect((await patchedOn(() => []))._unsafeUnwrap().service.version).toBe(0.3)
  expect((await patchedOn(() => [{ version: 0.15 }] as never))._unsafeUnwrap().service.version).toBe(0.3)
})

test('§1 an id is asked for where there is a service to come, and nowhere else; a bad one fails that one alone', async () => {
  let next = 0
  const ids = [ADA, 'none', ADA, ADA.replace(/a$/, 'b')]
  const newId = vi.fn(() => ids[next++] as string)
  const book = openTestBook({ newId })
  const report = (await bulkUpsert(book, [row('a'), row('b'), row('c'), row('d')]))._unsafeUnwrap()
  const failed = { error: { code: 'STORE_FAILED', during: 'id' } }
  expect(report.rows).toMatchObject([{ outcome: 'created' }, failed, failed, { outcome: 'created' }])
  await upsertService(book, row('a', { description: 'x' }))
  await deleteService(book, 'a')
  expect(newId).toHaveBeenCalledTimes(4)
})

test('§1 two of one call are told apart although their store knows no ids', async () => {
  const book = openTestBook({ newId: () => ADA, store: { ...memoryStore(), commit: () => [] } })
  const report = (await bulkUpsert(book, [row('a'), row('b')]))._unsafeUnwrap()
  expect(report.rows).toMatchObject([{ outcome: 'created' }, { error: { code: 'STORE_FAILED', during: 'id' } }])
})

test('§8 what has no secrets is looked at by no cipher when secrets are sealed anew', async () => {
  const isCurrent = vi.fn(() => false)
  const book = openTestBook({ cipher: { ...testCipher(), isCurrent } })
  await bulkUpsert(book, [row('a'), secret('b', 'hush')])
  expect((await resealServices(book))._unsafeUnwrap()).toMatchObject({ checked: 2, resealed: 1, failed: 0 })
  expect(isCurrent).toHaveBeenCalledOnce()
})

test('§9 a check is not asked of what is refused, unchanged or none of its business', async () => {
  const check = vi.fn(() => [])
  const book = openTestBook({ checks: [check] })
  await createService(book, row('a'))
  await upsertService(book, row('a'))
  expect((await createService(book, row('b', { dataProducts: ['p'] })))._unsafeUnwrapErr().code).toBe('BAD_REQUEST')
  await deleteService(book, 'a')
  expect(check).toHaveBeenCalledOnce()
  expect(check.mock.calls[0]?.slice(1)).toEqual([null, undefined])
})
