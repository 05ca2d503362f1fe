import type { Beside } from '../model/beside.js'
import type { Fqn } from '../model/fqn.js'
import type { Service } from '../model/service.js'
import type { ChangeEvent } from './events.js'

/** What may be answered at once or later: whoever asks waits for it only where it is a promise. */
export type Awaitable<T> = T | Promise<T>

/** A service as a store holds it. Frozen all the way down. */
export interface Stored {
  /** Masked: it holds no secret. */
  readonly service: Service
  /** The secrets of the service in one text that only the book can read, or `null` when it has none. */
  readonly sealed: string | null
  /** What stands beside the service: kept with it as it is now, in no version, and gone with it; `null` when nothing does. */
  readonly beside: Beside | null
  /** 1 at birth, +1 with every accepted write. */
  readonly revision: number
}

/**
 * One decided write. A store accepts it only if it still holds exactly `before` (same id, same revision), or nothing
 * when `before` is `null`. `after: null` removes the service and its history. At least one side is not `null`, and
 * both sides have the same FQN and the same id.
 */
export interface Change {
  readonly before: Stored | null
  readonly after: Stored | null
  /** What there is to tell of it, for a store with an `outbox`. Absent where nothing is: of secrets that are sealed anew. */
  readonly event?: ChangeEvent | undefined
}

/** The place of a service in a list. */
export interface Place {
  readonly name: string
  readonly id: string
}

/** Which page of which services; what is given must be so of each. */
export interface ListQuery {
  /** How many services at most; 0 answers none. */
  readonly limit: number
  /** Only services behind this place. Not together with `before`. */
  readonly after?: Place
  /** Only the services nearest before this place, still in ascending order. */
  readonly before?: Place
  /** Default `'non-deleted'`. */
  readonly include?: 'non-deleted' | 'deleted' | 'all'
  readonly serviceType?: string
  /** The id of an owner. */
  readonly owner?: string
  readonly domain?: string
  readonly tagFQN?: string
  /** Whether to count all services that match, whatever `limit`, `after` and `before` say. Default `false`. */
  readonly total?: boolean
}

/** A page of services, as a store answers it. */
export interface Page {
  /** By name in code point order, then by id; ascending whichever way the page was asked for. */
  readonly services: readonly Service[]
  /** Whether more services match beyond this page, in the direction it was asked for. */
  readonly more: boolean
  /** Present when asked for. */
  readonly total?: number
}

/** Which superseded versions. */
export interface VersionQuery {
  /** How many versions at most. */
  readonly limit: number
  /** Only versions below this one. */
  readonly below?: number
}

/**
 * Where services are kept. Write one for your own storage and prove it with `servicebook/testing`.
 *
 * The laws, each a case of the suite:
 * 1. Compare-and-set is the only write. Uniqueness is `before: null` and nothing else. An update of a name never held,
 *    or removed, is refused.
 * 2. Batch is the only size: any number of changes a call, at most one per FQN.
 * 3. Each change stands alone. It is whole (current service and history together) or not at all, whatever its
 *    neighbours do. A refusal is data: its FQN is in the answer. A storage failure throws.
 * 4. History follows from one rule. On acceptance `before.service` is kept if the version of `after` is higher; kept
 *    versions at or above the version of `after` go; `after: null` drops them all.
 * 5. Everything is keyed by family and FQN, so that a store can shard by it.
 * 6. A second handle on the same storage passes every law, or is refused with an error that says why.
 * 7. What a store hands out cannot be used to change what it holds.
 *
 * A method throws, or rejects, when the storage fails. Give what you throw `applied: false` when it is certain that
 * nothing of the call was written; otherwise the verb answers that this is unknown.
 */
export interface ServiceStore {
  /** Whether what it holds outlives the process. A durable store is never given a secret in clear. */
  readonly durable: boolean
  /**
   * How many services of a bulk it likes to load and commit at a time, 1 to 100,000: enough to make up for what a call costs,
   * and few enough to stay in the processor's caches. Callers may send any number.
   */
  readonly chunk: number
  /**
   * Whether what it accepts may still be taken back, since it writes inside a transaction of the host. A book then tells
   * of no change. Default `false`.
   */
  readonly provisional?: boolean
  /**
   * Whether it writes the event of each change together with the change, for somebody to read: `Change.event` is then given.
   * Default `false`.
   */
  readonly outbox?: boolean
  /** The stored services of these names, each name once. Unknown names are absent from the answer. */
  load(family: string, fqns: readonly Fqn[]): Awaitable<ReadonlyMap<Fqn, Stored>>
  /** Writes the changes it accepts and answers the FQNs of those it refused; empty: all are in. */
  commit(family: string, changes: readonly Change[]): Awaitable<readonly Fqn[]>
  /** The stored service with this id. */
  find(family: string, id: string): Awaitable<Stored | undefined>
  /** A page of services, stable while others write: a service that stays is neither skipped nor shown twice. */
  list(family: string, query: ListQuery): Awaitable<Page>
  /** Superseded versions of the service with this FQN and id, newest first. */
  versions(family: string, fqn: Fqn, id: string, query: VersionQuery): Awaitable<readonly Service[]>
}
