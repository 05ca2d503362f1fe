import type { Change } from 'servicebook'
import { nameOf } from '../conformance/claims.js'
import { type Mutant, wrapped } from './mutant.js'
import { honest } from './outsider.js'

/** Stores that break what a call is. */
export const batchMutants: readonly Mutant[] = [
  wrapped(6, 'takes the whole call back when a removal is refused', (store) => ({
    commit: async (family, changes) => {
      const removals = changes.filter(({ after }) => after === null)
      const held = await store.load(family, removals.map(nameOf))
      const isRefused = (change: Change) => !honest.accepts(change.before, held.get(nameOf(change)))
      return removals.some(isRefused) ? changes.map(nameOf) : store.commit(family, changes)
    },
  })),
  wrapped(7, 'does not say how many services it likes at a time', () => ({ chunk: Number.NaN })),
  wrapped(7, 'forgets what goes beyond 4,096 changes', (store) => ({
    commit: (family, changes) => store.commit(family, changes.slice(0, 4096)),
  })),
  wrapped(7, 'loads no more than 1,000 names', (store) => ({
    load: (family, fqns) => store.load(family, fqns.slice(0, 1000)),
  })),
]
