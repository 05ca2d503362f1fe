import { spawnSync } from 'node:child_process'
import { type BulkReport, bulkUpsert, type ServiceStore, upsertService } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { openTestBook, stateOf } from './catalogue.js'

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const rows = (count: number) => Array.from({ length: count }, (_, at) => row(`s${at}`))
const names = async (store: ServiceStore) => (await stateOf(store)).current.map(({ name }) => name)

const none = { created: 0, updated: 0, unchanged: 0, restored: 0 }

test('§6 an empty bulk is a success with zeros', async () => {
  for (const input of [[], new Set<Request>(), (async function* () {})()]) {
    const report = (await bulkUpsert(openTestBook(), input))._unsafeUnwrap()
    expect(report).toEqual({ status: 'success', processed: 0, passed: 0, failed: 0, outcomes: none, rows: [] })
  }
})

test('§6 the report is in input order, whatever kind of iterable the rows come from', async () => {
  const input = [row('b'), row('a::'), row('a'), row('b'), row('b', { description: 'x' }), row('c.d', { tags: 1 })]
  const expected = {
    status: 'partialSuccess',
    processed: 6,
    passed: 4,
    failed: 2,
    outcomes: { created: 2, updated: 1, unchanged: 1, restored: 0 },
    rows: [
      { index: 0, fqn: 'b', outcome: 'created', version: 0.1 },
      { index: 1, error: expect.objectContaining({ code: 'BAD_REQUEST' }) },
      { index: 2, fqn: 'a', outcome: 'created', version: 0.1 },
      { index: 3, fqn: 'b', outcome: 'unchanged', version: 0.1 },
      { index: 4, fqn: 'b', outcome: 'updated', version: 0.2 },
      { index: 5, fqn: '"c.d"', error: expect.objectContaining({ code: 'BAD_REQUEST' }) },
    ],
  }
  const kinds = [
    input,
    new Set(input),
    input.values(),
    (async function* () {
      yield* input
    })(),
  ]
  for (const kind of kinds)
    expect((await bulkUpsert(openTestBook(), kind, { chunkSize: 4 }))._unsafeUnwrap()).toEqual(expected)
  const failed = (await bulkUpsert(openTestBook(), input, { rows: 'failed' }))._unsafeUnwrap()
  expect(failed).toEqual({ ...expected, rows: [expected.rows[1], expected.rows[5]] })
  expect((await bulkUpsert(openTestBook(), [row('a::')]))._unsafeUnwrap().status).toBe('failure')
})

test('§6 only bad options fail the whole call, each with its path, before a row is read', async () => {
  const read = vi.fn()
  const input = {
    *[Symbol.iterator]() {
      read()
      yield row('a')
    },
  }
  const options = { chunkSize: 0, dryRun: 'yes', rows: 'none', signal: {}, onProgress: 1, by: { name: '' } }
  const error = (await bulkUpsert(openTestBook(), input, options as never))._unsafeUnwrapErr()
  expect(error.code === 'BAD_REQUEST' && error.issues.map(({ path }) => path)).toEqual([
    '/by/name',
    '/signal',
    '/onProgress',
    '/dryRun',
    '/rows',
    '/chunkSize',
  ])
  expect(read).not.toHaveBeenCalled()
  for (const bad of [undefined, null, 'rows', 7, {}]) {
    expect((await bulkUpsert(openTestBook(), bad as never))._unsafeUnwrapErr().code).toBe('BAD_REQUEST')
  }
})

test('§6 progress comes after each chunk and is waited for', async () => {
  const seen: unknown[] = []
  let busy = false
  const onProgress = async (progress: unknown) => {
    expect(busy).toBe(false)
    busy = true
    await new Promise((resolve) => setImmediate(resolve))
    busy = false
    seen.push(progress)
  }
  await bulkUpsert(openTestBook(), [...rows(4), row('::')], { chunkSize: 2, onProgress })
  expect(seen).toEqual([
    { processed: 2, passed: 2, failed: 0, outcomes: { ...none, created: 2 } },
    { processed: 4, passed: 4, failed: 0, outcomes: { ...none, created: 4 } },
    { processed: 5, passed: 4, failed: 1, outcomes: { ...none, created: 4 } },
  ])
})

