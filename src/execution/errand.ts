import type { Book } from '../book.js'
import type { BadRequest, Contended, EntityAlreadyExists, EntityNotFound, PreconditionFailed } from '../model/errors.js'
import type { Fqn, Subject } from '../model/fqn.js'
import type { Service } from '../model/service.js'
import type { ServiceStore, Stored } from '../ports/store.js'
import type { Decision } from '../rules/decide.js'
import type { Draft, Intent } from '../rules/intent.js'
import type { Denial } from './authorise.js'

export type Failure = BadRequest | Denial | EntityNotFound | EntityAlreadyExists | PreconditionFailed | Contended
export type Answer = Decision | Failure

/** An intent on its way through the rounds of the loop, until it has its answer. */
export interface Errand {
  readonly intent: Intent
  readonly fqn: Fqn
  /** How the caller named the service; its id, when it was named by that. */
  readonly subject: Subject
  readonly id: string | undefined
  /** The next one of the same name: it waits, and decides on what this one leaves. */
  next: Errand | undefined
  /** What is there: `null` for nothing, `undefined` until it is loaded. */
  held: Stored | null | undefined
  /** Whether that was read before it was the turn of this name: being refused for it is no lost race. */
  early: boolean
  /** How often it was refused. */
  attempts: number
  now: number
  draft: Draft | undefined
  /** The clear secrets of what is there, when they are needed. */
  clear: string | null
  /** The version before what is there, when it is needed. */
  previous: Service | undefined
  answer: Answer | undefined
}

export function errandOf(intent: Intent, fqn: Fqn, subject: Subject = fqn, id?: string): Errand {
  return {
    intent,
    fqn,
    subject,
    id,
    next: undefined,
    // What never looks is refused by the store if need be.
    held: intent.kind.isBlind ? null : undefined,
    early: false,
    attempts: 0,
    now: 0,
    draft: undefined,
    clear: null,
    previous: undefined,
    answer: undefined,
  }
}

/** Where errands go together. */
export interface Journey {
  readonly book: Book
  /** Where to load and commit: the book's store, what single verbs share of it, or a rehearsal in front of it. */
  readonly store: Pick<ServiceStore, 'load' | 'commit'>
  /** Whether nothing is to come of it. */
  readonly dryRun: boolean
  /** Whether another name of this call has this id already. */
  readonly isGiven: (id: string, fqn: Fqn) => boolean
}
