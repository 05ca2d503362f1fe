import fc from 'fast-check'
import {
  createService,
  deleteService,
  type ExportedService,
  exportServices,
  followService,
  importServices,
  openBook,
  patchService,
  reportConnectionTest,
  revealConnection,
  type ServiceStore,
  upsertService,
} from 'servicebook'
import { databaseServices } from 'servicebook/families'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type MlModelBook, openTestBook, stateOf, storedIn, stores, testCipher } from './catalogue.js'

const secret = (hush: string) => ({
  config: { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: hush } },
})
const secretive = (name: string, hush: string, rest: object = {}) =>
  ({ name, serviceType: 'SageMaker', connection: secret(hush), ...rest }) as const

async function collected<T>(all: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of all) found.push(one)
  return found
}

async function exported(book: MlModelBook, secrets?: 'none'): Promise<ExportedService[]> {
  const all: ExportedService[] = []
  for await (const one of exportServices(book, { secrets })) all.push(one._unsafeUnwrap())
  return JSON.parse(JSON.stringify(all))
}

async function imported(book: MlModelBook, services: readonly unknown[], options = {}) {
  return (await importServices(book, services as never, options))._unsafeUnwrap()
}

const ADA = '11111111-1111-4111-8111-111111111111'

/** What stands beside services, by their names. */
const besides = async (store: ServiceStore) =>
  Object.fromEntries((await storedIn(store)).map(({ service, beside }) => [service.name, beside]))

/** A book with all kinds of services: changed, restored, soft-deleted, with secrets, with a patch taken back. */
async function filled(store: ServiceStore) {
  const book = openTestBook({ store, cipher: testCipher() })
  const by = { name: 'ada' }
  await createService(book, { name: 'a', serviceType: 'Sklearn' }, { by })
  for (const description of ['x', 'y', 'z'])
    await upsertService(book, { name: 'b.c', serviceType: 'Sklearn', description })
  await createService(book, secretive('s', 'one'), { by })
  await upsertService(book, secretive('s', 'two', { displayName: 'S' }))
  await upsertService(book, { name: 'd', serviceType: 'Sklearn', description: 'x' }, { by })
  await patchService(book, 'd', [{ op: 'add', path: '/displayName', value: 'D' }], { by })
  await patchService(book, 'd', [{ op: 'remove', path: '/displayName' }], { by })
  await followService(book, 'd', ADA)
  await followService(book, 'b.c', ADA)
  const message = 'no answer from ftp://ada:hush@host'
  await reportConnectionTest(book, 'd', {
    status: 'Failed',
    steps: [{ name: 'open', mandatory: true, passed: false, message }],
  })
  await upsertService(book, secretive('gone', 'three'))
  await deleteService(book, 'gone')
  return book
}

describe.each(stores)('from memory to $name and back', ({ open }) => {
  test('§3, §7, §8 import(export(book)) ≡ book: ids, times, versions, histories, followers, secrets', async () => {
    const from = await filled(memoryStore())
    const { store, bytes, close } = await open()
    onTestFinished(close)
    const book = openTestBook({ store, cipher: testCipher() })
    const all = await exported(from)
    expect(JSON.stringify(all)).not.toMatch(/"(one|two|three)"/)
    expect(await imported(book, all)).toEqual({
      status: 'success',
      processed: 5,
      imported: 5,
      unchanged: 0,
      failed: 0,
      failures: [],
    })
    expect(await stateOf(store)).toEqual(await stateOf(from.store))
    expect(await besides(store)).toEqual(await besides(from.store))
    expect((await revealConnection(book, 's'))._unsafeUnwrap()).toMatchObject(secret('two'))
    expect(await bytes()).not.toContain('"two"')
    expect(await imported(book, all)).toMatchObject({ status: 'success', imported: 0, unchanged: 5 })
    const back = openTestBook({ cipher: testCipher() })
    await imported(back, await exported(book))
    expect(await stateOf(back.store)).toEqual(await stateOf(from.store))
    expect(await besides(back.store)).toMatchObject({
      a: null,
      'b.c': { followers: [ADA] },
      d: {
        followers: [ADA],
        testConnectionResult: { steps: [{ message: 'no answer from ftp://ada:*********@host' }] },
      },
    })
    // Life goes on.
    const next = (await upsertService(book, secretive('s', 'two', { displayName: 'T' })))._unsafeUnwrap()
    expect([next.outcome, next.service.version]).toEqual(['updated', 0.3])
  })
})

