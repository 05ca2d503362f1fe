import type { TSchema } from 'typebox'
import { describe, expect, test } from 'vitest'
import { walkOf } from '../src/rules/copy.js'
import { defaultLimits, type Limits } from '../src/rules/limits.js'
import { INNER, mouldOf } from '../src/rules/mould.js'

/* §1 what is poured into a mould: a frozen copy of what fits, with defaults, and nothing of what does not. */

const text = { type: 'string' }
const LONG = 'the long way'
const closed = (properties: object, more: object = {}) =>
  ({ type: 'object', properties, additionalProperties: false, ...more }) as unknown as TSchema
const asked: boolean[] = []
const mould = (schema: TSchema) =>
  mouldOf(schema, (_, completes) => {
    asked.push(completes)
    return () => LONG
  })
const pour = (field: object, value: unknown, limits: Partial<Limits> = {}, more: object = {}) => {
  const poured = mould(closed({ a: field }, more))?.pour({ a: value }, walkOf({ ...defaultLimits, ...limits })) as {
    a: unknown
  }
  return poured === undefined ? 'nothing' : poured.a
}
const takes = (field: object, good: readonly unknown[], bad: readonly unknown[]) => {
  for (const value of good) expect(pour(field, value), JSON.stringify(value)).toEqual(value)
  for (const value of bad) expect(pour(field, value), String(value)).toBe('nothing')
}

describe('§1 a mould takes', () => {
  test('texts', () => takes(text, ['', 'a', '\u{1f600}'], [1, true, {}, [], 'a\0', '\ud800']))
  test('texts that are not empty', () => takes({ ...text, minLength: 1 }, ['a'], ['']))
  test('texts that may be empty', () => takes({ ...text, minLength: 0 }, ['', 'a'], [1]))
  test('texts up to a length', () => takes({ ...text, maxLength: 2 }, ['', 'ab'], ['abc']))
  test('texts of a pattern', () => takes({ ...text, pattern: '^.$' }, ['a', '\u{1f600}'], ['', 'ab']))
  test('choices', () => takes({ ...text, enum: ['a', 'b'] }, ['a', 'b'], ['c', 1]))
  test('constants', () => takes({ const: 'a' }, ['a'], ['b', 1]))
  test('flags', () => takes({ type: 'boolean' }, [true, false], [0, 'true']))
  test('numbers', () => takes({ type: 'number' }, [0, 1.5, -1], [Number.NaN, Number.POSITIVE_INFINITY, '1', true]))
  test('integers', () => takes({ type: 'integer' }, [0, -1], [1.5, Number.NaN, '1']))
  test('numbers within bounds', () => takes({ type: 'integer', minimum: 1, maximum: 3 }, [1, 3], [0, 4]))
  test('lists', () => takes({ type: 'array', items: text }, [[], ['a']], [[1], [null], { 0: 'a' }, 'a']))
  test('lists of so many', () => takes({ type: 'array', items: text, minItems: 1 }, [['a']], [[]]))
  test('objects', () =>
    takes(closed({ b: text }, { required: ['b'] }), [{ b: 'a' }], [{}, { b: 1 }, { b: 'a', c: 1 }, [], new Date()]))
  test('maps', () =>
    takes(
      { type: 'object', additionalProperties: text },
      [{}, { x: 'a' }],
      [{ x: 1 }, { 'a\0': 'a' }, { '\ud800': 'a' }, []],
    ))
})

test('§1 there is no -0, and what is null in an optional field is not there', () => {
  expect(Object.is(pour({ type: 'integer' }, -0), 0)).toBe(true)
  expect(Object.is(pour({ type: 'number' }, -0), 0)).toBe(true)
  for (const none of [null, undefined]) {
    expect(pour(closed({ a: text }), { a: none })).toStrictEqual({})
    expect(mould(closed({ a: text }, { required: ['a'] }))?.pour({ a: none }, walkOf(defaultLimits))).toBeUndefined()
  }
})

