/**
 * Errors are plain read-only values told apart by `code`; the code is the contract, the message is for people.
 * HTTP numbers live at the HTTP edge alone. Source: OpenMetadata, "Create an ML Model Service"; `semantics.md` §10.
 */

import type { Operation } from '../model/principal.js'

/** One violation in a request, an option or a subject. */
export interface Issue {
  /** RFC 6901 JSON Pointer into the value that was passed; `''` is the value itself. */
  readonly path: string
  readonly message: string
}

/**
 * What was passed breaks a rule. `issues` lists every violation, each once. Nothing was written. An option that the verb does
 * not know is one, at its path, and a first argument that is no book; whatever a verb is given, it answers, and never throws
 * or rejects. Where options are not known or cannot be read, that alone is reported.
 */
export interface BadRequest {
  readonly code: 'BAD_REQUEST'
  readonly message: string
  readonly issues: readonly Issue[]
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

/** The service is not in the state that `ifMatch` or a patch's `test` asks for. */
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
   * host's `now` (`'clock'`) or `newId` (`'id'`), which also fail with an answer that cannot be one.
   */
  readonly during: 'load' | 'commit' | 'authorise' | 'resolve' | 'seal' | 'open' | 'clock' | 'id'
  /** `false`: nothing was written. `'unknown'`: the write may or may not have happened; an upsert is safe to send again. */
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

/** What `listServices` can fail with. */
export type ListServicesError = BadRequest | Unauthorized | StoreFailed

/** What `getService` and the other verbs that read one service can fail with. */
export type GetServiceError = BadRequest | Unauthorized | Forbidden | EntityNotFound | StoreFailed

export function badRequest(issues: readonly Issue[]): BadRequest {
  const shown = issues.slice(0, 3).map(({ path, message }) => (path === '' ? message : `${path} ${message}`))
  if (issues.length > shown.length) shown.push(`and ${issues.length - shown.length} more`)
  return { code: 'BAD_REQUEST', message: shown.join('; '), issues }
}

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
  }[during]
  const whose = fqn === undefined ? '' : ` of ${fqn}`
  const outcome = applied === false ? 'nothing was written' : 'it is unknown whether it was written'
  const reason = cause instanceof Error ? cause.message : 'no reason given'
  return { code: 'STORE_FAILED', message: `${what}${whose} failed, ${outcome}: ${reason}`, during, applied, cause }
}

function saysNothingApplied(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'applied' in cause && cause.applied === false
}
