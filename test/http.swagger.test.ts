import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { type Book, openBook } from 'servicebook'
import { allFamilies } from 'servicebook/families'
import { serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, test } from 'vitest'
import { asking } from './edge.js'
import { booksOf, type Document, operationsOf, settings } from './openapi.js'

/*
 * The document at /swagger.json, as a generator of clients finds that of the server: of its Go SDK, in our own words.
 */

/** All objects at any depth. */
function objects(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return []
  const own = Array.isArray(value) ? [] : [value as Record<string, unknown>]
  return [...own, ...Object.values(value).flatMap(objects)]
}

const booksOfAll = () => {
  const store = memoryStore()
  return allFamilies.map((family) => openBook({ family, store, partialConnections: true }) as Book)
}

async function swagger(ask: ReturnType<typeof asking>, basePath = ''): Promise<Document> {
  const { status, body } = await ask('GET', `${basePath}/swagger.json`)
  expect(status).toBe(200)
  return body
}

describe.each(settings)('the swagger document of $name', (setting) => {
  const served = () => swagger(asking(serviceHandler(booksOf(setting), setting.options)), setting.options.basePath)

  test('is valid OpenAPI 3.0, with the operations of the other document', async () => {
    const document = await served()
    const validator = new Validator()
    expect(await validator.validate(structuredClone(document) as never)).toEqual({ valid: true })
    expect(validator.version).toBe('3.0')
    const ask = asking(serviceHandler(booksOf(setting), setting.options))
    const { body: other } = await ask('GET', `${setting.options.basePath ?? ''}/openapi.json`)
    const ids = (one: Document) => operationsOf(one).map(({ path, operation }) => [path, operation.operationId])
    expect(ids(document)).toEqual(ids(other))
  })

  test('says nothing that came with 3.1, and of every choice what kind it is', async () => {
    const document = await served()
    const { schemas } = document.components
    for (const one of [...objects(schemas), ...objects(document.paths)]) {
      if (Array.isArray(one.enum)) expect(one, JSON.stringify(one)).toHaveProperty('type')
      expect(Array.isArray(one.type), JSON.stringify(one)).toBe(false)
      if (Object.hasOwn(one, 'type')) expect(one.const, JSON.stringify(one)).toBeUndefined()
      expect(Object.hasOwn(one, 'patternProperties')).toBe(false)
    }
  })

  test('refers to nothing that is not there, and has nothing that nobody refers to', async () => {
    const document = await served()
    const refs = objects(document).flatMap(({ $ref }) => ($ref === undefined ? [] : [String($ref)]))
    const names = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
    const known = [...names, '#/components/responses/Error']
    expect([...new Set(refs)].sort()).toEqual(known.sort())
  })
})

describe('the swagger document of all families', () => {
  const ask = asking(serviceHandler(booksOfAll()))

  test('§11 has one schema for the services of a family, which fits what is sent and shown', async () => {
    const document = await swagger(ask)
    const ajv = formats.default(new Ajv({ strict: false, formats: { double: true, int32: true, int64: true } }), [
      'uuid',
      'uri',
    ])
    ajv.addSchema(document, 'd')
    for (const { path, method, operation } of operationsOf(document)) {
      if (method !== 'POST') continue
      const $ref = operation.requestBody?.content['application/json']?.schema.$ref as string
      const [takes, shown] = [$ref, $ref.replace('Create', '')].map((ref) => ajv.compile({ $ref: `d${ref}` }))
      const { properties } = document.components.schemas[$ref.split('/').at(-1) as string] as {
        properties: { serviceType: { enum: string[] } }
      }
      const family = allFamilies.find(({ collection }) => path.endsWith(`/${collection}`))
      expect(properties.serviceType.enum).toEqual(Object.keys(family?.serviceTypes ?? {}))
      for (const serviceType of properties.serviceType.enum.slice(0, 1)) {
        const request = { name: `a ${serviceType}`, serviceType, connection: { config: {} }, domains: ['Sales'] }
        expect([takes?.(request), takes?.({ ...request, unknown: 1 })], serviceType).toEqual([true, false])
        expect((await ask('POST', path, request)).status, serviceType).toBe(201)
        const { body } = await ask('GET', `${path}/name/${encodeURIComponent(request.name)}?fields=*`)
        expect(shown?.(body), JSON.stringify(shown?.errors)).toBe(true)
      }
    }
  })

  test('§11 names what the Go SDK generates its parameters from', async () => {
    const ids = operationsOf(await swagger(ask)).map(({ operation }) => operation.operationId)
    const listed = [
      ...['listAPIServices', 'listDashboardsService', 'listDatabaseServices', 'listDriveServices', 'listLLMServices'],
      ...['listMcpServices', 'listMessagingService', 'listMetadataServices', 'listMlModelService'],
      ...['listPipelineService', 'listSearchServices', 'listSecurityServices', 'listStorageServices'],
    ]
    const named = listed.map((id) => /^list(.*?)s?(Service)s?$/.exec(id)?.slice(1).join('') as string)
    for (const [at, entity] of named.entries()) {
      const by = ['APIService', 'SearchService', 'StorageService'].includes(entity) ? 'FQN' : 'Name'
      const own = [listed[at], `get${entity}ByID`, `get${entity}ByFQN`, `delete${entity}`, `delete${entity}By${by}`]
      expect(ids).toEqual(expect.arrayContaining([...own, `createOrUpdate${entity}`, `patch${entity}`]))
    }
    expect(ids).toContain('createApiService')
  })
})
