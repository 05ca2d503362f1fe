import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { entered } from '../execution/entrance.js'
import { executeRevision } from '../execution/single.js'
import type { Family } from '../families/family.js'
import type { DeleteServiceError } from '../model/errors.js'
import { PRECONDITIONS } from '../model/etag.js'
import type { Subject } from '../model/fqn.js'
import type { Service } from '../model/service.js'
import { toDelete } from '../rules/decide/delete.js'
import { demanded } from '../rules/intent.js'
import type { ReviseOptions } from './restore.js'

/** What `deleteService` takes besides the subject. */
export interface DeleteOptions extends ReviseOptions {
  /** Whether to remove the service with its history, instead of marking it. Default `false`. */
  readonly hard?: boolean | undefined
}

/** What a delete did, and the service as it then is, or, `removed`, as it last was. */
export interface Deleted<F extends Family = Family> {
  readonly outcome: 'deleted' | 'removed' | 'unchanged'
  readonly service: Service<F>
}

/**
 * Deletes a service, as OpenMetadata's `DELETE /v1/services/…/{id}` does.
 *
 * - Soft, the default: `deleted`. The service stays, one version higher; it keeps its name, and lists and `getService`
 *   show it only when asked. A second one is `unchanged`, so that it is safe to send again.
 * - `hard: true`, OpenMetadata's `hardDelete`: `removed`, with its history and its secrets, soft-deleted or not, and its
 *   name is free. A second one is `ENTITY_NOT_FOUND`.
 *
 * Errors:
 * - `BAD_REQUEST`: the subject or an option is wrong, or the service is of the system (`provider`).
 * - `UNAUTHORIZED`: the policy wants a principal and `options.by` is absent.
 * - `FORBIDDEN`: the policy denies `Delete` on the service; or there is none, and the caller may see none.
 * - `ENTITY_NOT_FOUND`: there is none.
 * - `PRECONDITION_FAILED`: the service is not in the state that a precondition demands.
 * - `CONTENDED`: other processes won the race `attempts` times. Nothing was written.
 * - `STORE_FAILED`: the store or the policy failed; `applied` says whether it may have been written.
 *
 * @example
 * const gone = await deleteService(book, 'mlflow_prod', { by: { name: 'ada' }, hard: true })
 * if (gone.isOk()) gone.value.outcome // 'removed'
 *
 * Source: OpenMetadata, "Delete an ML Model Service"; `semantics.md` §7.
 */
export function deleteService<F extends Family>(
  book: Book<F>,
  subject: Subject,
  options: DeleteOptions = {},
): ResultAsync<Deleted<F>, DeleteServiceError> {
  return entered(
    'deleteService',
    book,
    options,
    ['by', ...PRECONDITIONS, 'hard'],
    'commit',
    (read) => remove(book, subject, read) as Promise<Result<Deleted<F>, DeleteServiceError>>,
  )
}

async function remove(
  book: Book,
  subject: Subject,
  { by, hard = false, ...when }: DeleteOptions,
): Promise<Result<Deleted, DeleteServiceError>> {
  const issues = typeof hard === 'boolean' ? [] : [{ path: '/hard', message: 'must be a boolean' }]
  const answer = await executeRevision(book, subject, { kind: toDelete, by, when: demanded(when), hard }, issues)
  if (!('outcome' in answer)) return err(answer as DeleteServiceError)
  return ok({ outcome: answer.outcome as Deleted['outcome'], service: answer.stored.service })
}
