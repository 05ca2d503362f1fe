// biome-ignore-all lint/suspicious/noThenProperty: a keyword of JSON Schema

import { createService, defineFamily, type Family, getService, openBook, revealConnection } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, test } from 'vitest'

type Plain = Record<string, unknown>

/** A book of a family with one service type, `A`, in plain JSON Schema. */
function bookOf(schema: unknown, $defs: Plain = {}) {
  const family = { entityType: 'someService', collection: 'someServices', serviceTypes: { A: schema }, $defs }
  return openBook({ family: defineFamily(family as unknown as Family), store: memoryStore() })
}

const create = (book: ReturnType<typeof bookOf>, config: unknown) =>
  createService(book, { name: 'a', serviceType: 'A', connection: { config: config as never } })

async function stored(schema: unknown, config: unknown, $defs?: Plain) {
  const made = (await create(bookOf(schema, $defs), config))._unsafeUnwrap()
  return made.connection?.config
}

async function refused(schema: unknown, config: unknown, $defs?: Plain): Promise<readonly string[]> {
  const error = (await create(bookOf(schema, $defs), config))._unsafeUnwrapErr()
  return error.code === 'BAD_REQUEST' ? error.issues.map(({ path }) => path.replace('/connection/config', '')) : []
}

const password = { type: 'string', format: 'password' }
const text = { type: 'string' }
const open = (properties: Plain, more: Plain = {}) => ({ type: 'object', properties, ...more })
const closed = (properties: Plain, more: Plain = {}) => open(properties, { additionalProperties: false, ...more })

describe('S2 a secret is found under every keyword that may hold one', () => {
  test.each<[string, Plain, Plain]>([
    ['$ref to $defs', closed({ s: { $ref: '#/$defs/S' } }, { $defs: { S: password } }), { s: 'hush' }],
    [
      '$ref to definitions',
      closed({ s: { $ref: '#/definitions/S' } }, { definitions: { S: password } }),
      { s: 'hush' },
    ],
    ['$ref to a property', closed({ p: password, s: { $ref: '#/properties/p' } }), { s: 'hush' }],
    [
      'format beside $ref',
      closed({ s: { $ref: '#/$defs/S', format: 'password' } }, { $defs: { S: text } }),
      { s: 'hush' },
    ],
    ['then', open({ k: text }, { if: { required: ['k'] }, then: open({ s: password }) }), { k: 'x', s: 'hush' }],
    ['else', open({ k: text }, { if: { required: ['k'] }, else: open({ s: password }) }), { s: 'hush' }],
    ['then of a field', closed({ f: open({}, { if: {}, then: open({ s: password }) }) }), { f: { s: 'hush' } }],
    ['patternProperties', closed({}, { patternProperties: { '^s': password } }), { s: 'hush' }],
    [
      'patternProperties beside the same key',
      closed({ s: text }, { patternProperties: { '^s': password } }),
      { s: 'hush' },
    ],
    ['additionalProperties', open({}, { additionalProperties: password }), { s: 'hush' }],
    ['contains', closed({ l: { type: 'array', contains: password } }), { l: ['hush'] }],
    ['items', closed({ l: { type: 'array', items: password } }), { l: ['hush'] }],
    ['items as a list', closed({ l: { type: 'array', items: [text, password] } }), { l: ['x', 'hush'] }],
    [
      'additionalItems',
      closed({ l: { type: 'array', items: [text], additionalItems: password } }),
      { l: ['x', 'hush'] },
    ],
    ['prefixItems', closed({ l: { type: 'array', prefixItems: [text, password] } }), { l: ['x', 'hush'] }],
    [
      'items after prefixItems',
      closed({ l: { type: 'array', prefixItems: [text], items: password } }),
      { l: ['x', 'hush'] },
    ],
    [
      'unevaluatedItems',
      closed({ l: { type: 'array', prefixItems: [text], unevaluatedItems: password } }),
      { l: ['x', 'hush'] },
    ],
    ['unevaluatedProperties', open({ k: text }, { unevaluatedProperties: password }), { s: 'hush' }],
    ['dependentSchemas', open({ k: text }, { dependentSchemas: { k: open({ s: password }) } }), { k: 'x', s: 'hush' }],
    [
      'dependencies',
      open({ k: text }, { dependencies: { k: open({ s: password }), s: ['k'] } }),
      { k: 'x', s: 'hush' },
    ],
    ['allOf', open({}, { allOf: [open({ s: password })] }), { s: 'hush' }],
    ['anyOf', open({}, { anyOf: [open({ s: text }), open({ s: password })] }), { s: 'hush' }],
    ['oneOf', open({}, { oneOf: [open({ s: text }), open({ s: password })] }), { s: 'hush' }],
    [
      'a map of another branch',
      open({}, { anyOf: [open({ s: text }), { additionalProperties: password }] }),
      { s: 'hush' },
    ],
    [
      'a branch of a branch',
      closed({ f: { anyOf: [{ allOf: [open({ s: password })] }, text] } }),
      { f: { s: 'hush' } },
    ],
  ])('%s', async (_, schema, config) => {
    const book = bookOf(schema)
    const made = (await create(book, config))._unsafeUnwrap()
    expect(JSON.stringify([made, await getService(book, 'a')])).not.toContain('hush')
    expect((await revealConnection(book, 'a'))._unsafeUnwrap()?.config).toEqual({ type: 'A', ...config })
  })

  test('and what a schema declares beside a map of secrets stays readable', async () => {
    const schema = open({ k: text }, { additionalProperties: password })
    expect(await stored(schema, { k: 'x', s: 'hush' })).toMatchObject({ k: 'x', s: '*********' })
  })
})

