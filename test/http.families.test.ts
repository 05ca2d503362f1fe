import { createConfig, lintFromString } from '@redocly/openapi-core'
import { type Book, openBook } from 'servicebook'
import { allFamilies, mcpServices, metadataServices, mlmodelServices } from 'servicebook/families'
import { openApiDocument, serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { expect, test, vi } from 'vitest'
import { asking } from './edge.js'

/*
 * Books of all families under one handler, and their OpenAPI document.
 */

const booksOfAll = () => {
  const store = memoryStore()
  return allFamilies.map((family) => openBook({ family, store }) as Book)
}

test('§11 a service of the first type of every family is created, shown in its own shape, and found', async () => {
  const ask = asking(serviceHandler(booksOfAll()))
  for (const { collection, serviceTypes, without = [] } of allFamilies) {
    const [serviceType] = Object.keys(serviceTypes)
    const at = `/v1/services/${collection}`
    const made = await ask('POST', at, { name: 'a', serviceType, domain: 'Sales' })
    expect([made.status, made.body.serviceType], collection).toEqual([201, serviceType])
    const { body } = await ask('GET', `${at}/name/a?fields=*`)
    expect(Object.hasOwn(body, 'dataProducts'), collection).toBe(!without.includes('dataProducts'))
    expect([Object.hasOwn(body, 'style'), Object.hasOwn(body, 'domain')], collection).toEqual([false, false])
    expect(body.domains, collection).toEqual([expect.objectContaining({ fullyQualifiedName: 'Sales' })])
    expect((await ask('GET', at)).body.paging).toEqual({ total: 1 })
  }
})

test('§11 the document has all families under the names of the server, each operation once', () => {
  const { paths, components, tags } = openApiDocument(booksOfAll())
  const ids = Object.values(paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId))
  const entities = [
    ...['DatabaseService', 'DashboardService', 'MessagingService', 'PipelineService', 'MlModelService'],
    ...['StorageService', 'SearchService', 'MetadataService', 'ApiService', 'SecurityService', 'DriveService'],
    ...['LLMService', 'McpService'],
  ]
  for (const entity of entities) {
    expect(components.schemas).toHaveProperty(entity)
    expect(components.schemas).toHaveProperty(`Create${entity}`)
    const named = entity.replace('Api', 'API')
    for (const id of [`create${entity}`, `createOrUpdate${named}`, `get${named}ByID`, `get${named}ByFQN`])
      expect(ids).toContain(id)
  }
  expect(new Set(ids).size).toBe(ids.length)
  expect(tags.map(({ name }) => name)).toEqual([...allFamilies.map(({ collection }) => collection), 'System'])
})

test('§11 what no family of the server has is not in its shape', () => {
  const book = openBook({ family: metadataServices, store: memoryStore() }) as Book
  for (const shape of ['server', 'documented'] as const) {
    const { schemas } = openApiDocument(book, { shape }).components
    for (const name of Object.keys(schemas).filter((name) => /MetadataService\./.test(name))) {
      const { properties } = schemas[name] as { properties: object }
      expect(properties, name).not.toHaveProperty('dataProducts')
      const isShown = name.startsWith('Create') || shape === 'documented'
      expect(Object.hasOwn(properties, 'domain'), `${name}, ${shape}`).toBe(isShown)
    }
  }
})

test('the documents are made when they are asked for, and once', async () => {
  const [book] = booksOfAll() as [Book]
  const serviceTypes = vi.fn(() => book.family.serviceTypes)
  const family = Object.defineProperty({ ...book.family }, 'serviceTypes', { get: serviceTypes })
  const handler = serviceHandler({ ...book, family })
  const before = serviceTypes.mock.calls.length
  const get = async (path: string) => (await handler(new Request(`http://x${path}`))).text()
  const documents = [await get('/openapi.json'), await get('/swagger.json')]
  const after = serviceTypes.mock.calls.length
  expect(after - before).toBeGreaterThanOrEqual(2 * Object.keys(book.family.serviceTypes).length)
  expect([await get('/openapi.json'), await get('/swagger.json')]).toEqual(documents)
  expect(serviceTypes.mock.calls.length).toBe(after)
  expect(before).toBeLessThan(10)
})

/** Examples are checked by a validator a schema, which for all families would take longer than all else. */
test.each([
  ['all families', allFamilies, { 'no-invalid-media-type-examples': 'off' }],
  ['some, examples included', [mlmodelServices, metadataServices, mcpServices], {}],
] as const)('a linter of OpenAPI finds nothing in the document of %s', async (_, families, rules) => {
  const books = families.map((family) => openBook({ family, store: memoryStore() }) as Book)
  const source = JSON.stringify(openApiDocument(books, { publicUrl: 'https://catalogue.test/api' }))
  // The paths are the server's: one service's versions and another's name are told apart by what stands before.
  const config = await createConfig({ extends: ['recommended'], rules: { 'no-ambiguous-paths': 'off', ...rules } })
  const problems = await lintFromString({ source, config, absoluteRef: 'openapi.json' })
  const told = problems.map(({ ruleId, message, location }) => `${ruleId} ${message} ${location[0]?.pointer}`)
  expect([...new Set(told)].slice(0, 40)).toEqual([])
})

test('GET /v1/users/loggedInUser answers the principal; nobody is told from somebody where the policy wants one', async () => {
  const [book] = booksOfAll() as [Book]
  const id = '11111111-1111-4111-8111-11111111ABCD'
  const authenticate = ({ headers }: Request) => {
    const name = headers.get('x-by')
    if (name === 'wrong') return 'unauthenticated'
    return name === null ? undefined : { name, id, isAdmin: true, teams: [id] }
  }
  const policy = (by: object | undefined) => (by === undefined ? 'unauthenticated' : 'allow')
  const ask = asking(serviceHandler({ ...book, policy }, { authenticate, basePath: '/api' }))
  const me = '/api/v1/users/loggedInUser'
  const known = id.toLowerCase()
  expect((await ask('GET', me, undefined, { 'x-by': 'ada' })).body).toEqual({
    id: known,
    name: 'ada',
    fullyQualifiedName: 'ada',
    email: 'ada@servicebook.invalid',
    isBot: false,
    isAdmin: true,
    teams: [{ id: known, type: 'team' }],
    href: `http://catalogue.test/api/v1/users/${known}`,
  })
  expect((await ask('GET', me)).status).toBe(401)
  expect((await ask('GET', me, undefined, { 'x-by': 'wrong' })).status).toBe(401)
  const open = asking(serviceHandler(book))
  const anonymous = (await open('GET', '/v1/users/loggedInUser')).body
  expect(anonymous).toMatchObject({ name: 'anonymous', id: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  expect((await open('GET', '/v1/users/loggedInUser')).body).toEqual(anonymous)
})
