import { Validator } from '@seriousme/openapi-schema-validator'
import { type Book, defineFamily, openBook } from 'servicebook'
import { serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { type TObject, Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { routes } from '../adapters/http/routes.js'
import { asking } from './edge.js'
import { booksOf, closed, documentOf, operationsOf, settings, validatorsOf } from './openapi.js'

/*
 * The OpenAPI document, held against OpenAPI and against the routes.
 */

/** All values under a key, at any depth. */
function under(key: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...under(key, inner)])
}
describe.each(settings)('the document of $name', (setting) => {
  const document = documentOf(booksOf(setting), setting.options)

  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator()
    expect(await validator.validate(structuredClone(document) as never)).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
  })

  test('is JSON, made anew by each call, and what /openapi.json answers', async () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document)
    const ask = asking(serviceHandler(booksOf(setting), setting.options))
    const { basePath = '' } = setting.options
    expect((await ask('GET', `${basePath}/openapi.json`)).body).toEqual(document)
    const again = documentOf(booksOf(setting), setting.options)
    expect(again.components.schemas).not.toBe(document.components.schemas)
    expect(again.components.schemas.Issue).not.toBe(document.components.schemas.Issue)
  })

  test('has every route and nothing more, each under an id of its own', () => {
    const served = setting.families.flatMap(({ collection }) =>
      Object.entries(routes).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method} /v1/services/${collection}${path}`),
      ),
    )
    const described = operationsOf(document).map(({ method, path }) => `${method} ${path}`)
    expect(new Set(described)).toEqual(new Set([...served, 'GET /v1/system/version', 'GET /v1/users/loggedInUser']))
    const ids = operationsOf(document).map(({ operation }) => operation.operationId)
    expect(ids).toEqual([...new Set(ids)])
  })

  test('refers to nothing that is not there, and has nothing that nobody refers to', () => {
    const at = (pointer: string) =>
      pointer
        .slice(2)
        .split('/')
        .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], document)
    const mapped = under('mapping', document).flatMap((mapping) => Object.values(mapping as object))
    const refs = [...under('$ref', document), ...mapped] as string[]
    for (const ref of refs) expect(at(ref), ref).toBeTypeOf('object')
    const names = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
    expect(names.filter((name) => !refs.includes(name))).toEqual([])
  })

  test('says of every part of a path what it is, and of nothing else', () => {
    for (const { path, operation } of operationsOf(document)) {
      const described = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
      expect(described.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? [])
    }
  })
})

const one = Type.Object({ one: Type.String() }, closed)
const other = Type.Object({ other: Type.Integer() }, closed)
const bookOf = (entityType: string, collection: string, serviceTypes: Record<string, TObject>) =>
  openBook({ family: defineFamily({ entityType, collection, serviceTypes }), store: memoryStore() }) as Book

test('service types that differ in a character that a name may not have are kept apart', () => {
  const book = bookOf('pipe', 'pipes', { 'a b': one, 'a/b': other })
  const document = documentOf(book)
  const path = '/v1/services/pipes'
  const takes = validatorsOf(document)('create', document.paths[path]?.post?.requestBody?.content)
  for (const [serviceType, schema] of Object.entries(book.family.serviceTypes)) {
    const request = (config: object) => ({ name: 'a', serviceType, connection: { config } })
    const taken = [request({ one: '1' }), request({ other: 1 })].map((body) => takes(body))
    expect([serviceType, taken]).toEqual([serviceType, [schema === one, schema === other]])
  }
})

test.each([
  ['one entity type in two collections', [bookOf('pipe', 'pipes', { A: one }), bookOf('pipe', 'old', { A: other })]],
  ['entity types that differ in case', [bookOf('pipe', 'pipes', { A: one }), bookOf('Pipe', 'others', { A: other })]],
  ['an entity type that is called like what all share', [bookOf('issue', 'issues', { A: one })]],
  [
    'entity types whose operations are called alike',
    [bookOf('pipe', 'pipes', { A: one }), bookOf('orUpdatePipe', 'others', { A: other })],
  ],
  [
    'an entity type that is called like a request of another',
    [bookOf('pipe', 'pipes', { A: one }), bookOf('createPipe', 'made', { A: other })],
  ],
])('%s would meet in the document: a TypeError', (_, books) => {
  expect(() => documentOf(books)).toThrow(TypeError)
  expect(() => serviceHandler(books)).toThrow(/told apart/)
})
