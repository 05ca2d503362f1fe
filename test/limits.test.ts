import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultLimits, isTooLarge, sizeOf, utf8Length } from '../src/rules/limits.js'

/* §1 limits count bytes of UTF-8, and the text is made only where it may be too large. */

const bytes = (text: string) => new TextEncoder().encode(text).length

test('§1 the limits are those of the law', () => {
  expect(defaultLimits).toEqual({ description: 4_194_304, request: 8_388_608, depth: 32, elements: 1000 })
})

test.each([
  ['', 0],
  ['\x7f', 1],
  ['\x80', 2],
  ['\u07ff', 2],
  ['\u0800', 3],
  ['\uffff', 3],
  ['\ud7ff', 3],
  ['\u{10000}', 4],
  ['\u{10ffff}', 4],
  ['\u{10000}\u{10000}é', 10],
  ['\ud800', 3],
  ['\ud800a', 4],
  ['\ud800\ud800\udc00', 7],
  ['\udbff\udfff', 4],
  ['\udc00\ud800', 6],
  ['\ud800\ue000', 6],
  ['é\udc00', 5],
  ['\ue000\udc00', 6],
  ['\udc00\udc00', 6],
])('a text is as long as an encoder makes it: %j', (text, length) => {
  expect(utf8Length(text)).toBe(length)
  expect(utf8Length(`a${text}`)).toBe(bytes(`a${text}`))
})

test.each<[unknown, number]>([
  ['', 2],
  ['ab', 4],
  [1.5, 3],
  [1, 1],
  [-0, 1],
  [-1.7976931348623157e308, 24],
  [true, 2],
  [null, 2],
  [[], 2],
  [['ab', 1], 7],
  [[1, 2, 3], 5],
  [{ '': 5e-324 }, 8],
  [{}, 2],
  [{ ab: 'c' }, 7],
  [{ ab: undefined, c: null }, 5],
  [{ a: { b: ['c'] } }, 11],
])('the size of %j, counted without its text, is %i', (value, size) => {
  expect(sizeOf(value)).toBe(size)
})

test('it is never more than the bytes of the text, and never less than a sixth of them', () => {
  const long = fc.constantFrom(-Number.MAX_VALUE, -Number.MIN_VALUE, -2.2250738585072014e-308, 0, -0)
  const values = fc.oneof(fc.jsonValue(), long, fc.array(fc.nat(9)))
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), values), (value) => {
      const length = bytes(JSON.stringify(value))
      expect(sizeOf(value)).toBeLessThanOrEqual(length)
      expect(sizeOf(value) * 6).toBeGreaterThanOrEqual(length)
    }),
  )
})

test('§1 a value is too large by the bytes of its JSON text: at the limit it is not, one above it is', () => {
  for (const value of ['\0'.repeat(50), '€'.repeat(50), 'x'.repeat(50), { description: '\x01é' }, { a: [1, 2, 3] }]) {
    const length = bytes(JSON.stringify(value))
    expect(isTooLarge(() => value, sizeOf(value), { ...defaultLimits, request: length })).toBe(false)
    expect(isTooLarge(() => value, sizeOf(value), { ...defaultLimits, request: length - 1 })).toBe(true)
  }
})

test('§1 V11 the text is not made where the size alone tells', () => {
  let made = 0
  const whole = () => made++
  expect(isTooLarge(whole, 101, { ...defaultLimits, request: 100 })).toBe(true)
  expect(isTooLarge(whole, 16, { ...defaultLimits, request: 100 })).toBe(false)
  expect(made).toBe(0)
})
