import { type BadRequest, badRequest } from '../model/errors.js'
import type { Principal } from '../model/principal.js'
import type { Service, TagLabel } from '../model/service.js'
import { FIRST_VERSION, nextVersion } from '../model/version.js'
import type { Stored } from '../ports/store.js'
import { isBeyond, type Limits } from './copy.js'
import { diff } from './diff.js'
import { type Fields, merge, replaced } from './merge.js'
import { keepSecrets } from './secrets.js'
import type { ValidRequest } from './validate.js'

/*
 * What a request does to what is stored: pure, so that a lost race is decided again on what won. Source: OpenMetadata,
 * "Create an ML Model Service"; `semantics.md` §3–5.
 */

export type Outcome = 'created' | 'updated' | 'unchanged' | 'restored'

/** A write to be made, or the answer that none is needed. */
export interface Decision {
  readonly outcome: Outcome
  /** Complete, unless there are secrets to seal. */
  readonly stored: Stored
  /** The secrets that have to be sealed before `stored` may go to a store. */
  readonly clear?: string
}

/** A new service. */
export function decideCreate(
  request: ValidRequest,
  id: string,
  now: number,
  by: Principal | undefined,
  limits: Limits,
): Decision | BadRequest {
  const secrets = secretsAfter(request, null, null)
  if ('code' in secrets) return secrets
  // A mask may be longer than what it stands for.
  const homeless = withoutDomain(request) ?? (request.secrets === null ? undefined : tooLarge(request, request, limits))
  if (homeless !== undefined) return homeless
  const service = newborn(id, FIRST_VERSION, now, by, request, request)
  return decision('created', service, 1, secrets)
}

/**
 * Whether what is decided depends on the clear secrets of the stored service, so that they have to be opened: both the
 * request and the service have some.
 */
export function comparesSecrets(before: Stored, request: ValidRequest): boolean {
  return before.sealed !== null && request.secrets !== null
}

/**
 * A stored service, soft-deleted or not, merged with a request. `opened` are its clear secrets, where `comparesSecrets`
 * says that they are needed.
 */
export function decideUpdate(
  before: Stored,
  opened: string | null,
  request: ValidRequest,
  now: number,
  by: Principal | undefined,
  limits: Limits,
): Decision | BadRequest {
  const old = before.service
  const incompatible = old.serviceType !== request.serviceType
  if (incompatible && old.connection !== undefined && request.connection === undefined) {
    const change = `serviceType changes from ${old.serviceType} to ${request.serviceType}`
    return badRequest([{ path: '/connection', message: `is required: ${change}, and the stored one does not fit` }])
  }
  const secrets = secretsAfter(request, before, opened)
  if ('code' in secrets) return secrets
  const merged = merge(old, request, by?.isBot === true)
  if (!old.deleted && !incompatible && !secrets.changed && merged === old) {
    return { outcome: 'unchanged', stored: before }
  }
  const homeless = withoutDomain(merged) ?? outgrown(old, request, merged, limits)
  if (homeless !== undefined) return homeless
  const version = nextVersion(old.version, incompatible)
  const service = newborn(old.id, version, Math.max(now, old.updatedAt + 1), by, request, merged)
  service.changeDescription = diff(old, service as Partial<Service>, old.version, secrets.changed)
  return decision(old.deleted ? 'restored' : 'updated', service, before.revision + 1, secrets)
}

function decision(outcome: Outcome, service: Record<string, unknown>, revision: number, secrets: Secrets): Decision {
  const stored = { service: Object.freeze(service) as unknown as Service, sealed: secrets.sealed, revision }
  Object.freeze(stored)
  return secrets.clear === undefined ? { outcome, stored } : { outcome, stored, clear: secrets.clear }
}

/** How far from a change the next one by the same principal is still part of it, in milliseconds, also by a clock put back. */
const SESSION = 600_000

/**
 * The version that a patch has to be compared with instead of the stored one, because both belong to one editing session
 * of a principal; `undefined` when the patch is a change of its own.
 */
export function consolidatesFrom(
  { service }: Stored,
  touches: boolean,
  now: number,
  by: Principal | undefined,
): number | undefined {
  const { deleted, version, updatedBy, updatedAt, changeDescription } = service
  if (by === undefined || touches || deleted || version <= FIRST_VERSION || changeDescription === undefined)
    return undefined
  if (updatedBy !== by.name || Math.abs(now - updatedAt) > SESSION) return undefined
  const { fieldsAdded, fieldsUpdated, fieldsDeleted, previousVersion } = changeDescription
  const touched = [...fieldsAdded, ...fieldsUpdated, ...fieldsDeleted].map(({ name }) => name)
  return touched.some((name) => WHOLE.has(name)) ? undefined : previousVersion
}

/** What changes by itself, and is never part of a session. */
const WHOLE: ReadonlySet<string> = new Set(['connection', 'serviceType', 'deleted'])

/**
 * A live service after a patch: all of the request, what it lacks removed. `previous` is the version that
 * `consolidatesFrom` named: the change is then told from there, and undone when nothing is left of it.
 */
