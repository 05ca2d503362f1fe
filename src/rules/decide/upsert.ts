import { type BadRequest, badRequest } from '../../model/errors.js'
import type { Service } from '../../model/service.js'
import { nextVersion } from '../../model/version.js'
import type { Stored } from '../../ports/store.js'
import { completedFor, secretsAfter } from '../connection.js'
import type { Decision } from '../decide.js'
import { diff } from '../diff.js'
import type { RequestIntent } from '../intent.js'
import type { Limits } from '../limits.js'
import { type Fields, merge } from '../merge.js'
import type { ValidRequest } from '../validate.js'
import { decision, newborn, tooLarge, withoutDomain } from './newborn.js'

/**
 * A stored service, soft-deleted or not, merged with a request. `opened` are its clear secrets, where `comparesSecrets`
 * says that they are needed. Source: `semantics.md` §5.
 */
export function decideUpdate(
  before: Stored,
  opened: string | null,
  { request, by, overrides }: RequestIntent,
  now: number,
  limits: Limits,
): Decision | BadRequest {
  const held = completedFor(request, before)
  const old = held.service
  const incompatible = old.serviceType !== request.serviceType
  if (incompatible && old.connection !== undefined && request.connection === undefined) {
    const change = `serviceType changes from ${old.serviceType} to ${request.serviceType}`
    return badRequest([{ path: '/connection', message: `is required: ${change}, and the stored one does not fit` }])
  }
  const secrets = secretsAfter(request, held, opened)
  if ('code' in secrets) return secrets
  const merged = merge(old, request, by?.isBot === true, overrides)
  if (!old.deleted && !incompatible && !secrets.changed && merged === old) {
    return { outcome: 'unchanged', stored: before }
  }
  const refused = withoutDomain(merged) ?? outgrown(old, request, merged, limits)
  if (refused !== undefined) return refused
  const version = nextVersion(old.version, incompatible)
  const service = newborn(old.id, version, Math.max(now, old.updatedAt + 1), by, request, merged)
  service.changeDescription = diff(old, service as Partial<Service>, old.version, secrets.changed)
  return decision(old.deleted ? 'restored' : 'updated', service, before.revision + 1, secrets, before.beside)
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
