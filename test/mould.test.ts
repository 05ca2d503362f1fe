import fc from 'fast-check'
import { type Book, defineFamily, type Family, mlmodelServices, openBook } from 'servicebook'
import { allFamilies } from 'servicebook/families'
import { memoryStore } from 'servicebook/memory'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { checkOf } from '../src/rules/compiled.js'
import { walkOf } from '../src/rules/copy.js'
import { defaultLimits } from '../src/rules/limits.js'
import { anyName, badRequests, requests } from './arbitraries.js'
import { configs } from './families.generated.js'

/*
 * §1: a request is poured into a mould, and goes the long way where that takes nothing. Both say the same of every request.
 */

/** What has a prototype of its own is no plain data to a mould, and the long way does not mind. */
const theLongWay = (request: object) => Object.assign(Object.create({}), request) as object

function said(book: Book<Family>, request: unknown): string {
  const { completed: _, recheck, ...rest } = book.validate(request) as unknown as Record<string, unknown>
  return JSON.stringify({ ...rest, recheck: recheck !== undefined, size: undefined })
}

const odd = fc.constantFrom<unknown>(
  ...[null, undefined, 0, -0, 1.5, Number.NaN, true, '', 'a\0', '\ud800', 'é', '*********', 'http://a:b@c/d?token=e'],
  ...[
    [],
    [null],
    [1, 'a'],
    {},
    { a: 1 },
    { a: null },
    { __proto__: null, a: 'b' },
    { type: 'Mysql' },
    { a: { b: [{}] } },
  ],
  ...[new Date(0), () => 1, 1n, Symbol('a'), 'x'.repeat(300)],
)

/** A value with one of its parts replaced, taken away or added. */
function altered(value: unknown, at: readonly number[], by: unknown, how: number): unknown {
  if (typeof value !== 'object' || value === null || at.length === 0) return by
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>
  const keys = Object.keys(copy)
  const [first = 0, ...rest] = at
  const key = keys[first % Math.max(1, keys.length)]
  if (key === undefined || (rest.length === 0 && how === 0)) copy[Array.isArray(value) ? keys.length : 'unknown'] = by
  else if (rest.length === 0 && how === 1) delete copy[key]
  else copy[key] = altered(copy[key], rest, by, how)
  return copy
}

/** The same with its keys the other way round, at every depth: what of their order is kept both ways keep. */
function backwards(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(backwards)
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, backwards(inner)] as const)
      .reverse(),
  )
}

const isRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const alteration = fc.tuple(fc.array(fc.nat(9), { minLength: 1, maxLength: 5 }), odd, fc.nat(3))

describe.each(allFamilies.map((family) => ({ family, entityType: family.entityType })))('$entityType', ({ family }) => {
  const book = openBook({ family, store: memoryStore() })
  test.each(Object.keys(family.serviceTypes))(
    '§1 %s: both ways say the same, of what fits and of what does not',
    (serviceType) => {
      const { mould } = checkOf(family, serviceType, false)
      fc.assert(
        fc.property(
          configs(family.entityType, serviceType),
          fc.array(alteration, { maxLength: 3 }),
          (config, alterations) => {
            const name = 'a'
            const request = { tags: [{ tagFQN: 'a.b' }], name, connection: { config }, serviceType, description: 'd' }
            expect(mould?.pour(request, walkOf(defaultLimits))).toBeDefined()
            expect(said(book, request)).toBe(said(book, theLongWay(request)))
            const turned = backwards(request) as object
            expect(said(book, turned)).toBe(said(book, theLongWay(turned)))
            let other: unknown = request
            for (const [at, by, how] of alterations) other = altered(other, at, by, how)
            if (typeof other === 'object' && other !== null)
              expect(said(book, other)).toBe(said(book, theLongWay(other)))
          },
        ),
        { numRuns: 12 },
      )
    },
  )
})

test('§1 both ways say the same of any name, owner, tag and domain, and of requests that have broken catalogues', () => {
  const book = openBook({ family: mlmodelServices, store: memoryStore() }) as unknown as Book<Family>
  fc.assert(
    fc.property(
      fc.oneof(requests(anyName), badRequests),
      fc.array(alteration, { maxLength: 2 }),
      (request, alterations) => {
        let other: unknown = request
        for (const [at, by, how] of alterations) other = altered(other, at, by, how)
        if (isRecord(other)) expect(said(book, other)).toBe(said(book, theLongWay(other)))
      },
    ),
    { numRuns: 300 },
  )
})

