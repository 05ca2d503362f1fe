import { Compile, type Validator } from 'typebox/schema'
import type { Family } from '../families/family.js'
import type { SecretPlaces } from '../families/places.js'
import { type BadRequest, badRequest, type Issue } from '../model/errors.js'
import { type Birth, birthOf, NAME } from '../model/fields.js'
import { fqn, isFqn } from '../model/fqn.js'
import type { OwnerReference, Service, TagLabel } from '../model/service.js'
import { type Compiled, checkOf, withoutType } from './compiled.js'
import { type Copied, frozenCopy, walkOf } from './copy.js'
import { add, type Findings } from './findings.js'
import { isTooLarge, type Limits, utf8Length } from './limits.js'
import { maskConfig } from './masked.js'
import type { Mould } from './mould.js'
import { sameOwner, sameTag, sameText, unique } from './same.js'
import { maskedPath, secretPaths } from './secrets.js'
import { addViolations, fits, violations } from './violations.js'

/** A request that fits: copied, frozen, defaults filled in, sets without duplicates, secrets taken out. */
export interface ValidRequest {
  readonly fqn: string
  readonly name: string
  readonly serviceType: string
  readonly displayName: string | undefined
  readonly description: string | undefined
  readonly owners: readonly OwnerReference[] | undefined
  readonly domain: string | undefined
  readonly dataProducts: readonly string[] | undefined
  readonly tags: readonly TagLabel[] | undefined
  readonly style: Service['style'] | undefined
  readonly ingestionRunner: Service['ingestionRunner'] | undefined
  /** What a service of it has at birth. */
  readonly birth: Birth
  /** Masked. */
  readonly connection: NonNullable<Service['connection']> | undefined
  /** The clear secrets of the connection in canonical text, or `null`. */
  readonly secrets: string | null
  /** Whether a secret came in as the mask, so that the stored one is to be kept. */
  readonly keeps: boolean
  /**
   * What is wrong with the config once it is in clear, where that could not be said of the mask; absent where all is said.
   */
  readonly recheck: ((config: Config) => readonly Issue[]) | undefined
  /** A config of this service type with the defaults of today. */
  readonly completed: (config: Config) => Config
  /** About as many bytes as it is as JSON text, sooner fewer than more. */
  readonly size: number
}

type Config = Readonly<Record<string, unknown>>
type Fields = Omit<ValidRequest, 'fqn' | 'birth' | 'secrets' | 'keeps' | 'recheck' | 'completed' | 'size'>

/** A request that breaks a rule; its FQN when at least the name is good. */
export interface InvalidRequest {
  readonly error: BadRequest
  readonly fqn: string | undefined
}

export type Validate = (request: unknown) => ValidRequest | InvalidRequest

/**
 * The check of a family's requests. Every violation is reported, once, with its path. Source: OpenMetadata, "Create an
 * ML Model Service"; `semantics.md` §1.
 *
 * `holdsSecrets`: whether the store may be given secrets at all (§8). `isPartial`: whether a connection may lack what its
 * schema requires.
 */
export function validator(family: Family, limits: Limits, holdsSecrets: boolean, isPartial: boolean): Validate {
  const serviceTypes = Object.keys(family.serviceTypes)
  const birth = birthOf(family)
  const checks = new Map<unknown, Compiled>()
  let checkWithoutType: Compiled | undefined

  function checkFor(serviceType: unknown): Compiled {
    const known = checks.get(serviceType)
    if (known !== undefined) return known
    if (typeof serviceType !== 'string' || !serviceTypes.includes(serviceType)) {
      checkWithoutType ??= withoutType(family)
      return checkWithoutType
    }
    const check = checkOf(family, serviceType, isPartial)
    checks.set(serviceType, check)
    return check
  }

  return (request) => {
    const { mould, shape, validator, secrets: places, completed: complete } = checkFor(typeOf(request))
    const poured = mould && pouredInto(mould, request, limits)
    const { value, found, size } = poured ?? frozenCopy(request, shape(), limits)
    const config = configOf(value)
    const masked = config === undefined ? undefined : maskConfig(config, places)
    const secrets = masked?.secrets ?? null
    for (const { path, message } of masked?.issues ?? []) add(found, message, () => CONFIG + path)
    if (secrets !== null && !holdsSecrets) addSecretsRefused(secrets, found)
    addTextIssues(value, limits, found)
    let recheck: ValidRequest['recheck']
    if (found.issues.length > 0 || (poured === undefined && !fits(validator(), value))) {
      const refused = refusal(validator(), places, value, found)
      if (refused.error.issues.length > 0 || masked?.keeps !== true) return refused
      recheck = (config) => violations(validator(), { ...(value as object), connection: { config } }, places)
    }
    const { name, serviceType, displayName, description, owners, domain, dataProducts, tags } = value as Fields
    const { style, ingestionRunner, connection } = value as Fields
    return {
      fqn: fqn.quote(name),
      name,
      serviceType,
      displayName,
      description,
      owners: isEmpty(owners) ? undefined : unique(lowerIds(owners), sameOwner),
      domain,
      dataProducts: isEmpty(dataProducts) ? undefined : unique(dataProducts, sameText),
      tags: isEmpty(tags) ? undefined : unique(tags, sameTag),
      style,
      ingestionRunner: ingestionRunner === undefined ? undefined : lowerId(ingestionRunner),
      birth,
      connection:
        masked === undefined || masked.config === config ? connection : Object.freeze({ config: masked.config }),
      secrets,
      keeps: masked?.keeps ?? false,
      recheck,
      completed: complete,
      size,
    }
  }
}

