import { type Family, MASK, maskedConnection } from 'servicebook'
import { expect, test } from 'vitest'

/* §8 a connection that was refused, for whoever is told of it: what its schema does not declare is hidden. */

const text = { type: 'string' }
const secret = { type: 'string', format: 'password' }
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })

const tool = object(
  {
    host: text,
    port: { type: 'integer' },
    on: { type: 'boolean' },
    password: secret,
    list: { type: 'array', items: object({ a: text, password: secret }) },
    pair: { type: 'array', prefixItems: [text, { type: 'integer' }] },
    map: { type: 'object', additionalProperties: object({ a: text }) },
    patterned: { type: 'object', patternProperties: { '^x': text, '^.$': text } },
    either: { anyOf: [object({ a: text }), object({ b: text })] },
    tested: { ...object({ a: text }), not: object({ c: text }), if: object({ d: text }) },
    both: { allOf: [object({ a: text }), object({ password: secret })] },
    nested: object({ inner: object({ a: text }) }),
  },
  { additionalProperties: false },
)
const family = { entityType: 'toolService', serviceTypes: { Tool: tool } } as unknown as Family
const shown = (config: unknown) => (maskedConnection(family, 'Tool', { config }) as { config: unknown }).config

test.each<[string, unknown, unknown]>([
  ['what is declared and no secret', { host: 'h', port: 1, on: true }, { host: 'h', port: 1, on: true }],
  ['nothing where something is declared', { host: null, nested: null }, { host: null, nested: null }],
  ['a secret', { password: 'hush' }, { password: MASK }],
  ['an empty secret hides nothing', { password: '' }, { password: '' }],
  ['a secret that is a number', { password: 7 }, { password: MASK }],
  ['a credential in a text', { host: 'http://u:hush@h' }, { host: `http://u:${MASK}@h` }],
  ['a misspelt key', { pasword: 'hush', n: 7, on2: true, nil: null }, { pasword: MASK, n: MASK, on2: true, nil: null }],
  ['a credential in a key', { 'http://u:hush@h': '' }, { [`http://u:${MASK}@h`]: '' }],
  ['all inside of what is not declared', { x: { y: ['a', 1, { z: 'b' }] } }, { x: { y: [MASK, MASK, { z: MASK }] } }],
  ['a credential in a key inside of that', { x: { 'http://u:hush@h': 'a' } }, { x: { [`http://u:${MASK}@h`]: MASK } }],
  [
    'elements of a list',
    { list: [{ a: 'a', password: 'hush', b: 'b' }] },
    { list: [{ a: 'a', password: MASK, b: MASK }] },
  ],
  ['an object in the place of a list', { list: { 0: { a: 'a' }, a: 'a' } }, { list: { 0: { a: MASK }, a: MASK } }],
  ['a list in the place of an object', { nested: [{ a: 'a' }] }, { nested: [{ a: MASK }] }],
  ['elements by their place', { pair: ['a', 1] }, { pair: ['a', 1] }],
  ['values of a map', { map: { any: { a: 'a', b: 'b' } } }, { map: { any: { a: 'a', b: MASK } } }],
  ['a list in the place of a map', { map: [{ a: 'a' }] }, { map: [{ a: MASK }] }],
  [
    'keys of a pattern',
    { patterned: { xy: 'a', '\u{1f600}': 'b', yz: 'c' } },
    { patterned: { xy: 'a', '\u{1f600}': 'b', yz: MASK } },
  ],
  ['either branch of a union', { either: { a: 'a', b: 'b', c: 'c' } }, { either: { a: 'a', b: 'b', c: MASK } }],
  ['what is only asked about', { tested: { a: 'a', c: 'c', d: 'd' } }, { tested: { a: 'a', c: MASK, d: MASK } }],
  ['what several schemas say together', { both: { a: 'a', password: 'hush' } }, { both: { a: 'a', password: MASK } }],
  ['what is deeper', { nested: { inner: { a: 'a', b: 'b' } } }, { nested: { inner: { a: 'a', b: MASK } } }],
  ['the type, if it is the service type', { type: 'Tool' }, { type: 'Tool' }],
  ['any other type', { type: 'Mysql', host: 'h' }, { type: MASK, host: 'h' }],
  ['no type where there is none', { host: 'h' }, { host: 'h' }],
  ['what is no config', 'hush', MASK],
  ['a list of configs', [{ host: 'h' }], [{ host: MASK }]],
  ['none', null, null],
])('§8 %s', (_, config, expected) => {
  const before = JSON.stringify(config)
  expect(shown(config)).toStrictEqual(expected)
  expect(JSON.stringify(config)).toBe(before)
})

test('§8 of a service type that the family does not have everything is hidden, keys by which it is known too', () => {
  const expected = { config: { host: MASK, type: MASK }, [`http://u:${MASK}@h`]: { a: MASK } }
  for (const serviceType of ['Other', 'toString', undefined, 7, null]) {
    const connection = { config: { host: 'h', type: String(serviceType) }, 'http://u:hush@h': { a: 1 } }
    expect(maskedConnection(family, serviceType, connection)).toEqual(expected)
  }
})

test('§8 what stands beside the config is hidden, and what is no connection', () => {
  expect(maskedConnection(family, 'Tool', { config: { host: 'h' }, host: 'h', n: 1, other: { host: 'h' } })).toEqual({
    config: { host: 'h' },
    host: MASK,
    n: MASK,
    other: { host: MASK },
  })
  expect(maskedConnection(family, 'Tool', [{ config: { host: 'h' } }])).toEqual([{ config: { host: MASK } }])
  for (const [none, hidden] of [
    ['hush', MASK],
    ['', ''],
    [7, MASK],
    [true, true],
    [null, null],
    [undefined, undefined],
  ])
    expect(maskedConnection(family, 'Tool', none)).toBe(hidden)
})

test('§8 a schema that is nothing but true or false declares nothing', () => {
  const open = { entityType: 'a', serviceTypes: { Tool: true } } as unknown as Family
  expect(maskedConnection(open, 'Tool', { config: { host: 'h' } })).toEqual({ config: { host: MASK } })
})