test('an import that was cut short is completed, wherever it was cut', async () => {
  const from = await filled(memoryStore())
  const all = await exported(from)
  await fc.assert(
    fc.asyncProperty(fc.nat(11), async (cut) => {
      const store = memoryStore()
      let writes = 0
      const failing: ServiceStore = {
        ...store,
        commit(family, changes) {
          const passed = changes.filter(() => writes++ < cut)
          const refused = store.commit(family, passed)
          if (passed.length < changes.length) throw new Error('cut')
          return refused
        },
      }
      const first = await imported(openTestBook({ store: failing, cipher: testCipher() }), all)
      expect(first.status).toBe(cut < 9 ? 'partialSuccess' : 'success')
      expect(await imported(openTestBook({ store, cipher: testCipher() }), all)).toMatchObject({ status: 'success' })
      expect(await stateOf(store)).toEqual(await stateOf(from.store))
    }),
  )
})

test('§8 without the key, or a cipher, what is sealed is refused; an older key is replaced by the current one', async () => {
  const all = await exported(await filled(memoryStore()))
  const other = await imported(openTestBook({ cipher: testCipher('second', ['second']) }), all)
  expect(other).toMatchObject({ imported: 3, failed: 2 })
  expect(other.failures.map(({ fqn, error }) => [fqn, error.code, 'during' in error && error.during])).toEqual([
    ['gone', 'STORE_FAILED', 'open'],
    ['s', 'STORE_FAILED', 'open'],
  ])
  const none = await imported(openTestBook(), all)
  expect(none.failures).toMatchObject([{ error: { code: 'BAD_REQUEST' } }, { error: { code: 'BAD_REQUEST' } }])
  const rotated = openTestBook({ cipher: testCipher('second') })
  expect(await imported(rotated, all)).toMatchObject({ imported: 5 })
  const only = openTestBook({ store: rotated.store, cipher: testCipher('second', ['second']) })
  expect((await revealConnection(only, 's'))._unsafeUnwrap()).toMatchObject(secret('two'))
})

test('§8 secrets are left out when asked, and never exported in clear', async () => {
  const book = openTestBook()
  await createService(book, secretive('s', 'one'))
  const answers = await collected(exportServices(book))
  expect(answers.map((one) => one.isErr() && one.error)).toMatchObject([
    { code: 'BAD_REQUEST', issues: [{ path: '/secrets' }] },
  ])
  const all = await exported(book, 'none')
  expect(all).toMatchObject([{ sealed: null, service: { name: 's' } }])
  const target = openTestBook()
  expect(await imported(target, all)).toMatchObject({ imported: 1 })
  expect(await stateOf(target.store)).toEqual(await stateOf(book.store))
})

test('a name that is another service, an id that is taken, a service that has gone on: refused, and nothing is written', async () => {
  const from = openTestBook()
  await createService(from, { name: 'a', serviceType: 'Sklearn' })
  const all = await exported(from)
  const [one] = all as [ExportedService]
  const book = openTestBook()
  await createService(book, { name: 'a', serviceType: 'Sklearn' })
  const taken = { ...one, service: { ...one.service, name: 'b', fullyQualifiedName: 'b' } }
  expect((await imported(book, all)).failures).toMatchObject([{ error: { code: 'ENTITY_ALREADY_EXISTS', fqn: 'a' } }])
  expect((await imported(from, [taken])).failures).toMatchObject([
    { fqn: 'b', error: { code: 'STORE_FAILED', during: 'id' } },
  ])
  expect((await imported(openTestBook(), [one, taken])).failures).toMatchObject([{ fqn: 'b', error: { during: 'id' } }])
  await upsertService(from, { name: 'a', serviceType: 'Sklearn', description: 'x' })
  expect((await imported(from, all)).failures).toMatchObject([{ error: { code: 'ENTITY_ALREADY_EXISTS' } }])
  const dry = openTestBook()
  expect(await imported(dry, all, { dryRun: true })).toMatchObject({ imported: 1 })
  expect((await stateOf(dry.store)).current).toEqual([])
})

