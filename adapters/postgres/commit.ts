import type { Change, Fqn, Stored } from 'servicebook'
import type { Kind } from './sql.js'

/** About as many characters of bodies and secrets go into one statement at most. */
const CHARACTERS = 4 * 2 ** 20

/** What goes into one statement. */
export interface Batch {
  readonly kind: Kind
  /** The names of its changes, by their place. */
  readonly fqns: readonly Fqn[]
  /** From `$2` on. */
  readonly parameters: readonly unknown[]
}

/** Changes as parameters of as many statements as they take. Each change stands alone, so that they may be told apart. */
export function* batches(changes: readonly Change[]): Generator<Batch> {
  const [only] = changes
  const alone = only !== undefined && changes.length === 1 ? single(only) : undefined
  if (alone !== undefined) {
    yield alone
    return
  }
  const open = { rising: emptyBatch(), falling: emptyBatch() }
  for (const change of changes) {
    const { keep, below } = history(change)
    const which = below === null ? 'rising' : 'falling'
    const batch = open[which]
    add(batch, change, keep, below)
    if (batch.size < CHARACTERS) continue
    yield finished(batch, which)
    open[which] = emptyBatch()
  }
  for (const which of ['rising', 'falling'] as const) {
    if (open[which].fqns.length > 0) yield finished(open[which], which)
  }
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

/** One change in the form for one, unless it takes versions back. */
function single(change: Change): Batch | undefined {
  const { before, after } = change
  const { keep, below } = history(change)
  if (after === null || below !== null) return undefined
  const { id, fullyQualifiedName: fqn, name, deleted } = after.service
  const body = JSON.stringify(after.service)
  const parameters = [fqn, id, after.revision, name, deleted, body, after.sealed, textOf(after.beside)]
  if (before === null) return { kind: 'create', fqns: [fqn], parameters }
  return { kind: 'update', fqns: [fqn], parameters: [...parameters, keep] }
}

function emptyBatch() {
  return { fqns: [] as Fqn[], given: [] as object[], bodies: [] as string[], updated: [] as Fqn[], size: 0 }
}

type Gathered = ReturnType<typeof emptyBatch>

function add(batch: Gathered, { before, after }: Change, keep: number | null, below: number | null): void {
  const { id, fullyQualifiedName: fqn, name, deleted } = ((after ?? before) as Stored).service
  const body = after === null ? '' : JSON.stringify(after.service)
  const sealed = after?.sealed ?? null
  const revision = after?.revision ?? (before as Stored).revision + 1
  batch.fqns.push(fqn)
  // Left out where there is nothing.
  const beside = after?.beside ?? undefined
  batch.given.push({ fqn, id, before: before?.revision ?? null, revision, name, deleted, sealed, beside, keep, below })
  batch.bodies.push(body)
  if (before !== null) batch.updated.push(fqn)
  batch.size += body.length + (sealed?.length ?? 0) + (beside === undefined ? 0 : JSON.stringify(beside).length)
}

const textOf = (beside: Stored['beside']) => (beside === null ? null : JSON.stringify(beside))

function finished({ fqns, given, bodies, updated }: Gathered, which: 'rising' | 'falling'): Batch {
  const parameters = [JSON.stringify(given), bodies.join('\n')]
  if (updated.length === 0) return { kind: 'creates', fqns, parameters }
  return { kind: which === 'rising' ? 'updates' : 'reverts', fqns, parameters: [...parameters, updated] }
}
