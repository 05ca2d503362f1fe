import type { Operation, Principal } from '../model/principal.js'
import type { Service } from '../model/service.js'
import type { Awaitable } from './store.js'

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