describe('S2 what is not walked is refused by name', () => {
  const bad: [Plain, string][] = [
    [closed({ s: { type: 'number', format: 'password' } }), 'not of type string, at /properties/s'],
    [closed({ s: { format: 'password' } }), 'not of type string'],
    [closed({ s: { type: ['string', 'number'], format: 'password' } }), 'not of type string'],
    [closed({ s: { oneOf: [password, { type: 'number' }] } }), 'lets be no text, at /properties/s/anyOf/1'],
    [open({}, { anyOf: [open({ s: password }), open({ s: { type: ['boolean'] } })] }), 'lets be no text'],
    [closed({ s: { enum: [1], format: 'password' } }), 'not of type string'],
    [closed({ s: { $ref: 'other.json' } }), '$ref that does not begin with #/: "other.json"'],
    [closed({ s: { $ref: '#/$defs/None' } }), '$ref to what is not there: #/$defs/None'],
    [closed({ s: { $ref: '#' } }), 'leads to itself'],
    [closed({ s: { $dynamicRef: '#s' } }), '$dynamicRef'],
    [closed({ s: { $id: 'x' } }), '$id'],
    [closed({ s: { contentSchema: open({ s: password }) } }), 'contentSchema'],
    [closed({ s: { not: password } }), 'a secret inside not'],
    [open({}, { if: open({ s: password }) }), 'a secret inside if'],
    [open({}, { propertyNames: password }), 'a secret inside propertyNames'],
    [open({}, { if: {}, then: open({ d: { default: 1 } }) }), 'a default inside then'],
    [open({}, { if: {}, else: open({ d: { default: 1 } }) }), 'a default inside else'],
    [open({}, { dependentSchemas: { d: open({ d: { default: 1 } }) } }), 'a default inside dependentSchemas'],
    [open({}, { unevaluatedProperties: open({ d: { default: 1 } }) }), 'a default inside unevaluatedProperties'],
    [closed({ d: { type: 'string', default: 1 } }), 'a default that does not fit, at /properties/d'],
    [closed({ d: { $ref: '#/$defs/D', default: 1 } }, { $defs: { D: text } }), 'a default that does not fit'],
    [closed({ d: closed({ e: text }, { default: { f: 1 } }) }), 'a default that does not fit'],
    [closed({ d: { anyOf: 'x' } }), 'anyOf, which is not what it must be'],
    [closed({ d: { items: [1] } }), 'no schema in items'],
    [closed({ d: 1 }), 'no schema in properties'],
    [closed({}, { patternProperties: { '(': text } }), 'no regular expression'],
    [
      closed({ d: closed({ e: { pattern: '*' } }) }),
      'a pattern that is no regular expression, at /properties/d/properties/e',
    ],
    [closed(JSON.parse('{"__proto__":{}}')), '__proto__'],
    [closed({ type: { const: 'B' } }), 'not its service type'],
  ]
  test.each(bad)('%j', (schema, message) => {
    expect(() => bookOf(schema)).toThrow(TypeError)
    expect(() => bookOf(schema)).toThrow(message)
  })

  test('schemas that hold each other are refused, and no message shows a default', () => {
    const $defs = { A: { $ref: '#/$defs/B' }, B: closed({ a: { $ref: '#/$defs/A' } }) }
    expect(() => bookOf(closed({ a: { $ref: '#/$defs/A' } }), $defs)).toThrow('leads to itself')
    const circle: Plain = { type: 'object' }
    circle.properties = { circle }
    expect(() => bookOf(circle)).toThrow('leads to itself')
    expect(() => bookOf(closed({ s: { ...password, default: { hush: 1 } } }))).toThrow(/^(?!.*hush)/)
  })
})