test('§6 an abort answers with the reason, every row settled so far, and ABORTED for rows that were read but not sent', async () => {
  const book = openTestBook()
  const controller = new AbortController()
  function* input() {
    yield* rows(3)
    controller.abort('enough')
    yield row('read')
    throw new Error('asked once more')
  }
  const report = (await bulkUpsert(book, input(), { chunkSize: 2, signal: controller.signal }))._unsafeUnwrap()
  expect(report).toMatchObject({ status: 'aborted', cause: 'enough', processed: 4, passed: 2, failed: 2 })
  expect(report.rows[2]).toEqual({ index: 2, fqn: 's2', error: expect.objectContaining({ code: 'ABORTED' }) })
  expect(await names(book.store)).toEqual(['s0', 's1'])
  const aborted = (await bulkUpsert(book, rows(3), { signal: AbortSignal.abort('before') }))._unsafeUnwrap()
  expect(aborted).toEqual({
    status: 'aborted',
    processed: 0,
    passed: 0,
    failed: 0,
    outcomes: none,
    rows: [],
    cause: 'before',
  })
})

test('§6 an abort does not wait for input that hangs, and lets it clean up', async () => {
  const controller = new AbortController()
  const stopped = vi.fn()
  const hanging: AsyncIterable<Request> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        queueMicrotask(() => controller.abort('tired'))
        return new Promise(() => {})
      },
      return: async () => {
        stopped()
        return { done: true, value: undefined }
      },
    }),
  }
  const report = (await bulkUpsert(openTestBook(), hanging, { signal: controller.signal }))._unsafeUnwrap()
  expect(report).toMatchObject({ status: 'aborted', cause: 'tired' })
  expect(stopped).toHaveBeenCalledOnce()
})

test('§6 timers and signals have their turn while a bulk runs on a store that never waits', async () => {
  const controller = new AbortController()
  function* endless() {
    for (let at = 0; ; at++) yield row(`s${at % 10}`)
  }
  setTimeout(() => controller.abort('time is up'), 5)
  const report = (
    await bulkUpsert(openTestBook(), endless(), { signal: controller.signal, rows: 'failed' })
  )._unsafeUnwrap()
  expect(report).toMatchObject({ status: 'aborted', cause: 'time is up' })
})

test('§6 input or onProgress that throws ends the bulk as an abort does', async () => {
  const failure = new Error('broken pipe')
  async function* input() {
    yield* rows(3)
    throw failure
  }
  const book = openTestBook()
  const report = (await bulkUpsert(book, input(), { chunkSize: 2 }))._unsafeUnwrap()
  expect(report).toMatchObject({ status: 'aborted', cause: failure, processed: 3, passed: 2, failed: 1 })
  const unreadable = {
    [Symbol.iterator]: () => {
      throw failure
    },
  }
  expect((await bulkUpsert(book, unreadable as Iterable<Request>))._unsafeUnwrap()).toMatchObject({
    status: 'aborted',
    cause: failure,
    processed: 0,
  })
  const onProgress = () => Promise.reject(failure)
  expect((await bulkUpsert(book, rows(5), { chunkSize: 2, onProgress }))._unsafeUnwrap()).toMatchObject({
    status: 'aborted',
    cause: failure,
    processed: 2,
  })
})

/** A memory store whose commits wait until they are let go, and say when they begin. */
function held() {
  const store = memoryStore()
  const waiting: { names: string[]; go: () => void }[] = []
  let began = () => {}
  return {
    store: {
      ...store,
      async commit(...args: Parameters<ServiceStore['commit']>) {
        const names = args[1].map(({ after }) => after?.service.name as string)
        await new Promise<void>((go) => {
          waiting.push({ names, go })
          began()
        })
        return store.commit(...args)
      },
    },
    waiting,
    /** Resolves when so many commits wait. */
    async wait(count: number) {
      while (waiting.length < count) await new Promise<void>((resolve) => (began = resolve))
    },
  }
}

test('§6 while the store writes, the next chunks are read and sent, three in all; the report keeps the order of the input', async () => {
  const { store, waiting, wait } = held()
  const read = vi.fn()
  function* input() {
    for (const next of rows(12)) {
      read()
      yield next
    }
  }
  const progress = vi.fn()
  const running = bulkUpsert(openTestBook({ store }), input(), { chunkSize: 2, onProgress: progress })
  await wait(3)
  await new Promise((resolve) => setImmediate(resolve))
  expect([waiting.length, read.mock.calls.length]).toEqual([3, 6])
  for (const { go } of waiting.splice(0).reverse()) go()
  for (const left of [3, 3]) {
    await wait(left)
    for (const { go } of waiting.splice(0)) go()
    if (read.mock.calls.length === 12) break
  }
  const report = (await running)._unsafeUnwrap()
  expect(report.rows.map((row) => row.fqn)).toEqual(rows(12).map(({ name }) => name))
  expect(progress.mock.calls.map(([{ processed }]) => processed)).toEqual([2, 4, 6, 8, 10, 12])
})

