import { err, ok, type Result } from 'neverthrow'
import type { Book } from '../book.js'
import {
  badRequest,
  type EntityNotFound,
  entityNotFound,
  type GetServiceError,
  type Issue,
  storeFailed,
} from '../model/errors.js'
import { UUID_PATTERN } from '../model/fields.js'
import type { Fqn } from '../model/fqn.js'
import { fqn, fqnOf, type Subject } from '../model/fqn.js'
import type { Operation, Principal } from '../model/principal.js'
import type { Stored } from '../ports/store.js'
import { principalIssues } from '../rules/principal.js'
import { storedAsToday } from '../rules/today.js'
import { type Denial, denial, missingPrincipal } from './authorise.js'
import { subjectOf } from './entrance.js'

/** What verbs that read one service take besides the subject. */
export interface GetOptions {
  /** Who reads: shown to the policy. */
  readonly by?: Principal | undefined
  /** Which services count. Default `'non-deleted'`. */
  readonly include?: 'non-deleted' | 'deleted' | 'all' | undefined
}

/**
 * The stored service of a subject, for whoever may do this to it: validated, loaded, authorised. `wrong` is what else is
 * wrong with what the verb was given. Source: `semantics.md` §2, §7, §9.
 */
export async function look(
  book: Book,
  given: Subject,
  options: GetOptions,
  operation: Operation,
  wrong: readonly Issue[] = [],
): Promise<Result<Stored, GetServiceError>> {
  const { by, include = 'non-deleted' } = options
  const subject = subjectOf(given) as Subject
  const issues = [...subjectIssues(subject), ...principalIssues(by), ...includeIssues(include), ...wrong]
  if (issues.length > 0) return err(badRequest(issues))
  const missing = await missingPrincipal(book, by, operation)
  if (missing !== undefined) return err(missing)
  let stored: Stored | undefined
  try {
    stored = present(await storedOf(book, subject), include)
  } catch (cause) {
    return err(storeFailed('load', cause))
  }
  if (stored === undefined) return err(await absence(book, subject, by, operation))
  const denied = await denial(book, by, operation, stored.service)
  return denied === undefined ? ok(stored) : err(denied)
}

export type Include = NonNullable<GetOptions['include']>

/** The stored service, if it is one of those that count. */
export function present(stored: Stored | undefined, include: Include): Stored | undefined {
  return include === 'all' || stored?.service.deleted === (include === 'deleted') ? stored : undefined
}

/** That there is none; for whoever may not see services, the same denial as if there were one. */
export async function absence(
  book: Book,
  subject: Subject,
  by: Principal | undefined,
  operation: Operation | undefined,
): Promise<Denial | EntityNotFound> {
  const hidden = operation && (await denial(book, by, 'ViewBasic', undefined))
  const denied = hidden && (await denial(book, by, operation, undefined))
  return denied ?? entityNotFound(book.family.entityType, shown(subject))
}

export function includeIssues(include: unknown): Issue[] {
  if (['non-deleted', 'deleted', 'all'].includes(include as string)) return []
  return [{ path: '/include', message: 'must be one of non-deleted, deleted, all' }]
}

export function limitIssues(limit: unknown): Issue[] {
  if (Number.isInteger(limit) && (limit as number) >= 0 && (limit as number) <= 1_000_000) return []
  return [{ path: '/limit', message: 'must be an integer from 0 to 1,000,000' }]
}

const UUID = new RegExp(UUID_PATTERN)

export function subjectIssues(subject: unknown): Issue[] {
  if (typeof subject === 'string') return []
  const { id, name } = (subject ?? {}) as { id?: unknown; name?: unknown }
  if (typeof name === 'string' && id === undefined) return []
  if (typeof id === 'string' && name === undefined)
    return UUID.test(id) ? [] : [{ path: '/id', message: 'is not a UUID' }]
  return [{ path: '', message: 'must name a service: a string, { id } or { name }' }]
}

async function storedOf(book: Book, subject: Subject): Promise<Stored | undefined> {
  const stored = await readOf(book, subject)
  return stored && storedAsToday(stored, book.birth)
}

async function readOf({ family, store }: Book, subject: Subject): Promise<Stored | undefined> {
  if (typeof subject === 'object' && 'id' in subject) return store.find(family.entityType, subject.id.toLowerCase())
  const name = nameOf(subject)
  return name === undefined ? undefined : (await store.load(family.entityType, [name])).get(name)
}

/** The FQN of a subject, as far as it says one itself; an id does not, and what cannot be a name does not. */
export function nameOf(subject: Subject): Fqn | undefined {
  if (typeof subject === 'object' && 'id' in subject) return undefined
  const text = typeof subject === 'string' ? subject : subject.name
  // No name is that long, or holds that; a store need not be asked.
  if (text.length > 1024 || !text.isWellFormed() || text.includes('\0')) return undefined
  return typeof subject === 'string' ? fqnOf(subject) : fqn.quote(subject.name)
}

function shown(subject: Subject): string {
  const text = typeof subject === 'string' ? subject : 'id' in subject ? subject.id : subject.name
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
