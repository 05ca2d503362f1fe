import { expect, test } from 'vitest'
import { finder, sameOwner, sameTag, sameText, sameValue, unique } from '../src/rules/same.js'
import { asToday, storedAsToday } from '../src/rules/today.js'

/* §1, §5 what is the same: values whatever the order of their keys, and elements of sets by what tells them apart. */

const value = { a: 1, b: [1, { c: null }], d: '' }
const different: readonly (readonly [unknown, unknown])[] = [
  [1, '1'],
  [0, null],
  [null, {}],
  [{}, null],
  [undefined, {}],
  ['', {}],
  [{}, ''],
  [{}, []],
  [[], {}],
  [{ 0: 'a' }, ['a']],
  [[1], [1, 2]],
  [[1, 2], [1]],
  [
    [1, 2],
    [2, 1],
  ],
  [{ a: 1 }, {}],
  [{}, { a: 1 }],
  [{ a: 1 }, { b: 1 }],
  [{ a: 1 }, { a: 1, b: 2 }],
  [{ a: { b: 1 } }, { a: { b: 2 } }],
  ['ab', ['a', 'b']],
  [['a', 'b'], 'ab'],
]

test('§1 values are the same whatever the order of their keys, at every depth', () => {
  expect(sameValue(value, { d: '', b: [1, { c: null }], a: 1 })).toBe(true)
  for (const one of [null, 0, '', false, [], {}, [[]], value]) expect(sameValue(one, structuredClone(one))).toBe(true)
})

test.each(different)('§1 %j is not %j', (a, b) => {
  expect(sameValue(a, b)).toBe(false)
})

test('§1 owners are told apart by id and type, labels by tag and source, names by themselves', () => {
  const owner = { id: 'a', type: 'user' } as const
  expect(sameOwner(owner, { ...owner })).toBe(true)
  expect([sameOwner(owner, { ...owner, id: 'b' }), sameOwner(owner, { ...owner, type: 'team' })]).toEqual([
    false,
    false,
  ])
  const tag = { tagFQN: 'a', source: 'Classification', labelType: 'Manual', state: 'Confirmed' } as const
  expect(sameTag(tag, { ...tag, state: 'Suggested', labelType: 'Derived' })).toBe(true)
  expect([sameTag(tag, { ...tag, tagFQN: 'b' }), sameTag(tag, { ...tag, source: 'Glossary' })]).toEqual([false, false])
  expect([sameText('a', 'a'), sameText('a', 'b')]).toEqual([true, false])
})

/** Of each kind of element, so many with one that occurs again, under another id or source first. */
const kinds = {
  owners: (id: string, other: boolean) => ({ id, type: other ? 'team' : 'user' }),
  tags: (tagFQN: string, other: boolean) => ({ tagFQN, source: other ? 'Glossary' : 'Classification' }),
}
const sameOf = { owners: sameOwner, tags: sameTag } as const

test.each([2, 15, 16, 17, 18, 40])('§1 the first of each identity stays, of %d elements, in their order', (count) => {
  for (const kind of ['owners', 'tags'] as const) {
    const make = kinds[kind]
    const same = sameOf[kind] as (a: unknown, b: unknown) => boolean
    const distinct = Array.from({ length: count }, (_, at) => make(`${at >> 1}`, at % 2 === 1))
    expect(unique(distinct, same)).toBe(distinct)
    const doubled = [...distinct.slice(0, count - 1), make('0', false)]
    const firsts = unique(doubled, same)
    expect(firsts).toEqual(count === 2 ? [make('0', false)] : distinct.slice(0, count - 1))
    expect(Object.isFrozen(firsts)).toBe(true)
    const has = finder(distinct, same)
    expect(distinct.map((element) => has({ ...element }))).toEqual(distinct.map(() => true))
    expect(has(make(`${count}`, false))).toBe(false)
    expect(has({ ...make('0', false), type: 'bot', source: 'Other' } as never)).toBe(false)
  }
  const names = Array.from({ length: count }, (_, at) => `${at}`)
  expect(unique([...names, '0'], sameText)).toEqual(names)
  expect([finder(names, sameText)('0'), finder(names, sameText)('x')]).toEqual([true, false])
})

test('§1 elements that nothing tells apart by a key are compared all the same', () => {
  const lists = Array.from({ length: 20 }, (_, at) => [at])
  const same = (a: unknown, b: unknown) => sameValue(a, b)
  expect(unique([...lists, [3]], same)).toEqual(lists)
  expect(finder(lists, same)([19])).toBe(true)
  const nothing = Array.from({ length: 20 }, () => null)
  expect(unique(nothing, same)).toEqual([null])
})

test('§1 what a service has at birth is read of one that lacks it, and nothing else is changed', () => {
  const birth = { entityStatus: 'Unprocessed' } as const
  const whole = { name: 'a', entityStatus: 'Approved' } as never
  expect(asToday(whole, birth)).toBe(whole)
  const lacking = Object.freeze({ name: 'a' }) as never
  const read = asToday(lacking, birth)
  expect(read).toEqual({ name: 'a', entityStatus: 'Unprocessed' })
  expect(Object.isFrozen(read)).toBe(true)
  expect(asToday(lacking, {})).toBe(lacking)
  const stored = { service: lacking, sealed: 'x', beside: null, revision: 3 }
  expect(storedAsToday(stored, {})).toBe(stored)
  const today = storedAsToday(stored, birth)
  expect(today).toEqual({ ...stored, service: read })
  expect(Object.isFrozen(today)).toBe(true)
})
