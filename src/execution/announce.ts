import type { Book } from '../book.js'
import { ANONYMOUS, type Principal } from '../model/principal.js'
import type { ChangeDescription, Service } from '../model/service.js'
import type { ChangeEvent } from '../ports/events.js'
import type { Change } from '../ports/store.js'

/** What there is to tell of a change; of one beside the service, `beside`, which is no part of it. */
export function eventOf(
  book: Book,
  { before, after }: Change,
  beside: ChangeDescription | undefined,
  by: Principal | undefined,
  timestamp: number,
): ChangeEvent {
  const { service } = (after ?? before) as { service: Service }
  const entity = beside === undefined ? service : Object.freeze({ ...service, changeDescription: beside })
  return Object.freeze({
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
}

/** Tells the book's listener of a change that a store has accepted for good. */
export function announce(book: Book, event: ChangeEvent): void {
  const { onChange } = book
  if (onChange === undefined) return
  const report = (error: unknown) => reported(book, error, event)
  try {
    Promise.resolve(onChange(event)).catch(report)
  } catch (error) {
    report(error)
  }
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
