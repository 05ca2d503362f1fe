import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { entered } from '../execution/entrance.js'
import { executeRevision } from '../execution/single.js'
import type { Family } from '../families/family.js'
import type { FollowServiceError } from '../model/errors.js'
import { PRECONDITIONS } from '../model/etag.js'
import { UUID_PATTERN } from '../model/fields.js'
import type { Subject } from '../model/fqn.js'
import type { Service } from '../model/service.js'
import { withBeside } from '../rules/beside.js'
import { toFollow, toUnfollow } from '../rules/decide/beside.js'
import { demanded, type FollowIntent, type Kind } from '../rules/intent.js'
import type { ReviseOptions } from './restore.js'

/** What a follow or unfollow did, and the service with its `followers`. */
export interface Followed<F extends Family = Family> {
  readonly outcome: 'updated' | 'unchanged'
  readonly service: Service<F>
}

/**
 * Makes a user a follower of a live service, as OpenMetadata's `PUT /v1/services/…/{id}/followers` does. Followers stand
 * beside the service: version, `updatedAt`, entity tag and history stay, no other verb changes them, and a hard delete ends
 * them. `getService` and `listServices` show them by `fields: ['followers']`. Who follows already is `unchanged`.
 *
 * The policy is asked for `ViewBasic` where `options.by.id` is the user, and for `EditAll` otherwise.
 *
 * Errors:
 * - `BAD_REQUEST`: the subject or an option is wrong, `userId` is no UUID, or there are 1,000 followers (the book's limit of
 *   elements) already.
 * - `UNAUTHORIZED`: the policy wants a principal and `options.by` is absent.
 * - `FORBIDDEN`: the policy denies it; or there is no service, and the caller may see none.
 * - `ENTITY_NOT_FOUND`: there is no such service, it is soft-deleted, or the host's directory knows no such user.
 * - `PRECONDITION_FAILED`: the service is not in the state that a precondition demands.
 * - `CONTENDED`: other processes won the race `attempts` times. Nothing was written.
 * - `STORE_FAILED`: the store, the policy or the directory failed; `applied` says whether it may have been written.
 *
 * @example
 * const ada = { name: 'ada', id: '0b9c4f0e-2d8a-4c55-9f3e-6a1d2b3c4d5e' }
 * const followed = await followService(book, 'mlflow_prod', ada.id, { by: ada })
 * if (followed.isOk()) followed.value.service.followers // [{ id: ada.id, type: 'user' }]
 *
 * Source: OpenMetadata, "Add a follower"; `semantics.md` §7, §9.
 */
export function followService<F extends Family>(
  book: Book<F>,
  subject: Subject,
  userId: string,
  options: ReviseOptions = {},
): ResultAsync<Followed<F>, FollowServiceError> {
  return following('followService', toFollow, book, subject, userId, options)
}

/**
 * Ends what `followService` began, as OpenMetadata's `DELETE /v1/services/…/{id}/followers/{userId}` does. Who does not
 * follow is `unchanged`. What the policy is asked for is that of `followService`; the directory is not asked.
 *
 * Errors: those of `followService`, `ENTITY_NOT_FOUND` only for the service.
 *
 * @example
 * await unfollowService(book, 'mlflow_prod', ada.id, { by: ada })
 *
 * Source: OpenMetadata, "Delete a follower"; `semantics.md` §7, §9.
 */
export function unfollowService<F extends Family>(
  book: Book<F>,
  subject: Subject,
  userId: string,
  options: ReviseOptions = {},
): ResultAsync<Followed<F>, FollowServiceError> {
  return following('unfollowService', toUnfollow, book, subject, userId, options)
}

const UUID = new RegExp(UUID_PATTERN)

function following<F extends Family>(
  verb: string,
  kind: Kind<FollowIntent>,
  book: Book<F>,
  subject: Subject,
  userId: string,
  options: ReviseOptions,
): ResultAsync<Followed<F>, FollowServiceError> {
  return entered(
    verb,
    book,
    options,
    ['by', ...PRECONDITIONS],
    'commit',
    (read) => follow(book, kind, subject, userId, read) as Promise<Result<Followed<F>, FollowServiceError>>,
  )
}

async function follow(
  book: Book,
  kind: Kind<FollowIntent>,
  subject: Subject,
  given: unknown,
  { by, ...when }: ReviseOptions,
): Promise<Result<Followed, FollowServiceError>> {
  const isId = typeof given === 'string' && UUID.test(given)
  const issues = isId ? [] : [{ path: '/userId', message: 'must be the UUID of a user' }]
  const userId = String(isId ? given : '').toLowerCase()
  const answer = await executeRevision(book, subject, { kind, by, when: demanded(when), userId }, issues)
  if (!('outcome' in answer)) return err(answer as FollowServiceError)
  const outcome = answer.outcome as Followed['outcome']
  return ok({ outcome, service: withBeside(answer.stored, ['followers']) })
}
