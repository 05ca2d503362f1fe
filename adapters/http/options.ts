import type { Awaitable, Book, Principal } from 'servicebook'
import type { Describe } from './references.js'

/** What `serviceHandler` takes besides the books. */
export interface HandlerOptions {
  /**
   * Who sends a request; `'unauthenticated'` ends it with 401, for example when a token is wrong. Without a principal the
   * policy of the book decides. It must not read the body. Default: nobody is known.
   */
  readonly authenticate?: (request: Request) => Awaitable<Principal | undefined | 'unauthenticated'>
  /** What stands before `/v1` in the paths of requests, for example `/api`. Default: nothing. */
  readonly basePath?: string
  /**
   * What stands before `/v1` in `href` and `Location`, for hosts behind a proxy or mounted below a path, for example
   * `https://catalogue.example/api`. Default: the origin of the request and `basePath`.
   */
  readonly publicUrl?: string
  /**
   * `'server'` shows what the server's own closed schemas have, family by family, and nothing else: its clients refuse what
   * they do not know, some of them after their write went in. `'documented'` shows `domain` beside `domains`, and tells more
   * of rows that failed. Default `'server'`.
   */
  readonly shape?: 'documented' | 'server'
  /** What is known of the users, teams, domains and data products that services refer to, to show it with them. */
  readonly describe?: Describe
  /**
   * The version that `/v1/system/version` tells. OpenMetadata's clients compare its first two numbers with their own and
   * refuse others; it belongs to the families, whose defaults are of that release. Default `2.0.7`.
   */
  readonly version?: string
  /** Bytes of a body at most. Default 8 MiB. */
  readonly bodyLimit?: number
  /** Bytes of the body of a bulk at most. Default 64 MiB. */
  readonly bulkLimit?: number
  /** Rows of a bulk at most. Default 100,000. */
  readonly bulkRows?: number
  /** Told of what a client is not: why an answer is 500 or 503. Default: a warning of the process. */
  readonly onError?: (error: unknown, request: Request) => void
}

/** The release of OpenMetadata that the families are of. */
export const VERSION = '2.0.7'

export type Settled = ReturnType<typeof settled>

/** The options with their defaults. Throws `TypeError` when one is not what it must be. */
export function settled(books: readonly Book[], options: HandlerOptions) {
  optionsChecked(books, options)
  const { basePath = '', publicUrl, shape = 'server', version = VERSION, authenticate, describe } = options
  const { bodyLimit = 8 * 2 ** 20, bulkLimit = 64 * 2 ** 20, bulkRows = 100_000, onError = warn } = options
  if (books.length === 0) throw new TypeError('books must have a book')
  if (new Set(books.map(({ family }) => family.collection)).size < books.length)
    throw new TypeError('books must have a collection each')
  if (!/^(\/[^/]+)*$/.test(basePath)) throw new TypeError('basePath must begin with / and not end with it')
  if (publicUrl !== undefined && (!URL.canParse(publicUrl) || publicUrl.endsWith('/')))
    throw new TypeError('publicUrl must be a URL that does not end with /')
  if (!['documented', 'server'].includes(shape)) throw new TypeError('shape must be documented or server')
  for (const [name, limit] of Object.entries({ bodyLimit, bulkLimit, bulkRows })) {
    if (!Number.isInteger(limit) || limit < 1) throw new TypeError(`${name} must be a positive integer`)
  }
  return { basePath, publicUrl, shape, version, authenticate, describe, bodyLimit, bulkLimit, bulkRows, onError }
}

const FUNCTIONS = ['authenticate', 'describe', 'onError'] as const
const TEXTS = ['basePath', 'publicUrl', 'shape', 'version'] as const
const LIMITS = ['bodyLimit', 'bulkLimit', 'bulkRows'] as const
const OPTIONS: readonly string[] = [...FUNCTIONS, ...TEXTS, ...LIMITS]

/** A mistake in the program is said at once and by name, not by the first request that stumbles over it. */
function optionsChecked(books: readonly unknown[], options: unknown): void {
  for (const book of books) {
    const { family, validate } = (book ?? {}) as Partial<Book>
    if (typeof family?.collection !== 'string' || typeof validate !== 'function')
      throw new TypeError('books must be books from openBook: serviceHandler(book, options)')
  }
  if (!isObject(options)) throw new TypeError('options must be an object: serviceHandler(book, { basePath })')
  for (const key of Object.keys(options)) {
    if (!OPTIONS.includes(key))
      throw new TypeError(`${key} is no option of serviceHandler: it takes ${OPTIONS.join(', ')}`)
  }
  for (const key of FUNCTIONS) {
    if (options[key] !== undefined && typeof options[key] !== 'function')
      throw new TypeError(`${key} must be a function`)
  }
  for (const key of TEXTS) {
    if (options[key] !== undefined && typeof options[key] !== 'string') throw new TypeError(`${key} must be a text`)
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** Where there is no process to warn there is a console. */
function warn(error: unknown): void {
  const { message = 'no reason given' } = (error ?? {}) as { message?: string }
  const warning = `A request to servicebook failed: ${message}`
  if (typeof process === 'object' && typeof process.emitWarning === 'function') process.emitWarning(warning)
  else console.warn(warning)
}
