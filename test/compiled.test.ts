import type { TSchema } from 'typebox'
import { describe, expect, test, vi } from 'vitest'
import type { Family } from '../src/families/family.js'
import { checkOf, withoutType } from '../src/rules/compiled.js'
import { frozenCopy, walkOf } from '../src/rules/copy.js'
import { defaultLimits } from '../src/rules/limits.js'
import { fits } from '../src/rules/violations.js'

/* §1 what requests of a service type are checked with: what a mould does not know goes the long way, part by part. */

const text = { type: 'string' }
const familyOf = (field: unknown): Family => ({
  ...{ entityType: 'aService', collection: 'as' },
  serviceTypes: { A: { type: 'object', properties: { field }, additionalProperties: false } as unknown as TSchema },
})
/** What a mould makes of a value of a field; `undefined` where it takes nothing. */
function pourer(field: unknown) {
  const { mould } = checkOf(familyOf(field), 'A', false)
  return (value: unknown, limits = {}) => {
    const request = { name: 'a', serviceType: 'A', connection: { config: { field: value } } }
    const walk = walkOf({ ...defaultLimits, ...limits })
    const poured = mould?.pour(request, walk) as { connection: { config: { field: unknown } } } | undefined
    return { poured: poured?.connection.config.field, issues: walk.found.issues.length }
  }
}

describe('§1 a part that no mould knows', () => {
  const long = { type: 'string', minLength: 2 }

  test('is checked by its schema, at whatever place it stands', () => {
    const pour = pourer({ type: 'array', items: long })
    expect(pour(['ab', 'cd']).poured).toEqual(['ab', 'cd'])
    expect(pour(['ab', 'c']).poured).toBeUndefined()
    const two = pourer({ type: 'object', properties: { a: long, b: long }, additionalProperties: false })
    expect(two({ a: 'ab', b: 'cd' }).poured).toEqual({ a: 'ab', b: 'cd' })
    expect(two({ a: 'ab', b: 'c' }).poured).toBeUndefined()
  })

  test('is copied, and refused where it holds what no request may', () => {
    const pour = pourer(true)
    const value = { a: [1, null], b: null }
    const { poured } = pour(value)
    expect(poured).toEqual({ a: [1, null] })
    expect(poured).toSatisfy(Object.isFrozen)
    expect(pour({ a: 'x\0' })).toEqual({ poured: undefined, issues: 1 })
    expect(pour([[1]], { depth: 4 })).toEqual({ poured: undefined, issues: 1 })
    const strict = pourer({ not: { type: 'number' } })
    expect(strict({ a: () => 1 })).toEqual({ poured: undefined, issues: 1 })
    expect(pourer(false)('x').poured).toBeUndefined()
  })

  test('has its defaults filled in, whether its keys go first or stand as they came', () => {
    const inner = { type: 'object', properties: { a: { type: 'string', default: 'x' } }, minProperties: 1 }
    expect(pourer(inner)({ b: 'y' }).poured).toEqual({ a: 'x', b: 'y' })
    const map = { type: 'object', properties: { own: { type: 'string', default: '' } }, additionalProperties: inner }
    expect(pourer(map)({ k: { b: 'y' } }).poured).toEqual({ own: '', k: { a: 'x', b: 'y' } })
  })

  test('has the keys that it declares in front where something is filled in, and in the order of the caller elsewhere', () => {
    const open = { type: 'object', properties: { a: text, b: text }, minProperties: 1 }
    const keys = (value: unknown) => Object.keys(value as object)
    expect(keys(pourer(open)({ c: '1', b: '2', a: '3' }).poured)).toEqual(['c', 'b', 'a'])
    const map = { type: 'object', properties: { own: { type: 'string', default: '' } }, additionalProperties: open }
    const { poured } = pourer(map)({ k: { c: '1', b: '2', a: '3' } })
    expect(keys((poured as { k: object }).k)).toEqual(['a', 'b', 'c'])
    // The same schema again, where nothing is filled in.
    expect(keys(pourer(open)({ c: '1', b: '2', a: '3' }).poured)).toEqual(['c', 'b', 'a'])
  })
})

