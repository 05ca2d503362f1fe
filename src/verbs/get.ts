import { err, ok, type Result, ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { denial, missingPrincipal } from '../execute.js'
import type { Family } from '../families/family.js'
import type { Principal } from '../ports/policy.js'
import type { Stored } from '../ports/store.js'
import { badRequest, entityNotFound, type GetServiceError, type Issue, storeFailed } from '../rules/errors.js'
import { fqn, fqnOf, type Subject } from '../rules/fqn.js'
import { principalIssues } from '../rules/principal.js'
import { type Service, UUID_PATTERN } from '../rules/service.js'

/** What `getService` takes besides the subject. */
export interface GetOptions {
  /** Who reads: shown to the policy. */
  readonly by?: Principal | undefined
  /** Which services count. Default `'non-deleted'`. */
  readonly include?: 'non-deleted' | 'deleted' | 'all' | undefined
}

/**
 * Reads one service, as OpenMetadata's `GET /v1/services/…/{id}` and `…/name/{fqn}` do.
 *
 * The subject is `{ id }`, `{ name }` with a raw name, or a string: an FQN if it parses as one part, else a raw name,
 * so that `a.b` and `"a.b"` both find the service named `a.b`. A UUID in a plain string is a name.
 *
 * Errors:
 * - `BAD_REQUEST`: the subject is none of these, `id` is no UUID, or an option is wrong.
 * - `UNAUTHORIZED`: the policy wants a principal and `options.by` is absent.
 * - `FORBIDDEN`: the policy denies `ViewBasic` on the service.
 * - `ENTITY_NOT_FOUND`: there is none, or `include` leaves it out; a soft-deleted one is found only with `include`.
 * - `STORE_FAILED`: the store or the policy failed.
 *
 * @example
 * const got = await getService(book, 'mlflow_prod')
 * if (got.isOk()) got.value.fullyQualifiedName // 'mlflow_prod'
 *
 * Source: OpenMetadata, "Get an ML Model Service"; `semantics.md` §2, §7.
 */
export function getService<F extends Family>(
  book: Book<F>,
  subject: Subject,
  options: GetOptions = {},
): ResultAsync<Service<F>, GetServiceError> {
  return new ResultAsync(get(book, subject, options) as Promise<Result<Service<F>, GetServiceError>>)
}

async function get(book: Book, subject: Subject, options: GetOptions): Promise<Result<Service, GetServiceError>> {
  const { by, include = 'non-deleted' } = options
  const issues = [...subjectIssues(subject), ...principalIssues(by)]
  if (!['non-deleted', 'deleted', 'all'].includes(include)) {
    issues.push({ path: '/include', message: 'must be one of non-deleted, deleted, all' })
  }
  if (issues.length > 0) return err(badRequest(issues))
  const missing = await missingPrincipal(book, by, 'ViewBasic')
  if (missing !== undefined) return err(missing)
  let stored: Stored | undefined
  try {
    stored = await lookUp(book, subject)
  } catch (cause) {
    return err(storeFailed('load', cause))
  }
  if (stored === undefined || (include !== 'all' && stored.service.deleted !== (include === 'deleted'))) {
    return err(entityNotFound(book.family.entityType, shown(subject)))
  }
  const denied = await denial(book, by, 'ViewBasic', stored.service)
  return denied === undefined ? ok(stored.service) : err(denied)
}

const UUID = new RegExp(UUID_PATTERN)

function subjectIssues(subject: unknown): Issue[] {
  if (typeof subject === 'string') return []
  const { id, name } = (subject ?? {}) as { id?: unknown; name?: unknown }
  if (typeof name === 'string' && id === undefined) return []
  if (typeof id === 'string' && name === undefined)
    return UUID.test(id) ? [] : [{ path: '/id', message: 'is not a UUID' }]
  return [{ path: '', message: 'must name a service: a string, { id } or { name }' }]
}

async function lookUp(book: Book, subject: Subject): Promise<Stored | undefined> {
  const { entityType } = book.family
  if (typeof subject === 'object' && 'id' in subject) return book.store.find(entityType, subject.id.toLowerCase())
  const text = typeof subject === 'string' ? subject : subject.name
  // No name is that long, or holds that; a store need not be asked.
  if (text.length > 1024 || !text.isWellFormed() || text.includes('\0')) return undefined
  const name = typeof subject === 'string' ? fqnOf(subject) : fqn.quote(subject.name)
  return (await book.store.load(entityType, [name])).get(name)
}

function shown(subject: Subject): string {
  const text = typeof subject === 'string' ? subject : 'id' in subject ? subject.id : subject.name
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