test('§1 keys are in the order of the schema, those that are always there and the others, and what comes out is frozen', () => {
  const schema = closed(
    { a: text, b: { ...text, default: 'x' }, c: text, d: { type: 'array', items: text } },
    { required: ['a', 'c'] },
  )
  const poured = (value: object) => mould(schema)?.pour(value, walkOf(defaultLimits)) as object
  expect(JSON.stringify(poured({ d: ['z'], c: '3', b: '2', a: '1' }))).toBe('{"a":"1","b":"2","c":"3","d":["z"]}')
  expect(JSON.stringify(poured({ c: '3', a: '1' }))).toBe('{"a":"1","b":"x","c":"3"}')
  const optional = mould(closed({ a: text, b: text }, { required: ['b'] }))?.pour(
    { b: '2', a: '1' },
    walkOf(defaultLimits),
  )
  expect(JSON.stringify(optional)).toBe('{"a":"1","b":"2"}')
  const out = pour(schema, { a: '1', c: '3', d: [] }) as { d: unknown }
  expect([Object.isFrozen(out), Object.isFrozen(out.d)]).toEqual([true, true])
  const objects = closed({ l: { type: 'array', items: text, default: ['y'] }, n: { type: 'integer', default: 7 } })
  expect(mould(objects)?.pour({}, walkOf(defaultLimits))).toEqual({ l: ['y'], n: 7 })
})

test('§1 the outermost object, which nobody is handed, has one shape whatever is not there', () => {
  const schema = closed({ a: text, b: text, c: { ...text, default: 'x' } }, { required: ['b'] })
  const keys = (value: object) => Object.keys(mould(schema)?.pour(value, walkOf(defaultLimits)) as object)
  expect(keys({ b: '2' })).toEqual(['a', 'b', 'c'])
  expect(keys({ c: '3', b: '2', a: '1' })).toEqual(['a', 'b', 'c'])
})

test('§1 a map keeps the order of the caller, leaves out what is null, and has as many keys as the limit says', () => {
  const map = { type: 'object', additionalProperties: text }
  expect(JSON.stringify(pour(map, { b: '1', a: '2', c: null }))).toBe('{"b":"1","a":"2"}')
  expect(pour(map, { a: '1', b: '2' }, { elements: 2 })).toEqual({ a: '1', b: '2' })
  expect(pour(map, { a: '1', b: '2', c: '3' }, { elements: 2 })).toBe('nothing')
  expect(pour({ type: 'array', items: text }, ['a', 'b'], { elements: 2 })).toEqual(['a', 'b'])
  expect(pour({ type: 'array', items: text }, ['a', 'b', 'c'], { elements: 2 })).toBe('nothing')
})

test('§1 the branch of a union is the one that its constant names, and where defaults are filled in its keys go first', () => {
  const branch = (type: string, field: string) =>
    closed({ type: { const: type }, [field]: { ...text, default: 'x' } }, { required: ['type'] })
  const named = closed({ type: { enum: ['d', 'e'] }, three: text }, { required: ['type'] })
  const union = { anyOf: [branch('a', 'one'), branch('b', 'two'), named] }
  for (const type of ['d', 'e']) expect(pour(union, { type, three: 'x' })).toEqual({ type, three: 'x' })
  expect(pour(union, { type: 'a' })).toEqual({ type: 'a', one: 'x' })
  expect(JSON.stringify(pour(union, { two: 'y', type: 'b' }))).toBe('{"type":"b","two":"y"}')
  expect(pour(union, { type: 'b', one: 'y' })).toBe('nothing')
  for (const other of [{ type: 'c' }, {}, [], 'a', Object.create({ type: 'a' })]) expect(pour(union, other)).toBe(LONG)
  const open = { type: 'object', properties: { b: { ...text, default: 'x' } } }
  expect(JSON.stringify(pour(open, { c: 1, b: 'y' }))).toContain('{"b":"y","c":')
})

test('§1 what a mould knows nothing of goes the long way, and is told whether what is declared goes first there', () => {
  asked.length = 0
  for (const unknown of [
    {},
    { not: text },
    { anyOf: [text, { type: 'integer' }] },
    { type: 'object', properties: { b: text } },
  ])
    expect(pour(unknown, { b: 'a' })).toBe(LONG)
  expect(pour({ type: 'object', additionalProperties: closed({ b: text }) }, { x: {} })).toBe(LONG)
  expect(pour({ type: 'object', additionalProperties: { not: text } }, { x: 1 })).toBe(LONG)
  expect(new Set(asked)).toEqual(new Set([false]))
  asked.length = 0
  const filled = { type: 'object', properties: { b: { ...text, default: 'x' }, c: { not: text } } }
  expect(pour(filled, { c: 1 })).toEqual({ b: 'x', c: LONG })
  expect(asked.every(Boolean)).toBe(true)
})

