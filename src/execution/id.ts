import { ulid, ulidToUUID } from 'ulid'
import { oneForAllCopies } from './copies.js'

const next = oneForAllCopies('uuidv7/1', counter)

/**
 * A new id: a lower-case UUIDv7 (RFC 9562 §5.7) made of the time and the low 74 bits of a ULID. One is drawn in a
 * millisecond and counted on within it (§6.2, method 2), also while the clock stands still or has been put back: all ids of a
 * process sort in the order in which they were made.
 *
 * @example uuidv7() // '0199f3a2-5b1c-7d3e-8f4a-5b6c7d8e9fa0'
 */
export function uuidv7(): string {
  return next()
}

function counter(): () => string {
  // One list of character codes, made into a string in one go: a string put together from parts keeps all its parts.
  let codes: number[] = []
  let last = -1
  let count = 0

  function begin(now: number): void {
    last = now
    // The same entropy as ulid draws by itself, sixteen times less often, and where there is no Node either.
    const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16))
    let drawn = 0
    const uuid = ulidToUUID(ulid(now, () => (bytes[drawn++] as number) / 256)).toLowerCase()
    codes = Array.from(uuid, (letter) => letter.charCodeAt(0))
    const [high, middle, low] = uuid
      .slice(14)
      .split('-')
      .map((digits) => Number.parseInt(digits, 16)) as unknown as Three
    // The low 74 bits of its 80 that are chance stand around version 7 and variant 0b10.
    hex(14, 0x7000 | ((high & 0x3ff) << 2) | (middle >> 14))
    hex(19, 0x8000 | (middle & 0x3fff))
    // Of the 48 that are counted the first begins as 0, so that they never run over.
    count = low % 2 ** 47
  }

  /** Writes the low 16 bits as four hexadecimal digits. */
  function hex(at: number, bits: number): void {
    codes[at] = DIGITS[(bits >> 12) & 15] as number
    codes[at + 1] = DIGITS[(bits >> 8) & 15] as number
    codes[at + 2] = DIGITS[(bits >> 4) & 15] as number
    codes[at + 3] = DIGITS[bits & 15] as number
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

type Three = readonly [number, number, number]
const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))
