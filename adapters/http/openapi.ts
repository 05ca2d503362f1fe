import type { Book } from 'servicebook'
import { type HandlerOptions, settled } from './options.js'
import { entityOf, familySchemas, ref, type Schema, sharedSchemas } from './schemas.js'

/*
 * The OpenAPI description of the routes. Source: OpenAPI 3.1.
 */

/**
 * The OpenAPI 3.1 document of what `serviceHandler` serves with the same books and options, as it serves it at
 * `/openapi.json`. Plain JSON data, made anew by each call. Throws `TypeError` when an option is not what it must be, or the
 * names of two entity types would meet in it.
 *
 * @example
 * writeFileSync('openapi.json', JSON.stringify(openApiDocument(book, { basePath: '/api' })))
 *
 * Source: OpenMetadata's API reference; OpenAPI 3.1.
 */
export function openApiDocument(books: Book | readonly Book[], options: HandlerOptions = {}): OpenApiDocument {
  const all = [books].flat()
  const { basePath, publicUrl, shape, version } = settled(all, options)
  const system = operation('getSystemVersion', 'The version that is served', { 200: ok(ref('ServerVersion')) })
  const paths: OpenApiDocument['paths'] = {
    ...Object.assign({}, ...all.map(pathsOf)),
    '/v1/system/version': { get: system },
  }
  const operations = Object.values(paths).flatMap((item) => Object.values(item))
  distinct(operations.map((one) => [String(one.operationId), one]))
  return {
    openapi: '3.1.1',
    info: { title: 'Services', version, description: "OpenMetadata's API for services, served by servicebook." },
    servers: [{ url: publicUrl ?? (basePath || '/') }],
    paths,
    components: {
      schemas: distinct([
        ...all.flatMap((book) => Object.entries(familySchemas(book, shape === 'server'))),
        ...Object.entries(structuredClone(sharedSchemas)),
      ]),
      responses: { Error: { description: 'An error', content: json(ref('ErrorMessage')) } },
    },
  }
}

/** What has been named for all books; two of one name would be a mistake in the program. */
function distinct(named: readonly (readonly [string, Schema])[]): Readonly<Record<string, Schema>> {
  const byName = Object.fromEntries(named)
  if (Object.keys(byName).length === named.length) return byName
  throw new TypeError('books must have entity types that are told apart in the OpenAPI document')
}

/** An OpenAPI document, as far as anybody needs to know. */
export interface OpenApiDocument {
  readonly openapi: string
  readonly info: Schema
  readonly servers: readonly Schema[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Schema>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>>; readonly responses: Schema }
}

const json = (schema: Schema): Schema => ({ 'application/json': { schema } })
const ok = (schema: Schema, description = 'Done'): Schema => ({ description, content: json(schema) })
const service = (schema: Schema, ...names: readonly (keyof typeof headers)[]): Schema => {
  return { ...ok(schema), headers: Object.fromEntries(names.map((name) => [name, headers[name]])) }
}

const header = (description: string): Schema => ({ description, schema: { type: 'string' } })
const headers = {
  ETag: header('The state of the service, for If-Match'),
  Location: header('The URL of the new service'),
  'X-OpenMetadata-Change': header('What was done: entityCreated, entityUpdated, entityNoChange …'),
}

/** A parameter of an operation. */
const inPath = (name: string, schema: Schema): Schema => ({ name, in: 'path', required: true, schema })
const inQuery = (name: string, schema: Schema, description = ''): Schema => {
  return { name, in: 'query', schema, ...(description !== '' && { description }) }
}
const text = { type: 'string' }
const boolean = { type: 'boolean', default: false }
const id = inPath('id', { type: 'string', format: 'uuid' })
const fqn = inPath('fqn', { type: 'string', minLength: 1 })
const fields = inQuery('fields', text, 'owners, tags, domains, dataProducts, or *, separated by commas')
const include = inQuery('include', { enum: ['non-deleted', 'deleted', 'all'], default: 'non-deleted' })
const inHeader = (name: string, description: string): Schema => ({ name, in: 'header', schema: text, description })
const ifMatch = inHeader('If-Match', 'Entity tags, or *')
const ifNoneMatch = inHeader('If-None-Match', 'Entity tags, or *')
const conditions = [ifMatch, ifNoneMatch, inHeader('If-Unmodified-Since', 'An HTTP date')]