describe('§1 a connection is checked as its schema says', () => {
  test.each<[string, Plain, Plain, string[]]>([
    ['closed stays closed', closed({ k: text }), { x: 1 }, ['/x']],
    [
      'closed stays closed by $ref',
      closed({ f: { $ref: '#/$defs/F' } }, { $defs: { F: closed({}) } }),
      { f: { x: 1 } },
      ['/f/x'],
    ],
    ['if and then', open({ k: text }, { if: { required: ['k'] }, then: { required: ['l'] } }), { k: 'x' }, ['']],
    ['what unites at the top', open({ k: text }, { anyOf: [{ required: ['k'] }, { required: ['l'] }] }), {}, ['/k']],
    [
      'a pattern of keys at the top',
      closed({}, { patternProperties: { '^n': { type: 'number' } } }),
      { n: 'x' },
      ['/n'],
    ],
    ['propertyNames', open({}, { propertyNames: { pattern: '^(type|a)$' } }), { b: 1 }, ['']],
    ['contains', closed({ l: { type: 'array', contains: { const: 1 } } }), { l: [2] }, ['/l']],
    ['not', closed({ k: { not: { const: 1 } } }), { k: 1 }, ['/k']],
    ['the type it declares', closed({ type: { enum: ['A', 'B'] } }, { required: ['type'] }), { type: 'B' }, ['/type']],
  ])('%s', async (_, schema, config, paths) => {
    expect(await refused(schema, config)).toEqual(expect.arrayContaining(paths))
  })

  test('open stays open, a format is not checked, a type is filled in, and one branch is as good as several', async () => {
    const schema = open(
      {
        type: { enum: ['A'] },
        url: { type: 'string', format: 'uri' },
        f: { oneOf: [open({ x: text }), open({ y: text })] },
      },
      { required: ['type'] },
    )
    const config = { url: 'no uri', f: { x: 'a', y: 'b' }, other: { z: [1] } }
    expect(await stored(schema, config)).toEqual({ type: 'A', ...config })
  })
})

describe('§1 defaults are filled in at every depth', () => {
  const kind = (name: string, more: Plain) => closed({ kind: { enum: [name], default: name }, ...more })
  const union = closed({
    auth: {
      oneOf: [
        kind('basic', { user: text, retries: { type: 'number', default: 1 } }),
        kind('token', { token: text, user: text, retries: { type: 'number', default: 2 } }),
      ],
    },
  })
  test.each<[string, Plain, Plain, Plain]>([
    ['an open object', open({ f: open({ d: { default: 1 } }) }), { f: { x: 2 } }, { f: { d: 1, x: 2 } }],
    [
      'behind a $ref',
      closed({ d: { $ref: '#/$defs/D', default: true } }, { $defs: { D: { type: 'boolean' } } }),
      {},
      { d: true },
    ],
    ['a $ref’s own', closed({ d: { $ref: '#/$defs/D' } }, { $defs: { D: { default: 3 } } }), {}, { d: 3 }],
    ['inside a default', closed({ f: closed({ d: { default: 1 } }, { default: {} }) }), {}, { f: { d: 1 } }],
    ['elements', closed({ l: { type: 'array', items: open({ d: { default: 1 } }) } }), { l: [{}] }, { l: [{ d: 1 }] }],
    [
      'a map',
      closed({ m: { additionalProperties: open({ d: { default: 1 } }) } }),
      { m: { k: {} } },
      { m: { k: { d: 1 } } },
    ],
    ['allOf', open({}, { allOf: [open({ d: { default: 1 } }), open({ e: { default: 2 } })] }), {}, { d: 1, e: 2 }],
    ['a branch by its constant', union, { auth: { kind: 'token' } }, { auth: { kind: 'token', retries: 2 } }],
    [
      'by most keys',
      union,
      { auth: { token: 't', user: 'u' } },
      { auth: { kind: 'token', token: 't', user: 'u', retries: 2 } },
    ],
    ['by order', union, { auth: {} }, { auth: { kind: 'basic', retries: 1 } }],
  ])('%s', async (_, schema, config, whole) => {
    const config1 = await stored(schema, config)
    expect(config1).toEqual({ type: 'A', ...whole })
    expect(await stored(schema, config1)).toEqual(config1)
  })

  test('and what is filled in is frozen and nobody else’s', async () => {
    const given = { l: [1] }
    const schema = closed({ f: { type: 'object', default: given } })
    const config = (await stored(schema, {})) as unknown as { f: { l: number[] } }
    expect(Object.isFrozen(config.f.l)).toBe(true)
    expect(Object.isFrozen(given.l)).toBe(false)
  })
})
