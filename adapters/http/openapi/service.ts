import type { Book } from 'servicebook'
import { VERSION_PATTERN } from '../path.js'
import { examplesOf, ID } from './examples.js'
import { entityOf } from './names.js'
import { body, ok, operationsOf, withHeaders } from './operation.js'
import {
  conditions,
  fields,
  fqn,
  hardDelete,
  id,
  ifNoneMatch,
  include,
  inPath,
  inQuery,
  recursive,
} from './parameters.js'
import { array, type Paths, ref, type Schema, text, uuid } from './schema.js'

/*
 * The routes of one service, in the order of `routes.ts`. Names of operations are those of OpenMetadata's resources, where
 * they have one. Source: OpenAPI 3.1.
 */

/** What each route takes and answers, by its path below the collection. */
export function servicePaths(book: Book): Paths {
  const entity = entityOf(book)
  const of = operationsOf(book)
  const example = examplesOf(book)
  const service = () => ok(ref(entity), example.service)
  const operations = array(ref('PatchOperation'))
  const changed = { 200: withHeaders(service(), 'ETag', 'X-OpenMetadata-Change') }
  const followed = withHeaders(ok(ref('ChangeEvent')), 'X-OpenMetadata-Change')
  const ofOne = (parameter: Schema, by: string, how: string) => ({
    get: of(
      `get${entity}${by}`,
      `Get a service by its ${how}`,
      'The current version. What is only shown when asked for is named by `fields`.',
      { 200: withHeaders(service(), 'ETag'), 304: { description: 'The tag is still that of the service' } },
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
  return {
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
        { 200: withHeaders(service(), 'X-OpenMetadata-Change') },
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
        { 200: service() },
        {
          parameters: [id, inPath('version', { type: 'string', pattern: VERSION_PATTERN }, 'For example 0.2')],
        },
      ),
    },
  }
}
