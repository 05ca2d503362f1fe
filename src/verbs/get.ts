import type { Result, ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { entered } from '../execution/entrance.js'
import { type GetOptions, look } from '../execution/look.js'
import type { Family } from '../families/family.js'
import type { BesideField } from '../model/beside.js'
import type { GetServiceError } from '../model/errors.js'
import type { Subject } from '../model/fqn.js'
import type { Service } from '../model/service.js'
import { besideFieldIssues, withBeside } from '../rules/beside.js'

/** What `getService` takes besides the subject. */
export interface GetServiceOptions extends GetOptions {
  /** What to show of what stands beside the service: `followers`, `testConnectionResult`. Default: nothing. */
  readonly fields?: readonly BesideField[] | undefined
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
 * - `FORBIDDEN`: the policy denies `ViewBasic` on the service; or there is none, and the caller may see none.
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
  options: GetServiceOptions = {},
): ResultAsync<Service<F>, GetServiceError> {
  return entered(
    book,
    options,
    ['by', 'include', 'fields'],
    'load',
    (read) => get(book, subject, read) as Promise<Result<Service<F>, GetServiceError>>,
  )
}

async function get(
  book: Book,
  subject: Subject,
  { fields = [], ...options }: GetServiceOptions,
): Promise<Result<Service, GetServiceError>> {
  const looked = await look(book, subject, options, 'ViewBasic', besideFieldIssues(fields))
  return looked.map((stored) => withBeside(stored, fields))
}
