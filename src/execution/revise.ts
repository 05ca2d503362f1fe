import type { Book } from '../book.js'
import {
  badRequest,
  contended,
  type DeleteServiceError,
  type Issue,
  type StoreFailed,
  storeFailed,
} from '../model/errors.js'
import { type Preconditions, preconditionIssues, unmet } from '../model/etag.js'
import type { Fqn, Subject } from '../model/fqn.js'
import type { Operation, Principal } from '../model/principal.js'
import type { Change, Stored } from '../ports/store.js'
import type { Revision } from '../rules/decide.js'
import { principalIssues } from '../rules/principal.js'
import { announce } from './announce.js'
import { denial, missingPrincipal } from './authorise.js'
import { subjectOf } from './entrance.js'
import { timeOf } from './host.js'
import { absence, type Include, nameOf, present, subjectIssues } from './look.js'
import { sealed } from './secrecy.js'
import { inTurn, pause } from './turns.js'

export interface Revising {
  readonly by: Principal | undefined
  /** What the stored service must be like. */
  readonly when: Preconditions
  readonly include: Include
  /** What is wrong with what else the verb was given. */
  readonly issues?: readonly Issue[]
  /** How many more such issues there are. */
  readonly moreIssues?: number
  /** What the policy is asked for, all of it together. */
  readonly operations: readonly [Operation, ...Operation[]]
  /** What is to be done to the service as it is stored; asked again after a lost race. */
  decide(stored: Stored): Promise<Revision | DeleteServiceError> | Revision | DeleteServiceError
}

/**
 * Load → authorise → decide → commit for verbs that name one service that is there, in its turn, and again after a lost
 * race. Source: `semantics.md` §5, §7, §9.
 */
export async function revise(book: Book, given: Subject, revising: Revising): Promise<Revision | DeleteServiceError> {
  const { by, when, issues: more = [], operations } = revising
  const subject = subjectOf(given) as Subject
  const issues = [...subjectIssues(subject), ...principalIssues(by), ...preconditionIssues(when), ...more]
  if (issues.length > 0) return badRequest(issues, revising.moreIssues)
  const missing = await missingPrincipal(book, by, operations[0])
  if (missing !== undefined) return missing
  const family = book.family.entityType
  let name = nameOf(subject)
  let id: string | undefined
  if (typeof subject === 'object' && 'id' in subject) {
    id = subject.id.toLowerCase()
    try {
      name = (await book.store.find(family, id))?.service.fullyQualifiedName
    } catch (cause) {
      return storeFailed('load', cause)
    }
  }
  if (name === undefined) return absence(book, subject, by, operations[0])
  const fqn = name
  return inTurn(book, fqn, async () => {
    for (let attempt = 1; ; attempt++) {
      const revised = await reviseOnce(book, subject, fqn, id, revising)
      if (revised !== 'refused') return revised
      if (attempt === book.attempts) return contended(fqn, attempt)
      await pause(attempt)
    }
  })
}

async function reviseOnce(
  book: Book,
  subject: Subject,
  fqn: Fqn,
  id: string | undefined,
  revising: Revising,
): Promise<Revision | DeleteServiceError | 'refused'> {
  const family = book.family.entityType
  let stored: Stored | undefined
  try {
    stored = present((await book.store.load(family, [fqn])).get(fqn), revising.include)
  } catch (cause) {
    return storeFailed('load', cause)
  }
  if (id !== undefined && stored?.service.id !== id) stored = undefined
  if (stored === undefined) return absence(book, subject, revising.by, revising.operations[0])
  const denied = await denials(book, revising, stored)
  if (denied !== undefined) return denied
  const failed = unmet(revising.when, stored.service)
  if (failed !== undefined) return failed
  const revision = await revising.decide(stored)
  if ('code' in revision || revision.outcome === 'unchanged') return revision
  const after = await sealedAfter(book, revision)
  if (after !== null && 'code' in after) return after
  // A removal leaves no time in the service; its event has one, asked for while nothing has happened yet.
  const time = after === null ? timeOf(book) : after.service.updatedAt
  if (typeof time !== 'number') return time
  const change: Change = { before: stored, after }
  try {
    const refused = await book.store.commit(family, [change])
    if (refused.length > 0) return 'refused'
  } catch (cause) {
    return storeFailed('commit', cause)
  }
  announce(book, change, revising.by, time)
  return after === null ? revision : { outcome: revision.outcome, stored: after }
}

/** The first denial of all that the policy is asked for. */
async function denials(book: Book, { by, operations }: Revising, { service }: Stored) {
  const answers = await Promise.all(operations.map((operation) => denial(book, by, operation, service)))
  return answers.find((answer) => answer !== undefined)
}

async function sealedAfter(book: Book, { outcome, stored, clear }: Revision): Promise<Stored | null | StoreFailed> {
  if (outcome === 'removed') return null
  if (clear === undefined) return stored
  const [after] = await sealed(book, [{ stored, clear }])
  return after as Stored | StoreFailed
}