test('§6 a name that is still with the store is waited for, and decided on what comes of it', async () => {
  const { store, waiting, wait } = held()
  const input = [row('a', { description: '1' }), row('b'), row('a', { description: '2' }), row('c')]
  const running = bulkUpsert(openTestBook({ store }), input, { chunkSize: 1 })
  for (const names of [
    [['a'], ['b']],
    [['a'], ['c']],
  ]) {
    await wait(2)
    await new Promise((resolve) => setImmediate(resolve))
    expect(waiting.map((commit) => commit.names)).toEqual(names)
    for (const { go } of waiting.splice(0)) go()
  }
  const report = (await running)._unsafeUnwrap()
  expect(report.rows.map((row) => 'outcome' in row && row.version)).toEqual([0.1, 0.1, 0.2, 0.1])
})

test('§6 progress does not wait for input that is slow, and what is with the store is settled when it throws', async () => {
  const { store, waiting, wait } = held()
  let proceed = () => {}
  async function* input() {
    yield* rows(4)
    await new Promise<void>((resolve) => (proceed = resolve))
    yield row('late')
  }
  const told: number[] = []
  const failure = new Error('the bar is broken')
  const running = bulkUpsert(openTestBook({ store }), input(), {
    chunkSize: 2,
    onProgress({ processed }) {
      told.push(processed)
      if (processed === 2) throw failure
    },
  })
  await wait(2)
  for (const { go } of waiting.splice(0)) go()
  const report = (await running)._unsafeUnwrap()
  proceed()
  expect(report).toMatchObject({ status: 'aborted', cause: failure, processed: 4, passed: 4 })
  expect(told).toEqual([2, 4])
})

test('§6 what waits for a name that is with the store is not sent any more when the bulk is ended meanwhile', async () => {
  const { store, waiting, wait } = held()
  const failure = new Error('the bar is broken')
  const running = bulkUpsert(openTestBook({ store }), [row('a'), row('a', { description: 'x' })], {
    chunkSize: 1,
    onProgress: () => Promise.reject(failure),
  })
  await wait(1)
  await new Promise((resolve) => setImmediate(resolve))
  for (const { go } of waiting.splice(0)) go()
  const report = (await running)._unsafeUnwrap()
  expect(report).toMatchObject({ status: 'aborted', cause: failure, passed: 1 })
  expect(report.rows.map((one) => (one.error ? one.error.code : one.outcome))).toEqual(['created', 'ABORTED'])
  expect((await stateOf(store)).current.map(({ version }) => version)).toEqual([0.1])
})

test('§6 a chunk of large rows ends at 8 MiB, whatever its number of rows', async () => {
  const store = memoryStore()
  const commit = vi.spyOn(store, 'commit')
  const large = rows(10).map((one) => ({ ...one, description: 'x'.repeat(3 * 2 ** 20) }))
  expect((await bulkUpsert(openTestBook({ store }), large))._unsafeUnwrap().status).toBe('success')
  expect(commit.mock.calls.map(([, changes]) => changes.length)).toEqual([3, 3, 3, 1])
})

/** A memory store that fails now and then. */
function failing(when: { load?: (call: number) => unknown; commit?: (call: number) => unknown }): ServiceStore {
  const store = memoryStore()
  let loads = 0
  let commits = 0
  const fail = (failure: unknown) => {
    if (failure) throw failure
  }
  return {
    ...store,
    load: (...args) => {
      fail(when.load?.(++loads))
      return store.load(...args)
    },
    commit: (...args) => {
      fail(when.commit?.(++commits))
      return store.commit(...args)
    },
  }
}

