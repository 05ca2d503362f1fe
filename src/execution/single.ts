import type { Book } from '../book.js'
import { badRequest, type Issue, storeFailed } from '../model/errors.js'
import type { Subject } from '../model/fqn.js'
import type { Principal } from '../model/principal.js'
import type { Stored } from '../ports/store.js'
import { asks, type Demand, type Kind, type RequestIntent, type ReviseIntent } from '../rules/intent.js'
import { principalIssues } from '../rules/principal.js'
import { storedAsToday } from '../rules/today.js'
import { missingPrincipal } from './authorise.js'
import { subjectOf } from './entrance.js'
import { type Answer, type Errand, errandOf } from './errand.js'
import { idsGiven } from './host.js'
import { absence, nameOf, subjectIssues } from './look.js'
import { run } from './loop.js'
import { shared } from './shared.js'
import { trips } from './trips.js'
import { inTurn } from './turns.js'

/*
 * A single verb: checked, refused without a principal where the policy wants one, then a round of one, in turn with those
 * of its name. Source: `semantics.md` §4, §7, §9.
 */

/** A verb that brings a request. */
export async function executeRequest(
  book: Book,
  request: unknown,
  kind: Kind<RequestIntent>,
  by: Principal | undefined,
  when: Demand | undefined,
  { overrides = false, wrong = [] }: { readonly overrides?: boolean; readonly wrong?: readonly Issue[] } = {},
): Promise<Answer> {
  const valid = book.validate(request)
  const { issues: found = [], more = 0 } = 'error' in valid ? valid.error : {}
  const issues = [...found, ...principalIssues(by), ...(when?.issues ?? []), ...wrong]
  if ('error' in valid || issues.length > 0) return badRequest(issues, more)
  const missing = await missingPrincipal(book, by, kind.isBlind ? 'Create' : 'EditAll')
  if (missing !== undefined) return missing
  const errand = errandOf({ kind, by, when, request: valid, overrides }, valid.fqn)
  return inTurn(book, valid.fqn, () => alone(book, errand))
}

/** A verb that changes one service that is there. `wrong` is what else is wrong with what it was given, and `more` how much. */
export async function executeRevision(
  book: Book,
  given: Subject,
  intent: ReviseIntent,
  wrong: readonly Issue[] = [],
  more = 0,
): Promise<Answer> {
  const { by, when } = intent
  const subject = subjectOf(given) as Subject
  const issues = [...subjectIssues(subject), ...principalIssues(by), ...(when?.issues ?? []), ...wrong]
  if (issues.length > 0) return badRequest(issues, more)
  const [operation] = asks(intent, undefined)
  const missing = await missingPrincipal(book, by, operation)
  if (missing !== undefined) return missing
  if (typeof subject === 'object' && 'id' in subject) return byId(book, subject, intent)
  const fqn = nameOf(subject)
  if (fqn === undefined) return absence(book, subject, by, operation)
  return inTurn(book, fqn, () => alone(book, errandOf(intent, fqn, subject)))
}

/** What `find` answers is what is decided on, which saves a load; not where others of that name had to be waited for. */
async function byId(book: Book, subject: { readonly id: string }, intent: ReviseIntent): Promise<Answer> {
  const id = subject.id.toLowerCase()
  let found: Stored | undefined
  try {
    const read = await trips(book.store).find(book.family.entityType, id)
    found = read && storedAsToday(read, book.birth)
  } catch (cause) {
    return storeFailed('load', cause)
  }
  if (found === undefined) return absence(book, subject, intent.by, asks(intent, undefined)[0])
  const errand = errandOf(intent, found.service.fullyQualifiedName, subject, id)
  return inTurn(book, errand.fqn, (waited) => {
    if (!waited) {
      errand.held = found
      errand.early = true
    }
    return alone(book, errand)
  })
}

async function alone(book: Book, errand: Errand): Promise<Answer> {
  await run({ book, store: shared(book.store, book.family.entityType), dryRun: false, isGiven: idsGiven(book) }, [
    errand,
  ])
  return errand.answer as Answer
}
