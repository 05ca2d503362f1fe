import { uuidv7 } from './execution/id.js'
import { defineFamily, type Family } from './families/family.js'
import { type Birth, birthOf } from './model/fields.js'
import { reasonOf } from './model/reason.js'
import type { Check } from './ports/check.js'
import type { Cipher } from './ports/cipher.js'
import type { Directory } from './ports/directory.js'
import type { ChangeEvent, ChangeListener } from './ports/events.js'
import type { Policy } from './ports/policy.js'
import type { ServiceStore } from './ports/store.js'
import { defaultLimits, type Limits } from './rules/limits.js'
import { type Validate, validator } from './rules/validate.js'

/** What `openBook` takes. */
export interface BookOptions<F extends Family> {
  /** Which services the book holds, for example `mlmodelServices`. */
  readonly family: F
  /** Where it keeps them, for example `memoryStore()`. Several books may share a store. */
  readonly store: ServiceStore
  /** Who may do what. Default: everybody everything. */
  readonly policy?: Policy
  /**
   * Rules of the host's own on what a service may be, asked of what every create, upsert, patch and restore would make of it;
   * `entityRules()` is OpenMetadata's. Default: none.
   */
  readonly checks?: readonly Check[]
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
  /**
   * Whole milliseconds since the epoch, 0 to 8.64e15. Default: `Date.now()`, asked anew each time. Where it throws or answers
   * anything else, the verb answers `STORE_FAILED` with `during: 'clock'`, and nothing was written.
   */
  readonly now?: () => number
  /**
   * The id of a new service, at once and not as a promise. The host promises a UUID that was never given out before, in any
   * family, by any process that shares the store, nor for a service that is gone. Default: UUIDv7 from one monotonic factory.
   *
   * What is no UUID, or is the id of another service, answers `STORE_FAILED` with `during: 'id'`, and nothing was written.
   * `memoryStore` and `fsStore` find every id that is held in the family; on PostgreSQL, whose shards know no id but their own,
   * only two of one call, or of one chunk of a bulk, are found. Ids of services that were removed are found nowhere.
   */
  readonly newId?: () => string
  /** Bounds on requests. Defaults: description 4 MiB, request 8 MiB, depth 32, 1,000 elements a list. */
  readonly limits?: Partial<Limits>
  /**
   * Whether a secret that comes back as the mask is kept where a host, URI or endpoint of the config has changed. Default
   * `true`, since OpenMetadata's clients edit hosts and send the mask back; then whoever may edit a service can send its
   * secrets to a host of their own. With `false` that is `BAD_REQUEST`, unless the policy allows `ViewSecrets`.
   */
  readonly secretsFollow?: boolean
  /**
   * Whether a connection may lack what its schema requires, at every depth, as on the server, which never checks that.
   * Defaults are filled in all the same. What such a book stores other books take as it is. Default `false`.
   */
  readonly partialConnections?: boolean
  /** How often an upsert that lost a race is decided in all before it answers `CONTENDED`. Default 100. */
  readonly attempts?: number
}

/** The handle that every verb takes first. It holds no connection and no state of its own; there is nothing to close. */
export interface Book<F extends Family = Family> {
  readonly family: F
  readonly store: ServiceStore
  readonly policy: Policy | undefined
  readonly checks: readonly Check[]
  readonly cipher: Cipher | undefined
  readonly directory: Directory | undefined
  readonly onChange: ChangeListener | undefined
  readonly onListenerError: (error: unknown, event: ChangeEvent) => void
  readonly now: () => number
  readonly newId: () => string
  readonly attempts: number
  readonly secretsFollow: boolean
  /** @internal What services of the family have at birth. */
  readonly birth: Birth
  /** @internal */
  readonly limits: Limits
  /** @internal */
  readonly validate: Validate
}

/**
 * Opens a book: the services of one family on one store, under the rules of OpenMetadata. Synchronous, without I/O.
 *
 * Throws `TypeError` when an option is not known, or not what it must be, and names it: that is a mistake in the program,
 * not in its input.
 *
 * @example
 * const book = openBook({ family: mlmodelServices, store: memoryStore() })
 */
