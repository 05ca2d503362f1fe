import type { Principal } from '../ports/policy.js'
import type { Stored } from '../ports/store.js'
import { diff } from './diff.js'
import { type BadRequest, badRequest } from './errors.js'
import { type Fields, merge } from './merge.js'
import { keepSecrets } from './secrets.js'
import type { Service, TagLabel } from './service.js'
import type { ValidRequest } from './validate.js'
import { FIRST_VERSION, nextVersion } from './version.js'

/*
 * What a request does to what is stored: pure, so that a lost race is decided again on what won. Source: OpenMetadata,
 * "Create an ML Model Service"; `semantics.md` §3–5.
 */

export type Outcome = 'created' | 'updated' | 'unchanged' | 'restored'

/** A write to be made, or the answer that none is needed. */
export interface Decision {
  readonly outcome: Outcome
  readonly stored: Stored
}

/** A new service. */
export function decideCreate(
  request: ValidRequest,
  id: string,
  now: number,
  by: Principal | undefined,
): Decision | BadRequest {
  const secrets = secretsAfter(request, null)
  if (typeof secrets === 'object' && secrets !== null) return secrets
  const service = newborn(id, FIRST_VERSION, now, by, request, request)
  const stored = { service: Object.freeze(service) as unknown as Service, sealed: secrets, revision: 1 }
  return { outcome: 'created', stored: Object.freeze(stored) }
}

/** A stored service, soft-deleted or not, merged with a request. */
export function decideUpdate(
  before: Stored,
  request: ValidRequest,
  now: number,
  by: Principal | undefined,
): Decision | BadRequest {
  const old = before.service
  const incompatible = old.serviceType !== request.serviceType
  if (incompatible && old.connection !== undefined && request.connection === undefined) {
    const change = `serviceType changes from ${old.serviceType} to ${request.serviceType}`
    return badRequest([{ path: '/connection', message: `is required: ${change}, and the stored one does not fit` }])
  }
  const secrets = secretsAfter(request, before)
  if (typeof secrets === 'object' && secrets !== null) return secrets
  const merged = merge(old, request, by?.isBot === true)
  if (!old.deleted && !incompatible && secrets === before.sealed && merged === old) {
    return { outcome: 'unchanged', stored: before }
  }
  const version = nextVersion(old.version, incompatible)
  const service = newborn(old.id, version, Math.max(now, old.updatedAt + 1), by, request, merged)
  service.changeDescription = diff(old, service as Partial<Service>, old.version, secrets !== before.sealed)
  const stored = {
    service: Object.freeze(service) as unknown as Service,
    sealed: secrets,
    revision: before.revision + 1,
  }
  return { outcome: old.deleted ? 'restored' : 'updated', stored: Object.freeze(stored) }
}

/** Stands for the principal where there is none. */
export const ANONYMOUS = 'anonymous'

/** The secrets after the write: those of the request, the stored ones where the mask came back or no connection came. */
function secretsAfter(request: ValidRequest, before: Stored | null): string | null | BadRequest {
  if (request.connection === undefined) return before?.sealed ?? null
  if (!request.keeps || request.secrets === null) return request.secrets
  const { text, issues } = keepSecrets(request.secrets, before?.sealed ?? null, '/connection/config')
  return issues.length > 0 ? badRequest(issues) : text
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
  return service
}
