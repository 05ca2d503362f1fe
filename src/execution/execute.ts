import type { Book } from '../book.js'
import {
  type BadRequest,
  badRequest,
  type Contended,
  contended,
  type EntityAlreadyExists,
  type EntityNotFound,
  entityAlreadyExists,
  type PreconditionFailed,
  type StoreFailed,
  storeFailed,
} from '../model/errors.js'
import { ifMatchIssues, unmet } from '../model/etag.js'
import type { Fqn } from '../model/fqn.js'
import type { Principal } from '../model/principal.js'
import type { Change, ServiceStore, Stored } from '../ports/store.js'
import { comparesSecrets, type Decision, decideCreate, decideUpdate } from '../rules/decide.js'
import { principalIssues } from '../rules/principal.js'
import type { ValidRequest } from '../rules/validate.js'
import { announce } from './announce.js'
import { type Denial, denial, missingPrincipal } from './authorise.js'
import { idOf, idsGiven, refusedForId, takenId, timeOf } from './host.js'
import { unresolved } from './resolve.js'
import { opened, sealed } from './secrecy.js'
import { inTurn, pause } from './turns.js'

export type WriteFailure = BadRequest | Denial | EntityNotFound | EntityAlreadyExists | PreconditionFailed | Contended

export interface Execution {
  readonly how: 'create' | 'upsert'
  readonly by: Principal | undefined
  /** The entity tag that the stored service must have. */
  readonly ifMatch?: string | undefined
  /** Where to load and commit; a dry run puts a rehearsal in front of the book's store. */
  readonly store: Pick<ServiceStore, 'load' | 'commit'>
}

/**
 * Load → decide → commit, for any number of requests at once. The answers stand in the order of the requests and are those of one request after the other: a name that occurs again waits until the one
 * before it is settled, and then decides on what that one left, without a load. What a store refuses is loaded,
 * authorised and decided again. Source: `semantics.md` §4–6, §8.
 */
export async function execute(
  book: Book,
  requests: readonly ValidRequest[],
  { how, by, ifMatch, store }: Execution,
): Promise<readonly (Decision | WriteFailure)[]> {
  const answers: (Decision | WriteFailure)[] = new Array(requests.length)
  const { first, following } = byName(requests)
  /** What each request decides on: `undefined` until it is loaded. A create never looks: the store refuses it if need be. */
  const held: (Stored | null | undefined)[] = new Array(requests.length)
  const attempts = new Map<number, number>()
  const requestAt = (index: number) => requests[index] as ValidRequest
  const fqnAt = (index: number) => requestAt(index).fqn
  const isGiven = idsGiven(book)

  let turn = first
  while (turn.length > 0) {
    const upcoming: number[] = []
    const settle = (index: number, answer: Decision | WriteFailure, left: Stored | null | undefined) => {
      answers[index] = answer
      const next = following.get(index)
      if (next === undefined) return
      held[next] = left
      upcoming.push(next)
    }

    if (how === 'create') for (const index of turn) held[index] = null
    const unloaded = turn.filter((index) => held[index] === undefined)
    if (unloaded.length > 0) {
      const found = await loaded(book, store, unloaded.map(fqnAt))
      for (const index of unloaded) {
        if ('code' in found) settle(index, found, undefined)
        else held[index] = found.get(fqnAt(index)) ?? null
      }
    }

    const present = () => turn.filter((index) => held[index] !== undefined)
    const refuse = (index: number, failure: WriteFailure) => {
      settle(index, failure, held[index])
      held[index] = undefined
    }
    if (book.policy !== undefined) {
      const asked = present()
      const denials = await Promise.all(asked.map((index) => denialOf(book, by, held[index] as Stored | null)))
      for (const [place, denied] of denials.entries()) if (denied !== undefined) refuse(asked[place] as number, denied)
    }
    if (book.directory !== undefined) {
      const asked = present()
      const missing = await unresolved(book, asked.map(requestAt))
      for (const [place, unknown] of missing.entries())
        if (unknown !== undefined) refuse(asked[place] as number, unknown)
    }
    const compared = turn.filter((index) => held[index] && comparesSecrets(held[index], requestAt(index)))
    const clear = new Map<number, string>()
    if (compared.length > 0) {
      const services = compared.map((index) => held[index] as Stored)
      for (const [place, text] of (await opened(book, services)).entries()) {
        if (typeof text === 'string') clear.set(compared[place] as number, text)
        else refuse(compared[place] as number, text)
      }
    }

    const decided = (before: Stored | null, index: number): Decision | BadRequest | StoreFailed => {
      const now = timeOf(book)
      if (typeof now !== 'number') return now
      if (before !== null) return decideUpdate(before, clear.get(index) ?? null, requestAt(index), now, by, book.limits)
      const id = idOf(book)
      if (typeof id !== 'string') return id
      return isGiven(id, fqnAt(index)) ? takenId() : decideCreate(requestAt(index), id, now, by, book.limits)
    }
    let writes: Write[] = []
    for (const index of turn) {
      const before = held[index]
      if (before === undefined) continue
      const decision = unmet(ifMatch, before?.service) ?? decided(before, index)
      if ('code' in decision || decision.outcome === 'unchanged') settle(index, decision, before)
      else writes.push({ index, before, decision })
    }

    if (writes.some(({ decision }) => decision.clear !== undefined)) {
      const sealing = await sealedWrites(book, writes)
      writes = sealing.writes
      for (const { index, before, failure } of sealing.failures) settle(index, failure, before)
    }

    if (writes.length > 0) {
      const refused = await committed(book, store, writes, by)
      let lost = 0
      for (const { index, before, decision } of writes) {
        const isRefused = !('code' in refused) && refused.has(fqnAt(index))
        const taken = isRefused ? await refusedForId(book, store, { before, after: decision.stored }) : undefined
        if (taken !== undefined) settle(index, taken, undefined)
        else if ('code' in refused) settle(index, refused, undefined)
        else if (!refused.has(fqnAt(index))) settle(index, decision, decision.stored)
        else if (how === 'create') settle(index, entityAlreadyExists(fqnAt(index)), undefined)
        else {
          const attempt = (attempts.get(index) ?? 0) + 1
          attempts.set(index, attempt)
          held[index] = undefined
          if (attempt === book.attempts) settle(index, contended(fqnAt(index), attempt), undefined)
          else {
            upcoming.push(index)
            lost = Math.max(lost, attempt)
          }
        }
      }
      if (lost > 0) await pause(lost)
    }
    turn = upcoming
  }
  return answers
}

