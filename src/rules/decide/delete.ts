import { type BadRequest, badRequest } from '../../model/errors.js'
import { ANONYMOUS, type Principal } from '../../model/principal.js'
import { nextVersion } from '../../model/version.js'
import type { Stored } from '../../ports/store.js'
import type { Decision, Gathered } from '../decide.js'
import { diff } from '../diff.js'
import type { DeleteIntent, Kind, RestoreIntent } from '../intent.js'

const DELETE = ['Delete'] as const
const EDIT = ['EditAll'] as const

/** Source: `semantics.md` §7. */
export const toDelete: Kind<DeleteIntent> = { sees: 'stored', asks: () => DELETE, decides: ended }
export const toRestore: Kind<RestoreIntent> = { sees: 'stored', isChecked: true, asks: () => EDIT, decides: restored }

/**
 * A service at the end of its life: removed, or marked and otherwise kept as it is, its secrets too. One that is marked
 * already stays, so that a delete is safe to send again.
 */
function ended({ hard, by }: DeleteIntent, before: Stored, { now }: Gathered): Decision | BadRequest {
  if (before.service.provider === 'system')
    return badRequest([{ path: '', message: 'is a service of the system, which cannot be deleted' }])
  if (hard) return { outcome: 'removed', stored: before }
  if (before.service.deleted) return { outcome: 'unchanged', stored: before }
  return { outcome: 'deleted', stored: withDeleted(before, true, now, by) }
}

/** A soft-deleted service, live again. */
function restored({ by }: RestoreIntent, before: Stored, { now }: Gathered): Decision {
  if (!before.service.deleted) return { outcome: 'unchanged', stored: before }
  return { outcome: 'restored', stored: withDeleted(before, false, now, by) }
}

function withDeleted(before: Stored, deleted: boolean, now: number, by: Principal | undefined): Stored {
  const old = before.service
  const version = nextVersion(old.version, false)
  const updatedAt = Math.max(now, old.updatedAt + 1)
  const changeDescription = diff(old, { ...old, deleted }, old.version)
  const service = { ...old, version, deleted, updatedAt, updatedBy: by?.name ?? ANONYMOUS, changeDescription }
  const { sealed, beside, revision } = before // its secrets stay, sealed as they are
  return Object.freeze({ service: Object.freeze(service), sealed, beside, revision: revision + 1 })
}
