import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { entered } from '../execution/entrance.js'
import { executeRequest } from '../execution/single.js'
import type { Family, ServiceTypeOf } from '../families/family.js'
import type { Issue, UpsertServiceError } from '../model/errors.js'
import { PRECONDITIONS, type Preconditions } from '../model/etag.js'
import type { Service, ServiceAsked, ServiceMade, Untyped, UntypedRequest } from '../model/service.js'
import { toUpsert } from '../rules/decide/upsert.js'
import type { Outcome } from '../rules/decide.js'
import { demanded } from '../rules/intent.js'
import type { WriteOptions } from './create.js'

/** What an upsert did, and the service as it now is. */
export interface Upserted<F extends Family = Family, Made = Service<F>> {
  readonly outcome: Outcome
  readonly service: Made
}

/** What `upsertService` takes besides the request. */
export interface UpsertOptions extends WriteOptions, Preconditions {
  /**
   * Whether a bot overwrites `displayName`, `description` and `dataProducts` that it supplies, instead of filling blank ones
   * only, and supplied tags replace those there instead of being united with them. What is absent is treated as ever.
   * OpenMetadata's parameter of this name. Default `false`.
   */
  readonly overrideMetadata?: boolean | undefined
}

/** What is wrong with an option that upsert and bulk share. */
export function overrideIssues(overrideMetadata: unknown): readonly Issue[] {
  if (overrideMetadata === undefined || typeof overrideMetadata === 'boolean') return []
  return [{ path: '/overrideMetadata', message: 'must be a boolean' }]
}

/**
 * Creates a service or updates the one with that name, as OpenMetadata's `PUT /v1/services/…` does. Never answers
 * `ENTITY_ALREADY_EXISTS`.
 *
 * - No such service: `created`, at version 0.1.
 * - There is one: the request is merged into it (`displayName`, `description` and `dataProducts` absent in the request
 *   are cleared, `owners`, `domain` and `connection` are kept, `tags` are united). `updated`, at a version higher by 0.1, or by 1.0
 *   when `serviceType` changed; `unchanged` when nothing is new, and then nothing is written.
 * - There is one, soft-deleted: `restored` and merged, one version higher.
 * - A secret that is the mask keeps the stored one: of the same path, in a list of the element that is otherwise the same.
 *   One for which that cannot be told is `BAD_REQUEST`, and so is any where a host has changed in a book with
 *   `secretsFollow: false`, unless the policy allows `ViewSecrets`.
 *
 * The same request again is `unchanged`. A lost race is decided again on what won, so that no update is lost.
 *
 * Errors:
 * - `BAD_REQUEST`: the request breaks a rule, or a rule of the update: a mask with nothing stored at its path, a new
 *   `serviceType` without a connection that fits. `issues` lists every violation with its path.
 * - `UNAUTHORIZED`: the policy wants a principal and `options.by` is absent.
 * - `FORBIDDEN`: the policy denies `Create`, or `EditAll` on the stored service.
 * - `ENTITY_NOT_FOUND`: an owner, domain or tag is unknown to the host's directory.
 * - `PRECONDITION_FAILED`: the service is not in the state that a precondition demands, or lost it to a rival: with
 *   `ifNoneMatch: '*'` there is one already.
 * - `CONTENDED`: other processes won the race `attempts` times (default 100). Nothing was written; send it again.
 * - `STORE_FAILED`: the store or the policy failed; `applied` says whether it may have been written. Safe to send again.
 *
 * @example
 * const put = await upsertService(book, { name: 'mlflow_prod', serviceType: 'Mlflow' }, { by: { name: 'ada' } })
 * if (put.isOk()) put.value.outcome // 'created', and 'unchanged' the next time
 *
 * Source: OpenMetadata, "Create an ML Model Service"; `semantics.md` §5.
 */
export function upsertService<
  F extends Family,
  T extends ServiceTypeOf<F>,
  const R extends UntypedRequest = UntypedRequest,
>(
  book: Book<F>,
  request: ServiceAsked<F, T> | (R & Untyped<R>),
  options: UpsertOptions = {},
): ResultAsync<Upserted<F, ServiceMade<F, T>>, UpsertServiceError> {
  return entered(
    'upsertService',
    book,
    options,
    ['by', ...PRECONDITIONS, 'overrideMetadata'],
    'commit',
    (read) => upsert(book, request, read) as Promise<Result<Upserted<F, ServiceMade<F, T>>, UpsertServiceError>>,
  )
}

async function upsert(
  book: Book,
  request: unknown,
  { by, overrideMetadata: overrides, ...when }: UpsertOptions,
): Promise<Result<Upserted, UpsertServiceError>> {
  const answer = await executeRequest(book, request, toUpsert, by, demanded(when), {
    overrides: overrides === true,
    wrong: overrideIssues(overrides),
  })
  return 'outcome' in answer
    ? ok({ outcome: answer.outcome as Outcome, service: answer.stored.service })
    : err(answer as UpsertServiceError)
}
