import type { Book } from 'servicebook'
import { entityOf, ref, type Schema } from './schemas.js'

/*
 * The OpenAPI description of the routes of a collection, in the order of `routes.ts`. Names of operations are those of
 * OpenMetadata's resources, where they have one. Source: OpenAPI 3.1.
 */

type Paths = Readonly<Record<string, Readonly<Record<string, Schema>>>>

/** What has been named for all books; two of one name would be a mistake in the program. */
export function distinct<T>(named: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  const byName = Object.fromEntries(named)
  if (Object.keys(byName).length === named.length) return byName
  throw new TypeError('books must have entity types that are told apart in the OpenAPI document')
}

export const json = (schema: Schema, example?: unknown): Schema => ({
  'application/json': { schema, ...(example !== undefined && { example }) },
})
export const ok = (schema: Schema, example?: unknown, description = 'Done'): Schema => ({
  description,
  content: json(schema, example),
})

export const failed = { code: 404, errorType: 'ENTITY_NOT_FOUND', message: 'service instance for a not found' }

export function operation(
  operationId: string,
  tag: string,
  summary: string,
  description: string,
  responses: Schema,
  more: Schema = {},
): Schema {
  const error = { $ref: '#/components/responses/Error' }
  const all = { ...responses, '4XX': error, default: error }
  return { operationId, tags: [tag], summary, description, ...more, responses: all }
}

/** The tag of what a book serves. */
export function tagOf(book: Book): Schema {
  const { collection, serviceTypes } = book.family
  const types = Object.keys(serviceTypes)
  const some = types.length > 5 ? `${types.slice(0, 5).join(', ')} and ${types.length - 5} more` : types.join(', ')
  return { name: collection, description: `Services of one family: ${some}.` }
}

const header = (description: string): Schema => ({ description, schema: { type: 'string' } })
const headers = {
  ETag: header('The state of the service, for If-Match'),
  Location: header('The URL of the new service'),
  'X-OpenMetadata-Change': header('What was done: entityCreated, entityUpdated, entityNoChange …'),
}

/** A parameter of an operation. */
const inPath = (name: string, schema: Schema, description: string): Schema => {
  return { name, in: 'path', required: true, schema, description }
}
const inQuery = (name: string, schema: Schema, description: string): Schema => ({
  name,
  in: 'query',
  schema,
  description,
})
const text = { type: 'string' }
const boolean = { type: 'boolean', default: false }
const uuid = { type: 'string', format: 'uuid' }
const id = inPath('id', uuid, 'The id of the service')
const fqn = inPath('fqn', { type: 'string', minLength: 1 }, 'The fully qualified name of the service, or its name')
const fields = inQuery('fields', text, 'Properties of a service, or *, separated by commas')
const include = inQuery(
  'include',
  { enum: ['non-deleted', 'deleted', 'all'], default: 'non-deleted' },
  'Whether soft-deleted services count',
)
const inHeader = (name: string, description: string): Schema => ({ name, in: 'header', schema: text, description })
const ifMatch = inHeader('If-Match', 'Entity tags, or *')
const ifNoneMatch = inHeader('If-None-Match', 'Entity tags, or *')
const conditions = [ifMatch, ifNoneMatch, inHeader('If-Unmodified-Since', 'An HTTP date')]
const hardDelete = inQuery('hardDelete', boolean, 'Remove it with its history')
const recursive = inQuery('recursive', boolean, 'Taken and ignored: nothing here has children')
const before = inQuery('before', text, 'A cursor of paging; not together with after')
const after = inQuery('after', text, 'A cursor of paging')
const limited = (maximum: number) =>
  inQuery('limit', { type: 'integer', minimum: 0, maximum, default: 10 }, 'How many at most')

const ID = '11111111-1111-4111-8111-111111111111'

/** A service as it is shown, and the request that made it. */
function examplesOf({ family }: Book) {
  const [serviceType = ''] = Object.keys(family.serviceTypes)
  const request = { name: 'first', serviceType, description: 'What the first is for' }
  const service = {
    id: ID,
    ...request,
    fullyQualifiedName: 'first',
    version: 0.1,
    updatedAt: 1_700_000_000_000,
    updatedBy: 'ada',
    href: `https://catalogue.example/v1/services/${family.collection}/${ID}`,
    owners: [],
    tags: [],
    domains: [],
    deleted: false,
  }
  return { request, service }
}

