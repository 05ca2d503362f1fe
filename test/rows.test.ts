import { expect, test, vi } from 'vitest'
import { isIterable, readChunk, reader } from '../src/execution/rows.js'
import type { Validate } from '../src/rules/validate.js'

/* §6 the rows of a bulk, read one by one from whatever they come, and how that ends. */

const BYTES = 8 * 2 ** 20
/** A row is a number: its size, and one below zero is bad. */
const validate = ((row: number) => (row < 0 ? { error: { issues: [] } } : { size: row })) as unknown as Validate
const sizes = async (rows: readonly number[], chunkSize: number) => {
  const { rows: read, ended } = await readChunk(validate, reader(rows, undefined), chunkSize)
  return [read.length, ended?.ended]
}

test.each<[string, readonly number[], number, number, string | undefined]>([
  ['as many rows as it may have', [1, 1, 1], 2, 2, undefined],
  ['all, and the end is not looked for', [1, 1], 2, 2, undefined],
  ['all, and the end is met', [1, 1], 3, 2, 'all read'],
  ['the row that makes it large', [BYTES / 2, BYTES / 2, 1], 10, 2, undefined],
  ['one row more, where a byte was left', [BYTES / 2, BYTES / 2 - 1, 1, 1], 10, 3, undefined],
  ['bad rows, which have no bytes', [BYTES - 1, -1, -1], 10, 3, 'all read'],
])('§6 a chunk has %s', async (_, rows, chunkSize, count, ended) => {
  expect(await sizes(rows, chunkSize)).toEqual([count, ended])
})

test('§6 of rows that are there nothing is waited for, and of others each is', async () => {
  const there = reader([1, 2], undefined)
  expect(there.next()).toEqual({ value: 1 })
  expect(there.next()).toEqual({ value: 2 })
  expect(there.next()).toEqual({ ended: 'all read' })
  async function* coming() {
    yield 1
  }
  const later = reader(coming(), undefined)
  const first = later.next()
  expect(first).toBeInstanceOf(Promise)
  expect(await first).toEqual({ value: 1 })
  expect(await later.next()).toEqual({ ended: 'all read' })
})

test('§6 a chunk is read of rows that come as of rows that are there', async () => {
  async function* coming() {
    yield* [1, -1, 1]
  }
  const input = reader(coming(), undefined)
  expect(await readChunk(validate, input, 2)).toEqual({ rows: [validate(1), validate(-1)], ended: undefined })
  expect(await readChunk(validate, input, 2)).toEqual({ rows: [validate(1)], ended: { ended: 'all read' } })
})

test('§6 rows that can be read in both ways are read as they come', async () => {
  const both = Object.assign([1], {
    [Symbol.asyncIterator]: () =>
      (async function* () {
        yield 2
      })(),
  })
  expect(await reader(both, undefined).next()).toEqual({ value: 2 })
})

test('§6 input that throws or rejects ends early, with what it threw', async () => {
  const cause = new Error('broken')
  const throws = () => {
    throw cause
  }
  const early = { ended: 'early', cause }
  expect(reader({ [Symbol.iterator]: throws }, undefined).next()).toEqual(early)
  expect(reader({ [Symbol.iterator]: () => ({ next: throws }) }, undefined).next()).toEqual(early)
  const rejecting = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(cause) }) }
  expect(await reader(rejecting, undefined).next()).toEqual(early)
})

test('§6 a signal ends the input, before it begins, between two rows, or in the midst of a wait', async () => {
  const before = reader([1], AbortSignal.abort('before'))
  expect(before.stopped()).toEqual({ ended: 'early', cause: 'before' })
  expect(before.next()).toEqual({ ended: 'early', cause: 'before' })

  const between = new AbortController()
  const input = reader([1, 2], between.signal)
  expect([input.next(), input.stopped()]).toEqual([{ value: 1 }, undefined])
  between.abort('between')
  expect(input.next()).toEqual({ ended: 'early', cause: 'between' })
  // What came first is what ended it.
  expect(input.stop('later')).toEqual({ ended: 'early', cause: 'between' })

  const midst = new AbortController()
  const hanging = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }
  const read = reader(hanging, midst.signal).next()
  midst.abort('midst')
  expect(await read).toEqual({ ended: 'early', cause: 'midst' })
})

test('§6 what is told to stop is woken from its wait', async () => {
  const input = reader({ [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }, undefined)
  const read = input.next()
  input.stop('enough')
  expect(await read).toEqual({ ended: 'early', cause: 'enough' })
})

test('§6 a signal that cannot be listened to ends the input', () => {
  const cause = new Error('deaf')
  const deaf = {
    aborted: false,
    addEventListener() {
      throw cause
    },
  } as unknown as AbortSignal
  expect(reader([1], deaf).next()).toEqual({ ended: 'early', cause })
})

test('§6 input is let clean up once it was begun and has not ended, and the signal is listened to no longer', async () => {
  const returned = vi.fn(() => ({ done: true, value: undefined }) as const)
  const input = (rows: readonly number[]) => ({
    [Symbol.iterator]: () => ({ ...rows.values(), next: rows.values().next.bind(rows.values()), return: returned }),
  })
  const unbegun = reader(input([1]), undefined)
  await unbegun.close()
  expect(returned).not.toHaveBeenCalled()
  const over = reader(input([]), undefined)
  expect(over.next()).toEqual({ ended: 'all read' })
  await over.close()
  expect(returned).not.toHaveBeenCalled()
  const plain = reader([1], undefined)
  plain.next()
  await plain.close()
  const controller = new AbortController()
  const begun = reader(input([1]), controller.signal)
  begun.next()
  await begun.close()
  expect(returned).toHaveBeenCalledOnce()
  controller.abort()
  expect(begun.stopped()).toBeUndefined()
})

test('§6 what can be gone through is known by what it has', () => {
  expect([[], new Set(), (async function* () {})()].map(isIterable)).toEqual([true, true, true])
  expect([undefined, null, 'rows', 7, {}, () => []].map(isIterable)).toEqual(Array(6).fill(false))
  const { proxy, revoke } = Proxy.revocable([], {})
  revoke()
  expect(isIterable(proxy)).toBe(false)
})
