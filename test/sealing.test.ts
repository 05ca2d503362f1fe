import fc from 'fast-check'
import {
  bulkUpsert,
  type Cipher,
  createService,
  deleteService,
  getService,
  listServices,
  listVersions,
  MASK,
  openBook,
  patchService,
  resealServices,
  restoreService,
  revealConnection,
  revealService,
  type ServiceStore,
  type Stored,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { Type } from 'typebox'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { anyName, fewNames, type Request, requests } from './arbitraries.js'
import { openTestBook, softDelete, stateOf, storedIn, stores, testCipher } from './catalogue.js'

const aws = (name: string, awsSecretAccessKey?: string, rest = {}): Request => ({
  name,
  serviceType: 'SageMaker',
  connection: { config: { awsConfig: { awsRegion: 'eu', awsSecretAccessKey } } },
  ...rest,
})

async function opened(which: (typeof stores)[number], cipher: Cipher = testCipher()) {
  const { store, bytes, close } = await which.open()
  onTestFinished(close)
  return { store, bytes, book: openTestBook({ store, cipher }) }
}

const sealedIn = async (store: ServiceStore) => (await storedIn(store)).map(({ sealed }) => sealed)

describe.each(stores)('on the $name store', (which) => {
  test('§8 secrets are sealed before the store sees them, kept as they are while they stay, and gone when replaced', async () => {
    const { book, store } = await opened(which)
    await createService(book, aws('a', 'hush'))
    const [first] = await sealedIn(store)
    expect(first).toMatch(/^aes256gcm:first:/)
    for (const again of [aws('a', 'hush'), aws('a', MASK), { name: 'a', serviceType: 'SageMaker' } as Request]) {
      expect((await upsertService(book, again))._unsafeUnwrap().outcome).toBe('unchanged')
      expect(await sealedIn(store)).toEqual([first])
    }
    expect((await upsertService(book, aws('a', MASK, { description: 'x' })))._unsafeUnwrap().outcome).toBe('updated')
    expect(await sealedIn(store)).toEqual([first])
    expect((await upsertService(book, aws('a', 'other')))._unsafeUnwrap().service.version).toBe(0.3)
    const [second] = await sealedIn(store)
    expect([second === first, second?.startsWith('aes256gcm:')]).toEqual([false, true])
    expect((await revealConnection(book, 'a'))._unsafeUnwrap()?.config).toMatchObject({
      awsConfig: { awsSecretAccessKey: 'other' },
    })
    const shown = (await getService(book, 'a'))._unsafeUnwrap()
    const given = { awsRegion: 'eu', awsSecretAccessKey: 'other' }
    const awsConfig = { enabled: false, ...given, assumeRoleSessionName: 'OpenMetadataSession' }
    const inClear = {
      ...shown,
      connection: { config: { type: 'SageMaker', awsConfig, supportsMetadataExtraction: true } },
    }
    expect((await revealService(book, 'a'))._unsafeUnwrap()).toEqual(inClear)
    await upsertService(book, aws('a'))
    expect(await sealedIn(store)).toEqual([null])
    const plain = (await getService(book, 'a'))._unsafeUnwrap()
    expect((await revealService(book, 'a'))._unsafeUnwrap()).toEqual(plain)
    const { history } = await stateOf(store)
    expect(JSON.stringify(history)).not.toMatch(/hush|other|aes256gcm/)
  })

  test('§8 what a request carried is what revealConnection shows, however it came and was kept', async () => {
    await fc.assert(
      fc.asyncProperty(requests(anyName), fc.boolean(), fc.boolean(), async (r, inBulk, deleted) => {
        const { store, close } = await which.open()
        const book = openTestBook({ store, cipher: testCipher() })
        const clear = async () =>
          (await revealConnection(book, { name: r.name }, { include: 'all' }))._unsafeUnwrap()?.config
        const plain = openTestBook()
        const shown = (await createService(plain, r))._unsafeUnwrap()
        const expected = (await revealConnection(plain, { name: r.name }))._unsafeUnwrap()?.config
        if (inBulk) await bulkUpsert(book, [r])
        else await createService(book, r)
        expect(await clear()).toEqual(expected)
        if (deleted) await softDelete(store, shown.fullyQualifiedName)
        await upsertService(book, { ...r, description: 'masked', connection: shown.connection } as Request)
        expect(await clear()).toEqual(expected)
        expect((await getService(book, { name: r.name }))._unsafeUnwrap().connection).toEqual(shown.connection)
        await close()
      }),
      { numRuns: which.name === 'memory' ? 200 : 40 },
    )
  })

  test('§8 no mark of a secret is in any answer, error or report, nor in the bytes of the store', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(requests(fewNames), { minLength: 1, maxLength: 2 }), async (rows) => {
        const { store, bytes, close } = await which.open()
        const book = openTestBook({ store, cipher: testCipher() })
        const seen: unknown[] = []
        for (const row of marked(rows)) seen.push(...(await everyVerb(book, store, row)))
        seen.push(await bulkUpsert(book, marked(rows)), await bulkUpsert(book, marked(rows), { dryRun: true }))
        seen.push(await stateOf(store), await storedIn(store), await bytes())
        const text = seen.map(shownInFull).join('\n')
        const at = text.indexOf(MARK)
        expect(at === -1 ? '' : text.slice(Math.max(at - 200, 0), at + 20)).toBe('')
        await close()
      }),
      // Each run is some three hundred calls; the trial `fuzz` goes on for as long as it is told.
      { numRuns: which.name === 'memory' ? 20 : 5 },
    )
  })

  test('§8 resealing changes no version, time or history, goes on where it was stopped, and lets the old key go', async () => {
    const { book, store } = await opened(which)
    const rows = Array.from({ length: 25 }, (_, at) => (at % 5 === 0 ? aws(`s${at}`) : aws(`s${at}`, `hush ${at}`)))
    await bulkUpsert(book, rows)
    await bulkUpsert(book, [aws('s1', 'hush 1', { description: 'x' })])
    await softDelete(store, 's2')
    const before = await stateOf(store)
    const rotated = openTestBook({ store, cipher: testCipher('second') })
    const controller = new AbortController()
    const stopped = await resealServices(rotated, {
      chunkSize: 4,
      signal: controller.signal,
      onProgress: ({ checked }) => checked >= 8 && controller.abort('enough'),
    })
    expect(stopped._unsafeUnwrap()).toEqual({
      status: 'aborted',
      cause: 'enough',
      checked: 8,
      resealed: 5,
      failed: 0,
      failures: [],
    })
    const report = (await resealServices(rotated, { chunkSize: 4 }))._unsafeUnwrap()
    expect(report).toEqual({ status: 'success', checked: 25, resealed: 15, failed: 0, failures: [] })
    expect((await resealServices(rotated))._unsafeUnwrap().resealed).toBe(0)
    expect(await stateOf(store)).toEqual(before)
    const withoutOld = openTestBook({ store, cipher: testCipher('second', ['second']) })
    const again = (await bulkUpsert(withoutOld, rows.slice(3)))._unsafeUnwrap()
    expect(again.outcomes).toMatchObject({ unchanged: 22 })
  })
})

