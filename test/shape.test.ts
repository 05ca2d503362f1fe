import type { TSchema } from 'typebox'
import { expect, test } from 'vitest'
import { anyShape, hasDefaults, opened, shapeOf } from '../src/rules/shape.js'

/* §1 what a schema says about the keys of a value, and the same schema without that. */

const text = { type: 'string' }
const schema = (node: object) => node as unknown as TSchema
const closed = (properties: object, more: object = {}) =>
  schema({ type: 'object', properties, additionalProperties: false, ...more })

test('§1 a closed object has its fields, in the order of the schema, with their defaults', () => {
  const { fields } = shapeOf(closed({ b: { ...text, default: 'x' }, a: closed({ c: text }), l: { items: closed({}) } }))
  expect(fields).toEqual([
    { key: 'b', shape: anyShape, fallback: 'x' },
    { key: 'a', shape: { fields: [{ key: 'c', shape: anyShape, fallback: undefined }] }, fallback: undefined },
    { key: 'l', shape: { items: { fields: [] } }, fallback: undefined },
  ])
})

const unions = ['anyOf', 'oneOf', 'allOf'] as const
const some = [closed({ z: text })]
const others: readonly (readonly [string, TSchema])[] = [
  ['an open object', schema({ type: 'object', properties: { a: closed({}) } })],
  ['an object that may have others', closed({ a: closed({}) }, { additionalProperties: true })],
  ['an object with patterns of keys', closed({ a: closed({}) }, { patternProperties: { '^x': text } })],
  ['a closed object without fields', schema({ type: 'object', additionalProperties: false })],
  ['a map', schema({ type: 'object', additionalProperties: closed({}) })],
  ['a tuple', schema({ items: closed({}), prefixItems: [text] })],
  ['a tuple of old', schema({ items: [closed({})] })],
  ['a list that may be an object', schema({ items: closed({}), properties: { a: text } })],
  ['a list of anything', schema({ items: true })],
  ...unions.map((union) => [`an object with ${union}`, closed({ a: text }, { [union]: some })] as const),
  ...unions.map((union) => [`a list with ${union}`, schema({ items: closed({}), [union]: some })] as const),
  ['a text', schema(text)],
  ['anything', true as never],
  ['nothing', false as never],
]

test.each(others)('§1 of %s no schema tells the keys, and it stays as it is', (_, node) => {
  expect(shapeOf(node)).toBe(anyShape)
  expect(opened(node)).toBe(node)
})

test('§1 what is neither a closed object nor a list is filled in by itself, where it has defaults', () => {
  const map = schema({ type: 'object', additionalProperties: closed({ a: { ...text, default: 'x' } }) })
  const shape = shapeOf(closed({ map }))
  expect(shape.fields?.[0]?.shape.complete?.({ any: {} })).toEqual({ any: { a: 'x' } })
  expect(shapeOf(map)).not.toHaveProperty('fields')
})

test('§1 objects are opened as deep as their keys are known', () => {
  const open = (properties: object) => ({ type: 'object', properties, additionalProperties: true })
  const deep = closed({ a: closed({ b: { items: closed({ c: text }) } }), d: { anyOf: [closed({ e: text })] } })
  expect(opened(deep)).toEqual(
    open({ a: open({ b: { items: open({ c: text }) } }), d: { anyOf: [closed({ e: text })] } }),
  )
  expect(deep).toEqual(
    closed({ a: closed({ b: { items: closed({ c: text }) } }), d: { anyOf: [closed({ e: text })] } }),
  )
})

test('§1 a schema has defaults if anything in it has, at any depth', () => {
  const has = (node: object) => hasDefaults(schema(node) as never)
  const filled = { ...text, default: '' }
  for (const node of [
    closed({ a: filled }),
    { items: filled },
    closed({ a: closed({ b: filled }) }),
    { anyOf: [filled] },
  ])
    expect(has(node)).toBe(true)
  for (const node of [filled, closed({ a: text }), { items: true }, { anyOf: [text, true] }, {}])
    expect(has(node)).toBe(false)
})