/** What each route takes and answers, in the order of `routes.ts`. */
export function pathsOf(book: Book): Paths {
  const entity = entityOf(book)
  const { collection } = book.family
  const one = ref(entity)
  const example = examplesOf(book)
  const service = (...names: readonly (keyof typeof headers)[]): Schema => {
    return { ...ok(one, example.service), headers: Object.fromEntries(names.map((name) => [name, headers[name]])) }
  }
  const body = (schema: Schema, example: unknown, type = 'application/json') => ({
    requestBody: { required: true, content: { [type]: { schema, example } } },
  })
  const of = (operationId: string, summary: string, description: string, responses: Schema, more?: Schema) =>
    operation(operationId, collection, summary, description, responses, more)
  const create = body(ref(`Create${entity}`), example.request)
  const operations = { type: 'array', items: ref('PatchOperation') }
  const changed = { 200: service('ETag', 'X-OpenMetadata-Change') }
  const created = { 201: service('ETag', 'X-OpenMetadata-Change', 'Location') }

  const ofOne = (parameter: Schema, by: string, how: string) => ({
    get: of(
      `get${entity}${by}`,
      `Get a service by its ${how}`,
      'The current version. What is only shown when asked for is named by `fields`.',
      { 200: service('ETag'), 304: { description: 'The tag is still that of the service' } },
      { parameters: [parameter, fields, include, ifNoneMatch] },
    ),
    patch: of(
      `patch${entity}${by === 'ByID' ? '' : by}`,
      `Change a service by its ${how}`,
      'A JSON Patch (RFC 6902) of the service as it is shown.',
      changed,
      {
        parameters: [parameter, ...conditions],
        ...body(operations, [{ op: 'add', path: '/description', value: 'New' }], 'application/json-patch+json'),
      },
    ),
    delete: of(
      `delete${entity}${by === 'ByID' ? '' : by}`,
      `Delete a service by its ${how}`,
      'Soft by default: the service keeps its name and its history, and can be restored.',
      changed,
      { parameters: [parameter, hardDelete, recursive, ...conditions] },
    ),
  })
  const paths: Paths = {
    '': {
      get: of(
        `list${entity}s`,
        'List services',
        'By name, a page at a time.',
        { 200: ok(ref(`${entity}List`), { data: [example.service], paging: { total: 1 } }) },
        {
          parameters: [
            fields,
            include,
            limited(1_000_000),
            before,
            after,
            inQuery('domain', text, 'Only services in this domain'),
            inQuery('serviceType', text, 'Only services of this type'),
            inQuery('owner', text, 'Only services with this owner, by id'),
            inQuery('tagFQN', text, 'Only services with this tag'),
          ],
        },
      ),
      post: of(
        `create${entity}`,
        'Create a service',
        'Its name must be free, also of soft-deleted services.',
        created,
        create,
      ),
      put: of(
        `createOrUpdate${entity}`,
        'Create or update a service',
        'By its name. What is sent again as it was changes nothing.',
        { ...changed, ...created },
        { parameters: conditions, ...create },
      ),
    },
    '/bulk': {
      put: of(
        `bulkCreateOrUpdate${entity}s`,
        'Create or update services',
        'Each as by itself, one after the other; a row that fails does so alone.',
        { 200: ok(ref('BulkOperationResult')) },
        {
          parameters: [inQuery('dryRun', boolean, 'Answer the same and write nothing')],
          ...body({ type: 'array', items: ref(`Create${entity}`) }, [example.request]),
        },
      ),
    },
    '/restore': {
      put: of(`restore${entity}`, 'Restore a service', 'Brings back one that is soft-deleted.', changed, {
        parameters: conditions,
        ...body(ref('RestoreEntity'), { id: ID }),
      }),
    },
    '/name/{fqn}': ofOne(fqn, 'ByFQN', 'name'),
    '/{id}': ofOne(id, 'ByID', 'id'),
    '/{id}/versions': {
      get: of(
        `listAll${entity}Version`,
        'List the versions of a service',
        'Newest first, each as JSON text.',
        { 200: ok(ref('EntityHistory')) },
        { parameters: [id] },
      ),
    },
    '/{id}/versions/{version}': {
      get: of(
        `getSpecific${entity}Version`,
        'Get a version of a service',
        'As it was, its secrets masked.',
        { 200: ok(one, example.service) },
        { parameters: [id, inPath('version', { type: 'string', pattern: '^\\d+(\\.\\d)?$' }, 'For example 0.2')] },
      ),
    },
  }
  return Object.fromEntries(Object.entries(paths).map(([below, item]) => [`/v1/services/${collection}${below}`, item]))
}