describe('§1 what a service type is checked with', () => {
  const family = familyOf(text)

  test('is made once for a family, whole and lenient apart', () => {
    const whole = checkOf(family, 'A', false)
    expect(checkOf(family, 'A', false)).toBe(whole)
    expect(checkOf(family, 'A', true)).not.toBe(whole)
    expect(whole.shape()).toBe(whole.shape())
    expect(whole.validator()).toBe(whole.validator())
  })

  test('lets a connection be partial where it is lenient', () => {
    const strict = familyOf(text)
    Object.assign(strict.serviceTypes.A as object, { required: ['field'] })
    const request = { name: 'a', serviceType: 'A', connection: { config: {} } }
    const isTaken = (isPartial: boolean) => {
      const { mould, shape, validator } = checkOf(strict, 'A', isPartial)
      const { value } = frozenCopy(request, shape(), defaultLimits)
      return [mould?.pour(request, walkOf(defaultLimits)) !== undefined, fits(validator(), value)]
    }
    expect(isTaken(false)).toEqual([false, false])
    expect(isTaken(true)).toEqual([true, true])
  })
})

test('§1 service types of a family share what is not their config, and a mould takes no other type', () => {
  const closed = (properties: object) =>
    ({ type: 'object', properties, additionalProperties: false }) as unknown as TSchema
  const deep = closed({ a: closed({ b: closed({ c: text }) }) })
  const family = { ...familyOf(text), serviceTypes: { A: closed({ a: text }), B: closed({ b: text }), C: deep } }
  const mouldFor = (serviceType: string) => checkOf(family, serviceType, false).mould
  const requestOf = (serviceType: unknown, config: object) => ({ name: 'a', serviceType, connection: { config } })
  const takes = (type: string, request: object) => mouldFor(type)?.pour(request, walkOf(defaultLimits)) !== undefined
  expect(takes('A', requestOf('A', { a: 'x' }))).toBe(true)
  expect(takes('B', requestOf('B', { b: 'x' }))).toBe(true)
  expect(takes('A', requestOf('A', { b: 'x' }))).toBe(false)
  for (const other of ['B', 'a', 1, null]) expect(takes('A', requestOf(other, { a: 'x' }))).toBe(false)
  expect(takes('A', { name: 'a', serviceType: 'A' })).toBe(true)
  expect(takes('A', { name: 'a' })).toBe(false)
  expect(['A', 'C'].map((type) => mouldFor(type)?.depth)).toEqual([3, 5])
  expect(mouldFor('A')?.width).toBe(11)
})

test('§1 code for what is not the config is made once for a family', () => {
  const family = {
    ...familyOf(text),
    serviceTypes: { A: familyOf(text).serviceTypes.A, B: familyOf(text).serviceTypes.A },
  }
  const made = vi.spyOn(globalThis, 'Function')
  const madeBy = (serviceType: string, isPartial: boolean) => {
    const before = made.mock.calls.length
    checkOf(family as Family, serviceType, isPartial)
    return made.mock.calls.length - before
  }
  expect([madeBy('A', false), madeBy('B', false), madeBy('A', true)]).toEqual([2, 1, 1])
  made.mockRestore()
})

test('§1 without a service type all else is checked: a connection has a config and nothing more is known of it', () => {
  const { mould, shape, validator, secrets } = withoutType(familyOf(text))
  expect([mould, secrets]).toEqual([undefined, null])
  const check = (request: object) => {
    const { value, found } = frozenCopy(request, shape(), defaultLimits)
    return [...found.issues.map(({ path }) => path), fits(validator(), value)]
  }
  expect(check({ name: 'a', serviceType: 'A', connection: { config: { any: 1 } } })).toEqual([true])
  expect(check({ name: 'a', serviceType: 'B' })).toEqual([false])
  expect(check({ name: 'a', serviceType: 'A', connection: {} })).toEqual([false])
  expect(check({ name: 'a', serviceType: 'A', connection: { config: 7 } })).toEqual([false])
  expect(check({ name: 'a', serviceType: 'A', strange: 1 })).toEqual(['/strange', true])
})
