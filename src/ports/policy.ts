import type { Service } from '../rules/service.js'
import type { Awaitable } from './store.js'

/** Who calls, as the host knows it. */
export interface Principal {
  /** Recorded as `updatedBy`. */
  readonly name: string
  /** A bot fills a blank `description` or `displayName` but never overwrites or clears one. Default `false`. */
  readonly isBot?: boolean
  /** For policies that tell admins. Default `false`. */
  readonly isAdmin?: boolean
  /** The id of the user, for policies that tell owners: a UUID, as in `owners`. */
  readonly id?: string
  /** The ids of the teams the user is in, which may be owners too. */
  readonly teams?: readonly string[]
}

/** OpenMetadata's operations on a service, as far as a service catalogue has them. */
export type Operation =
  | 'Create'
  | 'EditAll'
  | 'EditDescription'
  | 'EditDisplayName'
  | 'EditOwners'
  | 'EditTags'
  | 'Delete'
  | 'ViewBasic'
  | 'ViewSecrets'

/**
 * Decides each verb and each row of a bulk. It may be async; the questions of one chunk are asked together.
 *
 * - `target` is the stored service, masked; absent for `Create`, and when there is no principal yet.
 * - Without a principal it is asked first, with no target; `'unauthenticated'` ends the call before anything is loaded.
 * - A policy that throws or rejects denies: the verb answers `STORE_FAILED` with `during: 'authorise'`.
 *
 * Source: OpenMetadata's operations; `semantics.md` §9.
 */
export type Policy = (
  principal: Principal | undefined,
  operation: Operation,
  target: Service | undefined,
) => Awaitable<'allow' | 'unauthenticated' | 'forbidden'>
