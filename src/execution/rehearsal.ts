import type { Fqn } from '../model/fqn.js'
import type { ServiceStore, Stored } from '../ports/store.js'

/**
 * A store for dry runs: reads what is there and keeps what would be written to itself, so that a name that occurs twice
 * in a bulk is decided on as if the first had been written.
 */
export function rehearsal(store: Pick<ServiceStore, 'load'>): Pick<ServiceStore, 'load' | 'commit'> {
  const written = new Map<Fqn, Stored>()
  return {
    async load(family, fqns) {
      const unwritten = fqns.filter((fqn) => !written.has(fqn))
      const found = new Map(unwritten.length === 0 ? [] : await store.load(family, unwritten))
      for (const fqn of fqns) {
        const stored = written.get(fqn)
        if (stored !== undefined) found.set(fqn, stored)
      }
      return found
    },
    commit(_family, changes) {
      for (const { after } of changes) if (after !== null) written.set(after.service.fullyQualifiedName, after)
      return []
    },
  }
}