function operation(operationId: string, summary: string, responses: Schema, more: Schema = {}): Schema {
  return {
    operationId,
    summary,
    ...more,
    responses: { ...responses, default: { $ref: '#/components/responses/Error' } },
  }
}

/** What each route takes and answers, in the order of `routes.ts`. */
function pathsOf(book: Book): OpenApiDocument['paths'] {
  const entity = entityOf(book)
  const one = ref(entity)
  const body = (schema: Schema, type = 'application/json') => ({
    requestBody: { required: true, content: { [type]: { schema } } },
  })
  const create = body(ref(`Create${entity}`))
  const operations = { type: 'array', items: ref('PatchOperation') }
  const changed = { 200: service(one, 'ETag', 'X-OpenMetadata-Change') }
  const created = { 201: service(one, 'ETag', 'X-OpenMetadata-Change', 'Location') }

  const ofOne = (parameter: Schema, by: string) => ({
    get: operation(
      `get${entity}${by}`,
      'Get a service',
      { 200: service(one, 'ETag'), 304: { description: 'The tag is still that of the service' } },
      { parameters: [parameter, fields, include, ifNoneMatch] },
    ),
    patch: operation(`patch${entity}${by}`, 'Change a service by JSON Patch', changed, {
      parameters: [parameter, ...conditions],
      ...body(operations, 'application/json-patch+json'),
    }),
    delete: operation(`delete${entity}${by}`, 'Delete a service', changed, {
      parameters: [
        parameter,
        inQuery('hardDelete', boolean, 'Remove it with its history'),
        inQuery('recursive', boolean),
        ...conditions,
      ],
    }),
  })
  const paths = {
    '': {
      get: operation(
        `list${entity}s`,
        'List services by name',
        { 200: ok(ref(`${entity}List`)) },
        {
          parameters: [
            fields,
            include,
            inQuery('limit', { type: 'integer', minimum: 0, maximum: 1_000_000, default: 10 }),
            inQuery('before', text, 'A cursor of paging; not together with after'),
            inQuery('after', text, 'A cursor of paging'),
            inQuery('domain', text, 'Only services in this domain'),
            inQuery('serviceType', text, 'Only services of this type'),
            inQuery('owner', text, 'Only services with this owner, by id'),
            inQuery('tagFQN', text, 'Only services with this tag'),
          ],
        },
      ),
      post: operation(`create${entity}`, 'Create a service', created, create),
      put: operation(
        `createOrUpdate${entity}`,
        'Create or update a service',
        { ...changed, ...created },
        {
          parameters: conditions,
          ...create,
        },
      ),
    },
    '/bulk': {
      put: operation(
        `bulkCreateOrUpdate${entity}s`,
        'Create or update services',
        { 200: ok(ref('BulkOperationResult')) },
        {
          parameters: [inQuery('dryRun', boolean, 'Answer the same and write nothing')],
          ...body({ type: 'array', items: ref(`Create${entity}`) }),
        },
      ),
    },
    '/restore': {
      put: operation(`restore${entity}`, 'Restore a soft-deleted service', changed, {
        parameters: conditions,
        ...body(ref('RestoreEntity')),
      }),
    },
    '/name/{fqn}': ofOne(fqn, 'ByFQN'),
    '/{id}': ofOne(id, 'ByID'),
    '/{id}/versions': {
      get: operation(
        `list${entity}Versions`,
        'List the versions of a service',
        { 200: ok(ref('EntityHistory')) },
        { parameters: [id] },
      ),
    },
    '/{id}/versions/{version}': {
      get: operation(
        `get${entity}Version`,
        'Get a version of a service',
        { 200: ok(one) },
        {
          parameters: [id, inPath('version', { type: 'string', pattern: '^\\d+(\\.\\d)?$' })],
        },
      ),
    },
  }
  return Object.fromEntries(
    Object.entries(paths).map(([below, item]) => [`/v1/services/${book.family.collection}${below}`, item]),
  )
}