test('§6 a store failure half-way is reported per row, and the bulk is safe to send again', async () => {
  const lost = new Error('connection lost')
  const full = Object.assign(new Error('disk full'), { applied: false })
  const book = openTestBook({
    store: failing({ load: (call) => call === 2 && lost, commit: (call) => (call === 1 ? full : call === 2 && lost) }),
  })
  const codes = ({ rows }: BulkReport) =>
    rows.map((row) =>
      row.error
        ? row.error.code === 'STORE_FAILED'
          ? `${row.error.during} ${row.error.applied}`
          : row.error.code
        : row.outcome,
    )
  const input = rows(7)
  const first = (await bulkUpsert(book, input, { chunkSize: 2 }))._unsafeUnwrap()
  expect(codes(first)).toEqual([
    'commit false',
    'commit false',
    'load false',
    'load false',
    'commit unknown',
    'commit unknown',
    'created',
  ])
  expect(first.rows[4]).toMatchObject({ error: { cause: lost } })
  const again = (await bulkUpsert(book, input, { chunkSize: 2 }))._unsafeUnwrap()
  expect(codes(again)).toEqual([...new Array(6).fill('created'), 'unchanged'])
})

test('§10 a failing store is a value of every verb, and says whether anything was written', async () => {
  for (const [applied, failure] of [
    [false, Object.assign(new Error('full'), { applied: false })],
    ['unknown', new Error('lost')],
    ['unknown', 'a text'],
    ['unknown', null],
  ] as const) {
    const book = openTestBook({
      store: failing({
        commit: () => {
          throw failure
        },
      }),
    })
    expect((await upsertService(book, row('a')))._unsafeUnwrapErr()).toMatchObject({
      code: 'STORE_FAILED',
      during: 'commit',
      applied,
      cause: failure,
    })
  }
})

test('§5 a rival that wins every time: CONTENDED after so many attempts, and the other rows go in', async () => {
  const store = memoryStore()
  let commits = 0
  const contended: ServiceStore = {
    ...store,
    async commit(family, changes) {
      const hot = changes.filter(({ after }) => after?.service.name === 'hot')
      if (hot.length > 0) commits++
      const refused = await store.commit(
        family,
        changes.filter((change) => !hot.includes(change)),
      )
      return [...refused, ...(hot.length > 0 ? ['hot'] : [])]
    },
  }
  const book = openTestBook({ store: contended, attempts: 5 })
  const report = (await bulkUpsert(book, [row('hot'), row('cold'), row('hot')]))._unsafeUnwrap()
  expect(report.rows).toMatchObject([
    { error: { code: 'CONTENDED', fqn: 'hot', attempts: 5 } },
    { outcome: 'created' },
    { error: { code: 'CONTENDED' } },
  ])
  expect(commits).toBe(10)
})

test('§6 trips: two a chunk, one when nothing changes, two more a round for what was refused', async () => {
  const store = memoryStore()
  const load = vi.spyOn(store, 'load')
  const commit = vi.spyOn(store, 'commit')
  const book = openTestBook({ store })
  const trips = () => {
    const counted = [load.mock.calls.length, commit.mock.calls.length]
    vi.clearAllMocks()
    return counted
  }
  expect(store.chunk).toBe(250)
  await bulkUpsert(book, rows(700))
  expect(trips()).toEqual([3, 3])
  await bulkUpsert(book, rows(700))
  expect(trips()).toEqual([3, 0])
  await bulkUpsert(book, rows(700), { chunkSize: 700 })
  expect(trips()).toEqual([1, 0])
  await bulkUpsert(book, [row('x'), row('x', { description: '1' }), row('x', { description: '2' })])
  expect(trips()).toEqual([1, 3])
  commit.mockImplementationOnce((_, changes) => changes.map(({ after }) => after?.service.fullyQualifiedName as string))
  await bulkUpsert(book, [row('y')])
  expect(trips()).toEqual([2, 2])
})

test('§6 a million rows take the memory of a chunk: done in a heap of 40 MB', () => {
  // The store accepts everything and holds nothing, so that all the memory is the bulk's own.
  const program = `
    import { bulkUpsert, mlmodelServices, openBook } from 'servicebook'
    const store = { durable: false, chunk: 1000, load: () => new Map(), commit: () => [], find() {}, list() {}, versions() {} }
    async function* rows() { for (let at = 0; at < 1_000_000; at++) yield { name: 's' + at, serviceType: 'Sklearn', description: 'x'.repeat(100) } }
    const report = await bulkUpsert(openBook({ family: mlmodelServices, store }), rows(), { rows: 'failed' })
    console.log(report.value.status, report.value.passed)`
  const run = spawnSync(process.execPath, ['--max-old-space-size=40', '--input-type=module', '-e', program], {
    encoding: 'utf8',
  })
  expect(run.stderr).toBe('')
  expect(run.stdout.trim()).toBe('success 1000000')
})
