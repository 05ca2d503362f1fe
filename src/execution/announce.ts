import type { Book } from '../book.js'
import { ANONYMOUS, type Principal } from '../model/principal.js'
import type { Service } from '../model/service.js'
import type { ChangeEvent } from '../ports/events.js'
import type { Change, Stored } from '../ports/store.js'
import { besideChange, isBeside } from '../rules/beside.js'

/** Tells the book's listener of a change that a store has accepted for good. */
export function announce(book: Book, { before, after }: Change, by: Principal | undefined, timestamp: number): void {
  const { onChange, store } = book
  const entity = told(before, after)
  if (onChange === undefined || store.provisional || entity === undefined) return
  const event: ChangeEvent = Object.freeze({
    eventType: typeOf(before?.service, after?.service),
    entityType: book.family.entityType,
    entityId: entity.id,
    entityFullyQualifiedName: entity.fullyQualifiedName,
    ...(before !== null && { previousVersion: before.service.version }),
    currentVersion: entity.version,
    userName: by?.name ?? ANONYMOUS,
    timestamp,
    entity,
  })
  const report = (error: unknown) => reported(book, error, event)
  try {
    Promise.resolve(onChange(event)).catch(report)
  } catch (error) {
    report(error)
  }
}

/** The service after the change; where that was beside it, with a description of its own. */
function told(before: Stored | null, after: Stored | null): Service | undefined {
  const service = (after ?? before)?.service
  if (before === null || after === null || !isBeside(before, after)) return service
  return Object.freeze({ ...after.service, changeDescription: besideChange(before, after) })
}

function typeOf(
  before: { deleted: boolean } | undefined,
  after: { deleted: boolean } | undefined,
): ChangeEvent['eventType'] {
  if (before === undefined) return 'entityCreated'
  if (after === undefined) return 'entityDeleted'
  if (before.deleted === after.deleted) return 'entityUpdated'
  return after.deleted ? 'entitySoftDeleted' : 'entityRestored'
}

/** The reporter of the host, or a warning of the process; whatever that throws is its own. */
function reported(book: Book, error: unknown, event: ChangeEvent): void {
  try {
    book.onListenerError(error, event)
  } catch {
    // Nobody is left to tell.
  }
}
