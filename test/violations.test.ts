import type { TSchema } from 'typebox'
import { Compile } from 'typebox/schema'
import { Settings } from 'typebox/system'
import { expect, test } from 'vitest'
import { secretPlaces } from '../src/families/places.js'
import { NAME_PATTERN, UUID_PATTERN } from '../src/model/fields.js'
import { add, findings } from '../src/rules/findings.js'
import { addViolations, fits, violations } from '../src/rules/violations.js'

/* §1 what is wrong with a value, in words, each thing once and at its place. */

const text = { type: 'string' }
const integer = { type: 'integer' }
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })
const compiled = (schema: object) => Compile(schema as unknown as TSchema)
const wrong = (schema: object, value: unknown) =>
  violations(compiled(schema), value, null).map(({ path, message }) => `${path} ${message}`)
/** As a connection has it: a config in a request. */
const inRequest = (config: object) => object({ connection: object({ config }) })
const request = (config: unknown) => ({ connection: { config } })
const wrongConfig = (schema: object, config: unknown) =>
  violations(compiled(inRequest(schema)), request(config), secretPlaces(schema as unknown as TSchema)).map(
    ({ path, message }) => `${path.replace('/connection/config', '…')} ${message}`,
  )

test.each<[string, object, unknown, readonly string[]]>([
  ['a type', object({ a: text, b: integer }), { a: 1, b: 'x' }, ['/a must be a string', '/b must be an integer']],
  ['what is required', object({}, { required: ['a', 'b/c'] }), {}, ['/a is required', '/b~1c is required']],
  ['a constant', object({ a: { const: 'x' } }), { a: 'y' }, ['/a must be "x"']],
  ['a choice', object({ a: { enum: ['x', 'y'] } }), { a: 'z' }, ['/a must be one of x, y']],
  [
    'a field that is not known',
    object({ a: text }, { additionalProperties: false }),
    { b: 1 },
    ['/b is not a known field'],
  ],
  [
    'a name',
    object({ a: { ...text, pattern: NAME_PATTERN } }),
    { a: 'a::b' },
    ['/a must not hold "::" or a line break'],
  ],
  ['an id', object({ a: { ...text, pattern: UUID_PATTERN } }), { a: 'x' }, ['/a must be a UUID']],
  ['any other pattern', object({ a: { ...text, pattern: '^x' } }), { a: 'y' }, ['/a must match ^x']],
  ['nothing', object({ a: text }), { a: 'x' }, []],
])('§1 %s', (_, schema, value, expected) => {
  expect(wrong(schema, value)).toEqual(expected)
})

const branch = (type: string, field: string, more: object = {}) =>
  object({ type: { const: type }, [field]: text, ...more }, { required: ['type', field] })
const union = { anyOf: [branch('a', 'x'), branch('b', 'y', { n: integer })] }

test('§1 of a union the branch that the value names is told of, and of one that names none the nearest', () => {
  expect(wrong(object({ u: union }), { u: { type: 'b', y: 1, n: 'z' } })).toEqual([
    '/u/y must be a string',
    '/u/n must be an integer',
  ])
  expect(wrong(object({ u: union }), { u: { type: 'a' } })).toEqual(['/u/x is required'])
  // Neither takes a text at all.
  expect(wrong(object({ u: { anyOf: [text, object({ a: text })] } }), { u: { a: 1 } })).toEqual([
    '/u/a must be a string',
  ])
  expect(wrong(object({ u: { anyOf: [object({ a: text }), text] } }), { u: 1 })).toHaveLength(1)
})

test('§1 where no branch is meant the one that says least is told, and one of another constant last', () => {
  const none = (...anyOf: object[]) => wrong(object({ u: { anyOf } }), { u: 1 })
  expect(none({ ...text, enum: ['x'] }, text)).toEqual(['/u must be a string'])
  expect(none(text, { ...text, enum: ['x'] })).toEqual(['/u must be a string'])
  const longer = { ...text, allOf: [text, text, text] }
  expect(none({ ...text, const: 'x' }, longer)).toEqual(Array(4).fill('/u must be a string'))
})

test('§1 of many branches each is told apart', () => {
  const anyOf = Array.from({ length: 12 }, (_, at) => branch(`t${at}`, `f${at}`))
  expect(wrong(object({ u: { anyOf } }), { u: { type: 't10', f10: 1 } })).toEqual(['/u/f10 must be a string'])
  expect(wrong(object({ u: { anyOf } }), { u: { type: 't1', f1: 1 } })).toEqual(['/u/f1 must be a string'])
})

test('§1 of a map of unions each is told, one whose key begins like another too', () => {
  const map = { type: 'object', additionalProperties: union }
  expect(wrong(map, { ab: { type: 'a', x: 1 }, a: { type: 'b', y: 1 } })).toEqual([
    '/ab/x must be a string',
    '/a/y must be a string',
  ])
})

test('§1 each union of a list, and each union in a union, is told by its own branch', () => {
  const all = object({ all: { type: 'array', items: union } })
  expect(wrong(all, { all: [{ type: 'a', x: 1 }, { type: 'b' }, { type: 'a', x: 'good' }] })).toEqual([
    '/all/0/x must be a string',
    '/all/1/y is required',
  ])
  const nested = object({
    u: { anyOf: [object({ type: { const: 'c' }, inner: union }, { required: ['type'] }), text] },
  })
  expect(wrong(nested, { u: { type: 'c', inner: { type: 'b' } } })).toEqual(['/u/inner/y is required'])
})