const MARK = 'C4NARY'
const marked = (rows: readonly Request[]): Request[] =>
  JSON.parse(JSON.stringify(rows).replaceAll('hush', MARK).replaceAll('p%40ss', MARK).replaceAll(':pw@', `:${MARK}@`))

/** Also what JSON would leave out: messages, causes and stacks of errors. */
function shownInFull(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    part instanceof Error ? { ...part, message: part.message, stack: part.stack, cause: part.cause } : part,
  )
}

/** Every verb that shows no secrets, and every way in which it can fail while it has one in its hands. */
async function everyVerb(book: ReturnType<typeof openTestBook>, store: ServiceStore, row: Request) {
  const fails = () => Promise.reject(new Error('the disk is full'))
  const broken = { ...testCipher(), seal: fails, open: fails }
  const events: unknown[] = []
  const books = [
    openTestBook({ store, cipher: testCipher(), onChange: (event) => events.push(event) }),
    openTestBook({ store: { ...store, commit: fails }, cipher: testCipher() }),
    openTestBook({ store: { ...store, load: fails }, cipher: testCipher() }),
    openTestBook({ store, cipher: broken }),
    openTestBook({ store, cipher: testCipher('second', ['second']) }),
    openTestBook({ store, cipher: testCipher(), policy: () => 'forbidden' }),
    openTestBook({ store, cipher: testCipher(), policy: fails }),
    openTestBook({ store: { ...store, durable: true } }),
  ]
  const config = row.connection?.config
  const wrong = [
    { ...row, unknown: config },
    { ...row, serviceType: 'Nope' },
    { ...row, serviceType: 'Sklearn' },
    { ...row, connection: config },
    { ...row, connection: { config: { ...config, typo: MARK, awsConfig: { awsSecretAccessKey: [MARK] } } } },
    {
      ...row,
      connection: { config: { sourcePythonClass: 1, connectionOptions: { a: { b: MARK } }, trackingUri: [MARK] } },
    },
    { ...row, connection: { config: { trackingUri: `http://u:${MARK}@h`, registryUri: 7 } } },
  ] as unknown as Request[]
  const seen: unknown[] = []
  for (const one of books) {
    seen.push(
      await createService(one, row),
      await upsertService(one, row),
      await upsertService(one, { ...row, tags: [] }),
    )
    seen.push(await bulkUpsert(one, [row, ...wrong, row]), await getService(one, { name: row.name }))
    seen.push(await resealServices(one), await listServices(one), await listVersions(one, { name: row.name }))
    const write = { op: 'add' as const, path: '/connection', value: row.connection ?? null }
    seen.push(await patchService(one, { name: row.name }, [write]))
    for (const value of [row.connection ?? null, MARK]) {
      const failing = [{ op: 'test' as const, path: '/connection/config', value }, write]
      seen.push(await patchService(one, { name: row.name }, failing))
    }
    const gone = await deleteService(one, { name: row.name })
    seen.push(gone, await restoreService(one, { name: row.name }))
  }
  for (const request of wrong) {
    seen.push(await createService(book, request), await upsertService(book, request))
    seen.push(await createService(books.at(-1) as typeof book, request))
  }
  seen.push(await revealConnection(books[4] as typeof book, { name: row.name }))
  seen.push(await revealConnection(books[5] as typeof book, { name: row.name }), events)
  return seen
}

