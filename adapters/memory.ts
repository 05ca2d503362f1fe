import type { Change, Fqn, Service, ServiceStore, Stored } from 'servicebook'
import { above, type HeldFamily, heldFamily, kept } from './held.js'

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
   * Remembers what the store holds, every family and all history, and answers what brings it back, as often as it is called
   * and in any order with other snapshots, of before or after. It is kept as long as somebody has that function.
   *
   * Both take microseconds, however much is held and however much was written between. Nothing is copied: what is written
   * from then on stands above what was there. Before the first snapshot, and behind one of an empty store, writes cost
   * nothing more; after it they and reads cost one look more, and up to 32 where as many snapshots stand on each other.
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
  let families = new Map<string, HeldFamily<Entry>>()

  function of(family: string): HeldFamily<Entry> {
    const held = families.get(family) ?? heldFamily()
    families.set(family, held)
    return held
  }

  return {
    durable: false,
    chunk: 250,

    snapshot() {
      const then = [...families].map(([family, held]) => [family, kept(held)] as const)
      const back = () => {
        families = new Map(then.map(([family, held]) => [family, above(held)]))
      }
      back()
      return back
    },

    load(family, fqns) {
      const held = of(family)
      const found = new Map<Fqn, Stored>()
      for (const fqn of fqns) {
        const entry = held.get(fqn)
        if (entry !== undefined) found.set(fqn, entry.stored)
      }
      return found
    },

    // Without a wait between the check and the write there is no race to lose.
    commit(family, changes) {
      const held = of(family)
      const refused: Fqn[] = []
      for (const change of changes) {
        const { before, after } = change
        const fqn = fqnOf(change)
        const entry = held.get(fqn)
        if (!isHeld(before, entry?.stored) || (before === null && isTaken(held, after))) refused.push(fqn)
        else held.put(fqn, entry, after === null ? undefined : { stored: after, kept: keptBelow(entry, after) })
      }
      return refused
    },

    find(family, id) {
      const held = of(family)
      const fqn = held.names.fqnOf(id)
      return fqn === undefined ? undefined : held.get(fqn)?.stored
    },

    list(family, query) {
      return of(family).names.page(query)
    },

    versions(family, fqn, id, { limit, below = Number.POSITIVE_INFINITY }) {
      const entry = of(family).get(fqn)
      const versions: Service[] = []
      if (entry?.stored.service.id !== id) return versions
      for (let kept = entry.kept; kept !== null && versions.length < limit; kept = kept.older) {
        if (kept.service.version < below) versions.push(kept.service)
      }
      return versions
    },
  }
}

function fqnOf({ before, after }: Change): Fqn {
  return ((after ?? before) as Stored).service.fullyQualifiedName
}

function isHeld(before: Stored | null, held: Stored | undefined): boolean {
  if (before === null || held === undefined) return before === null && held === undefined
  return before.revision === held.revision && before.service.id === held.service.id
}

/** Whether a service of another name has the id of one to come. */
function isTaken({ names }: HeldFamily<Entry>, after: Stored | null): boolean {
  return after !== null && names.fqnOf(after.service.id) !== undefined
}

/** The history rule: what is superseded by a higher version is kept; what is not below the new version goes. */
function keptBelow(entry: Entry | undefined, { service: { version } }: Stored): Kept | null {
  if (entry === undefined) return null
  const { stored, kept } = entry
  let newest = stored.service.version < version ? { service: stored.service, older: kept } : kept
  while (newest !== null && newest.service.version >= version) newest = newest.older
  return newest
}
