import type { Book } from 'servicebook'
import { examplesOf, ID } from './examples.js'
import { entityOf } from './names.js'
import { body, ok, operationsOf, withHeaders } from './operation.js'
import {
  after,
  before,
  boolean,
  conditions,
  fields,
  include,
  inQuery,
  limited,
  moment,
  overrides,
} from './parameters.js'
import { type Paths, ref, text } from './schema.js'

/*
 * The routes of a collection as a whole, in the order of `routes.ts`. Names of operations are those of OpenMetadata's
 * resources, where they have one. Source: OpenAPI 3.1.
 */

/** What each route takes and answers, by its path below the collection. */
export function collectionPaths(book: Book): Paths {
  const entity = entityOf(book)
  const of = operationsOf(book)
  const example = examplesOf(book)
  const service = () => ok(ref(entity), example.service)
  const page = () => ok(ref(`${entity}List`), { data: [example.service], paging: { total: 1 } })
  const create = body(ref(`Create${entity}`), example.request)
  const changed = { 200: withHeaders(service(), 'ETag', 'X-OpenMetadata-Change') }
  const created = { 201: withHeaders(service(), 'ETag', 'X-OpenMetadata-Change', 'Location') }
  return {
    '': {
      get: of(
        `list${entity}s`,
        'List services',
        'By name, a page at a time.',
        { 200: page() },
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
        { 200: page() },
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
  }
}