export function openBook<F extends Family>(options: BookOptions<F>): Book<F> {
  optionsChecked(options)
  const { store, policy, cipher, directory, onChange, limits } = options
  const {
    now = () => Date.now(),
    newId = uuidv7,
    attempts = 100,
    onListenerError = warn,
    secretsFollow = true,
    partialConnections = false,
  } = options
  const checks = checksOf(options.checks)
  const family = defineFamily(options.family) // it may have been written by hand
  if (!Number.isInteger(attempts) || attempts < 1) throw new TypeError('attempts must be a positive integer')
  const bounds = Object.freeze({ ...defaultLimits, ...limits })
  for (const [name, bound] of Object.entries(bounds)) {
    if (!(name in defaultLimits))
      throw new TypeError(`limits.${name} is no limit: there are ${Object.keys(defaultLimits).join(', ')}`)
    if (!Number.isInteger(bound) || bound < 1) throw new TypeError(`limits.${name} must be a positive integer`)
  }
  const validate = validator(family, bounds, !store.durable || cipher !== undefined, partialConnections)
  const ports = { family, store, policy, checks, cipher, directory, onChange, onListenerError }
  return Object.freeze({
    ...ports,
    now,
    newId,
    attempts,
    secretsFollow,
    birth: birthOf(family),
    limits: bounds,
    validate,
  })
}

const TYPES = {
  policy: 'function',
  onChange: 'function',
  onListenerError: 'function',
  now: 'function',
  newId: 'function',
  secretsFollow: 'boolean',
  partialConnections: 'boolean',
} as const
const METHODS = {
  store: ['load', 'commit', 'find', 'list', 'versions'],
  cipher: ['seal', 'open', 'isCurrent'],
  directory: ['knows'],
} as const
const OPTIONS: readonly string[] = [
  'family',
  ...Object.keys(METHODS),
  ...Object.keys(TYPES),
  'limits',
  'attempts',
  'checks',
]

/** A mistake in the program is said at once and by name, not by the first verb that stumbles over it. */
function optionsChecked(given: unknown): void {
  if (!isObject(given)) throw new TypeError('openBook takes an object: openBook({ family, store })')
  for (const key of Object.keys(given)) {
    if (!OPTIONS.includes(key)) throw new TypeError(`${key} is no option of openBook: it takes ${OPTIONS.join(', ')}`)
  }
  for (const [key, type] of Object.entries(TYPES)) {
    if (given[key] !== undefined && typeof given[key] !== type) throw new TypeError(`${key} must be a ${type}`)
  }
  for (const [key, methods] of Object.entries(METHODS)) {
    const port = given[key]
    if (port === undefined && key !== 'store') continue
    if (typeof port === 'function')
      throw new TypeError(`${key} must be what the function answers, not the function: call it, as in memoryStore()`)
    const lacking = isObject(port) ? methods.filter((method) => typeof port[method] !== 'function') : methods
    if (lacking.length > 0) throw new TypeError(`${key} must be an object with the methods ${lacking.join(', ')}`)
  }
  if (typeof (given.store as ServiceStore).durable !== 'boolean') throw new TypeError('store.durable must be a boolean')
  const { chunk } = given.store as ServiceStore
  if (!(Number.isInteger(chunk) && chunk >= 1 && chunk <= 100_000))
    throw new TypeError('store.chunk must be an integer from 1 to 100,000')
  if (!isObject(given.family)) throw new TypeError('family must be a family, for example mlmodelServices')
  if (given.limits !== undefined && !isObject(given.limits)) throw new TypeError('limits must be an object')
}

function checksOf(given: unknown): readonly Check[] {
  if (given === undefined) return []
  if (!Array.isArray(given) || !given.every((check) => typeof check === 'function'))
    throw new TypeError('checks must be a list of functions, as in [entityRules()]')
  return Object.freeze([...given])
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** Where there is no process to warn there is a console. */
function warn(error: unknown, { eventType, entityFullyQualifiedName }: ChangeEvent): void {
  const warning = `onChange failed for ${eventType} of ${entityFullyQualifiedName}: ${reasonOf(error)}`
  if (typeof process === 'object' && typeof process.emitWarning === 'function') process.emitWarning(warning)
  else console.warn(warning)
}
