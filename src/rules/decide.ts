import type { BadRequest, EntityAlreadyExists } from '../model/errors.js'
import type { Service } from '../model/service.js'
import type { Stored } from '../ports/store.js'
import { type Draft, type Intent, kindOf } from './intent.js'
import type { Limits } from './limits.js'

/*
 * What an intent does to what is stored: pure, so that a lost race is decided again on what won. Each kind of them has its
 * file in decide/. Source: OpenMetadata, "Create an ML Model Service"; `semantics.md` §3–7.
 */

/** What an upsert did. */
export type Outcome = 'created' | 'updated' | 'unchanged' | 'restored'

/** A write to be made, or the answer that none is needed. */
export interface Decision {
  readonly outcome: Outcome | 'deleted' | 'removed' | 'resealed' | 'imported'
  /** Complete, unless there are secrets to seal; what is `removed`, as it last was. */
  readonly stored: Stored
  /** The secrets that have to be sealed before `stored` may go to a store. */
  readonly clear?: string
}

/** What was asked for before the decision, since an intent needs it. */
export interface Gathered {
  /** The time of the decision. */
  readonly now: number
  /** The id of a service to come. */
  readonly id: string | undefined
  /** What a patch makes of the service. */
  readonly draft: Draft | undefined
  /** The clear secrets of the stored service. */
  readonly clear: string | null
  /** The version before the stored one. */
  readonly previous: Service | undefined
}

/** What becomes of the stored service, or of the name where there is none. */
export function decide(
  intent: Intent,
  held: Stored | null,
  gathered: Gathered,
  limits: Limits,
): Decision | BadRequest | EntityAlreadyExists {
  const kind = kindOf(intent)
  const decided =
    held === null ? kind.begins?.(intent, gathered, limits) : kind.decides?.(intent, held, gathered, limits)
  if (decided !== undefined) return decided
  // The loop decides only on what the intent sees, with what it needs.
  throw new TypeError('there is nothing to decide on')
}
