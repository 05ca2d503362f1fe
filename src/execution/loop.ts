import { carryOut } from './carry.js'
import type { Errand, Journey } from './errand.js'
import { gather } from './gather.js'
import { pause } from './turns.js'

/**
 * The one loop for every write: gather what a decision takes → decide → carry it out, for any number of intents at once.
 * The answers, which each errand has in the end, are those of one intent after the other: a name that occurs again waits
 * until the one before it is settled. What a store refuses goes round again, apart from what need not wait for it.
 * Source: `semantics.md` §4–8.
 */
export async function run(journey: Journey, errands: readonly Errand[]): Promise<void> {
  return rounds(journey, errands.length === 1 ? errands : firstOfEachName(errands))
}

async function rounds(journey: Journey, first: readonly Errand[]): Promise<void> {
  let turn = first
  while (turn.length > 0) {
    const writes = await gather(journey, turn)
    const lost = writes.length === 0 ? NONE : await carryOut(journey, writes)
    const next = following(turn)
    if (lost.length > 0 && next.length > 0) {
      await Promise.all([rounds(journey, next), again(journey, lost)])
      return
    }
    if (lost.length > 0) await paused(lost)
    turn = lost.length > 0 ? lost : next
  }
}

async function again(journey: Journey, lost: readonly Errand[]): Promise<void> {
  await paused(lost)
  return rounds(journey, lost)
}

/** The longer the more often a race was lost. */
async function paused(lost: readonly Errand[]): Promise<void> {
  const most = lost.reduce((most, { attempts }) => Math.max(most, attempts), 0)
  if (most > 0) await pause(most)
}

const NONE: readonly Errand[] = []

function firstOfEachName(errands: readonly Errand[]): readonly Errand[] {
  const first: Errand[] = []
  const last = new Map<string, Errand>()
  for (const errand of errands) {
    const before = last.get(errand.fqn)
    if (before === undefined) first.push(errand)
    else before.next = errand
    last.set(errand.fqn, errand)
  }
  return first
}

/** Those that waited for one that is settled now, with what it left; where that is not known they load it. */
function following(turn: readonly Errand[]): readonly Errand[] {
  let next: Errand[] | undefined
  for (const errand of turn) {
    if (errand.next === undefined || errand.answer === undefined) continue
    next ??= []
    next.push(errand.next)
    if (!errand.next.intent.kind.isBlind) errand.next.held = errand.held
  }
  return next ?? NONE
}
