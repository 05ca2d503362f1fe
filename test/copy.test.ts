import { describe, expect, test } from 'vitest'
import { frozenCopy, pointer } from '../src/rules/copy.js'
import { defaultLimits, type Limits } from '../src/rules/limits.js'
import { anyShape, type Shape, wholeShape } from '../src/rules/shape.js'

/* §1: what a caller passed, as plain data that the caller cannot change; all that no schema says is checked on the way. */

const copied = (value: unknown, limits: Partial<Limits> = {}, shape: Shape = anyShape) => {
  const { value: copy, found } = frozenCopy(value, shape, { ...defaultLimits, ...limits })
  return { value: copy, issues: found.issues.map(({ path, message }) => `${path} ${message}`) }
}
const issues = (value: unknown, limits: Partial<Limits> = {}, shape: Shape = anyShape) =>
  copied(value, limits, shape).issues

const throwing = (object: object, key: PropertyKey) =>
  Object.defineProperty(object, key, {
    enumerable: true,
    get() {
      throw new Error('no')
    },
  })
const unreadable = new Proxy(
  {},
  {
    ownKeys() {
      throw new Error('no')
    },
  },
)
/** A list that calls anything its length. */
const ofLength = (length: unknown) =>
  new Proxy([1], { get: (list, key) => (key === 'length' ? length : Reflect.get(list, key)) })

test.each<[string, unknown, string]>([
  ['NaN', { a: Number.NaN }, '/a is not a finite number'],
  ['Infinity', [1, Number.POSITIVE_INFINITY], '/1 is not a finite number'],
  ['a function', { a: () => 1 }, '/a is not a JSON value'],
  ['a bigint', { a: [1n] }, '/a/0 is not a JSON value'],
  ['a symbol', Symbol('a'), ' is not a JSON value'],
  ['NUL in a text', { a: ['x\0'] }, '/a/0 holds NUL or a lone surrogate'],
  ['a lone surrogate in a text', { a: '\ud800' }, '/a holds NUL or a lone surrogate'],
  ['NUL in a key', { a: { 'x\0': 1 } }, '/a/x\0 has NUL or a lone surrogate in its key'],
  ['a lone surrogate in a key', { '\udc00': 1 }, '/\udc00 has NUL or a lone surrogate in its key'],
  ['a key that is no field', JSON.parse('{"a":{"__proto__":1}}'), '/a/__proto__ is not allowed as a key'],
  ['a getter that throws', { a: throwing({}, 'b') }, '/a/b cannot be read'],
  ['an element that cannot be read', { a: throwing([1, 2], 1) }, '/a/1 cannot be read'],
  ['an object that cannot be read', { a: unreadable }, '/a cannot be read'],
  ['a list whose length is a text', { a: ofLength('x') }, '/a cannot be read'],
  ['a list whose length is a fraction', ofLength(1.5), ' cannot be read'],
])('§1 refused at its path: %s', (_, value, issue) => {
  expect(issues(value)).toEqual([issue])
})

test('§1 what follows something that cannot be read is checked all the same', () => {
  const object = Object.assign(throwing({}, 'a'), { b: Number.NaN })
  expect(issues(object)).toEqual(['/a cannot be read', '/b is not a finite number'])
})

describe('§1 limits, at them and one above', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])
  test('depth', () => {
    expect(issues(nested(3), { depth: 3 })).toEqual([])
    expect(issues(nested(4), { depth: 3 })).toEqual(['/0/0/0 is nested deeper than 3 levels'])
  })
  test('elements of a list', () => {
    expect(issues([1, 2, 3], { elements: 3 })).toEqual([])
    expect(issues({ a: [1, 2, 3, 4] }, { elements: 3 })).toEqual(['/a has more than 3 elements'])
  })
  test('keys of an object', () => {
    expect(issues({ a: 1, b: 2 }, { elements: 2 })).toEqual([])
    expect(issues([{ a: 1, b: 2, c: 3 }], { elements: 2 })).toEqual(['/0 has more than 2 keys'])
  })
  test('bytes', () => {
    const value = { a: 'éé', b: [1] } // {"a":"éé","b":[1]}
    expect(issues(value, { request: 20 })).toEqual([])
    expect(issues(value, { request: 19 })).toEqual([' is larger than 19 bytes'])
  })
  test('and what stands behind too many bytes is not looked at', () => {
    for (const later of [throwing([], 0), throwing({}, 'a')]) {
      expect(issues({ a: 'x'.repeat(100), b: later }, { request: 50 })).toEqual([' is larger than 50 bytes'])
      expect(issues(['x'.repeat(100), later], { request: 50 })).toEqual([' is larger than 50 bytes'])
    }
  })
})

test('§1 null in a field counts as absent, and in a list as itself', () => {
  const value = { a: null, b: undefined, c: { d: null, e: 1 }, f: [null, undefined] }
  expect(copied(value)).toEqual({ value: { c: { e: 1 }, f: [null, null] }, issues: [] })
  expect(Object.keys(copied(value).value as object)).toEqual(['c', 'f'])
})

test('§7 where null is a value like any other it is kept at every depth, and what is undefined is not', () => {
  const value = { a: null, b: { c: null, d: undefined }, e: [{ f: null }] }
  const { value: copy } = copied(value, {}, wholeShape)
  expect(copy).toStrictEqual({ a: null, b: { c: null }, e: [{ f: null }] })
})

test('§1 JSON has no negative zero', () => {
  expect(copied([-0]).value).toStrictEqual([0])
})

test('§1 the copy is frozen at every depth, and another object', () => {
  const value = { a: [{ b: 1 }] }
  const copy = copied(value).value as typeof value
  expect(copy).not.toBe(value)
  for (const part of [copy, copy.a, copy.a[0]]) expect(part).toSatisfy(Object.isFrozen)
})

test('§1 of a shape: unknown keys are refused, defaults filled in, absent fields left out', () => {
  const fields = ['a', 'b'].map((key) => ({ key, shape: anyShape, fallback: key === 'b' ? 'x' : undefined }))
  expect(copied({ a: null }, {}, { fields }).value).toStrictEqual({ b: 'x' })
  expect(copied({ b: 'y', a: 1 }, {}, { fields }).value).toStrictEqual({ a: 1, b: 'y' })
  expect(issues({ c: 1, a: 2, d: 3 }, {}, { fields })).toEqual(['/c is not a known field', '/d is not a known field'])
})

test('RFC 6901 §3 ~ and / are escaped in a pointer', () => {
  expect(pointer(['a/b', 'c~d', 0, ''])).toBe('/a~1b/c~0d/0/')
})
