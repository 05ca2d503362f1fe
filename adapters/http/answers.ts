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
  /** What a read may be compared by. */
  readonly state?: State
}

/** What makes an answer comparable. */
export interface State {
  readonly etag: string
  readonly updatedAt: number
  /** Whether the tag covers all that the answer shows; else it is never a 304. */
  readonly covers: boolean
}

type VerbError =
  | BulkUpsertError
  | CreateServiceError
  | GetServiceError
  | ListServicesError
  | PatchServiceError
  | UpsertServiceError

/** The status of each error of a verb. */
const statuses = {
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

const codes = { ...statuses, ...problems }
type ErrorType = keyof typeof codes

/** OpenMetadata's body of an error, and every violation where there are some. */
export interface ErrorMessage {
  readonly code: number
  readonly errorType: ErrorType
  readonly message: string
  readonly issues?: readonly Issue[]
  /** How many more there are than these. */
  readonly more?: number
}

type Located = (path: string) => string

/**
 * What a client is told of an error of a verb: nothing that is the host's business alone. `located` says where in the body
 * the path of an issue leads.
 */
export function messageOf(error: VerbError | BulkRowError, located: Located = (path) => path): ErrorMessage {
  const { code: errorType } = error
  const code = statuses[errorType]
  switch (errorType) {
    case 'BAD_REQUEST': {
      const issues = error.issues.map(({ path, message }) => ({ path: located(path), message }))
      const shown = issues
        .slice(0, 3)
        .map(({ path, message }) => `${path === '' ? 'The body' : brief(path)} ${brief(message)}`)
      const { more = 0 } = error
      const unshown = issues.length - shown.length + more
      if (unshown > 0) shown.push(`and ${unshown} more`)
      return { code, errorType, message: shown.join('; '), issues, ...(more > 0 && { more }) }
    }
    case 'UNAUTHORIZED':
      return { code, errorType, message: 'Authentication is required' }
    case 'STORE_FAILED': {
      const outcome = error.applied === false ? 'nothing was written' : 'it is unknown whether it was written'
      return { code, errorType, message: `The server failed during ${error.during}; ${outcome}` }
    }
    default:
      return { code, errorType, message: error.message }
  }
}

const brief = (text: string) => (text.length > 1000 ? `${text.slice(0, 1000)}…` : text)

export function refusal(error: VerbError | BulkRowError, located?: Located): Answer {
  const body = messageOf(error, located)
  if (error.code === 'CONTENDED') return { status: body.code, body, headers: AGAIN }
  if (error.code === 'STORE_FAILED')
    return { status: body.code, body, failure: error, ...(error.applied === false && { headers: AGAIN }) }
  return { status: body.code, body }
}

/** Where nothing was written the same request may be sent again; a write whose outcome is unknown may not, if it is a POST. */
const AGAIN = { 'Retry-After': '1' }

/** The error of a request that comes to no verb. */
export const invalid = (issues: readonly Issue[]) => ({ code: 'BAD_REQUEST', message: '', issues }) as const

export const badRequest = (issues: readonly Issue[]) => refusal(invalid(issues))

/** What a verb says of what is not there, where no verb is asked. */
export function notThere(entityType: string, entity: string): Answer {
  const message = `${entityType} instance for ${entity} not found`
  return refusal({ code: 'ENTITY_NOT_FOUND', message, entityType, entity })
}

/** What never comes to a verb. */
export function problem(errorType: ErrorType, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const code = codes[errorType]
  const body: ErrorMessage = { code, errorType, message }
  return { status: code, body, headers }
}

/** The header that says what a write did. */
export const CHANGE = 'X-OpenMetadata-Change'

/** The scheme that the server names. */
const CHALLENGE = { 'WWW-Authenticate': 'om-auth' }

export function responseOf({ status, body, headers }: Answer, method: string): Response {
  const all: Record<string, string> = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }
  if (body !== undefined) all['Content-Type'] = 'application/json'
  if (status === 401) Object.assign(all, CHALLENGE)
  Object.assign(all, headers)
  const text = body === undefined || method === 'HEAD' ? null : JSON.stringify(body)
  return new Response(text, { status, headers: all })
}
