import { bulkUpsert, type ServiceStore } from 'servicebook'
import { expect, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { openTestBook, stateOf } from './catalogue.js'

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const rows = (count: number) => Array.from({ length: count }, (_, at) => row(`s${at}`))
const names = async (store: ServiceStore) => (await stateOf(store)).current.map(({ name }) => name)

const none = { created: 0, updated: 0, unchanged: 0, restored: 0 }

/* How a bulk ends early: by an abort, or by input or progress that throws. */

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
