import { uuidv7 } from './execution/id.js'
import { defineFamily, type Family } from './families/family.js'
import type { Cipher } from './ports/cipher.js'
import type { Directory } from './ports/directory.js'
import type { ChangeEvent, ChangeListener } from './ports/events.js'
import type { Policy } from './ports/policy.js'
import type { ServiceStore } from './ports/store.js'
import { defaultLimits, type Limits } from './rules/copy.js'
import { type Validate, validator } from './rules/validate.js'

/** What `openBook` takes. */
export interface BookOptions<F extends Family> {
  /** Which services the book holds, for example `mlmodelServices`. */
  readonly family: F
  /** Where it keeps them, for example `memoryStore()`. Several books may share a store. */
  readonly store: ServiceStore
  /** Who may do what. Default: everybody everything. */
  readonly policy?: Policy
  /** What seals secrets, for example `aesCipher({ … })`. Without one, a store that outlives the process takes none. */
  readonly cipher?: Cipher
  /** What knows owners, domains, data products and tags; without one, any are taken. */
  readonly directory?: Directory
  /**
   * Told of every change after its commit: at most once, only when the commit is known to have happened, never for
   * `unchanged` or a dry run, nor on a store inside a transaction of the host, which may still be taken back. It is not
   * waited for.
   */
  readonly onChange?: ChangeListener
  /** Told of what `onChange` throws or rejects with. Default: a warning of the process. */
  readonly onListenerError?: (error: unknown, event: ChangeEvent) => void
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number
  /** The id of a new service: a UUID never given out before. Default: UUIDv7 from one monotonic factory. */
  readonly newId?: () => string
  /** Bounds on requests. Defaults: description 4 MiB, request 8 MiB, depth 32, 1,000 elements a list. */
  readonly limits?: Partial<Limits>
  /** How often an upsert that lost a race is decided in all before it answers `CONTENDED`. Default 100. */
  readonly attempts?: number
}

/** The handle that every verb takes first. It holds no connection and no state of its own; there is nothing to close. */
export interface Book<F extends Family = Family> {
  readonly family: F
  readonly store: ServiceStore
  readonly policy: Policy | undefined
  readonly cipher: Cipher | undefined
  readonly directory: Directory | undefined
  readonly onChange: ChangeListener | undefined
  readonly onListenerError: (error: unknown, event: ChangeEvent) => void
  readonly now: () => number
  readonly newId: () => string
  readonly attempts: number
  /** @internal */
  readonly limits: Limits
  /** @internal */
  readonly validate: Validate
}

/**
 * Opens a book: the services of one family on one store, under the rules of OpenMetadata. Synchronous, without I/O.
 *
 * Throws `TypeError` when an option is not what it must be: that is a mistake in the program, not in its input.
 *
 * @example
 * const book = openBook({ family: mlmodelServices, store: memoryStore() })
 */
export function openBook<F extends Family>(options: BookOptions<F>): Book<F> {
  const { family, store, policy, cipher, directory, onChange, limits } = options
  const { now = Date.now, newId = uuidv7, attempts = 100, onListenerError = warn } = options
  defineFamily(family) // it may have been written by hand
  if (!Number.isInteger(attempts) || attempts < 1) throw new TypeError('attempts must be a positive integer')
  const bounds = Object.freeze({ ...defaultLimits, ...limits })
  for (const [name, bound] of Object.entries(bounds)) {
    if (!Number.isInteger(bound) || bound < 1) throw new TypeError(`limits.${name} must be a positive integer`)
  }
  const validate = validator(family, bounds, !store.durable || cipher !== undefined)
  const ports = { family, store, policy, cipher, directory, onChange, onListenerError }
  return Object.freeze({ ...ports, now, newId, attempts, limits: bounds, validate })
}

/** Where there is no process to warn there is a console. */
function warn(error: unknown, { eventType, entityFullyQualifiedName }: ChangeEvent): void {
  const reason = error instanceof Error ? error.message : 'no reason given'
  const warning = `onChange failed for ${eventType} of ${entityFullyQualifiedName}: ${reason}`
  if (typeof process === 'object' && typeof process.emitWarning === 'function') process.emitWarning(warning)
  else console.warn(warning)
}
