import type { Book } from 'servicebook'
import { type HandlerOptions, type Settled, settled } from '../options.js'
import { collectionPaths } from './collection.js'
import { sharedSchemas } from './components.js'
import { familySchemas, testResult } from './family.js'
import { entityOf, operationNamed } from './names.js'
import { json } from './operation.js'
import { type Paths, ref, type Schema } from './schema.js'
import { servicePaths } from './service.js'
import { SYSTEM, systemPaths } from './system.js'

/*
 * The OpenAPI description of the routes. Source: OpenAPI 3.1.
 */

/**
 * The OpenAPI 3.1 document of what `serviceHandler` serves with the same books and options, as it serves it at
 * `/openapi.json`, under the names that OpenMetadata's own document has: `MlModelService`, `createOrUpdateMlModelService`.
 * At `/swagger.json` it serves the same as OpenAPI 3.0 with one schema a family, as the server's own is. Plain JSON data,
 * made anew by each call. Throws `TypeError` when an option is not what it must be, or the names of two entity types would
 * meet in it.
 *
 * @example
 * writeFileSync('openapi.json', JSON.stringify(openApiDocument(book, { basePath: '/api' })))
 *
 * Source: OpenMetadata's API reference; OpenAPI 3.1.
 */
export function openApiDocument(books: Book | readonly Book[], options: HandlerOptions = {}): OpenApiDocument {
  const all = [books].flat()
  return documented(all, settled(all, options))()
}

/** The document for when it is asked for: what would make none is said at once, and what takes long is done then. */
export function documented(books: readonly Book[], options: Settled): () => OpenApiDocument {
  const { basePath, publicUrl, shape, version } = options
  distinct(operationIdsOf(books).map((id) => [id, id]))
  const schemas = distinct([
    ...books.flatMap((book) => Object.entries(familySchemas(book, shape === 'server'))),
    ['TestConnectionResult', () => testResult(books[0] as Book)] as const,
    ...Object.entries(sharedSchemas).map(([name, schema]) => [name, () => structuredClone(schema)] as const),
  ])
  return () => ({
    openapi: '3.1.1',
    info: {
      title: 'Services',
      version,
      description: "OpenMetadata's API for services, served by servicebook.",
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: publicUrl ?? (basePath || '/') }],
    tags: [...books.map(tagOf), SYSTEM],
    // Whether a request needs a principal is the host's policy to say.
    security: [{ bearer: [] }, {}],
    paths: structuredClone({ ...Object.assign({}, ...books.map(pathsOf)), ...systemPaths() }),
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).map(([name, make]) => [name, make()])),
      responses: { Error: { description: 'An error', content: json(ref('ErrorMessage'), FAILED) } },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token of a user or a bot; its form is the host’s.',
        },
      },
    },
  })
}

const FAILED = { code: 404, errorType: 'ENTITY_NOT_FOUND', message: 'service instance for a not found' }

function pathsOf(book: Book): Paths {
  const below = { ...collectionPaths(book), ...servicePaths(book) }
  const { collection } = book.family
  return Object.fromEntries(Object.entries(below).map(([path, item]) => [`/v1/services/${collection}${path}`, item]))
}

/** The tag of what a book serves. */
function tagOf(book: Book): Schema {
  const { collection, serviceTypes } = book.family
  const types = Object.keys(serviceTypes)
  const some = types.length > 5 ? `${types.slice(0, 5).join(', ')} and ${types.length - 5} more` : types.join(', ')
  return { name: collection, description: `Services of one family: ${some}.` }
}

/** What has been named for all books; two of one name would be a mistake in the program. */
function distinct<T>(named: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  const byName = Object.fromEntries(named)
  if (Object.keys(byName).length === named.length) return byName
  throw new TypeError('books must have entity types that are told apart in the OpenAPI document')
}

/**
 * The operations of all books by name. Only the entity makes those of two books differ: the routes are described once, with
 * a mark in its place.
 */
function operationIdsOf(books: readonly Book[]): readonly string[] {
  const { family } = books[0] as Book
  const marked = { family: { ...family, entityType: MARK } } as Book
  const ids = (paths: Paths) =>
    Object.values(paths).flatMap((item) => Object.values(item).map(({ operationId }) => String(operationId)))
  const own = ids(pathsOf(marked))
  return [
    ...books.flatMap((book) => own.map((id) => operationNamed(id.replace(MARK, () => entityOf(book))))),
    ...ids(systemPaths()),
  ]
}

const MARK = '*'

/** An OpenAPI document, as far as anybody needs to know. */
export interface OpenApiDocument {
  readonly openapi: string
  readonly info: Schema
  readonly servers: readonly Schema[]
  readonly tags: readonly Schema[]
  readonly security: readonly Schema[]
  readonly paths: Paths
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly responses: Schema
    readonly securitySchemes: Schema
  }
}
