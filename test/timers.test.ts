import { bulkUpsert, createService, patchService, upsertService } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { afterEach, expect, test, vi } from 'vitest'
import { openTestBook } from './catalogue.js'

/* Hosts test with faked timers: the clock follows them, and no verb waits for one (V6). */

const row = (name: string) => ({ name, serviceType: 'Mlflow' as const })

afterEach(() => {
  vi.useRealTimers()
})

test('V6 a clock that is faked after the book was opened is the clock of the book', async () => {
  const book = openTestBook()
  vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 })
  expect((await createService(book, row('a')))._unsafeUnwrap().updatedAt).toBe(1_000_000)
  vi.setSystemTime(2_000_000)
  const patched = await patchService(book, 'a', [{ op: 'add', path: '/description', value: 'x' }])
  expect(patched._unsafeUnwrap().service.updatedAt).toBe(2_000_000)
})

test('V6 under faked timers that nobody advances a bulk ends, and so does a lost race', async () => {
  const store = memoryStore()
  let refusals = 5
  const contended = openTestBook({
    store: {
      ...store,
      commit: (family, changes) =>
        refusals-- > 0
          ? changes.map(({ after }) => after?.service.fullyQualifiedName ?? '')
          : store.commit(family, changes),
    },
  })
  vi.useFakeTimers({ toFake: ['setImmediate', 'setTimeout', 'setInterval', 'queueMicrotask', 'Date'] })
  const report = await bulkUpsert(openTestBook(), [row('a'), row('b'), row('c')], { chunkSize: 1 })
  expect(report._unsafeUnwrap().status).toBe('success')
  expect((await upsertService(contended, row('a')))._unsafeUnwrap().outcome).toBe('created')
})
