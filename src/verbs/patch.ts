import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { entered } from '../execution/entrance.js'
import { executeRevision } from '../execution/single.js'
import type { Family } from '../families/family.js'
import { badRequest, type PatchServiceError } from '../model/errors.js'
import { PRECONDITIONS } from '../model/etag.js'
import type { Subject } from '../model/fqn.js'
import type { Service } from '../model/service.js'
import type { Representation } from '../ports/representation.js'
import type { PatchOperation } from '../rules/apply.js'
import { toPatch } from '../rules/decide/patch.js'
import { demanded } from '../rules/intent.js'
import { checkedOperations } from '../rules/patch.js'
import type { ReviseOptions } from './restore.js'

/** What `patchService` takes besides the subject and the operations. */
export interface PatchOptions extends ReviseOptions {
  /** How the service looks to whoever wrote the operations. Default: as verbs answer it. */
  readonly as?: Representation | undefined
}

/** What a patch did, and the service as it now is. */
export interface PatchedService<F extends Family = Family> {
  readonly outcome: 'updated' | 'unchanged'
  readonly service: Service<F>
}

/**
 * Applies JSON Patch operations (RFC 6902) to a live service, masked as every verb shows it, as OpenMetadata's
 * `PATCH /v1/services/…/{id}` does. What comes of it is checked like a request, and may lack what upsert cannot remove. A
 * secret that is still the mask is kept.
 *
 * - `id`, `name`, `fullyQualifiedName`, `version`, `deleted`, `updatedAt`, `updatedBy` and `changeDescription` can be tested
 *   and not changed, unless the representation drops such changes.
 * - Patches of one named principal within 10 minutes are one change: the version stays, and its change description tells
 *   all of it. One that undoes the rest takes the version back. Not with a precondition, and never where `connection` or
 *   `serviceType` changes.
 * - The policy is asked for `EditDescription`, `EditDisplayName`, `EditOwners` and `EditTags` where a patch changes that,
 *   and for `EditAll` otherwise.
 *
 * Errors:
 * - `BAD_REQUEST`: an operation is none or cannot be applied, or what comes of it breaks a rule. Paths of issues lead into
 *   the operations (`/0/path`), or, once they were applied, into the service.
 * - `UNAUTHORIZED`: the policy wants a principal and `options.by` is absent.
 * - `FORBIDDEN`: the policy denies one of these; or there is none, and the caller may see none.
 * - `ENTITY_NOT_FOUND`: there is no such service, it is soft-deleted, or it would refer to something unknown.
 * - `PRECONDITION_FAILED`: a `test` failed, or the service is not in the state that a precondition demands.
 * - `CONTENDED`: other processes won the race `attempts` times. Nothing was written.
 * - `STORE_FAILED`: the store, the policy, the directory or the cipher failed; `applied` says whether it may be written.
 *
 * @example
 * await patchService(book, 'mlflow_prod', [{ op: 'remove', path: '/owners' }], { by: { name: 'ada' } })
 *
 * Source: OpenMetadata, "Update an ML Model Service"; RFC 6902; `semantics.md` §7.
 */
export function patchService<F extends Family>(
  book: Book<F>,
  subject: Subject,
  operations: readonly PatchOperation[],
  options: PatchOptions = {},
): ResultAsync<PatchedService<F>, PatchServiceError> {
  return entered(
    'patchService',
    book,
    options,
    ['by', ...PRECONDITIONS, 'as'],
    'commit',
    (read) => patch(book, subject, operations, read) as Promise<Result<PatchedService<F>, PatchServiceError>>,
  )
}

async function patch(
  book: Book,
  subject: Subject,
  given: unknown,
  { by, as: passed, ...when }: PatchOptions,
): Promise<Result<PatchedService, PatchServiceError>> {
  const as = passed === undefined ? itself : representationOf(passed)
  const operations = readOperations(book, given, as?.dropped)
  const isBad = 'code' in operations
  const answer = await executeRevision(
    book,
    subject,
    { kind: toPatch, by, when: demanded(when), operations: isBad ? [] : operations, as: as ?? itself },
    [...(isBad ? operations.issues : []), ...(as === undefined ? [AS_ISSUE] : [])],
    isBad ? operations.more : 0,
  )
  if (!('outcome' in answer)) return err(answer as PatchServiceError)
  return ok({ outcome: answer.outcome === 'unchanged' ? 'unchanged' : 'updated', service: answer.stored.service })
}

/** The operations as plain values; a proxy may refuse to be read at all. */
function readOperations(book: Book, given: unknown, dropped: readonly string[] | undefined) {
  try {
    return checkedOperations(given, book.limits, dropped)
  } catch {
    return badRequest([{ path: '', message: 'cannot be read' }])
  }
}

const AS_ISSUE = { path: '/as', message: 'must be a representation: { show, read, dropped }' }

/** Both directions, read once. */
function representationOf(given: Representation): Representation | undefined {
  try {
    const { show, read } = given
    if (typeof show !== 'function' || typeof read !== 'function') return undefined
    const dropped = [...(given.dropped ?? [])]
    if (dropped.some((field) => typeof field !== 'string')) return undefined
    return { show: (service) => show.call(given, service), read: (document) => read.call(given, document), dropped }
  } catch {
    return undefined
  }
}

/** A service as verbs answer it. */
const itself: Representation = {
  show: (service) => service as unknown as Readonly<Record<string, unknown>>,
  read: (request) => ({ request }),
}
