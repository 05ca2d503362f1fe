import type { Change, Stored } from 'servicebook'
import { expect, test } from 'vitest'
import { weightOf } from '../src/execution/weight.js'

/* §4–7 about as many characters as a change writes: what bounds the changes that travel together. */

const stored = (service: object, sealed: string | null = null, beside: object | null = null) =>
  ({ service, sealed, beside, revision: 1 }) as unknown as Stored
const weight = (after: Stored | null) => weightOf({ before: null, after } as Change)

test.each<[string, Stored | null, number]>([
  ['what is removed writes nothing', null, 0],
  ['a text', stored({ name: 'abcd' }), 4 + 4 + 8],
  ['what is no text, as eight', stored({ a: 1, b: true, c: null, d: undefined }), 4 * (1 + 8) + 8],
  ['what is nested, lists included', stored({ a: { b: ['xyz', 1] } }), 1 + 1 + (1 + 3) + (1 + 8) + 8],
  ['what is sealed', stored({}, 'sealed'), 6 + 8],
  ['what stands beside', stored({}, null, { a: 'xy' }), 3],
])('§4–7 %s', (_, after, expected) => {
  expect(weight(after)).toBe(expected)
})

test('§4–7 what a change replaces weighs nothing', () => {
  const before = stored({ name: 'x'.repeat(1000) })
  expect(weightOf({ before, after: stored({}, null, {}) })).toBe(0)
})
