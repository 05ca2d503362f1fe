import type { Change, Fqn, Stored } from 'servicebook'
import type { Writes } from './sql.js'

/** The most that goes into one statement; the statement after it may already be on its way. */
const ROWS = 1000
const CHARACTERS = 4 * 2 ** 20

/** What goes into one statement. */
export interface Batch {
  /** The names of its changes, by their place. */
  readonly fqns: readonly Fqn[]
  readonly writes: Writes
  /** From `$2` on. */
  readonly parameters: readonly unknown[]
}

/** Changes as parameters of as many statements as they take. Each change stands alone, so that they may be told apart. */
export function* batches(changes: readonly Change[]): Generator<Batch> {
  let batch = emptyBatch()
  for (const change of changes) {
    addTo(batch, change)
    if (batch.fqns.length < ROWS && batch.size < CHARACTERS) continue
    yield finished(batch)
    batch = emptyBatch()
  }
  if (batch.fqns.length > 0) yield finished(batch)
}

function emptyBatch() {
  return {
    fqns: [] as Fqn[],
    given: [] as object[],
    bodies: [] as string[],
    updated: [] as Fqn[],
    reverted: [] as Fqn[],
    size: 0,
  }
}

function addTo(batch: ReturnType<typeof emptyBatch>, change: Change): void {
  const { before, after } = change
  const { id, fullyQualifiedName: fqn, name, deleted } = ((after ?? before) as Stored).service
  const body = after === null ? '' : JSON.stringify(after.service)
  const sealed = after?.sealed ?? null
  const revision = after?.revision ?? (before as Stored).revision + 1
  const { keep, below } = history(change)
  batch.fqns.push(fqn)
  batch.given.push({ fqn, id, before: before?.revision ?? null, revision, name, deleted, sealed, keep, below })
  batch.bodies.push(body)
  if (before !== null) batch.updated.push(fqn)
  if (below !== null) batch.reverted.push(fqn)
  batch.size += body.length + (sealed?.length ?? 0)
}

function finished({ fqns, given, bodies, updated, reverted }: ReturnType<typeof emptyBatch>): Batch {
  const writes = { updates: updated.length > 0, reverts: reverted.length > 0 }
  const parameters: unknown[] = [JSON.stringify(given), bodies.join('\n')]
  if (writes.updates) parameters.push(updated)
  if (writes.reverts) parameters.push(reverted)
  return { fqns, writes, parameters }
}

/**
 * The history rule: the version to keep, and from which version on kept ones go. What is kept is always below what is
 * current, so that there is nothing to go unless the version falls.
 */
function history({ before, after }: Change): { keep: number | null; below: number | null } {
  if (before === null) return { keep: null, below: null }
  if (after === null) return { keep: null, below: 0 }
  const [old, young] = [before.service.version, after.service.version]
  return { keep: old < young ? old : null, below: young < old ? young : null }
}