test('§1 how deep and how wide a mould is, and the size of what was poured', () => {
  const shapeOf = (schema: TSchema) => {
    const made = mould(schema)
    return made && [made.depth, made.width]
  }
  expect(shapeOf(closed({}))).toEqual([1, 0])
  expect(shapeOf(closed({ a: text, b: text }))).toEqual([1, 2])
  expect(shapeOf(closed({ a: closed({ b: text, c: text, d: text }) }))).toEqual([2, 3])
  expect(
    shapeOf(closed({ a: { type: 'array', items: closed({ b: { type: 'array', items: text } }) }, c: text })),
  ).toEqual([4, 2])
  const walk = walkOf(defaultLimits)
  mould(closed({ a: text, b: { type: 'integer' }, m: { type: 'object', additionalProperties: text } }))?.pour(
    { a: 'xyz', b: 1, m: { key: 'v' } },
    walk,
  )
  expect(walk.size).toBe(2 + 5 + 1 + (2 + 3 + 3))
  const choice = walkOf(defaultLimits)
  mould(closed({ a: { const: 'xyz' } }))?.pour({ a: 'xyz' }, choice)
  expect(choice.size).toBe(2 + 5)
})

test('§1 there is no mould of what refers to another schema', () => {
  for (const word of ['$ref', '$defs', '$id']) expect(mould(closed({ a: { ...text, [word]: 'x' } }))).toBeUndefined()
})

test('§1 a mould is of any schema, and what goes the long way in it is told how deep the mould stands', () => {
  const told = (schema: object, depth: number) =>
    mouldOf(schema as TSchema, (_, completes) => (_value, _walk, at) => [completes, at], depth)
  expect(told(text, 0)?.pour('a', walkOf(defaultLimits))).toBe('a')
  expect(told(text, 0)?.pour(1, walkOf(defaultLimits))).toBeUndefined()
  expect(told({ not: text }, 3)?.pour({}, walkOf(defaultLimits))).toEqual([false, 3])
  const open = { type: 'object', properties: { b: { ...text, default: 'x' }, c: { not: text } } }
  expect(told(open, 3)?.pour({ c: 1 }, walkOf(defaultLimits))).toEqual({ b: 'x', c: [true, 4] })
  expect(told(open, 3)).toMatchObject({ depth: 4, width: 2 })
  const walk = walkOf(defaultLimits)
  told(text, 0)?.pour('abc', walk)
  expect(walk.size).toBe(2 + 3)
})

test('§1 what stands in an outer mould is poured into the inner one that comes with the value', () => {
  const outer = mould(closed({ a: closed({ b: INNER }), c: text }))
  const inner = mould(closed({ d: { ...text, default: 'x' } }))
  const other = mould({ type: 'boolean' } as unknown as TSchema)
  const walk = walkOf(defaultLimits)
  expect(outer?.pour({ a: { b: {} } }, walk, inner?.pour)).toEqual({ a: { b: { d: 'x' } } })
  expect(walk.size).toBe(2 + 2 + 2)
  expect(outer?.pour({ a: { b: true } }, walk, other?.pour)).toEqual({ a: { b: true } })
  expect(outer?.pour({ a: { b: true } }, walk, inner?.pour)).toBeUndefined()
})

test('§1 V11 where much was poured into what holds more than texts it is given up, so that bytes are counted', () => {
  const lists = { type: 'array', items: { type: 'array', items: text } }
  expect(pour(lists, [['a']], { request: 100 })).toEqual([['a']])
  expect(pour(lists, [['a']], { request: 10 })).toBe('nothing')
  expect(pour({ type: 'array', items: text }, ['a', 'b'], { request: 10 })).toEqual(['a', 'b'])
})

test('§1 what goes the long way inside a branch is told how deep it stands, and that declared keys go first', () => {
  const branch = (type: string) =>
    closed({ type: { const: type }, z: { not: text }, b: { ...text, default: 'x' } }, { required: ['type'] })
  const schema = closed({ u: { anyOf: [branch('a'), branch('b')] } })
  const told = mouldOf(schema, (_, completes) => (_value, _walk, depth) => [completes, depth])
  expect(told?.pour({ u: { type: 'a', z: 1 } }, walkOf(defaultLimits))).toMatchObject({ u: { z: [true, 2] } })
})
