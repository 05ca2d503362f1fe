import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { entered } from '../execution/entrance.js'
import { executeRequest } from '../execution/single.js'
import type { Family, ServiceTypeOf } from '../families/family.js'
import type { CreateServiceError } from '../model/errors.js'
import type { Principal } from '../model/principal.js'
import type { Service, ServiceAsked, ServiceMade, Untyped, UntypedRequest } from '../model/service.js'
import { toCreate } from '../rules/decide/create.js'

/** What `createService` and `upsertService` take besides the request. */
export interface WriteOptions {
  /** Who writes: recorded as `updatedBy` and shown to the policy. Default: nobody, recorded as `anonymous`. */
  readonly by?: Principal | undefined
}

/**
 * Creates a service, as OpenMetadata's `POST /v1/services/…` does. Answers the new service: frozen, its secrets masked,
 * at version 0.1 with an id that never changes.
 *
 * The request is copied before the call returns; what the caller does to it afterwards changes nothing. Of any number
 * of racing creates of one name exactly one wins, on every store and across processes.
 *
 * Errors:
 * - `BAD_REQUEST`: the request breaks a rule; `issues` lists every violation with its path.
 * - `UNAUTHORIZED`: the policy wants a principal and `options.by` is absent.
 * - `FORBIDDEN`: the policy denies `Create`.
 * - `ENTITY_NOT_FOUND`: an owner, domain or tag is unknown to the host's directory.
 * - `ENTITY_ALREADY_EXISTS`: the name is taken, be it by a soft-deleted service. Nothing was written.
 * - `STORE_FAILED`: the store or the policy failed; `applied` says whether the service may have been written.
 *
 * @example
 * const made = await createService(book, { name: 'mlflow_prod', serviceType: 'Mlflow' }, { by: { name: 'ada' } })
 * if (made.isOk()) made.value.version // 0.1
 *
 * Source: OpenMetadata, "Create an ML Model Service"; `semantics.md` §4.
 */
export function createService<
  F extends Family,
  T extends ServiceTypeOf<F>,
  const R extends UntypedRequest = UntypedRequest,
>(
  book: Book<F>,
  request: ServiceAsked<F, T> | (R & Untyped<R>),
  options: WriteOptions = {},
): ResultAsync<ServiceMade<F, T>, CreateServiceError> {
  return entered(
    'createService',
    book,
    options,
    ['by'],
    'commit',
    ({ by }) => create(book, request, by) as Promise<Result<ServiceMade<F, T>, CreateServiceError>>,
  )
}

async function create(
  book: Book,
  request: unknown,
  by: Principal | undefined,
): Promise<Result<Service, CreateServiceError>> {
  const answer = await executeRequest(book, request, toCreate, by, undefined)
  return 'outcome' in answer ? ok(answer.stored.service) : err(answer as CreateServiceError)
}