test('§8 a chunk is one call of the cipher, and what has no secrets is none', async () => {
  const cipher = testCipher()
  const [seal, open] = [vi.spyOn(cipher, 'seal'), vi.spyOn(cipher, 'open')]
  const calls = () => {
    const counted = [seal, open].map(({ mock }) => mock.calls.map(([texts]) => texts.length))
    vi.clearAllMocks()
    return counted
  }
  const book = openTestBook({ cipher })
  const rows = Array.from({ length: 2500 }, (_, at) => aws(`s${at}`, at % 2 === 0 ? 'hush' : undefined))
  await bulkUpsert(book, rows, { chunkSize: 1000 })
  expect(calls()).toEqual([[500, 500, 250], []])
  await bulkUpsert(book, rows, { chunkSize: 1000 })
  expect(calls()).toEqual([[], [500, 500, 250]])
  await bulkUpsert(book, [{ name: 's0', serviceType: 'SageMaker', description: 'x' }])
  expect(calls()).toEqual([[], []])
  await bulkUpsert(book, [aws('twice', 'a'), aws('twice', 'a'), aws('twice', 'b')])
  expect(calls()).toEqual([
    [1, 1],
    [1, 1],
  ])
})

test('§8 a wrong or missing key is a clear error that names the key; what needs no secret goes on, other rows too', async () => {
  const store = memoryStore()
  const book = openTestBook({ store, cipher: testCipher() })
  await bulkUpsert(book, [aws('a', 'hush'), aws('b', 'hush')])
  const without = openTestBook({ store, cipher: testCipher('second', ['second']) })
  const failed = (await upsertService(without, aws('a', 'hush')))._unsafeUnwrapErr()
  expect(failed).toMatchObject({ code: 'STORE_FAILED', during: 'open', applied: false })
  expect(failed.message).toBe('Opening the secrets of a failed, nothing was written: there is no key first in the ring')
  expect((await revealConnection(without, 'a'))._unsafeUnwrapErr()).toMatchObject({ during: 'open' })
  expect((await upsertService(without, { name: 'a', serviceType: 'SageMaker', description: 'x' })).isOk()).toBe(true)
  await upsertService(without, aws('c', 'hush'))
  const report = (await bulkUpsert(without, [aws('a', 'hush'), aws('c', 'hush'), aws('d', 'new')]))._unsafeUnwrap()
  expect(report.rows.map((row) => (row.error ? row.error.code : row.outcome))).toEqual([
    'STORE_FAILED',
    'unchanged',
    'created',
  ])
  const resealed = (await resealServices(without))._unsafeUnwrap()
  expect(resealed).toMatchObject({ status: 'partialSuccess', checked: 4, resealed: 0, failed: 2 })
  expect(resealed.failures.map(({ fqn, error }) => [fqn, error.during])).toEqual([
    ['a', 'open'],
    ['b', 'open'],
  ])
  // What a secret is replaced with has to be compared with what it was.
  expect((await upsertService(without, aws('a'))).isOk()).toBe(true)
})