/** What a request is in its mould; `undefined` where it has to go the long way. */
function pouredInto(mould: Mould, request: unknown, limits: Limits): Copied | undefined {
  if (mould.depth > limits.depth || mould.width > limits.elements) return undefined
  const walk = walkOf(limits)
  try {
    const value = mould.pour(request, walk)
    if (value === undefined || isTooLarge(() => value, walk.size, limits)) return undefined
    return { value, found: walk.found, size: walk.size }
  } catch {
    return undefined
  }
}

function typeOf(request: unknown): unknown {
  try {
    return (request as { serviceType?: unknown } | null | undefined)?.serviceType
  } catch {
    return undefined
  }
}

/** Where the config stands in a request. */
const CONFIG = '/connection/config'

function configOf(request: unknown): Readonly<Record<string, unknown>> | undefined {
  const config = (request as { connection?: { config?: unknown } } | null)?.connection?.config
  return typeof config === 'object' && config !== null ? (config as Readonly<Record<string, unknown>>) : undefined
}

/** What no JSON Schema keyword can say. */
function addTextIssues(request: unknown, limits: Limits, found: Findings): void {
  if (typeof request !== 'object' || request === null) return
  const { description, domain, dataProducts } = request as Record<string, unknown>
  if (typeof description === 'string' && description.length * 3 > limits.description) {
    if (utf8Length(description) > limits.description) {
      add(found, `is larger than ${limits.description} bytes`, () => '/description')
    }
  }
  addFqnIssue(domain, '/domain', found)
  if (Array.isArray(dataProducts))
    for (const [at, one] of dataProducts.entries()) addFqnIssue(one, `/dataProducts/${at}`, found)
}

function addFqnIssue(value: unknown, path: string, found: Findings): void {
  if (typeof value !== 'string' || value === '' || value.length > 3072 || isFqn(value)) return
  add(found, 'is not a well-formed FQN', () => path)
}

/** An empty list counts as absent. */
function isEmpty(list: readonly unknown[] | undefined): list is undefined {
  return list === undefined || list.length === 0
}

/** UUIDs are the same in either case (RFC 9562 §4). */
function lowerIds(owners: readonly OwnerReference[]): readonly OwnerReference[] {
  return owners.every((owner) => lowerId(owner) === owner) ? owners : Object.freeze(owners.map(lowerId))
}

function lowerId<R extends { readonly id: string }>(reference: R): R {
  const id = reference.id.toLowerCase()
  return id === reference.id ? reference : Object.freeze({ ...reference, id })
}

function addSecretsRefused(secrets: string, found: Findings): void {
  const message =
    'is a secret, and this store outlives the process: give the book a cipher to seal it with, openBook({ cipher }), for example aesCipher of servicebook/cipher'
  for (const path of secretPaths(secrets)) add(found, message, () => CONFIG + path)
}

function refusal(validator: Validator, places: SecretPlaces | null, value: unknown, found: Findings): InvalidRequest {
  // What stood too deep, was too large or could not be read was not copied; the schema has nothing to say about it.
  if (found.issues.every(({ path }) => path !== '')) addViolations(found, validator, value, places)
  const { more } = found
  // A key may hold a credential, and so may a path to it.
  const issues = found.issues.map(({ path, message }) => ({ path: maskedPath(path), message }))
  const name = (value as { name?: unknown } | null)?.name
  return { error: badRequest(issues, more), fqn: isName(name) ? fqn.quote(name) : undefined }
}

/** Asked for itself, since not every issue is told. */
function isName(name: unknown): name is string {
  if (typeof name !== 'string' || !name.isWellFormed() || name.includes('\0')) return false
  nameCheck ??= Compile(NAME)
  return fits(nameCheck, name)
}

let nameCheck: Validator | undefined
