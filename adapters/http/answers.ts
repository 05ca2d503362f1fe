import type {
  BulkRowError,
  BulkUpsertError,
  CreateServiceError,
  GetServiceError,
  Issue,
  ListServicesError,
  PatchServiceError,
  UpsertServiceError,
} from 'servicebook'

/*
 * What goes back to a client. HTTP numbers live here alone. Source: OpenMetadata, "Errors"; RFC 9110; `semantics.md` §10.
 */

export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** What the host is told of, and the client is not. */
  readonly failure?: unknown
}

export type VerbError =
  | BulkUpsertError
  | CreateServiceError
  | GetServiceError
  | ListServicesError
  | PatchServiceError
  | UpsertServiceError

/** The status of each error of a verb. */
export const statuses = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  ENTITY_NOT_FOUND: 404,
  ENTITY_ALREADY_EXISTS: 409,
  PRECONDITION_FAILED: 412,
  CONTENDED: 503,
  STORE_FAILED: 503,
  ABORTED: 503,
} as const satisfies Record<VerbError['code'] | 'ABORTED', number>

/** The status and type of what never comes to a verb. */
const problems = {
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  BULK_LIMIT_EXCEPTION: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  INTERNAL_ERROR: 500,
} as const

export type ErrorType = keyof typeof statuses | keyof typeof problems

export function problem(
  errorType: ErrorType,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  issues?: readonly Issue[],
): Answer {
  const code = { ...statuses, ...problems }[errorType]
  const challenge = code === 401 ? { 'WWW-Authenticate': 'om-auth' } : {}
  const body = { code, errorType, message, ...(issues !== undefined && { issues }) }
  return { status: code, headers: { ...challenge, ...headers }, body }
}

export function badRequest(issues: readonly Issue[]): Answer {
  const shown = issues.slice(0, 3).map(({ path, message }) => `${path === '' ? 'The body' : path} ${message}`)
  if (issues.length > shown.length) shown.push(`and ${issues.length - shown.length} more`)
  return problem('BAD_REQUEST', shown.join('; '), {}, issues)
}

/**
 * The error of a verb, without what is the host's business alone. `domainAt` is where the body says the domain, which a
 * request has in one place.
 */
export function refusal(error: VerbError | BulkRowError, domainAt = '/domain'): Answer {
  switch (error.code) {
    case 'BAD_REQUEST':
      return badRequest(error.issues.map((issue) => (issue.path === '/domain' ? { ...issue, path: domainAt } : issue)))
    case 'UNAUTHORIZED':
      return problem(error.code, 'Authentication is required')
    case 'CONTENDED':
      return problem(error.code, error.message, { 'Retry-After': '1' })
    case 'STORE_FAILED': {
      const outcome = error.applied === false ? 'nothing was written' : 'it is unknown whether it was written'
      return { ...problem(error.code, `The server failed during ${error.during}; ${outcome}`), failure: error }
    }
    default:
      return problem(error.code, error.message)
  }
}

export function responseOf({ status, body, headers = {} }: Answer, method: string): Response {
  const fixed = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }
  if (body === undefined) return new Response(null, { status, headers: { ...fixed, ...headers } })
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const own = { ...fixed, 'Content-Type': 'application/json', ...headers }
  return new Response(method === 'HEAD' ? null : text, { status, headers: own })
}