test('§8 a cipher that is far away, fails, or answers nonsense harms nobody', async () => {
  const later = <T>(work: () => T) => new Promise<T>((resolve) => setImmediate(() => resolve(work())))
  const near = testCipher()
  const far: Cipher = {
    seal: (texts) => later(() => near.seal(texts) as string[]),
    open: (texts) => later(() => near.open(texts) as string[]),
    isCurrent: near.isCurrent,
  }
  const store = memoryStore()
  expect((await createService(openTestBook({ store, cipher: far }), aws('a', 'hush'))).isOk()).toBe(true)
  expect((await upsertService(openTestBook({ store, cipher: far }), aws('a', 'hush')))._unsafeUnwrap().outcome).toBe(
    'unchanged',
  )
  const fails = () => {
    throw new Error('the vault is shut')
  }
  const nonsense: [Partial<Cipher>, string][] = [
    [{ seal: fails }, 'seal'],
    [{ seal: () => [] }, 'seal'],
    [{ seal: () => [null] as never }, 'seal'],
    [{ seal: () => undefined as never }, 'seal'],
    [{ open: fails }, 'open'],
    [{ open: () => [] }, 'open'],
    [{ open: () => [7] as never }, 'open'],
    [{ open: async () => Promise.reject(new Error('the vault is shut')) }, 'open'],
  ]
  for (const [part, during] of nonsense) {
    const book = openTestBook({ store, cipher: { ...near, ...part } })
    const before = await storedIn(store)
    const failed = await upsertService(book, aws('a', `hush ${during}`, { description: 'x' }))
    expect(failed._unsafeUnwrapErr()).toMatchObject({ code: 'STORE_FAILED', during, applied: false })
    expect(await storedIn(store)).toEqual(before)
  }
})

test('§8 resealing loses no race: what others write meanwhile stays, and is sealed anew all the same', async () => {
  const store = memoryStore()
  const book = openTestBook({ store, cipher: testCipher() })
  await bulkUpsert(book, [aws('a', 'one'), aws('b', 'one')])
  let rivals = 3
  const contended: ServiceStore = {
    ...store,
    async commit(family, changes) {
      if (rivals-- > 0) await upsertService(book, aws('a', `rival ${rivals}`))
      return store.commit(family, changes)
    },
  }
  const rotated = openTestBook({ store: contended, cipher: testCipher('second') })
  expect((await resealServices(rotated))._unsafeUnwrap()).toMatchObject({ status: 'success', resealed: 2 })
  expect((await revealConnection(rotated, 'a'))._unsafeUnwrap()?.config).toMatchObject({
    awsConfig: { awsSecretAccessKey: 'rival 0' },
  })
  expect((await sealedIn(store)).every((text) => text?.startsWith('aes256gcm:second:'))).toBe(true)
})

