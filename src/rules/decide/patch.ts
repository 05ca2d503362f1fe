import type { BadRequest } from '../../model/errors.js'
import type { Principal } from '../../model/principal.js'
import type { Service } from '../../model/service.js'
import { FIRST_VERSION, nextVersion } from '../../model/version.js'
import type { Stored } from '../../ports/store.js'
import { comparesSecrets, completedFor, movedBy, secretsAfter } from '../connection.js'
import type { Decision, Gathered } from '../decide.js'
import { diff } from '../diff.js'
import type { Draft, Kind, PatchIntent } from '../intent.js'
import type { Limits } from '../limits.js'
import { replaced } from '../merge.js'
import { operationsOf, patched } from '../patch.js'
import { referencesIn } from '../references.js'
import { decision, newborn, tooLarge, withoutDomain } from './newborn.js'

/** A live service as operations make it. Source: `semantics.md` §7. */
export const toPatch: Kind<PatchIntent> = {
  sees: 'live',
  isChecked: true,
  asks: ({ operations, as }) => operationsOf(operations, as.dropped),
  drafts({ operations, as }, service, shown, validate, limits) {
    const result = patched(service, shown, as, operations, limits)
    if ('code' in result) return result
    const request = validate(result.request)
    if ('error' in request) return request.error
    return { request, keepsConnection: result.keepsConnection, entityStatus: result.entityStatus }
  },
  refers: (_, draft) => (draft === undefined ? [] : referencesIn(draft.request)),
  needsClear: (_, held, draft) => draft !== undefined && !draft.keepsConnection && comparesSecrets(held, draft.request),
  moves: (_, held, draft, clear) => (draft === undefined ? [] : movedBy(draft.request, held, clear)),
  needsVersion: ({ when, by }, held, draft, now) =>
    when !== undefined || draft === undefined ? undefined : consolidatesFrom(held, !draft.keepsConnection, now, by),
  decides: changed,
}

/** How far from a change the next one by the same principal is still part of it, in milliseconds, also by a clock put back. */
const SESSION = 600_000

/**
 * The version that a patch has to be compared with instead of the stored one, because both belong to one editing session
 * of a principal; `undefined` when the patch is a change of its own.
 */
function consolidatesFrom(
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
 * `consolidatesFrom` named: the change is then told from there, and undone when nothing is left of it. Source:
 * `semantics.md` §7.
 */
function changed(
  { by }: PatchIntent,
  before: Stored,
  { draft, previous, now, clear }: Gathered,
  limits: Limits,
): Decision | BadRequest {
  const { request, keepsConnection, entityStatus } = draft as Draft
  const held = keepsConnection ? before : completedFor(request, before)
  const old = held.service
  const removed = request.connection === undefined && !keepsConnection
  const secrets = removed ? { sealed: null, changed: before.sealed !== null } : secretsAfter(request, held, clear)
  if ('code' in secrets) return secrets
  const connection = keepsConnection ? old.connection : request.connection
  const fields = replaced(old, { ...request, connection, entityStatus })
  const incompatible = old.serviceType !== request.serviceType
  if (!incompatible && !secrets.changed && fields === old) return { outcome: 'unchanged', stored: before }
  const refused = withoutDomain(fields) ?? tooLarge(request, fields, limits)
  if (refused !== undefined) return refused
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
  return decision('updated', service, before.revision + 1, secrets, before.beside)
}
