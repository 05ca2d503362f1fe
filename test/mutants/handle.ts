import { setImmediate } from 'node:timers/promises'
import type { ServiceStore } from 'servicebook'
import { nameOf } from '../conformance/claims.js'
import { type Mutant, refuses, shared, unshared } from './mutant.js'
import { honest, outsider } from './outsider.js'

/** Stores whose second handle is neither equal nor refused. */
export const handleMutants: readonly Mutant[] = [
  [20, 'does not see what another handle writes', () => shared((disk) => shortSighted(outsider(disk)))],
  [
    20,
    'waits between the check and the write, where handles do not take turns',
    () => shared((disk) => queued(outsider(disk, { ...honest, pause: () => setImmediate() }))),
  ],
  [
    20,
    'refuses a second handle without a reason',
    () => ({
      ...unshared(outsider),
      again() {
        throw new Error('')
      },
    }),
  ],
  [
    20,
    'refuses a second handle to read but lets it write',
    () => {
      const opening = shared(outsider)
      return { ...opening, again: () => ({ ...opening.again(), load: refuses }) }
    },
  ],
]

/** A handle that remembers what it loaded until it writes there itself. */
function shortSighted(store: ServiceStore): ServiceStore {
  const seen = new Map<string, string>()
  return {
    ...store,
    commit(family, changes) {
      for (const change of changes) seen.delete(family + nameOf(change))
      return store.commit(family, changes)
    },
    async load(family, fqns) {
      const found = new Map(await store.load(family, fqns))
      for (const fqn of fqns) {
        const text = seen.get(family + fqn)
        if (text !== undefined) found.set(fqn, JSON.parse(text))
        else if (found.has(fqn)) seen.set(family + fqn, JSON.stringify(found.get(fqn)))
      }
      return found
    },
  }
}

/** A handle whose own commits take turns. */
function queued(store: ServiceStore): ServiceStore {
  let last: Promise<unknown> = Promise.resolve()
  return {
    ...store,
    commit(family, changes) {
      const answer = last.then(() => store.commit(family, changes))
      last = answer.catch(() => {})
      return answer
    },
  }
}
