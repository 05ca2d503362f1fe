import { err, type Result, ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { channelOf, isSeen, type Message, seen } from '../channels.js'
import { type BadRequest, badRequest, type Issue, type StoreFailed, storeFailed } from '../model/errors.js'
import type { Subject } from '../model/fqn.js'
import type { Principal } from '../model/principal.js'
import { pointer } from '../rules/copy.js'
import { add, findings } from '../rules/findings.js'

/*
 * The entrance of every verb: what it was given is read once, here, into plain values, so that a getter or proxy that
 * throws is an issue like any other, and a verb never throws or rejects. Source: `semantics.md` §10.
 */

type Values = Readonly<Record<string, unknown>>

const channel = channelOf('servicebook.verb')

/**
 * Runs a verb on options it knows, read once. What is thrown past that point is a fault of what the book was opened with:
 * `during` says what it may have left undone.
 */
export function entered<O, T, E>(
  verb: string,
  book: unknown,
  given: O,
  known: readonly (keyof O & string)[],
  during: 'load' | 'commit',
  work: (options: O) => Promise<Result<T, E>>,
): ResultAsync<T, E | BadRequest | StoreFailed> {
  return new ResultAsync(enter(verb, book, given, known, during, work))
}

function enter<O, T, E>(
  verb: string,
  book: unknown,
  given: O,
  known: readonly string[],
  during: 'load' | 'commit',
  work: (options: O) => Promise<Result<T, E>>,
): Promise<Result<T, E | BadRequest | StoreFailed>> {
  if (!isBook(book))
    return Promise.resolve(err(badRequest([{ path: '', message: 'the first argument must be a book from openBook' }])))
  if (!isSeen(channel)) return done(given, known, during, work)
  const message = { verb, family: book.family.entityType }
  return seen(channel, message, () => done(given, known, during, work), told)
}

/** What a verb came to, in words and numbers. */
function told(message: Message, result: Result<unknown, unknown>): void {
  if (result.isErr()) {
    const { code } = result.error as { readonly code: string }
    message.error = { code }
    message.outcomes = { [code]: 1 }
    return
  }
  const { outcome, outcomes, resealed, failed } = result.value as Values
  if (typeof outcomes === 'object')
    message.outcomes = { ...(outcomes as Record<string, number>), failed: Number(failed) }
  else if (typeof resealed === 'number') message.outcomes = { resealed, failed: Number(failed) }
  else message.outcomes = { [typeof outcome === 'string' ? outcome : 'done']: 1 }
}

async function done<O, T, E>(
  given: O,
  known: readonly string[],
  during: 'load' | 'commit',
  work: (options: O) => Promise<Result<T, E>>,
): Promise<Result<T, E | BadRequest | StoreFailed>> {
  const read = optionsOf(given, known)
  if ('issues' in read) return err(badRequest(read.issues, read.more))
  try {
    return await work(read.options as O)
  } catch (cause) {
    return err(storeFailed(during, cause))
  }
}

function isBook(book: unknown): book is Book {
  try {
    const { family, store, validate, now, newId } = book as Book
    const isOpen = typeof validate === 'function' && typeof now === 'function' && typeof newId === 'function'
    return isOpen && typeof family.entityType === 'string' && typeof store === 'object' && store !== null
  } catch {
    return false
  }
}

/** The options as plain values, or what is wrong with them: each that is not known, by name, and each that cannot be read. */
export function optionsOf(
  given: unknown,
  known: readonly string[],
): { readonly options: Values } | { readonly issues: readonly Issue[]; readonly more: number } {
  if (typeof given !== 'object' || given === null)
    return { issues: [{ path: '', message: 'the options must be an object' }], more: 0 }
  const found = findings()
  const options: Record<string, unknown> = {}
  try {
    for (const key of Object.keys(given)) {
      if (known.includes(key)) continue
      add(found, `is no option of this verb: it takes ${known.join(', ')}`, () => pointer([key]))
    }
  } catch {
    add(found, 'the options cannot be read', () => '')
  }
  for (const key of known) {
    try {
      const value = (given as Values)[key]
      if (value !== undefined) options[key] = key === 'by' ? principalOf(value) : value
    } catch {
      add(found, 'cannot be read', () => pointer([key]))
    }
  }
  return found.issues.length > 0 ? found : { options }
}

const originals = new WeakMap<object, object>()

/** The principal as the host passed it, for the policy of the host, which may know more of it than we do. */
export function asPassed(by: Principal | undefined): Principal | undefined {
  return by && ((originals.get(by) ?? by) as Principal)
}

/** What we know of a principal, read once; what it says must not change between the policy and the write. */
function principalOf(by: unknown): unknown {
  if (typeof by === 'function') return {}
  if (typeof by !== 'object' || by === null) return by
  const { name, isBot, isAdmin, id, teams } = by as Principal
  const copy = { name, isBot, isAdmin, id, teams: Array.isArray(teams) ? [...teams] : teams }
  originals.set(copy, originals.get(by) ?? by)
  return copy
}

/** How a service was named, as plain values; what cannot be read names none. */
export function subjectOf(given: unknown): Subject | undefined {
  if (typeof given === 'string') return given
  try {
    const { id, name } = given as { id?: unknown; name?: unknown }
    return { ...(id !== undefined && { id }), ...(name !== undefined && { name }) } as Subject
  } catch {
    return undefined
  }
}
