import { afterEach, expect, test, vi } from 'vitest'
import { uuidv7 } from '../src/execution/id.js'

afterEach(() => vi.useRealTimers())

const timeIn = (id: string) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)

test('§1 ids are lower-case UUIDv7, unique, and sort in the order in which they were made', () => {
  const from = Date.now()
  const ids = Array.from({ length: 100_000 }, uuidv7)
  const to = Date.now()
  expect(new Set(ids).size).toBe(ids.length)
  expect([...ids].sort()).toEqual(ids)
  const wrong = ids.filter((id) => {
    const time = timeIn(id)
    const isV7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)
    return !isV7 || time < from || time > to
  })
  expect(wrong).toEqual([])
})

test('§1 they sort and are unique while the clock stands still or goes back', () => {
  const start = Date.now() + 60_000 // after all that was made so far
  vi.useFakeTimers({ toFake: ['Date'] })
  const ids = [0, 0, -3_600_000, -1, 0, 1, 1, 5, 4].flatMap((since) => {
    vi.setSystemTime(start + since)
    return Array.from({ length: 300 }, uuidv7)
  })
  expect([...ids].sort()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
  const times = new Set(ids.map((id) => timeIn(id) - start))
  expect([...times]).toEqual([0, 1, 5])
})

test('§1 of two milliseconds no id tells the other: what is random is drawn anew, but for the first of the bits that count', () => {
  const start = Date.now() + 120_000
  vi.useFakeTimers({ toFake: ['Date'] })
  const drawn = Array.from({ length: 200 }, (_, at) => {
    vi.setSystemTime(start + at)
    return BigInt(`0x${uuidv7().replaceAll('-', '').slice(12)}`)
  })
  const ones = drawn.reduce((all, bits) => all | bits, 0n)
  const zeros = drawn.reduce((all, bits) => all | ~bits, 0n) & (2n ** 80n - 1n)
  expect((ones & zeros).toString(16)).toBe('fff3fff7fffffffffff')
})
