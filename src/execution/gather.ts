import type { Awaitable, Stored } from '../ports/store.js'
import { decide } from '../rules/decide.js'
import { asks, kindOf, type PatchIntent, sees } from '../rules/intent.js'
import type { Referring } from '../rules/references.js'
import { denials } from './authorise.js'
import { breach } from './check.js'
import { drafted } from './draft.js'
import type { Answer, Errand, Failure, Journey } from './errand.js'
import { idOf, takenId, timeOf } from './host.js'
import { loaded } from './load.js'
import { absence } from './look.js'
import { unresolved } from './resolve.js'
import { misled, opened } from './secrecy.js'
import { versionBefore } from './versions.js'

/**
 * The first half of a round: everything that a decision takes, then the decision. Stores, directories and ciphers are
 * asked once for all errands, the policy for each; who does not get what it needs is settled with the reason. Answers
 * the errands that have something to write.
 */
export async function gather(journey: Journey, turn: readonly Errand[]): Promise<readonly Errand[]> {
  const { book } = journey
  const loading = loaded(journey, turn)
  if (loading !== undefined) await loading
  const admitting = each(turn, (errand) => admitted(journey, errand))
  if (admitting !== undefined) await admitting
  if (book.directory !== undefined) await resolved(journey, turn)
  const asking = each(turn, (errand) => timed(journey, errand))
  if (asking !== undefined) await asking
  await cleared(journey, turn)
  const writes: Errand[] = []
  for (const errand of turn) {
    if (errand.answer !== undefined) continue
    const answer = decided(journey, errand)
    errand.answer = answer
    if (!('code' in answer) && answer.outcome !== 'unchanged') writes.push(errand)
  }
  return writes
}

/** Asks for each errand that is not settled, for all of them before waiting for any; a failure settles it. */
function each(
  turn: readonly Errand[],
  ask: (errand: Errand) => Awaitable<Failure | undefined>,
): Promise<unknown> | undefined {
  let waits: Promise<void>[] | undefined
  for (const errand of turn) {
    if (errand.answer !== undefined) continue
    const answer = ask(errand)
    if (answer === undefined) continue
    if ('code' in answer) errand.answer = answer
    else {
      waits ??= []
      waits.push(
        answer.then((failure) => {
          errand.answer = failure
        }),
      )
    }
  }
  return waits && Promise.all(waits)
}

/** Present → authorised → as demanded → drafted: what is asked for each errand by itself. */
function admitted(journey: Journey, errand: Errand): Awaitable<Failure | undefined> {
  const { book } = journey
  const { intent, held, id } = errand
  const service = held?.service
  if (!sees(intent, service) || (id !== undefined && service?.id !== id)) {
    const [operation] = asks(intent, undefined)
    return absence(book, errand.subject, intent.by, operation)
  }
  if (book.policy === undefined) return ready(journey, errand)
  const denied = denials(book, intent.by, asks(intent, service), service)
  if (denied === undefined) return ready(journey, errand)
  return 'code' in denied ? denied : denied.then((answer) => answer ?? ready(journey, errand))
}

function ready({ book }: Journey, errand: Errand): Awaitable<Failure | undefined> {
  const { intent, held } = errand
  if (intent.when !== undefined) {
    const failed = intent.when.unmet(held?.service)
    if (failed !== undefined) return failed
  }
  const { drafts } = kindOf(intent)
  if (drafts === undefined || !held) return undefined
  return drafted(book, intent as PatchIntent, drafts, held.service).then((draft) => {
    if ('code' in draft) return draft
    errand.draft = draft
    return undefined
  })
}

/** Everything that is referred to, by one question. */
async function resolved({ book }: Journey, turn: readonly Errand[]): Promise<void> {
  const asked: Errand[] = []
  const referring: (readonly Referring[])[] = []
  for (const errand of turn) {
    const { answer, intent, draft } = errand
    const references = answer === undefined ? (kindOf(intent).refers?.(intent, draft) ?? []) : []
    if (references.length === 0) continue
    asked.push(errand)
    referring.push(references)
  }
  if (asked.length === 0) return
  for (const [place, missing] of (await unresolved(book, referring)).entries())
    if (missing !== undefined) (asked[place] as Errand).answer = missing
}

/** The time of the decision, and the version before the one that is there, where it matters by then. */
function timed({ book }: Journey, errand: Errand): Awaitable<Failure | undefined> {
  const { intent, held, draft } = errand
  const kind = kindOf(intent)
  if (kind.isTimeless) return undefined
  const now = timeOf(book)
  if (typeof now !== 'number') return now
  errand.now = now
  const wanted = held ? kind.needsVersion?.(intent, held, draft, now) : undefined
  if (wanted === undefined || !held) return undefined
  return versionBefore(book, held.service, wanted).then((found) => {
    if (found !== undefined && 'code' in found) return found
    errand.previous = found
    return undefined
  })
}

/** The clear secrets of what is there, by one call of the cipher; and whether they may go where they would. */
async function cleared({ book }: Journey, turn: readonly Errand[]): Promise<void> {
  const asked = turn.filter(({ answer, intent, held, draft }) => {
    if (answer !== undefined || !held || held.sealed === null) return false
    return kindOf(intent).needsClear?.(intent, held, draft) === true
  })
  if (asked.length === 0) return
  const texts = await opened(
    book,
    asked.map(({ held }) => held as Stored),
  )
  for (const [place, errand] of asked.entries()) {
    const text = texts[place] as (typeof texts)[number]
    if (typeof text === 'string') errand.clear = text
    else errand.answer = text
  }
  if (book.secretsFollow) return
  await each(asked, ({ intent, draft, held, clear }) => {
    const moved = kindOf(intent).moves?.(intent, held as Stored, draft, clear)
    return moved && moved.length > 0 ? misled(book, intent.by, held as Stored, moved) : undefined
  })
}

function decided({ book, isGiven }: Journey, errand: Errand): Answer {
  const { intent, fqn, held = null, now, draft, clear, previous } = errand
  let id: string | undefined
  if (held === null) {
    const answer = kindOf(intent).idBrought?.(intent) ?? idOf(book)
    if (typeof answer !== 'string') return answer
    if (isGiven(answer, fqn)) return takenId()
    id = answer
  }
  const answer = decide(intent, held, { now, id, draft, clear, previous }, book.limits)
  if (book.checks.length === 0 || 'code' in answer || answer.outcome === 'unchanged' || !intent.kind.isChecked)
    return answer
  return breach(book, answer.stored.service, held?.service ?? null, intent.by) ?? answer
}
