import type { Book } from '../book.js'
import { type StoreFailed, storeFailed } from '../model/errors.js'
import { UUID_PATTERN } from '../model/fields.js'
import type { Fqn } from '../model/fqn.js'
import { isInstant } from '../model/instant.js'
import type { Change } from '../ports/store.js'
import { uuidv7 } from './id.js'
import { trips } from './trips.js'

/*
 * What the host's own functions answer, checked where it enters: a time that is none, or an id that is taken, would be
 * found only when it is on disk. Source: `semantics.md` §1.
 */

/** What the book's clock says. */
export function timeOf(book: Book): number | StoreFailed {
  try {
    const time: unknown = book.now()
    if (isInstant(time)) return time
    unheard(time)
  } catch (cause) {
    return storeFailed('clock', cause)
  }
  return storeFailed('clock', new TypeError('now must answer whole milliseconds since the epoch'))
}

const UUID = new RegExp(UUID_PATTERN)

/** The id of a service to come. Ids are the same in either case (RFC 9562 §4); services have them in lower case. */
export function idOf(book: Book): string | StoreFailed {
  if (book.newId === uuidv7) return uuidv7()
  try {
    const id: unknown = book.newId()
    if (typeof id === 'string' && UUID.test(id)) return id.toLowerCase()
    unheard(id)
  } catch (cause) {
    return storeFailed('id', cause)
  }
  return storeFailed('id', new TypeError('newId must answer a UUID, at once'))
}

/** An answer that is a promise is of no use, but a rejection of it must not end the process. */
export function unheard(answer: unknown): void {
  Promise.resolve(answer).catch(() => {})
}

export const takenId = () => storeFailed('id', new Error('it is the id of another service'))

/** Tells for each id whether another name of this call has it already. Our own ids need no such list. */
export function idsGiven(book: Book): (id: string, fqn: Fqn) => boolean {
  if (book.newId === uuidv7) return () => false
  const given = new Map<string, Fqn>()
  return (id, fqn) => {
    const other = given.get(id)
    if (other === undefined) given.set(id, fqn)
    return other !== undefined && other !== fqn
  }
}

/** Whether a store refused a creation for its id, and not for its name. Only ids that were `brought`, or are of the host, can be taken. */
export async function refusedForId(
  book: Book,
  { before, after }: Change,
  brought: boolean,
): Promise<StoreFailed | undefined> {
  if (before !== null || after === null || (book.newId === uuidv7 && !brought)) return undefined
  try {
    const holder = await trips(book.store).find(book.family.entityType, after.service.id)
    const isOther = holder !== undefined && holder.service.fullyQualifiedName !== after.service.fullyQualifiedName
    return isOther ? takenId() : undefined
  } catch (cause) {
    return storeFailed('load', cause)
  }
}