test('§1, §10 what is no export is refused with every reason, by its path, and a secret in clear too', async () => {
  const from = openTestBook({ cipher: testCipher() })
  await upsertService(from, secretive('s', 'one'))
  await upsertService(from, secretive('s', 'one', { description: 'x' }))
  const [one] = (await exported(from)) as [ExportedService]
  const { service, history } = one
  const [older] = history
  const issues = async (given: unknown) => {
    const { failures } = await imported(openTestBook({ cipher: testCipher() }), [given])
    const error = failures[0]?.error
    return error && 'issues' in error ? error.issues.map(({ path }) => path) : error
  }
  expect(await issues(one)).toBe(undefined)
  expect(await issues(7)).toEqual([''])
  expect(await issues({ ...one, family: 'databaseService', more: 1 })).toEqual(['/more', '/family'])
  expect(await issues({ ...one, history: [{ ...older, updatedAt: service.updatedAt }] })).toEqual(['/history/0'])
  expect(await issues({ ...one, history: [service] })).toEqual(['/history/0'])
  const { beside: _, ...without } = one
  expect(await issues(without)).toBe(undefined)
  expect(await issues({ ...one, beside: 7 })).toEqual(['/beside'])
  const few = openTestBook({ cipher: testCipher(), limits: { elements: 1 } })
  const many = { ...one, beside: { followers: [ADA, ADA.replaceAll('1', '2')] } }
  expect((await imported(few, [many])).failures).toMatchObject([{ error: { issues: [{ path: '/beside/followers' }] } }])
  expect(
    await issues({ ...one, beside: { followers: [ADA, ADA], testConnectionResult: { steps: [{}] }, votes: 1 } }),
  ).toEqual([
    '/beside/votes',
    '/beside/followers',
    ...['name', 'passed'].map((key) => `/beside/testConnectionResult/steps/0/${key}`),
  ])
  expect(await issues({ ...one, service: { ...service, id: 'x', version: 0.25, updatedAt: -1, deleted: 0 } })).toEqual(
    ['id', 'version', 'deleted', 'updatedAt'].map((key) => `/service/${key}`),
  )
  expect(await issues({ ...one, service: { ...service, fullyQualifiedName: 't', strange: 1 } })).toEqual([
    '/service/strange',
  ])
  expect(await issues({ ...one, service: { ...service, ...secretive('s', 'hush') } })).toEqual([
    '/service/connection/config',
  ])
  expect(await issues({ ...one, history: [{ ...older, ...secretive('s', 'hush') }] })).toEqual([
    '/history/0/connection/config',
  ])
  expect((await importServices(from, 7 as never))._unsafeUnwrapErr()).toMatchObject({ code: 'BAD_REQUEST' })
})

test('§9 the policy is asked: to read, to show secrets, to write', async () => {
  const book = openTestBook({ cipher: testCipher() })
  await createService(book, secretive('s', 'one'))
  const asked: string[] = []
  const denies = (...operations: string[]) =>
    openTestBook({
      store: book.store,
      cipher: testCipher(),
      policy: (_, operation) => {
        asked.push(operation)
        return operations.includes(operation) ? 'forbidden' : 'allow'
      },
    })
  const by = { name: 'ada' }
  const codes = async (given: MlModelBook) =>
    (await collected(exportServices(given, { by }))).map((one) => (one.isErr() ? one.error.code : 'ok'))
  expect(await codes(denies('ViewBasic'))).toEqual(['FORBIDDEN'])
  expect(await codes(denies('ViewSecrets'))).toEqual(['FORBIDDEN'])
  expect(await codes(denies())).toEqual(['ok'])
  const all = await exported(book)
  const target = openTestBook({ cipher: testCipher(), policy: () => 'forbidden' })
  expect((await imported(target, all, { by })).failures).toMatchObject([{ error: { code: 'FORBIDDEN' } }])
})

test('it can be stopped, and tells how far it is', async () => {
  const from = openTestBook()
  for (let at = 0; at < 1500; at++) await createService(from, { name: `n${at}`, serviceType: 'Sklearn' })
  const all = await exported(from)
  const book = openTestBook()
  const told: number[] = []
  const stop = new AbortController()
  const first = await imported(book, all, {
    signal: stop.signal,
    onProgress: ({ processed }: { processed: number }) => {
      told.push(processed)
      stop.abort('enough')
    },
  })
  expect(first).toMatchObject({ status: 'aborted', cause: 'enough', imported: 1000 })
  expect(told).toEqual([1000])
  expect(await imported(book, all)).toMatchObject({ status: 'success', imported: 500, unchanged: 1000 })
  const thrown = await imported(book, all, {
    onProgress: () => {
      throw new Error('bar')
    },
  })
  expect(thrown).toMatchObject({ status: 'aborted', cause: { message: 'bar' } })
})

test('a family is not imported into another', async () => {
  const from = openTestBook()
  await createService(from, { name: 'a', serviceType: 'Sklearn' })
  const book = openBook({ family: databaseServices, store: memoryStore() })
  expect((await imported(book as never, await exported(from))).failures).toMatchObject([
    { error: { issues: [{ path: '/family', message: 'must be databaseService' }] } },
  ])
})
