import type { Change } from 'servicebook'
import { type Mutant, wrapped } from './mutant.js'

/** Stores that share what is theirs. */
export const ownershipMutants: readonly Mutant[] = [
  lending('load'),
  lending('find'),
  lending('list'),
  lending('versions'),
  wrapped(18, 'goes on using the changes it was given', (store) => {
    const given = new Map<string, readonly Change[]>()
    return {
      commit: async (family, changes) => {
        const refused = await store.commit(family, changes)
        given.set(family, refused.length === 0 ? changes : [])
        return refused
      },
      load: async (family, fqns) => {
        const found = new Map(await store.load(family, fqns))
        for (const { after } of given.get(family) ?? []) {
          const fqn = after?.service.fullyQualifiedName ?? ''
          if (after !== null && found.has(fqn)) found.set(fqn, after)
        }
        return found
      },
    }
  }),
]

/** A store that answers the same question with the same objects until the next commit. */
function lending(method: 'load' | 'find' | 'list' | 'versions'): Mutant {
  return wrapped(18, `hands out what it keeps for the next ${method}`, (store) => {
    const kept = new Map<string, unknown>()
    const ask = store[method] as (...question: unknown[]) => unknown
    return {
      commit(family, changes) {
        kept.clear()
        return store.commit(family, changes)
      },
      [method]: async (...question: unknown[]) => {
        const key = JSON.stringify(question)
        if (!kept.has(key)) kept.set(key, await ask(...question))
        return kept.get(key)
      },
    }
  })
}
