/**
 * Errors are plain read-only values told apart by `code`; the code is the contract, the message is for people.
 * HTTP numbers live at the HTTP edge alone. Source: OpenMetadata, "Create an ML Model Service"; `semantics.md` §10.
 */

import type { Operation } from '../model/principal.js'
import { reasonOf, saysNothingApplied } from './reason.js'

/** One violation in a request, an option or a subject. */
export interface Issue {
  /** RFC 6901 JSON Pointer into the value that was passed; `''` is the value itself. */
  readonly path: string
  readonly message: string
}

/**
 * What was passed breaks a rule. `issues` lists every violation, each once, up to a hundred of them and about 64 Ki characters.
 * Nothing was written. An option that the verb does not know is one, at its path, and a first argument that is no book;
 * whatever a verb is given, it answers, and never throws or rejects. Where options are not known or cannot be read, that alone
 * is reported.
 */
export interface BadRequest {
  readonly code: 'BAD_REQUEST'
  readonly message: string
  readonly issues: readonly Issue[]
  /**
   * How many more violations there are than `issues` lists; absent where it lists all. Those of a schema are counted up to
   * ten thousand.
   */
  readonly more?: number
}

/** The policy wants a principal and there is none. */
export interface Unauthorized {
  readonly code: 'UNAUTHORIZED'
  readonly message: string
  readonly operation: Operation
}

/** The policy does not allow the operation to this principal. */
export interface Forbidden {
  readonly code: 'FORBIDDEN'
  readonly message: string
  readonly principal: string
  readonly operation: Operation
}

/** There is no such service, or a reference in the request names nothing. */
export interface EntityNotFound {
  readonly code: 'ENTITY_NOT_FOUND'
  readonly message: string
  /** The type of what was looked for, for example `mlmodelService` or `user`. */
  readonly entityType: string
  /** The FQN or id that was looked for. */
  readonly entity: string
}

/** The FQN is taken, be it by a soft-deleted service. */
export interface EntityAlreadyExists {
  readonly code: 'ENTITY_ALREADY_EXISTS'
  readonly message: string
  readonly fqn: string
}

/** The service is not in the state that a precondition (`ifMatch` and its kin) or a patch's `test` asks for. */
export interface PreconditionFailed {
  readonly code: 'PRECONDITION_FAILED'
  readonly message: string
  readonly expected: string
  readonly actual: string | null
}

/** Other writers won every time; safe to send again. Nothing was written. */
export interface Contended {
  readonly code: 'CONTENDED'
  readonly message: string
  readonly fqn: string
  readonly attempts: number
}

/** Something outside the rules failed. */
export interface StoreFailed {
  readonly code: 'STORE_FAILED'
  readonly message: string
  /**
   * What was being done: reading, writing, asking the policy or the directory, sealing or opening secrets, or asking the
   * host's `now` (`'clock'`), `newId` (`'id'`) or `checks` (`'check'`), which also fail with an answer that cannot be one.
   */
  readonly during: 'load' | 'commit' | 'authorise' | 'resolve' | 'seal' | 'open' | 'clock' | 'id' | 'check'
  /**
   * `false`: nothing was written. `'unknown'`: the write may or may not have happened; an upsert is safe to send again. Single
   * verbs that come together share their calls of a store, and an outcome that is unknown is so for all that shared one.
   */
  readonly applied: false | 'unknown'
  /** What was thrown, as it was thrown. */
  readonly cause: unknown
}

/** The row was read but not sent: the call ended first. */
export interface Aborted {
  readonly code: 'ABORTED'
  readonly message: string
}

/** What any verb can fail with. */
export type VerbError =
  | BadRequest
  | Unauthorized
  | Forbidden
  | EntityNotFound
  | EntityAlreadyExists
  | PreconditionFailed
  | Contended
  | StoreFailed
  | Aborted

/** What `createService` can fail with. */
export type CreateServiceError =
  | BadRequest
  | Unauthorized
  | Forbidden
  | EntityNotFound
  | EntityAlreadyExists
  | StoreFailed

/** What `upsertService` can fail with. Never `ENTITY_ALREADY_EXISTS`. */
export type UpsertServiceError =
  | BadRequest
  | Unauthorized
  | Forbidden
  | EntityNotFound
  | PreconditionFailed
  | Contended
  | StoreFailed

/** What a whole `bulkUpsert` can fail with: bad options, a missing principal, or a policy that could not be asked for one. */
export type BulkUpsertError = BadRequest | Unauthorized | StoreFailed

/** What one row of a `bulkUpsert` can fail with. */
export type BulkRowError = BadRequest | Unauthorized | Forbidden | EntityNotFound | Contended | StoreFailed | Aborted

