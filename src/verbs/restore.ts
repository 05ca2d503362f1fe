import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { entered } from '../execution/entrance.js'
import { executeRevision } from '../execution/single.js'
import type { Family } from '../families/family.js'
import type { RestoreServiceError } from '../model/errors.js'
import { PRECONDITIONS, type Preconditions } from '../model/etag.js'
import type { Subject } from '../model/fqn.js'
import type { Principal } from '../model/principal.js'
import type { Service } from '../model/service.js'
import { toRestore } from '../rules/decide/delete.js'
import { demanded } from '../rules/intent.js'

/** What verbs that change one service that is there take besides the subject. */
export interface ReviseOptions extends Preconditions {
  /** Who does it: recorded as `updatedBy` and shown to the policy. */
  readonly by?: Principal | undefined
}

/** What a restore did, and the service as it now is. */
export interface Restored<F extends Family = Family> {
  readonly outcome: 'restored' | 'unchanged'
  readonly service: Service<F>
}

/**
 * Brings a soft-deleted service back, as OpenMetadata's `PUT /v1/services/…/restore` does: live, one version higher, as it
 * was otherwise. A live one is `unchanged`.
 *
 * Errors:
 * - `BAD_REQUEST`: the subject or an option is wrong.
 * - `UNAUTHORIZED`: the policy wants a principal and `options.by` is absent.
 * - `FORBIDDEN`: the policy denies `EditAll` on the service; or there is none, and the caller may see none.
 * - `ENTITY_NOT_FOUND`: there is none.
 * - `PRECONDITION_FAILED`: the service is not in the state that a precondition demands.
 * - `CONTENDED`: other processes won the race `attempts` times. Nothing was written.
 * - `STORE_FAILED`: the store or the policy failed; `applied` says whether it may have been written.
 *
 * @example
 * const back = await restoreService(book, 'mlflow_prod', { by: { name: 'ada' } })
 * if (back.isOk()) back.value.outcome // 'restored'
 *
 * Source: OpenMetadata, "Restore an ML Model Service"; `semantics.md` §7.
 */
export function restoreService<F extends Family>(
  book: Book<F>,
  subject: Subject,
  options: ReviseOptions = {},
): ResultAsync<Restored<F>, RestoreServiceError> {
  return entered(
    'restoreService',
    book,
    options,
    ['by', ...PRECONDITIONS],
    'commit',
    (read) => restore(book, subject, read) as Promise<Result<Restored<F>, RestoreServiceError>>,
  )
}

async function restore(
  book: Book,
  subject: Subject,
  { by, ...when }: ReviseOptions,
): Promise<Result<Restored, RestoreServiceError>> {
  const answer = await executeRevision(book, subject, { kind: toRestore, by, when: demanded(when) })
  if (!('outcome' in answer)) return err(answer as RestoreServiceError)
  return ok({ outcome: answer.outcome === 'restored' ? 'restored' : 'unchanged', service: answer.stored.service })
}
