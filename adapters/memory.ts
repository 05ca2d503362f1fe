import type { Change, Fqn, Service, ServiceStore, Stored } from 'servicebook'
import { type Listed, roster } from './roster.js'
import { undoLog } from './undo.js'

export { type MemoryDirectoryOptions, memoryDirectory } from './directory.js'

interface Kept {
  readonly service: Service
  readonly older: Kept | null
}

/** A service with its superseded versions, newest first. */
interface Entry {
  readonly stored: Stored
  readonly kept: Kept | null
}

/** What `memoryStore` answers: a store that can go back. */
export interface MemoryStore extends ServiceStore {
  /**
   * Remembers what the store holds, every family and all history, and answers what brings it back, as often as it is called.
   * Like a savepoint: to go back drops the snapshots taken since, and theirs throw `Error`.
   *
   * Nothing is copied. From the first snapshot of a store that holds something, each write is noted (about 50 bytes), until
   * one goes back; before that, and behind a snapshot of an empty store alone, writes cost nothing more. To go back takes the
   * time of what was written since, and almost none from anything to nothing.
   *
   * @example
   * const back = store.snapshot()
   * await createService(book, { name: 'a', serviceType: 'Sklearn' })
   * back() // nobody has heard of it
   */
  snapshot(): () => void
}

/**
 * A store in this process's memory: for test suites, for hosts that can rebuild what they hold, and as the fastest there
 * is. It ends with the process. Each call makes a storage of its own; books that shall share one share the store.
 *
 * It shares frozen values and copies nothing, so that a version costs only what it changed; for the same reason a
 * `snapshot()` of it costs nothing.
 *
 * @example
 * const book = openBook({ family: mlmodelServices, store: memoryStore() })
 */
export function memoryStore(): MemoryStore {
  const families = new Map<string, HeldFamily>()
  const past = undoLog(() => families.clear())

  function of(family: string): HeldFamily {
    const held = families.get(family) ?? emptyFamily()
    families.set(family, held)
    return held
  }

  function put(family: string, fqn: Fqn, entry: Entry | undefined): void {
    const { entries, names } = of(family)
    names.changed(fqn, entries.get(fqn)?.stored.service, entry?.stored.service)
    if (entry === undefined) entries.delete(fqn)
    else entries.set(fqn, entry)
  }

  return {
    durable: false,
    chunk: 250,

    snapshot() {
      return past.mark([...families.values()].every(({ entries }) => entries.size === 0))
    },

    load(family, fqns) {
      const { entries } = of(family)
      const found = new Map<Fqn, Stored>()
      for (const fqn of fqns) {
        const entry = entries.get(fqn)
        if (entry !== undefined) found.set(fqn, entry.stored)
      }
      return found
    },

    // Without a wait between the check and the write there is no race to lose.
    commit(family, changes) {
      const { entries, names } = of(family)
      const refused: Fqn[] = []
      for (const change of changes) {
        const fqn = fqnOf(change)
        const entry = entries.get(fqn)
        if (!isHeld(change.before, entry?.stored) || (change.before === null && isTaken(names, change.after))) {
          refused.push(fqn)
          continue
        }
        if (past.isKept()) past.note(() => put(family, fqn, entry))
        names.changed(fqn, entry?.stored.service, change.after?.service)
        if (change.after === null) entries.delete(fqn)
        else {
          entries.set(fqn, {
            stored: change.after,
            kept: entry === undefined ? null : keptAfter(entry, change.after.service.version),
          })
        }
      }
      return refused
    },

    find(family, id) {
      const { entries, names } = of(family)
      const fqn = names.fqnOf(id)
      return fqn === undefined ? undefined : entries.get(fqn)?.stored
    },

    list(family, query) {
      return of(family).names.page(query)
    },

    versions(family, fqn, id, { limit, below = Number.POSITIVE_INFINITY }) {
      const entry = of(family).entries.get(fqn)
      const versions: Service[] = []
      if (entry?.stored.service.id !== id) return versions
      for (let kept = entry.kept; kept !== null && versions.length < limit; kept = kept.older) {
        if (kept.service.version < below) versions.push(kept.service)
      }
      return versions
    },
  }
}

type HeldFamily = ReturnType<typeof emptyFamily>

function emptyFamily() {
  const entries = new Map<Fqn, Entry>()
  const listed = (fqn: Fqn): Listed | undefined => {
    const service = entries.get(fqn)?.stored.service
    return service && { id: service.id, deleted: service.deleted, service: () => service }
  }
  return { entries, names: roster(entries, listed) }
}

function fqnOf({ before, after }: Change): Fqn {
  return ((after ?? before) as Stored).service.fullyQualifiedName
}

function isHeld(before: Stored | null, held: Stored | undefined): boolean {
  if (before === null || held === undefined) return before === null && held === undefined
  return before.revision === held.revision && before.service.id === held.service.id
}

/** Whether a service of another name has the id of one to come. */
function isTaken(names: HeldFamily['names'], after: Stored | null): boolean {
  return after !== null && names.fqnOf(after.service.id) !== undefined
}

/** The history rule: what is superseded by a higher version is kept; what is not below the new version goes. */
function keptAfter({ stored, kept }: Entry, version: number): Kept | null {
  let newest = stored.service.version < version ? { service: stored.service, older: kept } : kept
  while (newest !== null && newest.service.version >= version) newest = newest.older
  return newest
}