test('resealing: options, a book without a cipher, and a store or progress that fails', async () => {
  const book = openTestBook({ cipher: testCipher() })
  const options = { chunkSize: 0, signal: {}, onProgress: 1 }
  const bad = (await resealServices(openTestBook(), options as never))._unsafeUnwrapErr()
  expect(bad.code === 'BAD_REQUEST' && bad.issues.map(({ path }) => path)).toEqual([
    '',
    '/signal',
    '/onProgress',
    '/chunkSize',
  ])
  const failure = new Error('no more')
  const progress = await resealServices(book, { onProgress: () => Promise.reject(failure) })
  expect(progress._unsafeUnwrap()).toMatchObject({ status: 'aborted', cause: failure })
  await createService(book, aws('a', 'hush'))
  for (const method of ['list', 'load', 'commit'] as const) {
    const store = { ...book.store, [method]: () => Promise.reject(failure) }
    const failed = await resealServices(openTestBook({ store, cipher: testCipher('second') }))
    expect(failed._unsafeUnwrapErr()).toMatchObject({ code: 'STORE_FAILED', cause: failure })
  }
})

test('§8 secrets are declared by the family at any depth, in lists and in maps, an empty text is none; a password in any URI is one too', async () => {
  const secret = Type.String({ format: 'password' })
  const map = Type.Unsafe<Record<string, string>>(Type.Object({}, { additionalProperties: secret }))
  const deep = Type.Object({ keys: Type.Array(Type.Object({ value: secret, uri: Type.String() }), {}), map })
  const Deep = Type.Object({ deep, list: Type.Array(secret), plain: Type.String() }, { additionalProperties: false })
  const family = { entityType: 'deepService', collection: 'deepServices', serviceTypes: { Deep } }
  const book = openBook({ family, store: memoryStore(), cipher: testCipher() })
  const config = {
    type: 'Deep' as const,
    deep: {
      keys: [
        { value: 'one', uri: 'x://u:two@h' },
        { value: 'three', uri: 'x://h' },
      ],
      map: { a: 'four', 'b/~': '' },
    },
    list: ['five', 'six'],
    plain: 'a x://u:seven@h,y://v:eight@i',
  }
  const made = (await createService(book, { name: 'a', serviceType: 'Deep', connection: { config } }))._unsafeUnwrap()
  expect(made.connection?.config).toEqual({
    type: 'Deep',
    deep: {
      keys: [
        { value: MASK, uri: `x://u:${MASK}@h` },
        { value: MASK, uri: 'x://h' },
      ],
      map: { a: MASK, 'b/~': '' },
    },
    list: [MASK, MASK],
    plain: `a x://u:${MASK}@h,y://v:${MASK}@i`,
  })
  expect((await revealConnection(book, 'a'))._unsafeUnwrap()?.config).toEqual(config)
})

test('§8 a sealed text that was moved to another service does not open there', async () => {
  const store = memoryStore()
  const book = openTestBook({ store, cipher: testCipher() })
  await bulkUpsert(book, [aws('a', 'hush'), aws('b', 'other')])
  const [a, b] = (await storedIn(store)) as [Stored, Stored]
  await store.commit('mlmodelService', [{ before: b, after: { ...b, sealed: a.sealed, revision: 2 } }])
  expect((await revealConnection(book, 'b'))._unsafeUnwrapErr()).toMatchObject({ code: 'STORE_FAILED', during: 'open' })
  expect((await revealConnection(book, 'a')).isOk()).toBe(true)
})
