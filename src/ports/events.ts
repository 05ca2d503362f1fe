import type { Service } from '../model/service.js'

/**
 * A change of a service that a store is known to have accepted, under OpenMetadata's names.
 *
 * Source: OpenMetadata's `changeEvent`; `semantics.md` §3, §7.
 */
export interface ChangeEvent {
  readonly eventType: 'entityCreated' | 'entityUpdated' | 'entityRestored' | 'entitySoftDeleted' | 'entityDeleted'
  readonly entityType: string
  readonly entityId: string
  readonly entityFullyQualifiedName: string
  /** Of the service before the change; absent for `entityCreated`. */
  readonly previousVersion?: number
  /** Of the service after the change; for `entityDeleted` the last one it had. */
  readonly currentVersion: number
  /** Who did it; `anonymous` when nobody said. */
  readonly userName: string
  /** `updatedAt` of the service, which orders its events; for `entityDeleted`, followers and test results, when that was. */
  readonly timestamp: number
  /**
   * The service after the change, masked, with its `changeDescription`; for `entityDeleted` as it last was. A change of what
   * stands beside it, followers or a test result, has a `changeDescription` of its own, and the version stays.
   */
  readonly entity: Service
}

/** Told of changes after they are committed, one event each. What it throws, or rejects with, is reported and harms nobody. */
export type ChangeListener = (event: ChangeEvent) => unknown