export function decidePatch(
  before: Stored,
  opened: string | null,
  request: ValidRequest,
  { keepsConnection, previous }: { keepsConnection: boolean; previous: Service | undefined },
  now: number,
  by: Principal | undefined,
  limits: Limits,
): Revision | BadRequest {
  const old = before.service
  const removed = request.connection === undefined && !keepsConnection
  const secrets = removed ? { sealed: null, changed: before.sealed !== null } : secretsAfter(request, before, opened)
  if ('code' in secrets) return secrets
  const fields = replaced(old, keepsConnection ? { ...request, connection: old.connection } : request)
  const incompatible = old.serviceType !== request.serviceType
  if (!incompatible && !secrets.changed && fields === old) return { outcome: 'unchanged', stored: before }
  const homeless = withoutDomain(fields) ?? tooLarge(request, fields, limits)
  if (homeless !== undefined) return homeless
  const updatedAt = Math.max(now, old.updatedAt + 1)
  const version = previous === undefined ? nextVersion(old.version, incompatible) : old.version
  const service = newborn(old.id, version, updatedAt, by, request, fields)
  const from = previous ?? old
  const change = diff(from, service as Partial<Service>, from.version, secrets.changed)
  if (
    previous !== undefined &&
    [change.fieldsAdded, change.fieldsUpdated, change.fieldsDeleted].every((c) => c.length === 0)
  ) {
    const stored = { ...before, revision: before.revision + 1, service: Object.freeze({ ...previous, updatedAt }) }
    return { outcome: 'updated', stored: Object.freeze(stored) }
  }
  service.changeDescription = change
  return { ...decision('updated', service, before.revision + 1, secrets), outcome: 'updated' }
}

/** What is to be done to one service that is there; `removed` with what it last was. */
export interface Revision {
  readonly outcome: 'updated' | 'restored' | 'deleted' | 'removed' | 'unchanged'
  readonly stored: Stored
  readonly clear?: string
}

/** A live service, soft-deleted: it keeps everything, its secrets too. */
export function decideDelete(before: Stored, now: number, by: Principal | undefined): Revision {
  return { outcome: 'deleted', stored: withDeleted(before, true, now, by) }
}

/** A soft-deleted service, live again. */
export function decideRestore(before: Stored, now: number, by: Principal | undefined): Revision {
  if (!before.service.deleted) return { outcome: 'unchanged', stored: before }
  return { outcome: 'restored', stored: withDeleted(before, false, now, by) }
}

function withDeleted(before: Stored, deleted: boolean, now: number, by: Principal | undefined): Stored {
  const old = before.service
  const version = nextVersion(old.version, false)
  const updatedAt = Math.max(now, old.updatedAt + 1)
  const changeDescription = diff(old, { ...old, deleted }, old.version)
  const service = { ...old, version, deleted, updatedAt, updatedBy: by?.name ?? ANONYMOUS, changeDescription }
  return Object.freeze({ service: Object.freeze(service), sealed: before.sealed, revision: before.revision + 1 })
}

/** Stands for the principal where there is none. */
export const ANONYMOUS = 'anonymous'

/** What becomes of the secrets: kept as they are sealed, gone, or to be sealed. */
interface Secrets {
  readonly sealed: string | null
  readonly clear?: string
  readonly changed: boolean
}

const noSecrets: Secrets = Object.freeze({ sealed: null, changed: false })

/** The secrets after the write: those of the request, the stored ones where the mask came back or no connection came. */
function secretsAfter(request: ValidRequest, before: Stored | null, opened: string | null): Secrets | BadRequest {
  const sealed = before?.sealed ?? null
  if (request.connection === undefined || request.secrets === null) {
    if (sealed === null) return noSecrets
    return request.connection === undefined ? { sealed, changed: false } : { sealed: null, changed: true }
  }
  let clear = request.secrets
  if (request.keeps) {
    const { text, issues } = keepSecrets(clear, opened, '/connection/config')
    if (issues.length > 0) return badRequest(issues)
    clear = text
  }
  // The same again stays as it is sealed, so that nothing is written.
  return clear === opened ? { sealed, changed: false } : { sealed: null, clear, changed: true }
}

/** Data products are parts of a domain. */
function withoutDomain({ domain, dataProducts }: Fields): BadRequest | undefined {
  if (dataProducts === undefined || domain !== undefined) return undefined
  return badRequest([{ path: '/dataProducts', message: 'need a domain, and the service has none' }])
}

/** What is kept and what is new may be more together than a request may hold; no later one could say it again. */
function outgrown(old: Fields, request: ValidRequest, merged: Fields, limits: Limits): BadRequest | undefined {
  const { tags } = merged
  if (tags !== old.tags && tags !== undefined && tags.length > limits.elements)
    return badRequest([
      { path: '/tags', message: `has more than ${limits.elements} elements with those of the service` },
    ])
  return tooLarge(request, merged, limits)
}

/** What is left would be no request: the whole of a service is measured as whoever sends it back would send it. */
function tooLarge({ name, serviceType }: ValidRequest, fields: Fields, limits: Limits): BadRequest | undefined {
  const { displayName, description, owners, domain, dataProducts, tags, connection } = fields
  const whole = { name, serviceType, displayName, description, owners, domain, dataProducts, tags, connection }
  if (!isBeyond(whole, limits)) return undefined
  return badRequest([{ path: '', message: `is larger than ${limits.request} bytes with what the service keeps` }])
}

const noTags: readonly TagLabel[] = Object.freeze([])

/** Every service is born here, its keys in the order in which stores write them: what an index needs stands first. */
function newborn(
  id: string,
  version: number,
  updatedAt: number,
  by: Principal | undefined,
  { name, fqn, serviceType }: ValidRequest,
  fields: Fields,
) {
  const service: Record<string, unknown> = {
    id,
    name,
    fullyQualifiedName: fqn,
    version,
    deleted: false,
    updatedAt,
    updatedBy: by?.name ?? ANONYMOUS,
    serviceType,
    tags: fields.tags ?? noTags,
  }
  if (fields.displayName !== undefined) service.displayName = fields.displayName
  if (fields.description !== undefined) service.description = fields.description
  if (fields.connection !== undefined) service.connection = fields.connection
  if (fields.owners !== undefined) service.owners = fields.owners
  if (fields.domain !== undefined) service.domain = fields.domain
  if (fields.dataProducts !== undefined) service.dataProducts = fields.dataProducts
  return service
}