test('§1 a union that was met before beside another of a like name does not take its words', () => {
  const schema = object({ ab: text, a: { anyOf: [object({ c: text }), integer] } })
  expect(wrong(schema, { ab: 1, a: { c: 1 } })).toEqual(['/ab must be a string', '/a/c must be a string'])
})

test('§1 a thing is said once: where something was found before there is no more to say', () => {
  const found = findings()
  add(found, 'is not liked', () => '/a')
  addViolations(found, compiled(object({ a: text, b: text, ab: text })), { a: 1, b: 1, ab: 1 }, null)
  expect(found.issues.map(({ path, message }) => `${path} ${message}`)).toEqual([
    '/a is not liked',
    '/b must be a string',
    '/ab must be a string',
  ])
})

test('§8 what a text with a mask in it breaks is not said, since it stands for another', () => {
  const limited = object({ uri: { ...text, pattern: '^x' }, password: { ...text, maxLength: 3 } })
  expect(wrongConfig(limited, { uri: 'http://u:*********@h', password: 'http://u:*********@h' })).toEqual([])
  expect(wrongConfig(limited, { uri: 'http://u:hush@h' })).toEqual(['…/uri must match ^x'])
  // A type is no matter of what the text is; and outside of a connection nothing is masked.
  expect(wrongConfig(object({ uri: integer }), { uri: 'http://u:*********@h' })).toEqual(['…/uri must be an integer'])
  expect(wrong(object({ description: { ...text, pattern: '^x' } }), { description: 'http://u:*********@h' })).toEqual([
    '/description must match ^x',
  ])
  const choices = object({ a: { const: 'x' }, b: { enum: ['x'] }, c: { ...text, minLength: 99 }, d: { enum: ['x'] } })
  const masked = 'http://u:*********@h'
  expect(wrongConfig(choices, { a: masked, b: masked, c: masked, d: 7 })).toEqual(['…/d must be one of x'])
  // A branch is not farther for it.
  const far = { type: 'integer', allOf: [integer] }
  const near = { type: 'integer', pattern: '^x', minLength: 99 }
  expect(wrongConfig(object({ u: { anyOf: [far, near] } }), { u: masked })).toEqual(['…/u must be an integer'])
})

test('§8 which values a secret may have is not told, and those of anything else are', () => {
  const secret = { ...text, format: 'password' }
  const schema = object({
    s: { ...secret, enum: ['hush', 'hush2'] },
    c: { ...secret, const: 'hush' },
    'a/b': { ...secret, const: 'hush' },
    'c~d': { ...secret, const: 'hush' },
    open: { ...text, enum: ['x'] },
    long: { ...secret, maxLength: 1 },
  })
  const told = wrongConfig(schema, { s: 'y', c: 'y', 'a/b': 'y', 'c~d': 'y', open: 'y', long: 'yy' })
  expect(told.slice(0, 5)).toEqual([
    '…/s is not a value it may have',
    '…/c is not a value it may have',
    '…/a~1b is not a value it may have',
    '…/c~0d is not a value it may have',
    '…/open must be one of x',
  ])
  expect(told).toHaveLength(6)
  expect(told[5]).not.toContain('is not a value')
  expect(told.join()).not.toContain('hush')
  // Outside of a connection nothing is secret.
  const places = secretPlaces(schema as unknown as TSchema)
  expect(violations(compiled(schema), { s: 'y' }, places)).toMatchObject([{ message: 'must be one of hush, hush2' }])
  const elsewhere = object({ ['k'.repeat(17)]: schema })
  expect(violations(compiled(elsewhere), { ['k'.repeat(17)]: { open: 'x', s: 'y' } }, places)).toMatchObject([
    { message: 'must be one of hush, hush2' },
  ])
})

test('§1 V11 more errors than TypeBox tells by itself are told, and its setting is as it was', () => {
  const before = Settings.Get().maxErrors
  const map = { type: 'object', additionalProperties: text }
  const value = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`k${at}`, at]))
  expect(wrong(map, value)).toHaveLength(50)
  expect(Settings.Get().maxErrors).toBe(before)
})

test('§1 V11 where paths are long fewer errors are asked for', () => {
  let asked = 0
  const validator = {
    Schema: () => ({}),
    Errors: () => {
      asked = Settings.Get().maxErrors
      return [true, []]
    },
  } as never
  const askedFor = (value: unknown) => {
    asked = 0
    violations(validator, value, null)
    return asked
  }
  expect([askedFor(1), askedFor({}), askedFor(null)]).toEqual([10_000, 10_000, 10_000])
  // 2 ** 25 characters in all: the longest path has its keys and a slash before each, and one for its end.
  expect(askedFor({ a: 1, ['k'.repeat(2 ** 15 - 2)]: 1, b: 1 })).toBe(1024)
  expect(askedFor({ ['k'.repeat(2 ** 15 - 1)]: 1 })).toBe(1023)
  expect(askedFor({ ['k'.repeat(2 ** 14 - 2)]: { ['k'.repeat(2 ** 14 - 1)]: null } })).toBe(1024)
  expect(askedFor({ ['k'.repeat(2 ** 24)]: 1 })).toBe(16)
})

test('§10 a schema that cannot be asked fits nothing, and says so at the value itself', () => {
  const throws = () => {
    throw new RangeError('too much')
  }
  const validator = { Schema: () => ({}), Check: throws, Errors: throws } as never
  const before = Settings.Get().maxErrors
  expect(fits(validator, 'x')).toBe(false)
  expect(violations(validator, 'x', null)).toMatchObject([{ path: '' }])
  expect(Settings.Get().maxErrors).toBe(before)
  expect([fits(compiled(text), 'x'), fits(compiled(text), 1)]).toEqual([true, false])
})
