import { ANONYMOUS, type Principal } from '../../model/principal.js'
import { nextVersion } from '../../model/version.js'
import type { Stored } from '../../ports/store.js'
import type { Decision } from '../decide.js'
import { diff } from '../diff.js'

/**
 * A service at the end of its life: removed, or marked and otherwise kept as it is, its secrets too. One that is marked
 * already stays, so that a delete is safe to send again. Source: §7.
 */
export function decideDelete(before: Stored, hard: boolean, now: number, by: Principal | undefined): Decision {
  if (hard) return { outcome: 'removed', stored: before }
  if (before.service.deleted) return { outcome: 'unchanged', stored: before }
  return { outcome: 'deleted', stored: withDeleted(before, true, now, by) }
}

/** A soft-deleted service, live again. */
export function decideRestore(before: Stored, now: number, by: Principal | undefined): Decision {
  if (!before.service.deleted) return { outcome: 'unchanged', stored: before }
  return { outcome: 'restored', stored: withDeleted(before, false, now, by) }
}

function withDeleted(before: Stored, deleted: boolean, now: number, by: Principal | undefined): Stored {
  const old = before.service
  const version = nextVersion(old.version, false)
  const updatedAt = Math.max(now, old.updatedAt + 1)
  const changeDescription = diff(old, { ...old, deleted }, old.version)
  const service = { ...old, version, deleted, updatedAt, updatedBy: by?.name ?? ANONYMOUS, changeDescription }
  const { sealed, beside, revision } = before
  return Object.freeze({ service: Object.freeze(service), sealed, beside, revision: revision + 1 })
}
