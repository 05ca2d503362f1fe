import type { Book } from 'servicebook'
import { examplesOf, ID, ok, operation, WHAT } from './described.js'
import {
  after,
  before,
  boolean,
  conditions,
  fields,
  fqn,
  hardDelete,
  headers,
  id,
  ifNoneMatch,
  include,
  inPath,
  inQuery,
  limited,
  moment,
  overrides,
  recursive,
  text,
  uuid,
} from './parameters.js'
import { VERSION_PATTERN } from './reads.js'
import { entityOf, ref, type Schema } from './schemas.js'
import { operationNamed } from './spelled.js'

/*
 * The OpenAPI description of the routes of a collection, in the order of `routes.ts`. Names of operations are those of
 * OpenMetadata's resources, where they have one. Source: OpenAPI 3.1.
 */

type Paths = Readonly<Record<string, Readonly<Record<string, Schema>>>>

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
    operation(operationNamed(operationId), collection, summary, description, responses, more)
  const create = body(ref(`Create${entity}`), example.request)
  const operations = { type: 'array', items: ref('PatchOperation') }
  const changed = { 200: service('ETag', 'X-OpenMetadata-Change') }
  const followed = { ...ok(ref('ChangeEvent')), headers: { [WHAT]: headers[WHAT] } }
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
      `delete${entity}${by === 'ByID' ? '' : 'ByName'}`,
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
        { parameters: [overrides, ...conditions], ...create },
      ),
    },
    '/bulk': {
      put: of(
        `bulkCreateOrUpdate${entity}s`,
        'Create or update services',
        'Each as by itself, one after the other; a row that fails does so alone.',
        { 200: ok(ref('BulkOperationResult')), 202: ok(ref('BulkOperationResult')) },
        {
          parameters: [
            inQuery('dryRun', boolean, 'Answer the same and write nothing'),
            overrides,
            inQuery('async', boolean, 'Answer 202, all the same when it is done'),
          ],
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
    '/history': {
      get: of(
        `list${entity}History`,
        'List versions by time',
        'Of all services, newest first.',
        { 200: ok(ref(`${entity}List`), { data: [example.service], paging: { total: 1 } }) },
        {
          parameters: [
            { ...inQuery('startTs', moment, 'The first moment that counts'), required: true },
            { ...inQuery('endTs', moment, 'The last moment that counts'), required: true },
            inQuery('limit', { type: 'integer', minimum: 1, maximum: 500, default: 10 }, 'How many at most'),
            before,
            after,
          ],
        },
      ),
    },
    '/async/{id}': {
      delete: of(
        `delete${entity}Async`,
        'Delete a service and answer 202',
        'The same as without `async`, answered as what is done later; it is done by then.',
        { 202: ok(ref('DeleteEntityResponse')) },
        { parameters: [id, hardDelete, recursive, ...conditions] },
      ),
    },
    '/name/{fqn}': ofOne(fqn, 'ByFQN', 'name'),
    '/{id}': ofOne(id, 'ByID', 'id'),
    '/{id}/followers': {
      put: of(
        `addFollowerTo${entity}`,
        'Add a follower',
        'A user follows the service; it is no new version.',
        { 200: followed },
        { parameters: [id, ...conditions], ...body(uuid, ID) },
      ),
    },
    '/{id}/followers/{userId}': {
      delete: of(
        `deleteFollowerOf${entity}`,
        'Remove a follower',
        'A user follows the service no more; it is no new version.',
        { 200: followed },
        { parameters: [id, inPath('userId', uuid, 'The id of the user'), ...conditions] },
      ),
    },
    '/{id}/testConnectionResult': {
      put: of(
        `addTestConnectionResultTo${entity}`,
        'Keep the result of a test of the connection',
        'In the place of the one before; it is no new version. Credentials in its texts are masked.',
        { 200: service('X-OpenMetadata-Change') },
        {
          parameters: [id, ...conditions],
          ...body(ref('TestConnectionResult'), {
            status: 'Successful',
            steps: [{ name: 'CheckAccess', passed: true }],
          }),
        },
      ),
    },
    '/{id}/versions': {
      get: of(
        `listAll${entity}Version`,
        'List the versions of a service',
        'Newest first, each as JSON text.',
        { 200: ok(ref('EntityHistory')) },
        {
          parameters: [
            id,
            inQuery('limit', { type: 'integer', minimum: 0, maximum: 1000, default: 0 }, 'How many at most; 0 is all'),
            inQuery('offset', { type: 'integer', minimum: 0, default: 0 }, 'How many of the newest to leave out'),
            inQuery('fieldChanged', text, 'Only versions that changed this field'),
          ],
        },
      ),
    },
    '/{id}/versions/{version}': {
      get: of(
        `getSpecific${entity}Version`,
        'Get a version of a service',
        'As it was, its secrets masked.',
        { 200: ok(one, example.service) },
        {
          parameters: [id, inPath('version', { type: 'string', pattern: VERSION_PATTERN }, 'For example 0.2')],
        },
      ),
    },
  }
  return Object.fromEntries(Object.entries(paths).map(([below, item]) => [`/v1/services/${collection}${below}`, item]))
}