test('§1 keys stay in the order of the caller where nothing is filled in', () => {
  const open = Type.Object({ a: Type.Optional(Type.String()), b: Type.Optional(Type.String()) })
  const family = defineFamily({
    ...{ entityType: 'toolService', collection: 'toolServices' },
    serviceTypes: { Tool: Type.Object({ open: Type.Optional(open) }, { additionalProperties: false }) },
  })
  const book = openBook({ family, store: memoryStore() }) as unknown as Book<Family>
  const request = { name: 'a', serviceType: 'Tool', connection: { config: { open: { c: '1', b: '2', a: '3' } } } }
  expect(said(book, request)).toContain('{"c":"1","b":"2","a":"3"}')
  expect(said(book, request)).toBe(said(book, theLongWay(request)))
})

const bookOf = (config: object) =>
  openBook({
    family: defineFamily({
      ...{ entityType: 'toolService', collection: 'toolServices' },
      serviceTypes: { Tool: { type: 'object', additionalProperties: false, ...config } as never },
    }),
    store: memoryStore(),
  }) as unknown as Book<Family>
const toolOf = (config: object) => ({ name: 'a', serviceType: 'Tool', connection: { config } })

test('§1 nor are they put in order in a map of objects', () => {
  const text = { type: 'string' }
  const of = { type: 'object', properties: { a: text, b: text }, additionalProperties: false }
  const book = bookOf({ properties: { map: { type: 'object', additionalProperties: of } } })
  const request = toolOf({ map: { one: { b: '2', a: '1' } } })
  expect(said(book, request)).toContain('{"b":"2","a":"1"}')
  expect(said(book, request)).toBe(said(book, theLongWay(request)))
})

test('§1 an object that has to have what it may not have fits nothing', () => {
  const book = bookOf({
    properties: { closed: { type: 'object', properties: {}, required: ['a'], additionalProperties: false } },
  })
  const request = toolOf({ closed: {} })
  expect(said(book, request)).toContain('"error"')
  expect(said(book, request)).toBe(said(book, theLongWay(request)))
})

test('§1 a default is filled in under a name that all objects have', () => {
  const book = bookOf({ properties: { constructor: { type: 'boolean', default: false } } })
  expect(said(book, toolOf({}))).toContain('"constructor":false')
  expect(said(book, theLongWay(toolOf({})))).toContain('"constructor":false')
})

test.each([
  ['lists', 'array', (inner: object) => ({ items: inner }), (inner: unknown) => Array(40).fill(inner)],
  [
    'maps',
    'object',
    (inner: object) => ({ additionalProperties: inner, properties: { own: { type: 'string', default: '' } } }),
    (inner: unknown) => Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`k${at}`, inner])),
  ],
])(
  '§1 %s that hold one and the same thing many times over are given up once they are too large',
  (_, type, schemaOf, holding) => {
    let config: object = { type: 'array', items: { type: 'integer' } }
    for (let level = 0; level < 3; level++) config = { type, ...schemaOf(config) }
    const family = bookOf({ properties: { deep: config } }).family
    const book = openBook({ family, store: memoryStore(), limits: { request: 10_000 } })
    let reads = 0
    let deep: unknown = new Proxy(Array(10).fill(1), {
      get(list, key) {
        reads++
        return Reflect.get(list, key)
      },
    })
    for (let level = 0; level < 3; level++) deep = holding(deep)
    expect(said(book, toolOf({ deep }))).toContain('is larger than 10000 bytes')
    expect(reads).toBeLessThan(20_000)
  },
)

test('§1 a book with limits of its own keeps them', () => {
  const request = { name: 'a', serviceType: 'Mlflow', connection: { config: { trackingUri: 'a', registryUri: 'b' } } }
  const messages = (limits: object) => {
    const valid = openBook({ family: mlmodelServices, store: memoryStore(), limits }).validate(request)
    return 'error' in valid ? valid.error.issues.map(({ path, message }) => `${path} ${message}`) : []
  }
  expect(messages({})).toEqual([])
  expect(messages({ depth: 2 })).toContain('/connection/config is nested deeper than 2 levels')
  expect(messages({ elements: 2 })).toContain(' has more than 2 keys')
  expect(messages({ request: 40 })).toContain(' is larger than 40 bytes')
})
