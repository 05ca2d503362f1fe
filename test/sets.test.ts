import fc from 'fast-check'
import { diff, type TagLabel } from 'servicebook'
import { expect, test } from 'vitest'
import { merge, replaced } from '../src/rules/merge.js'
import { finder, sameTag, sameValue, unique } from '../src/rules/same.js'

/* Sets are compared by what their elements have in common, and not each with each (V11). */

let reads = 0
/** A label that counts how often it is looked at. */
function counted(tagFQN: string, state: TagLabel['state'] = 'Confirmed'): TagLabel {
  const label = { tagFQN, source: 'Classification', labelType: 'Manual', state }
  const get = () => {
    reads++
    return tagFQN
  }
  return Object.defineProperty(label, 'tagFQN', { enumerable: true, get }) as TagLabel
}
const labels = (from: number, count: number) => Array.from({ length: count }, (_, at) => counted(`T.${from + at}`))
const ids = (count: number) => Array.from({ length: count }, (_, at) => ({ id: `${at}`, type: 'user' as const }))

test('§5 V11 a union, a difference and a comparison of long sets look at each element a few times', () => {
  const [before, given] = [{ tags: labels(0, 3000) }, { tags: labels(1500, 3000) }]
  const same = { tags: labels(0, 3000).reverse() }
  const counts = [
    () => expect(merge(before, given, false, false).tags).toHaveLength(4500),
    () => expect(replaced(before, same)).toBe(before),
    () => expect(diff(before, given, 0.1)).toMatchObject({ fieldsAdded: [{ newValue: { length: 1500 } }] }),
    () => expect(unique([...before.tags, ...given.tags], sameTag)).toHaveLength(4500),
  ].map((work) => {
    reads = 0
    work()
    return reads
  })
  for (const count of counts) expect(count).toBeLessThan(15 * 6000)
})

test('§5 V11 as many comparisons as elements, also of owners and names', () => {
  let compared = 0
  const same = (a: unknown, b: unknown) => {
    compared++
    return sameValue(a, b)
  }
  const isOwner = finder<unknown>(ids(2000), same)
  expect(ids(2000).every(isOwner)).toBe(true)
  const isName = finder<unknown>(
    Array.from({ length: 2000 }, (_, at) => `p${at}`),
    same,
  )
  expect(isName('p1999') && !isName('q')).toBe(true)
  expect(compared).toBeLessThanOrEqual(2001)
})

test('§5 short or long, sets are what comparing each with each makes of them', () => {
  const label = fc.record({
    tagFQN: fc.constantFrom(...Array.from({ length: 12 }, (_, at) => `T.${at}`)),
    source: fc.constantFrom('Classification', 'Glossary'),
    state: fc.constantFrom('Suggested', 'Confirmed'),
  }) as fc.Arbitrary<TagLabel>
  const list = fc.array(label, { maxLength: 40 })
  fc.assert(
    fc.property(list, list, fc.constantFrom(sameTag, sameValue), (a, b, same) => {
      const isAmong = finder(a, same)
      expect(b.map((one) => isAmong(one))).toEqual(b.map((one) => a.some((other) => same(other, one))))
      expect(unique(a, same)).toEqual(a.filter((one, at) => a.findIndex((other) => same(other, one)) === at))
    }),
  )
})
