import { nameOf } from '../conformance/claims.js'
import { type Mutant, refuses, wrapped } from './mutant.js'
import { outsider } from './outsider.js'

/** Stores that hide that they cannot reach their storage. */
export const failureMutants: readonly Mutant[] = [
  wrapped(19, 'takes a disk that does not answer for an empty one', (store) => ({
    load: async (family, fqns) => {
      try {
        return await store.load(family, fqns)
      } catch {
        return new Map()
      }
    },
  })),
  wrapped(19, 'takes a disk that does not answer for a refusal', (store) => ({
    commit: async (family, changes) => {
      try {
        return await store.commit(family, changes)
      } catch {
        return changes.map(nameOf)
      }
    },
  })),
  [
    19,
    'is durable and cannot show how it fails',
    () => ({ store: { ...outsider(new Map()), durable: true }, again: refuses }),
  ],
]
