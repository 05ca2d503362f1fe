import { describe, expect, test } from 'vitest'
import { type Fields, merge, mergeTable, replaced } from '../src/rules/merge.js'

/* §5 what an upsert makes of each field, absent or supplied, by whom; and a patch, which leaves what the request says. */

const id = (digit: number) => `${digit}`.repeat(8).concat('-1111-4111-8111-111111111111')
const owner = (digit: number, type: 'user' | 'team' = 'user') => ({ id: id(digit), type })
const tag = (tagFQN: string, more: object = {}) =>
  ({ tagFQN, source: 'Classification', labelType: 'Manual', state: 'Confirmed', ...more }) as const

/** For each field what it is, the same said otherwise where that can be, and another value. */
const values: { [F in keyof Required<Fields>]: readonly [Fields[F], Fields[F], Fields[F]] } = {
  displayName: ['a', 'a', 'b'],
  description: ['a', 'a', 'b'],
  owners: [[owner(1), owner(2)], [owner(2), owner(1)], [owner(1)]],
  domain: ['a', 'a', 'b'],
  dataProducts: [
    ['a', 'b'],
    ['b', 'a'],
    ['a', 'c'],
  ],
  tags: [[tag('a'), tag('b')], [tag('b'), tag('a')], [tag('c')]],
  connection: [{ config: { a: 1, b: 2 } }, { config: { b: 2, a: 1 } }, { config: { a: 1 } }] as never,
  style: [{ color: 'a' }, { color: 'a' }, { color: 'b' }],
  ingestionRunner: [
    { id: id(1), type: 'a' },
    { type: 'a', id: id(1) },
    { id: id(2), type: 'a' },
  ],
  entityStatus: ['Draft', 'Draft', 'Approved'],
}
const fields = Object.keys(values) as (keyof Fields)[]
const cleared: readonly string[] = ['displayName', 'description', 'dataProducts', 'ingestionRunner']
const filled: readonly string[] = ['displayName', 'description', 'dataProducts']

test('every field is a line of the table', () => {
  expect(Object.keys(mergeTable)).toEqual(fields)
})

describe.each(fields)('§5 %s', (field) => {
  const [old, same, other] = values[field]
  const before = { [field]: old } as Parameters<typeof merge>[0]
  const supplied: Fields = { [field]: other }
  const united = field === 'tags' ? [...(old as never[]), ...(other as never[])] : other

  test('absent in the request it is cleared, or kept', () => {
    const merged = merge(before, {}, false, false)
    if (cleared.includes(field)) expect(merged).toEqual({})
    else expect(merged).toBe(before)
    expect(merge(before, {}, false, true)).toEqual(merged)
  })
  test('supplied it is replaced, tags united; what is the same, however it is said, stays as it is', () => {
    expect(merge(before, supplied, false, false)).toEqual({ [field]: united })
    expect(merge(before, { [field]: same }, false, false)).toBe(before)
    expect(merge({}, supplied, false, false)).toEqual(supplied)
    expect(merge({}, supplied, true, false)).toEqual(supplied)
  })
  test('a bot fills a blank, and neither overwrites nor clears what it only fills', () => {
    const isFilled = filled.includes(field)
    expect(merge(before, supplied, true, false)).toEqual(isFilled ? before : { [field]: united })
    if (isFilled || !cleared.includes(field)) expect(merge(before, {}, true, false)).toBe(before)
    else expect(merge(before, {}, true, false)).toEqual({})
  })
  test('overrideMetadata: a bot overwrites what it supplies, tags are replaced, and nothing more is cleared', () => {
    expect(merge(before, supplied, true, true)).toEqual(supplied)
    expect(merge(before, { [field]: same }, true, true)).toBe(before)
    if (filled.includes(field)) expect(merge(before, {}, true, true)).toBe(before)
  })
  test('§7 a patch leaves it as the request says, or the very same where that is no change', () => {
    const whole = { tags: [], ...before }
    expect(replaced(whole, supplied)).toEqual({ tags: [], ...supplied })
    expect(replaced(whole, { [field]: same })).toBe(whole)
    expect(replaced({}, supplied)).toEqual({ tags: [], ...supplied })
    expect(replaced(whole, {})).toStrictEqual({ tags: [], [field]: field === 'tags' ? [] : undefined })
  })
})

test('§5 a blank text is one that a bot fills', () => {
  expect(merge({ description: '' }, { description: 'a' }, true, false)).toEqual({ description: 'a' })
  expect(merge({ displayName: 'b' }, { displayName: '' }, true, false)).toEqual({ displayName: 'b' })
})

test('§5 a union keeps labels as they are and in front, tells them apart by name and source, and takes each new one', () => {
  const there = tag('a', { state: 'Suggested' })
  const before = { tags: [there] }
  expect(merge(before, { tags: [tag('a')] }, false, false)).toBe(before)
  const glossary = tag('a', { source: 'Glossary' })
  expect(merge(before, { tags: [tag('b'), glossary, tag('a')] }, false, false).tags).toEqual([
    there,
    tag('b'),
    glossary,
  ])
})

test('§5 with overrideMetadata a label that says something else is another one', () => {
  const before = { tags: [tag('a', { state: 'Suggested' })] }
  expect(merge(before, { tags: [tag('a')] }, false, true)).toEqual({ tags: [tag('a')] })
})

test.each<[string, Fields, Fields]>([
  ['an owner more', { owners: [owner(1)] }, { owners: [owner(1), owner(2)] }],
  ['an owner less', { owners: [owner(1), owner(2)] }, { owners: [owner(1)] }],
  ['another owner', { owners: [owner(1)] }, { owners: [owner(2)] }],
  ['an owner of another kind', { owners: [owner(1)] }, { owners: [owner(1, 'team')] }],
  ['another label', { tags: [tag('a')] }, { tags: [tag('a', { state: 'Suggested' })] }],
])('§7 %s is a change', (_, before, after) => {
  expect(replaced(before, after)).toMatchObject(after)
  expect(replaced(before, after)).not.toBe(before)
})

test('§3 a field that does not change is the same reference as before', () => {
  const before = { owners: [owner(1)], description: 'a', tags: [tag('a')] }
  const merged = merge(before, { owners: [owner(1)], description: 'b' }, false, false)
  expect(merged.owners).toBe(before.owners)
  expect(replaced(before, { owners: [owner(1)], tags: [tag('a')] })).toMatchObject({ description: undefined })
  expect(replaced(before, { owners: [owner(1)] }).owners).toBe(before.owners)
})
