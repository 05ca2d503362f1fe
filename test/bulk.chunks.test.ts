import { spawnSync } from 'node:child_process'
import { bulkUpsert, type ServiceStore } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { openTestBook, stateOf } from './catalogue.js'

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const rows = (count: number) => Array.from({ length: count }, (_, at) => row(`s${at}`))

const none = { created: 0, updated: 0, unchanged: 0, restored: 0 }

/* Rows on their way: chunks, progress, what is with the store at once, trips and memory. */

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
