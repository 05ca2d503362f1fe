import type { BadRequest, EntityAlreadyExists } from '../model/errors.js'
import type { Service } from '../model/service.js'
import type { Stored } from '../ports/store.js'
import { decideFollow, decideReport, decideUnfollow } from './decide/beside.js'
import { decideCreate } from './decide/create.js'
import { decideDelete, decideRestore } from './decide/delete.js'
import { decideImport } from './decide/import.js'
import { decidePatch } from './decide/patch.js'
import { decideReseal } from './decide/reseal.js'
import { decideUpdate } from './decide/upsert.js'
import type { Draft, Intent } from './intent.js'
import type { Limits } from './limits.js'

/*
 * What an intent does to what is stored: pure, so that a lost race is decided again on what won. Each case has a file in
 * decide/. Source: OpenMetadata, "Create an ML Model Service"; `semantics.md` §3–7.
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
  const { now, id, draft, clear, previous } = gathered
  if (intent.kind === 'import') return decideImport(held, intent)
  if (held === null)
    return 'request' in intent && id !== undefined
      ? decideCreate(intent.request, id, now, intent.by, limits)
      : nothing()
  switch (intent.kind) {
    case 'create':
      return nothing()
    case 'upsert':
      return decideUpdate(held, clear, intent, now, limits)
    case 'patch':
      return draft === undefined ? nothing() : decidePatch(held, clear, draft, previous, now, intent.by, limits)
    case 'delete':
      return decideDelete(held, intent.hard, now, intent.by)
    case 'restore':
      return decideRestore(held, now, intent.by)
    case 'follow':
      return decideFollow(held, intent.userId, limits)
    case 'unfollow':
      return decideUnfollow(held, intent.userId)
    case 'report':
      return decideReport(held, intent.result)
    case 'reseal':
      return decideReseal(held, clear)
  }
}

/** The loop decides only on what the intent sees, with what it needs. */
function nothing(): never {
  throw new TypeError('there is nothing to decide on')
}
