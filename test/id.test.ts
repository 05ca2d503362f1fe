import { ulid } from 'ulid'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
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

test('§1 an id has the time and the low 74 bits of a ULID, each in its place, but for the first of those that are counted', () => {
  const start = Date.now() + 120_000
  const sequence = () => {
    let at = 0
    return () => (at++ * 89 + (at >> 8)) & 255
  }
  const [drawn, again] = [sequence(), sequence()]
  const drawing = vi.spyOn(globalThis.crypto, 'getRandomValues').mockImplementation((into) => {
    for (const [at] of (into as Uint8Array).entries()) (into as Uint8Array)[at] = drawn()
    return into
  })
  onTestFinished(() => drawing.mockRestore())
  vi.useFakeTimers({ toFake: ['Date'] })
  for (let at = 0; at < 200; at++) {
    vi.setSystemTime(start + at)
    expect(uuidv7()).toBe(idOf(ulid(start + at, () => again() / 256)))
  }
})

/** What the law says, by one large number. */
function idOf(ulid: string): string {
  const number = [...ulid].reduce((sum, letter) => sum * 32n + BigInt(LETTERS.indexOf(letter)), 0n)
  const [time, low] = [number >> 80n, number & (2n ** 74n - 1n) & ~(2n ** 47n)]
  const bits = (time << 80n) | (7n << 76n) | ((low >> 62n) << 64n) | (2n << 62n) | (low & (2n ** 62n - 1n))
  const hex = bits.toString(16).padStart(32, '0')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
