import { oneForAllCopies } from './copies.js'

const next = oneForAllCopies('uuidv7/1', counter)

/**
 * A new id: a lower-case UUIDv7 (RFC 9562 §5.7). Its random bits are drawn once in a millisecond and counted on within it (§6.2,
 * method 2), also while the clock stands still or has been put back: all ids of a process sort in the order in which they
 * were made.
 *
 * @example uuidv7() // '0199f3a2-5b1c-7d3e-8f4a-5b6c7d8e9fa0'
 */
export function uuidv7(): string {
  return next()
}

function counter(): () => string {
  const random = new Uint16Array(5)
  // One list of character codes, made into a string in one go: a string put together from parts keeps all its parts.
  const codes: number[] = Array.from('00000000-0000-7000-8000-000000000000', (letter) => letter.charCodeAt(0))
  let last = -1
  let count = 0

  /** Writes the low 16 bits as four hexadecimal digits. */
  function hex(at: number, bits: number): void {
    codes[at] = DIGITS[(bits >> 12) & 15] as number
    codes[at + 1] = DIGITS[(bits >> 8) & 15] as number
    codes[at + 2] = DIGITS[(bits >> 4) & 15] as number
    codes[at + 3] = DIGITS[bits & 15] as number
  }

  function begin(now: number): void {
    last = now
    const [high, middle, ...low] = globalThis.crypto.getRandomValues(random) as unknown as Five
    hex(0, now / 2 ** 32)
    hex(4, now / 2 ** 16)
    hex(9, now)
    hex(14, 0x7000 | (high & 0xfff))
    hex(19, 0x8000 | (middle & 0x3fff))
    // Of the 48 bits that are counted the first begins as 0, so that they never run over.
    count = low.reduce((sum, bits) => sum * 2 ** 16 + bits, 0) % 2 ** 47
  }

  return () => {
    const now = Date.now()
    if (now <= last) count++
    else begin(now)
    hex(24, count / 2 ** 32)
    hex(28, count / 2 ** 16)
    hex(32, count)
    return String.fromCharCode.apply(null, codes)
  }
}

type Five = readonly [number, number, number, number, number]
const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))
