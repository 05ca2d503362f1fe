import { bulkUpsert, createService, defineFamily, type Family, listServices, openBook, patchService } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, test } from 'vitest'
import { add, findings } from '../src/rules/findings.js'
import type { Request } from './arbitraries.js'
import { openTestBook } from './catalogue.js'

/* Work and answers stay within a small multiple of what came in (V11). */

const row = (fields: object) => ({ name: 'a', serviceType: 'Sklearn', ...fields }) as Request
const keys = (count: number, value: unknown = 1) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, value]))
const list = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at))

/** A book of a family with one service type, `A`. */
function bookOf(schema: object) {
  const family = { entityType: 'someService', collection: 'someServices', serviceTypes: { A: schema } }
  return openBook({ family: defineFamily(family as unknown as Family), store: memoryStore() })
}
const configured = (config: object) => ({ name: 'a', serviceType: 'A', connection: { config } }) as never

const textsIn = (error: unknown) => JSON.stringify(error).length

describe('§1 V11 of more than a hundred violations the first hundred, and how many more there are', () => {
  test('unknown keys, in what a request nests', async () => {
    const error = (await createService(openTestBook(), row({ tags: list(500, () => keys(500)) })))._unsafeUnwrapErr()
    // Each tag lacks its tagFQN, too.
    expect(error).toMatchObject({ code: 'BAD_REQUEST', more: 500 * 500 + 500 - 100 })
    expect(error).toMatchObject({ issues: list(100, (at) => ({ path: `/tags/0/k${at}` })) })
    expect(error.message).toMatch(new RegExp(`; and ${500 * 500 + 500 - 3} more$`))
  })

  test('what a schema says', async () => {
    const book = bookOf({ type: 'object', additionalProperties: { type: 'string' } })
    const error = (await createService(book, configured(keys(900))))._unsafeUnwrapErr()
    expect(error).toMatchObject({ more: 800, issues: list(100, (at) => ({ path: `/connection/config/k${at}` })) })
    const few = (await createService(book, configured(keys(100))))._unsafeUnwrapErr()
    expect(few).toMatchObject({ issues: { length: 100 } })
    expect(few).not.toHaveProperty('more')
  })

  test('operations of a patch, and options', async () => {
    const book = openTestBook()
    await createService(book, row({}))
    const operations = list(300, () => ({ op: 'none', path: '/a' })) as never
    const patched = (await patchService(book, 'a', operations))._unsafeUnwrapErr()
    expect(patched).toMatchObject({ issues: { length: 100 }, more: 200 })
    const listed = (await listServices(book, keys(130)))._unsafeUnwrapErr()
    expect(listed).toMatchObject({ issues: { length: 100 }, more: 30 })
  })

  test('a request that is too large says so first, however much is wrong with it', async () => {
    const book = openTestBook({ limits: { request: 10_000 } })
    const tags = list(900, () => ({ tagFQN: 'x'.repeat(1000), ...keys(20) }))
    const error = (await createService(book, row({ tags })))._unsafeUnwrapErr()
    const issues = [{ path: '', message: 'is larger than 10000 bytes' }, ...list(99, () => ({}))]
    expect(error).toMatchObject({ issues, more: 10 * 20 + 1 - 100 })
  })

  test('what is found beyond that is counted, and its path is not made', () => {
    for (const [message, told] of [
      ['x', 100],
      ['x'.repeat(40_000), 2],
    ] as const) {
      const found = findings()
      let made = 0
      for (let at = 0; at < 250; at++) add(found, message, () => `/${made++}`)
      expect([found.issues.length, found.more, made]).toEqual([told, 250 - told, told])
    }
  })

  test('a name that is good is told though others fill the list, and one that is not is not', async () => {
    const rows = [row({ name: 'good', ...keys(200) }), row({ name: 'b::', ...keys(200) })]
    const report = (await bulkUpsert(openTestBook(), rows))._unsafeUnwrap()
    expect(report.rows.map((one) => one.fqn)).toEqual(['good', undefined])
  })

  test('§6 a bulk tells ten thousand issues, and then the first of each row and how many more it has', async () => {
    const rows = list(120, (at) => row({ name: `n${at}`, ...keys(130) }))
    const report = (await bulkUpsert(openTestBook(), rows))._unsafeUnwrap()
    expect(report).toMatchObject({ failed: 120 })
    const told = report.rows.map((one) => ('error' in one ? one.error : undefined))
    expect(told.slice(0, 100)).toMatchObject(list(100, () => ({ issues: { length: 100 }, more: 30 })))
    expect(told.slice(100)).toMatchObject(list(20, () => ({ issues: [{ path: '/k0' }], more: 129 })))
  })
})

test('§1 V11 a request that is too large is read no further', async () => {
  let reads = 0
  const get = (of: object, key: string) => {
    reads++
    return Reflect.get(of, key)
  }
  const config = keys(900, new Proxy({ inner: 'x'.repeat(20_000) }, { get }))
  const error = (await createService(bookOf({ type: 'object' }), configured(config)))._unsafeUnwrapErr()
  expect(error).toMatchObject({ issues: [{ path: '', message: `is larger than ${8 * 2 ** 20} bytes` }] })
  // A request may be tried twice, in two ways.
  expect(reads).toBeLessThan(900)
})

describe('§1 V11 no answer is larger than a small multiple of what came in', () => {
  test('a long key is in the path of everything inside it', async () => {
    const long = 'k'.repeat(100_000)
    const book = openTestBook()
    const config = { [long]: keys(900, 1n) }
    const request = row({ serviceType: 'CustomMlModel', connection: { config: { connectionOptions: config } } })
    const refused = (await createService(book, request))._unsafeUnwrapErr()
    expect(refused).toMatchObject({ code: 'BAD_REQUEST', issues: { length: 1 }, more: expect.any(Number) })
    expect(textsIn(refused)).toBeLessThan(300_000)

    const nested = { type: 'object', additionalProperties: { type: 'string' } }
    const typed = bookOf({ type: 'object', additionalProperties: nested })
    const untyped = (await createService(typed, configured({ [long]: keys(900) })))._unsafeUnwrapErr()
    expect(untyped).toMatchObject({ issues: { length: 1 }, more: expect.any(Number) })
    expect(textsIn(untyped)).toBeLessThan(300_000)
  })
})

test('§1 V11 in a list of unions each element is told by the branch that fits it best', async () => {
  const branch = (type: string, field: string) => ({
    type: 'object',
    properties: { type: { const: type }, [field]: { type: 'string' } },
    required: ['type', field],
  })
  const book = bookOf({
    type: 'object',
    properties: { all: { type: 'array', items: { anyOf: [branch('a', 'x'), branch('b', 'y')] } } },
  })
  const all = list(40, (at) => (at % 2 === 0 ? { type: 'a', x: 1 } : { type: 'b' }))
  const error = (await createService(book, configured({ all })))._unsafeUnwrapErr()
  const expected = list(40, (at) => ({
    path: `/connection/config/all/${at}/${at % 2 === 0 ? 'x' : 'y'}`,
    message: at % 2 === 0 ? 'must be a string' : 'is required',
  }))
  expect(error).toMatchObject({ code: 'BAD_REQUEST', issues: expected })
})
