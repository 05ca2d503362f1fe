import type { Book } from '../book.js'
import { contended, entityAlreadyExists, storeFailed } from '../model/errors.js'
import type { Fqn } from '../model/fqn.js'
import type { ChangeEvent } from '../ports/events.js'
import type { Awaitable, Change, Stored } from '../ports/store.js'
import type { Decision } from '../rules/decide.js'
import { kindOf } from '../rules/intent.js'
import { announce, eventOf } from './announce.js'
import type { Errand, Journey } from './errand.js'
import { refusedForId } from './host.js'
import { sealed } from './secrecy.js'
import { isThenable } from './thenable.js'

/**
 * The second half of a round: seal → commit, once for all errands → settle and tell. Answers those that were refused and
 * go round again.
 */
export async function carryOut(journey: Journey, decided: readonly Errand[]): Promise<readonly Errand[]> {
  const { book, store } = journey
  const writes = decided.some(({ answer }) => (answer as Decision).clear !== undefined)
    ? await sealedOnes(journey, decided)
    : decided
  if (writes.length === 0) return writes
  const outbox = book.store.outbox === true && !journey.dryRun
  const changes = writes.map((errand) => (outbox ? toldChangeOf(book, errand) : changeOf(errand)))
  let refused: readonly Fqn[]
  try {
    const answer: Awaitable<readonly Fqn[]> = store.commit(book.family.entityType, changes)
    refused = isThenable(answer) ? await answer : answer
    if (!Array.isArray(refused)) throw new TypeError('commit must answer the list of the names that it refused')
  } catch (cause) {
    const failure = storeFailed('commit', cause)
    for (const errand of writes) {
      errand.answer = failure
      errand.held = undefined
    }
    return []
  }
  if (refused.length === 0) {
    for (let at = 0; at < writes.length; at++) accepted(journey, writes[at] as Errand, changes[at] as Change)
    return []
  }
  return settled(journey, writes, changes, new Set(refused))
}

async function settled(
  journey: Journey,
  writes: readonly Errand[],
  changes: readonly Change[],
  refused: ReadonlySet<Fqn>,
): Promise<readonly Errand[]> {
  const lost: Errand[] = []
  for (const [place, errand] of writes.entries()) {
    const change = changes[place] as Change
    if (!refused.has(errand.fqn)) accepted(journey, errand, change)
    else if (await isLost(journey, errand, change)) lost.push(errand)
  }
  return lost
}

function accepted({ book, dryRun }: Journey, errand: Errand, change: Change): void {
  errand.held = change.after
  if (book.onChange === undefined || dryRun || book.store.provisional) return
  const event = change.event ?? tidings(book, errand, change)
  if (event !== undefined) announce(book, event)
}

/** What there is to tell of a change, if there is. */
function tidings(book: Book, { answer, intent, now }: Errand, change: Change): ChangeEvent | undefined {
  if ((answer as Decision).outcome === 'resealed') return undefined
  const { before, after } = change
  const beside = before !== null && after !== null ? kindOf(intent).tells?.(before, after) : undefined
  // Neither a removal nor what is written beside a service leaves its time there: the event has that of the decision.
  const time = after === null || beside !== undefined ? now : after.service.updatedAt
  return eventOf(book, change, beside, intent.by, time)
}

/** Whether an errand that was refused goes round again; else it is settled. */
async function isLost({ book, dryRun }: Journey, errand: Errand, change: Change): Promise<boolean> {
  const { intent, fqn } = errand
  const taken = dryRun ? undefined : await refusedForId(book, change, kindOf(intent).idBrought !== undefined)
  errand.answer = undefined
  errand.held = undefined
  if (taken !== undefined) errand.answer = taken
  else if (intent.kind.isBlind) errand.answer = entityAlreadyExists(fqn)
  else if (errand.early) errand.early = false
  else if (++errand.attempts === book.attempts) errand.answer = contended(fqn, errand.attempts)
  if (errand.answer !== undefined) return false
  errand.clear = null
  errand.draft = undefined
  errand.previous = undefined
  return true
}

function changeOf({ held, answer }: Errand): Change {
  const { outcome, stored } = answer as Decision
  return { before: held as Stored | null, after: outcome === 'removed' ? null : stored }
}

/** For a store that writes down what there is to tell. */
function toldChangeOf(book: Book, errand: Errand): Change {
  const change = changeOf(errand)
  return { ...change, event: tidings(book, errand, change) }
}

/** The errands with their secrets sealed, by one call of the cipher; those it failed for are settled. */
async function sealedOnes({ book }: Journey, writes: readonly Errand[]): Promise<readonly Errand[]> {
  const unsealed = writes.filter(({ answer }) => (answer as Decision).clear !== undefined)
  const answers = await sealed(
    book,
    unsealed.map(({ answer }) => answer as { stored: Stored; clear: string }),
  )
  for (const [place, errand] of unsealed.entries()) {
    const stored = answers[place] as (typeof answers)[number]
    errand.answer = 'code' in stored ? stored : { outcome: (errand.answer as Decision).outcome, stored }
  }
  return writes.filter(({ answer }) => !('code' in (answer as object)))
}
