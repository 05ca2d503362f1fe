import type { Fqn, Stored } from 'servicebook'
import { type Listed, roster } from './roster.js'

/*
 * What a family holds in memory, in layers: what a snapshot holds is never written again, and all that comes later stands in
 * a layer above it. To go back is to begin another layer there, whatever is in the one that is left.
 */

interface Held {
  readonly stored: Stored
}

/** The services of a family, by their names. */
export interface HeldFamily<E extends Held> {
  readonly names: ReturnType<typeof roster>
  /** The layer below, which nobody writes to any more. */
  readonly below: HeldFamily<E> | undefined
  /** What is another than below, `null` where it is gone; of what is not below nothing stays. */
  readonly own: ReadonlyMap<Fqn, E | null>
  /** Layers, this one included. */
  readonly depth: number
  size(): number
  keys(): Iterable<Fqn>
  get(fqn: Fqn): E | undefined
  /** Puts an entry under a name, or takes the one away that is there. */
  put(fqn: Fqn, before: E | undefined, after: E | undefined): void
}

/** Layers that a read looks through at most; beyond, those above the lowest become one. */
const DEEPEST = 32

/** The services of a family by their names: none, or what is `below`, which nobody may write to from now on. */
export function heldFamily<E extends Held>(below?: HeldFamily<E>): HeldFamily<E> {
  const own = new Map<Fqn, E | null>()
  let size: number = below?.size() ?? 0

  function get(fqn: Fqn): E | undefined {
    const entry = own.get(fqn)
    if (entry !== undefined || below === undefined) return entry ?? undefined
    return below.get(fqn)
  }

  function* keys(): Generator<Fqn> {
    for (const fqn of below?.keys() ?? []) if (!own.has(fqn)) yield fqn
    for (const [fqn, entry] of own) if (entry !== null) yield fqn
  }

  function listed(fqn: Fqn): Listed | undefined {
    const service = get(fqn)?.stored.service
    return service && { id: service.id, deleted: service.deleted, service: () => service }
  }

  const held = {
    get size() {
      return size
    },
    keys: (): Iterable<Fqn> => (below === undefined ? own.keys() : keys()),
    written: () => own.keys(),
  }

  const names = roster(held, listed, below?.names)

  return {
    names,
    depth: (below?.depth ?? 0) + 1,
    below,
    own,
    size: () => size,
    get,
    keys: held.keys,

    put(fqn, before, after) {
      names.changed(fqn, before?.stored.service, after?.stored.service)
      size += Number(after !== undefined) - Number(before !== undefined)
      if (after !== undefined) own.set(fqn, after)
      else if (below?.get(fqn) === undefined) own.delete(fqn)
      else own.set(fqn, null)
    },
  }
}

/** A family as it is now, for good: nobody may write to it from now on. */
export function kept<E extends Held>(family: HeldFamily<E>): HeldFamily<E> {
  if (family.below !== undefined && family.own.size === 0) return family.below
  return family.depth > DEEPEST ? flattened(family) : family
}

/** The same family, for whoever writes. */
export function above<E extends Held>(family: HeldFamily<E>): HeldFamily<E> {
  return heldFamily(family.own.size === 0 ? family.below : family)
}

function flattened<E extends Held>(family: HeldFamily<E>): HeldFamily<E> {
  const layers: HeldFamily<E>[] = []
  let lowest = family
  for (; lowest.below !== undefined; lowest = lowest.below) layers.push(lowest)
  const flat = heldFamily(lowest)
  for (const { own } of layers.reverse())
    for (const [fqn, entry] of own) flat.put(fqn, flat.get(fqn), entry ?? undefined)
  return flat
}
