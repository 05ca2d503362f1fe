import type { Book } from 'servicebook'
import { nobody } from './admission.js'
import { type Answer, notThere, problem, responseOf } from './answers.js'
import type { Operation } from './call.js'
import { conditioned } from './conditions.js'
import { accepts } from './media.js'
import { documented } from './openapi/document.js'
import { swaggerOf } from './openapi/swagger.js'
import { type HandlerOptions, settled } from './options.js'
import { isId } from './path.js'
import { parametersOf } from './query.js'
import { type Method, routeOf } from './routes.js'
import { type Target, targetOf } from './target.js'
import { loggedInUser } from './users.js'

export { type OpenApiDocument, openApiDocument } from './openapi/document.js'
export type { HandlerOptions } from './options.js'
export type { Describe, Described, Description, EntityReference } from './references.js'

/** What serves HTTP with web-standard requests and responses. */
export type Handler = (request: Request) => Promise<Response>

/**
 * OpenMetadata's HTTP API for the services of one or several books, as a function from a `Request` to a `Response`, to be
 * mounted in whatever serves HTTP: `node:http`, Hono, Fastify, Express, Bun, Deno. Clients written for OpenMetadata talk to it
 * unchanged.
 *
 * - `/v1/services/{collection}` of each book, with `/bulk`, `/restore`, `/history`, `/async/{id}`, `/name/{fqn}`, `/{id}` and
 *   below it `/versions`, `/versions/{version}`, `/followers`, `/followers/{userId}` and `/testConnectionResult`;
 *   `/v1/system/version`; `/v1/users/loggedInUser`; `/openapi.json`, and `/swagger.json` in the form of the server's own.
 *   `HEAD` answers where `GET` does, `OPTIONS` everywhere.
 * - Errors have OpenMetadata's body, `{ code, errorType, message }`, and `issues` where a request breaks rules.
 * - `ETag` comes with every service. `If-Match`, `If-None-Match` and `If-Unmodified-Since` count on whatever changes one
 *   service (`If-None-Match: *` on `PUT` only creates), and with `If-Modified-Since` on reads, which are 304 only where the
 *   tag covers all that is shown. Dates have whole seconds and are compared with milliseconds: tags are exact.
 * - Bots see secrets in clear where the policy allows `ViewSecrets`, everybody else the mask; superseded versions have only masks.
 * - Whom the policy turns away without seeing a service is answered before a body is read: nobody at all, and those who may
 *   not create, of a `POST` above 64 KiB or of a length that is not told; so too of a `PATCH` by whoever may change
 *   nothing of its service.
 * - Versions beyond 64 Mi characters are left out, and `more` says so in the documented shape; of a bulk that fails, rows
 *   beyond 8 Mi characters are told by name. `/history` reads every service of its book for each page.
 * - A `Host` that is none is 400. A slash at the end of a path is taken. What the server takes and this does not (`offset` of
 *   a list, `includeRelations`) is 400; what nobody knows is ignored.
 * - `async=true` and `DELETE …/async/{id}` answer 202, when the work is done: a host may have no background.
 * - An owner named by name alone, and a domain or data product by id alone, are taken where `describe` tells the other; the
 *   type of an owner, where the directory knows it.
 * - Bodies are bounded, JSON in UTF-8, without repeated keys or numbers that would be rounded. There are no cookies and no CORS headers; both are the host's.
 *
 * | status | `errorType` |
 * |---|---|
 * | 400 | `BAD_REQUEST`: a body, a query, a path or a rule |
 * | 401, 403 | `UNAUTHORIZED`, `FORBIDDEN` |
 * | 404 | `ENTITY_NOT_FOUND`; `NOT_FOUND` where no route is |
 * | 405, 406, 415 | `METHOD_NOT_ALLOWED`, `NOT_ACCEPTABLE`, `UNSUPPORTED_MEDIA_TYPE`, with the header that says what is taken |
 * | 409 | `ENTITY_ALREADY_EXISTS` |
 * | 412 | `PRECONDITION_FAILED`: a condition of RFC 9110 §13, or a `test` of a patch |
 * | 413 | `BULK_LIMIT_EXCEPTION`: a body that is too large, a bulk with too many rows |
 * | 500 | `INTERNAL_ERROR`: `authenticate` or `describe` threw |
 * | 503 | `CONTENDED`, `STORE_FAILED`; with `Retry-After` where nothing was written; `onError` is told why |
 *
 * The answer is always a `Response`, never a rejection. Throws `TypeError` when an option is not what it must be.
 *
 * @example
 * const handler = serviceHandler(openBook({ family: mlmodelServices, store: memoryStore() }), { basePath: '/api' })
 * const response = await handler(new Request('http://localhost/api/v1/services/mlmodelServices'))
 * response.status // 200
 *
 * Source: OpenMetadata's API reference; RFC 9110; `semantics.md` §10.
 */