/** A decision that changes something, and what it was decided on. */
interface Write {
  readonly index: number
  readonly before: Stored | null
  readonly decision: Decision
}

async function loaded(
  book: Book,
  store: Execution['store'],
  fqns: readonly Fqn[],
): Promise<ReadonlyMap<Fqn, Stored> | StoreFailed> {
  try {
    return await store.load(book.family.entityType, fqns)
  } catch (cause) {
    return storeFailed('load', cause)
  }
}

/** The names that the store refused. */
async function committed(
  book: Book,
  store: Execution['store'],
  writes: readonly Write[],
  by: Principal | undefined,
): Promise<ReadonlySet<Fqn> | StoreFailed> {
  const changes: Change[] = writes.map(({ before, decision }) => ({ before, after: decision.stored }))
  try {
    const refused = new Set(await store.commit(book.family.entityType, changes))
    if (book.onChange === undefined || store !== book.store) return refused
    for (const change of changes) {
      if (!refused.has((change.after as Stored).service.fullyQualifiedName))
        announce(book, change, by, (change.after as Stored).service.updatedAt)
    }
    return refused
  } catch (cause) {
    return storeFailed('commit', cause)
  }
}

/** The writes with their secrets sealed, by one call of the cipher, and those it failed for. */
async function sealedWrites(book: Book, writes: readonly Write[]) {
  const unsealed = writes.filter(({ decision }) => decision.clear !== undefined)
  const answers = await sealed(
    book,
    unsealed.map(({ decision: { stored, clear = '' } }) => ({ stored, clear })),
  )
  const byIndex = new Map(unsealed.map(({ index }, place) => [index, answers[place] as Stored | StoreFailed]))
  const done: Write[] = []
  const failures: { index: number; before: Stored | null; failure: StoreFailed }[] = []
  for (const write of writes) {
    const { index, before, decision } = write
    const answer = byIndex.get(index)
    if (answer === undefined) done.push(write)
    else if ('code' in answer) failures.push({ index, before, failure: answer })
    else done.push({ index, before, decision: { outcome: decision.outcome, stored: answer } })
  }
  return { writes: done, failures }
}

/** The first request of each name, and for each other one the request that follows it. */
function byName(requests: readonly ValidRequest[]): { first: number[]; following: ReadonlyMap<number, number> } {
  const first: number[] = []
  const following = new Map<number, number>()
  const last = new Map<Fqn, number>()
  requests.forEach(({ fqn }, index) => {
    const before = last.get(fqn)
    if (before === undefined) first.push(index)
    else following.set(before, index)
    last.set(fqn, index)
  })
  return { first, following }
}

function denialOf(book: Book, by: Principal | undefined, held: Stored | null): Promise<Denial | undefined> {
  return held === null ? denial(book, by, 'Create', undefined) : denial(book, by, 'EditAll', held.service)
}

/** A single write: validated, then refused without a principal where the policy wants one, then executed in its turn. */
export async function executeOne(
  book: Book,
  request: unknown,
  how: Execution['how'],
  by: Principal | undefined,
  ifMatch?: string,
): Promise<Decision | WriteFailure> {
  const valid = book.validate(request)
  const { issues: found = [], more = 0 } = 'error' in valid ? valid.error : {}
  const issues = [...found, ...principalIssues(by), ...ifMatchIssues(ifMatch)]
  if ('error' in valid || issues.length > 0) return badRequest(issues, more)
  const missing = await missingPrincipal(book, by, how === 'create' ? 'Create' : 'EditAll')
  if (missing !== undefined) return missing
  const answers = await inTurn(book, valid.fqn, () => execute(book, [valid], { how, by, ifMatch, store: book.store }))
  return answers[0] as Decision | WriteFailure
}
