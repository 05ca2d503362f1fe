import type { Book } from 'servicebook'
import { sharedSchemas } from './components.js'
import { distinct, failed, json, ok, operation, tagOf } from './described.js'
import { pathsOf } from './operations.js'
import { type HandlerOptions, settled } from './options.js'
import { entityOf, familySchemas, ref, type Schema, testResult } from './schemas.js'
import { operationNamed } from './spelled.js'

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
  return documented([books].flat(), options)()
}

/** The document for when it is asked for: what would make none is said at once, and what takes long is done then. */
export function documented(books: readonly Book[], options: HandlerOptions): () => OpenApiDocument {
  const { basePath, publicUrl, shape, version } = settled(books, options)
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
    paths: structuredClone({ ...Object.assign({}, ...books.map(pathsOf)), ...forEverybody() }),
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).map(([name, make]) => [name, make()])),
      responses: { Error: { description: 'An error', content: json(ref('ErrorMessage'), failed) } },
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

/**
 * The operations of all books by name. Only the entity makes those of two books differ: the routes are described once, with
 * a mark in its place.
 */
function operationIdsOf(books: readonly Book[]): readonly string[] {
  const { family } = books[0] as Book
  const marked = { family: { ...family, entityType: MARK } } as Book
  const ids = (paths: OpenApiDocument['paths']) =>
    Object.values(paths).flatMap((item) => Object.values(item).map(({ operationId }) => String(operationId)))
  const own = ids(pathsOf(marked))
  return [
    ...books.flatMap((book) => own.map((id) => operationNamed(id.replace(MARK, () => entityOf(book))))),
    ...ids(forEverybody()),
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
  readonly paths: Readonly<Record<string, Readonly<Record<string, Schema>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>
    readonly responses: Schema
    readonly securitySchemes: Schema
  }
}

const SYSTEM = { name: 'System', description: 'The server, and who asks it.' }

/** What is there beside the services. */
function forEverybody(): OpenApiDocument['paths'] {
  const version = { version: '2.0.7', revision: 'servicebook', timestamp: 1_700_000_000_000 }
  return {
    '/v1/system/version': {
      get: operation(
        'getCatalogVersion',
        'System',
        'Get the version that is served',
        'The version of OpenMetadata that the answers have the shape of, which its clients compare with their own.',
        { 200: ok(ref('ServerVersion'), version) },
      ),
    },
    '/v1/users/loggedInUser': {
      get: operation('getCurrentLoggedInUser', 'System', 'Get who asks', 'The principal of the request, as a user.', {
        200: ok(ref('User'), {
          id: '11111111-1111-4111-8111-111111111111',
          name: 'ada',
          fullyQualifiedName: 'ada',
          email: 'ada@servicebook.invalid',
          isBot: false,
          isAdmin: false,
        }),
      }),
    },
  }
}
