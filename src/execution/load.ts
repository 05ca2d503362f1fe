import { storeFailed } from '../model/errors.js'
import type { Stored } from '../ports/store.js'
import { storedAsToday } from '../rules/today.js'
import type { Errand, Journey } from './errand.js'
import { isThenable } from './thenable.js'

/** What is there of the names that nobody knows of yet, by one call. */
export function loaded({ book, store }: Journey, turn: readonly Errand[]): Promise<void> | undefined {
  const unloaded = turn.filter(({ held }) => held === undefined)
  if (unloaded.length === 0) return undefined
  const fail = (cause: unknown) => {
    const failure = storeFailed('load', cause)
    for (const errand of unloaded) errand.answer = failure
  }
  const hold = (found: ReadonlyMap<string, Stored>) => {
    for (const errand of unloaded) {
      const stored = found.get(errand.fqn)
      errand.held = stored === undefined ? null : storedAsToday(stored, book.birth)
    }
  }
  try {
    const found = store.load(
      book.family.entityType,
      unloaded.map(({ fqn }) => fqn),
    )
    if (isThenable(found)) return Promise.resolve(found).then(hold).catch(fail)
    hold(found)
  } catch (cause) {
    fail(cause)
  }
  return undefined
}