export function serviceHandler(books: Book | readonly Book[], options: HandlerOptions = {}): Handler {
  const all = [books].flat()
  const settings = settled(all, options)
  const { basePath, publicUrl, shape, version, authenticate, describe, onError } = settings
  const limits = { body: settings.bodyLimit, bulk: settings.bulkLimit, rows: settings.bulkRows }
  const collections = new Map(all.map((book) => [book.family.collection, book]))
  // What there is beside the services, for everybody.
  const served = { version, revision: 'servicebook', timestamp: Date.now() }
  const document = once(documented(all, settings))
  const pages = new Map<string, () => object>([
    ['/v1/system/version', () => served],
    ['/openapi.json', document],
    ['/swagger.json', once(() => swaggerOf(document(), all))],
  ])

  return async (request) => {
    const tell = (failure: unknown) => {
      try {
        if (failure !== undefined) onError(failure, request)
      } catch {
        // Nobody is left to tell.
      }
    }
    try {
      const answer = await answerTo(request)
      const response = responseOf(answer, request.method)
      tell(answer.failure)
      return response
    } catch (failure) {
      tell(failure)
      return responseOf(problem('INTERNAL_ERROR', 'The server failed'), request.method)
    }
  }

  async function answerTo(request: Request): Promise<Answer> {
    const { method } = request
    const target = targetOf(request)
    if (target === undefined) return problem('BAD_REQUEST', 'The host or the path of the request is none')
    const place = placeOf(request, target)
    if (place === undefined) return problem('NOT_FOUND', 'There is nothing at this path')
    const { methods } = place
    const allowed = { Allow: [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ') }
    if (method === 'OPTIONS') return { status: 204, headers: allowed }
    const taken = methods.find((one) => one === (method === 'HEAD' ? 'GET' : method))
    if (taken === undefined) return problem('METHOD_NOT_ALLOWED', 'The path does not take this method', allowed)
    if (!accepts(request.headers.get('Accept'))) return problem('NOT_ACCEPTABLE', 'Answers are application/json')
    const answer = await place.answer(taken)
    return taken === 'GET' ? conditioned(request, answer) : answer
  }

  function placeOf(request: Request, { origin, pathname, searchParams }: Target): Place | undefined {
    if (!pathname.startsWith(basePath)) return undefined
    // A slash at the end is taken, as on the server.
    const below = pathname.slice(basePath.length).replace(/\/$/, '')
    const root = publicUrl ?? origin + basePath
    const page = pages.get(below)
    if (page !== undefined) return { methods: ['GET'], answer: async () => ({ status: 200, body: page() }) }
    if (below === '/v1/users/loggedInUser')
      return {
        methods: ['GET'],
        async answer() {
          const by = await authenticate?.(request)
          if (by === 'unauthenticated') return problem('UNAUTHORIZED', 'The authentication is not valid')
          return loggedInUser(all[0] as Book, by, `${root}/v1/users`)
        },
      }
    const [, collection = '', rest = ''] = /^\/v1\/services\/([^/]+)(.*)$/s.exec(below) ?? []
    const book = collections.get(collection)
    const route = routeOf(rest)
    if (book === undefined || route === undefined) return undefined
    const { path, operations } = route
    const answer = async (method: Method): Promise<Answer> => {
      if (path === undefined) return problem('BAD_REQUEST', 'The path is not percent-encoded UTF-8')
      const by = await authenticate?.(request)
      if (by === 'unauthenticated') return problem('UNAUTHORIZED', 'The authentication is not valid')
      // What is no id is that of no service; whoever may see none is told that first.
      if (path.id !== undefined && !isId(path.id))
        return (await nobody(book, by)) ?? notThere(book.family.entityType, path.id.slice(0, 256))
      const wire = {
        family: book.family,
        collection: `${root}/v1/services/${collection}`,
        strict: shape === 'server',
        describe,
      }
      const parameters = parametersOf(searchParams)
      const call = { request, book, by, wire, parameters, path, limits }
      return (operations[method] as Operation)(call)
    }
    return { methods: Object.keys(operations) as Method[], answer }
  }
}

/** Makes what takes long when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Something at a path. */
interface Place {
  readonly methods: readonly Method[]
  answer(method: Method): Promise<Answer>
}
