import type { Fqn } from '../model/fqn.js'
import { saysNothingApplied } from '../model/reason.js'
import type { Change, ServiceStore, Stored } from '../ports/store.js'
import { oneForAllCopies } from './copies.js'
import { ferry } from './ferry.js'
import { trips } from './trips.js'
import { weightOf } from './weight.js'

/*
 * Store calls of single verbs that come together travel together, as DataLoader does it. This stands behind the loop: each
 * verb asks the policy, the directory and the cipher by itself, in its own time and context, and only its load and its
 * commit wait for company. They depart one microtask late, so that a lone caller waits for nothing; those that come while
 * calls are under way gather until one is back.
 */

type Shared = Pick<ServiceStore, 'load' | 'commit'>

/** One for all copies of this package in the process, as the names are of whom they serve. */
const crossings = oneForAllCopies('crossings/1', () => new WeakMap<ServiceStore, Map<string, Shared>>())

/** What single verbs load and commit by. A store inside a transaction of the host serves each caller by himself. */
export function shared(store: ServiceStore, family: string): Shared {
  if (store.provisional) return trips(store)
  let families = crossings.get(store)
  if (families === undefined) {
    families = new Map()
    crossings.set(store, families)
  }
  let crossing = families.get(family)
  if (crossing === undefined) {
    crossing = crossingOf(store, family)
    families.set(family, crossing)
  }
  return crossing
}

function crossingOf(store: ServiceStore, family: string): Shared {
  const load = ferry<Fqn, ReadonlyMap<Fqn, Stored>>({
    send: (fqns) => trips(store).load(family, fqns),
    weigh: () => 0,
    // Whatever a load dies of, it has written nothing.
    isHarmless: () => true,
    rows: store.chunk,
    startsWaiting: store.durable,
  })
  const commit = ferry<Change, readonly Fqn[]>({
    send: (changes) => trips(store).commit(family, changes),
    weigh: weightOf,
    isHarmless: saysNothingApplied,
    rows: store.chunk,
    startsWaiting: store.durable,
  })
  return { load: (_, fqns) => load(fqns), commit: (_, changes) => commit(changes) }
}
