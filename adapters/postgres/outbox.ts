import type { ChangeEvent, Service, Stored } from 'servicebook'
import { frozen } from '../frozen.js'
import type { PostgresClient } from './client.js'
import * as sql from './events.js'
import { met, sender } from './send.js'
import { checked, type PostgresOptions, TABLE_OPTIONS, tablesOf } from './tables.js'
import type { Row } from './wire.js'

/** What `readEvents` takes besides the client. */
export interface ReadEventsOptions extends PostgresOptions {
  /** The position of an event: only those behind it. Default: from the first that is there. */
  readonly after?: string
  /** How many at most, 1 to 10,000. Default 100. */
  readonly limit?: number
}

/** An event of the outbox, and where it stands. */
export interface OutboxEvent {
  /** For `after`. Of one server: after a restore into another one, begin without. */
  readonly position: string
  readonly event: ChangeEvent
}

/**
 * Reads what `postgresStore(client, { outbox: true })` has written, oldest first: every change that was committed, exactly
 * once in the outbox, whoever made it and whatever became of its answer. Two ways to use it:
 *
 * - read, send, `removeEvents`, read again: one relay, which remembers nothing;
 * - read `after` the last position, which each reader keeps for itself; something removes what all have read.
 *
 * Either way who dies between the two reads an event again: it is told at least once. No event is passed over that is
 * committed late: an event is read when all transactions that wrote before it, in any database of the server, have ended,
 * and so waits for the longest of them. Events of a service come in the order of its changes. Reading takes nothing away;
 * two relays at a time tell everything twice.
 *
 * On a distributed server (Citus) each node counts for itself: there is no `after`, only read and remove, and of two
 * events of a service `timestamp` tells which was first.
 *
 * Rejects with `TypeError` when an option is not known, or not what it must be; else with the driver's error.
 *
 * @example
 * const events = await readEvents(pool, { limit: 500 })
 * for (const { event } of events) await queue.send(event)
 * await removeEvents(pool, events)
 */
export async function readEvents(
  client: PostgresClient,
  options: ReadEventsOptions = {},
): Promise<readonly OutboxEvent[]> {
  checked('readEvents', client, options, [...TABLE_OPTIONS, 'after', 'limit'])
  const { after, limit = 100 } = options
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= 10_000))
    throw new TypeError('limit must be an integer from 1 to 10,000')
  const behind = after === undefined ? [] : placeOf('after', after)
  const tables = tablesOf(options)
  const { distributed } = await met(client)
  if (distributed && behind.length > 0)
    throw new TypeError('after is no option of readEvents on a distributed server: remove what was read')
  const text = distributed ? sql.readDistributed(tables) : sql.read(tables, behind.length > 0)
  return (await sender(client)(text, [limit, ...behind])).map(eventOf)
}

/**
 * Removes events that were read, and answers how many were still there.
 *
 * Rejects with `TypeError` when an option is not known, or an event is none of `readEvents`; else with the driver's error.
 *
 * @example
 * await removeEvents(pool, await readEvents(pool))
 */
export async function removeEvents(
  client: PostgresClient,
  events: readonly OutboxEvent[],
  options: PostgresOptions = {},
): Promise<number> {
  checked('removeEvents', client, options, TABLE_OPTIONS)
  if (!Array.isArray(events)) throw new TypeError('events must be a list of events from readEvents')
  const places = events.map(({ position }) => placeOf('position', position))
  const names = new Set(events.map(({ event }) => event.entityFullyQualifiedName))
  if (events.length === 0) return 0
  const values = [[...names], places.map(([position]) => position), places.map(([, place]) => place)]
  const [row] = await sender(client)(sql.remove(tablesOf(options)), values)
  return Number(row?.[0])
}

function placeOf(what: string, text: unknown): readonly [string, string] {
  const [, position, place] = /^(\d{1,19})\.(\d{1,19})$/.exec(String(text)) ?? []
  if (position === undefined || place === undefined) throw new TypeError(`${what} must be a position from readEvents`)
  return [position, place]
}

function eventOf([position, place, family, event, service]: Row): OutboxEvent {
  const { eventType, previousVersion, currentVersion, userName, timestamp } = JSON.parse(String(event)) as ChangeEvent
  const { changeDescription } = JSON.parse(String(event)) as Partial<Service>
  const held = JSON.parse(String(service)) as Service
  const entity = changeDescription === undefined ? held : { ...held, changeDescription }
  return frozen({
    position: `${position}.${place}`,
    event: {
      eventType,
      entityType: String(family),
      entityId: entity.id,
      entityFullyQualifiedName: entity.fullyQualifiedName,
      ...(previousVersion !== undefined && { previousVersion }),
      currentVersion,
      userName,
      timestamp,
      entity,
    },
  }) as OutboxEvent
}

/** What an event says beyond its service, which lies beside it; of what changed beside the service, its description. */
export function lineOf(event: ChangeEvent, after: Stored | null): string {
  const { eventType, previousVersion, currentVersion, userName, timestamp } = event
  const { changeDescription } = after === null || event.entity === after.service ? {} : event.entity
  return JSON.stringify({ eventType, previousVersion, currentVersion, userName, timestamp, changeDescription })
}
