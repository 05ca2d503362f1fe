import type { TSchema } from 'typebox'
import { expect, test } from 'vitest'
import { constantOf, isClosed, kindOf } from '../src/rules/kind.js'

/* §1 which schemas a mould knows all about: where one says anything more, that part of a request goes the long way. */

const closed = (properties: object, more: object = {}) => ({
  ...{ type: 'object', properties, additionalProperties: false },
  ...more,
})
const named = (name: string) => closed({ type: { const: name } })
const kind = (schema: unknown) => kindOf(schema as TSchema)
const text = { type: 'string' }
const asField = JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}')

test.each<[unknown, unknown]>([
  [text, { simple: 'text' }],
  [{ type: 'string', minLength: 0, maxLength: 9, pattern: 'a' }, { simple: 'text' }],
  [{ type: 'string', minLength: 1 }, { simple: 'text' }],
  [{ type: 'boolean' }, { simple: 'flag' }],
  [{ type: 'number', minimum: 1, maximum: 2 }, { simple: 'number' }],
  [{ type: 'integer', minimum: 1 }, { simple: 'integer' }],
  [{ const: 'a' }, { simple: 'one of' }],
  [{ type: 'string', const: 'a' }, { simple: 'one of' }],
  [{ type: 'string', enum: ['a', 'b'] }, { simple: 'one of' }],
  [{ type: 'array', items: text, minItems: 1 }, { is: 'list' }],
  [closed({ a: text }), { is: 'closed' }],
  [closed({ a: text }, { required: ['a'] }), { is: 'closed' }],
  [closed({}), { is: 'closed' }],
  [{ type: 'object', properties: { a: text } }, { is: 'open' }],
  [{ type: 'object', properties: { a: text }, additionalProperties: text }, { is: 'open' }],
  [{ type: 'object', properties: {} }, { is: 'map' }],
  [{ type: 'object' }, { is: 'map' }],
  [{ type: 'object', additionalProperties: text, required: [] }, { is: 'map' }],
  [{ anyOf: [named('A'), named('B')] }, { is: 'union', by: 'type' }],
  [{ type: 'object', anyOf: [named('A'), named('B')] }, undefined],
  [
    { anyOf: [named('A'), { type: 'object', properties: { type: { enum: ['B', 'C'] } } }] },
    { is: 'union', by: 'type' },
  ],
  [
    { anyOf: [closed({ a: text, kind: { const: 'x' } }), closed({ kind: { enum: ['y'] } })] },
    { is: 'union', by: 'kind' },
  ],
])('it knows %j', (schema, known) => {
  expect(kind(schema)).toEqual(known)
})

test.each(['title', 'description', 'default', 'examples', 'format', 'deprecated', '~kind', '~optional', '~readonly'])(
  'what %s says is nothing of what fits',
  (note) => {
    const schemas = [text, { const: 'a' }, { type: 'boolean' }, { type: 'number' }, { type: 'array', items: text }]
    for (const schema of [...schemas, closed({}), { anyOf: [named('A'), named('B')] }])
      expect(kind({ ...schema, [note]: 'x' })).toEqual(kind(schema))
  },
)

test.each<[unknown]>([
  [true],
  [false],
  [undefined],
  [{}],
  [{ type: ['string', 'null'] }],
  [{ type: 'null' }],
  [{ type: 'string', minLength: 2 }],
  [{ type: 'string', minimum: 2 }],
  [{ type: 'boolean', minimum: 2 }],
  [{ type: 'number', multipleOf: 2 }],
  [{ type: 'number', exclusiveMinimum: 2 }],
  [{ type: 'integer', minLength: 2 }],
  [{ type: 'array' }],
  [{ type: 'array', items: true }],
  [{ type: 'array', items: [text] }],
  [{ type: 'array', items: text, maxItems: 2 }],
  [{ type: 'array', items: text, uniqueItems: true }],
  [closed({ a: text }, { required: ['b'] })],
  [closed({ a: text }, { minProperties: 1 })],
  [{ type: 'object', patternProperties: { a: text } }],
  [{ type: 'object', additionalProperties: false }],
  [asField],
  [{ ...asField, additionalProperties: false }],
  [{ const: 1 }],
  [{ const: 'a\0' }],
  [{ const: '\ud800' }],
  [{ const: 'a', enum: ['a'] }],
  [{ const: 'a', minLength: 1 }],
  [{ type: 'number', const: 'a' }],
  [{ type: 'number', enum: ['a'] }],
  [{ enum: [] }],
  [{ enum: ['a', 1] }],
  [{ enum: ['a', '\0'] }],
  [{ enum: 'a' }],
  [{ type: 'null', anyOf: [named('A'), named('B')] }],
  [{ anyOf: [] }],
  [{ anyOf: [named('A')] }],
  [{ anyOf: [named('A'), true] }],
  [{ anyOf: [true, named('A')] }],
  [{ anyOf: [named('A'), text] }],
  [{ anyOf: [named('A'), named('A')] }],
  [{ anyOf: [named('A'), { type: 'object', properties: { type: { enum: ['B', 'A'] } } }] }],
  [{ anyOf: [named('A'), closed({ type: text })] }],
  [{ anyOf: [named('A'), closed({})] }],
  [{ anyOf: [named('A'), { type: 'object' }] }],
  [{ anyOf: [named('A'), closed({ type: { const: 'B' } }, { minProperties: 1 })] }],
  [{ anyOf: [named('A'), named('B')], minProperties: 1 }],
  [{ anyOf: [closed({ kind: { enum: ['a', 'b'] } }), closed({ kind: { const: 'c' } })] }],
  [{ anyOf: [closed({ toString: { const: 'a' } }), closed({})] }],
  [{ oneOf: [named('A'), named('B')] }],
])('it does not know %j', (schema) => {
  expect(kind(schema)).toBeUndefined()
})

test('a union is told by the first key whose constants all branches have, each its own', () => {
  const branch = (one: string, other: string) => closed({ a: { const: one }, b: { const: other } })
  expect(kind({ anyOf: [branch('x', 'y'), branch('z', 'w')] })).toEqual({ is: 'union', by: 'a' })
  expect(kind({ anyOf: [branch('x', 'y'), branch('x', 'w')] })).toEqual({ is: 'union', by: 'b' })
})

test.each<[string, object, string, readonly string[]]>([
  ['a constant', { a: { const: 'x' } }, 'a', ['x']],
  ['one that is enumerated alone', { a: { enum: ['x'] } }, 'a', ['x']],
  ['several, of its type alone', { type: { enum: ['x', 'y'] } }, 'type', ['x', 'y']],
  ['several of another field, which many objects may share', { a: { enum: ['x', 'y'] } }, 'a', []],
  ['any text', { a: text }, 'a', []],
  ['a constant of which more is said', { a: { const: 'x', minLength: 1 } }, 'a', []],
  ['no such field', { a: { const: 'x' } }, 'b', []],
  ['a name that all objects have', {}, 'toString', []],
  ['anything', { a: true }, 'a', []],
])('the texts of a field that tell its object: %s', (_, properties, key, texts) => {
  expect(constantOf({ properties } as never, key)).toEqual(texts)
  expect(constantOf({} as never, key)).toEqual([])
})

test('an object is closed that declares its keys and takes no other', () => {
  expect(isClosed(closed({}) as never)).toBe(true)
  for (const schema of [
    {},
    { properties: {} },
    { additionalProperties: false },
    { ...asField, additionalProperties: false },
  ])
    expect(isClosed(schema as never)).toBe(false)
})