/** What `patchService` can fail with. */
export type PatchServiceError = UpsertServiceError

/** What `deleteService` can fail with. */
export type DeleteServiceError = UpsertServiceError

/** What `restoreService` can fail with. */
export type RestoreServiceError = UpsertServiceError

/** What `followService` and `unfollowService` answer when they fail. */
export type FollowServiceError = UpsertServiceError

/** What `reportConnectionTest` answers when it fails. */
export type ReportConnectionTestError = UpsertServiceError

/** What `listServices` can fail with. */
export type ListServicesError = BadRequest | Unauthorized | StoreFailed

/** What `getService` and the other verbs that read one service can fail with. */
export type GetServiceError = BadRequest | Unauthorized | Forbidden | EntityNotFound | StoreFailed

/** How many issues are told one by one, and how many characters of them; the first is told whatever its length. */
export const TOLD = { issues: 100, characters: 65_536 } as const

/** `more` is how many violations there are beside these issues. */
export function badRequest(found: readonly Issue[], more = 0): BadRequest {
  const issues = told(found)
  const left = more + found.length - issues.length
  const shown = issues.slice(0, 3).map(({ path, message }) => (path === '' ? '' : `${brief(path)} `) + brief(message))
  const unshown = issues.length - shown.length + left
  if (unshown > 0) shown.push(`and ${unshown} more`)
  return { code: 'BAD_REQUEST', message: shown.join('; '), issues, ...(left > 0 && { more: left }) }
}

function told(issues: readonly Issue[]): readonly Issue[] {
  let room: number = TOLD.characters
  const end = issues.findIndex(({ path, message }, at) => {
    if (at === TOLD.issues || room <= 0) return true
    room -= path.length + message.length
    return false
  })
  return end === -1 ? issues : issues.slice(0, end)
}

/** The same with its first issue alone, where many are reported at once. */
export function shortened({ issues, more = 0 }: BadRequest): BadRequest {
  return badRequest(issues.slice(0, 1), more + Math.max(issues.length - 1, 0))
}

const brief = (text: string) => (text.length > 1000 ? `${text.slice(0, 1000)}…` : text)

export function unauthorized(operation: Operation): Unauthorized {
  return { code: 'UNAUTHORIZED', message: `${operation} needs a principal: pass options.by`, operation }
}

export function forbidden(principal: string, operation: Operation): Forbidden {
  return { code: 'FORBIDDEN', message: `${principal} may not ${operation}`, principal, operation }
}

export function entityNotFound(entityType: string, entity: string): EntityNotFound {
  return { code: 'ENTITY_NOT_FOUND', message: `${entityType} instance for ${entity} not found`, entityType, entity }
}

export function entityAlreadyExists(fqn: string): EntityAlreadyExists {
  return { code: 'ENTITY_ALREADY_EXISTS', message: `A service named ${fqn} already exists`, fqn }
}

export function preconditionFailed(expected: string, actual: string | null): PreconditionFailed {
  const message = `The service is not as expected: ${expected} was demanded, ${actual ?? 'there is none'}`
  return { code: 'PRECONDITION_FAILED', message, expected, actual }
}

export function contended(fqn: string, attempts: number): Contended {
  const message = `${fqn} was changed by others ${attempts} times in a row; nothing was written, send it again`
  return { code: 'CONTENDED', message, fqn, attempts }
}

export function aborted(): Aborted {
  return { code: 'ABORTED', message: 'The bulk ended before this row was sent' }
}

/**
 * What a store, a policy or a cipher threw, as a value. Only a commit can leave the outcome open, and then only when what
 * was thrown does not carry `applied: false`.
 */
export function storeFailed(during: StoreFailed['during'], cause: unknown, fqn?: string): StoreFailed {
  const applied = during !== 'commit' || saysNothingApplied(cause) ? false : 'unknown'
  const what = {
    load: 'Reading from the store',
    commit: 'Writing to the store',
    authorise: 'Asking the policy',
    resolve: 'Asking the directory',
    seal: 'Sealing the secrets',
    open: 'Opening the secrets',
    clock: 'Asking the clock',
    id: 'Asking for an id',
    check: 'Asking the checks',
  }[during]
  const whose = fqn === undefined ? '' : ` of ${fqn}`
  const outcome = applied === false ? 'nothing was written' : 'it is unknown whether it was written'
  return {
    code: 'STORE_FAILED',
    message: `${what}${whose} failed, ${outcome}: ${reasonOf(cause)}`,
    during,
    applied,
    cause,
  }
}
