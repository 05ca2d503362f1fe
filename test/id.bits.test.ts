import { monotonicFactory } from 'ulid'
import { expect, onTestFinished, test, vi } from 'vitest'

/* §1 the bits of an id: those of a ULID, around the version and variant of RFC 9562. */

const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const FACTORY = Symbol.for('servicebook/ulid/1')
const slots = globalThis as unknown as Record<symbol, (() => string) | undefined>

/** Ids of a package loaded anew, with another factory of ULIDs, or one of its own. */
async function idsBy(factory?: () => string): Promise<() => string> {
  const before = slots[FACTORY]
  slots[FACTORY] = factory
  onTestFinished(() => {
    slots[FACTORY] = before
  })
  vi.resetModules()
  return (await import('../src/execution/id.js')).uuidv7
}

/** What the law says, by one large number. */
function idOf(ulid: string): string {
  const number = [...ulid].reduce((sum, letter) => sum * 32n + BigInt(LETTERS.indexOf(letter)), 0n)
  const [time, low] = [number >> 80n, number & (2n ** 74n - 1n)]
  const bits = (time << 80n) | (7n << 76n) | ((low >> 62n) << 64n) | (2n << 62n) | (low & (2n ** 62n - 1n))
  const hex = bits.toString(16).padStart(32, '0')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

test('§1 an id has the time and the low 74 bits of a ULID, each bit in its place', async () => {
  const ulids = ['0'.repeat(26), `7${'Z'.repeat(25)}`]
  for (let at = 0; at < 26; at++)
    for (const letter of ['1', '2', '4', '8', 'G', 'Z'])
      if (at > 0 || LETTERS.indexOf(letter) < 8) ulids.push('0'.repeat(at) + letter + '0'.repeat(25 - at))
  for (let at = 0; at < 32; at++) ulids.push(`0${LETTERS.slice(at)}${LETTERS.slice(0, at)}`.slice(0, 26))
  let next = 0
  const uuidv7 = await idsBy(() => ulids[next++] as string)
  for (const ulid of ulids) expect(uuidv7(), ulid).toBe(idOf(ulid))
  expect(next).toBe(ulids.length)
})

test('§1 chance is drawn from the system, all of it, 1,024 bytes at a time', async () => {
  let calls = 0
  const bytesOf = (call: number) => Uint8Array.from({ length: 1024 }, (_, at) => (at * 89 + call * 31) & 255)
  const drawing = vi.spyOn(globalThis.crypto, 'getRandomValues').mockImplementation((into) => {
    ;(into as unknown as Uint8Array).set(bytesOf(calls++))
    return into
  })
  onTestFinished(() => drawing.mockRestore())
  const uuidv7 = await idsBy()
  const drawn = [0, 1, 2].flatMap((call) => [...bytesOf(call)])
  const expected = monotonicFactory(() => (drawn.shift() as number) / 256)
  vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 })
  onTestFinished(() => void vi.useRealTimers())
  // Sixteen of them each, in another millisecond.
  for (let at = 0; at < 129; at++) {
    vi.setSystemTime(1_700_000_000_000 + at)
    expect(uuidv7()).toBe(idOf(expected()))
    expect(calls).toBe(1 + Math.floor(at / 64))
  }
})
