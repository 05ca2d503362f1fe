import { type BadRequest, badRequest } from '../../model/errors.js'
import type { Service } from '../../model/service.js'
import { nextVersion } from '../../model/version.js'
import type { Stored } from '../../ports/store.js'
import { comparesSecrets, completedFor, movedBy, secretsAfter } from '../connection.js'
import type { Decision, Gathered } from '../decide.js'
import { diff } from '../diff.js'
import type { Kind, RequestIntent } from '../intent.js'
import type { Limits } from '../limits.js'
import { type Fields, merge } from '../merge.js'
import { referencesIn } from '../references.js'
import type { ValidRequest } from '../validate.js'
import { born } from './create.js'
import { decision, newborn, tooLarge, withoutDomain } from './newborn.js'

const CREATE = ['Create'] as const
const EDIT = ['EditAll'] as const

/** A service that is new, or as the request says. Source: `semantics.md` §5. */
export const toUpsert: Kind<RequestIntent> = {
  sees: 'anything',
  isChecked: true,
  asks: (_, held) => (held === undefined ? CREATE : EDIT),
  refers: ({ request }) => referencesIn(request),
  needsClear: ({ request }, held) => comparesSecrets(held, request),
  moves: ({ request }, held, _, clear) => movedBy(request, held, clear),
  begins: born,
  decides: updated,
}

/** A stored service, soft-deleted or not, merged with a request. */
function updated(
  { request, by, overrides }: RequestIntent,
  before: Stored,
  { now, clear }: Gathered,
  limits: Limits,
): Decision | BadRequest {
  const held = completedFor(request, before)
  const old = held.service
  const incompatible = old.serviceType !== request.serviceType // a version more by 1.0
  if (incompatible && old.connection !== undefined && request.connection === undefined) {
    const change = `serviceType changes from ${old.serviceType} to ${request.serviceType}`
    return badRequest([{ path: '/connection', message: `is required: ${change}, and the stored one does not fit` }])
  }
  const secrets = secretsAfter(request, held, clear)
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
