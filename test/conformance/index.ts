import { batchLaws } from './batches.js'
import { failureLaws } from './failure.js'
import { handleLaws } from './handles.js'
import { historyLaws } from './history.js'
import type { Law, Open } from './law.js'
import { ownershipLaws } from './ownership.js'
import { pageLaws } from './pages.js'
import { raceLaws } from './races.js'
import { readLaws } from './reads.js'
import { writeLaws } from './writes.js'

export type { Law, Open, Opening } from './law.js'

const handleObeys = [
  ...writeLaws,
  ...batchLaws,
  ...raceLaws,
  ...historyLaws,
  ...readLaws,
  ...pageLaws,
  ...ownershipLaws,
]

/**
 * Every case of the suite, for whoever wants to run one alone. A case rejects with an `AssertionError` where a store
 * breaks its law.
 *
 * @example
 * const store = memoryStore()
 * await laws[0]?.run(() => ({ store, again: () => store }))
 *
 * Source: the laws in the docs of `ServiceStore`.
 */
export const laws: readonly Law[] = [...handleObeys, ...failureLaws, ...handleLaws(handleObeys)]

/**
 * Declares a test for each law of the store port; a `ServiceStore` that passes them all keeps what a book promises.
 *
 * `test` is your runner's own (vitest, `node:test`, jest): a function of a name and an async body. `open` makes a fresh
 * storage, shared with no other case, and answers the ways into it: `store`, a second handle from `again`, a handle
 * whose storage is out of reach from `fails` (may be left out only where `durable` is `false`), and `close`, which ends
 * the handles and removes the storage. No law can be skipped or weakened. A case takes up to some seconds on a slow
 * disk: give your runner a minute.
 *
 * @example
 * import { test } from 'node:test'
 * import { memoryStore } from 'servicebook/memory'
 * import { storeLaws } from 'servicebook/testing'
 *
 * storeLaws({
 *   test,
 *   open() {
 *     const store = memoryStore()
 *     return { store, again: () => store }
 *   },
 * })
 *
 * @example
 * storeLaws({
 *   test,
 *   async open() {
 *     const directory = await mkdtemp(join(tmpdir(), 'laws-'))
 *     const store = fsStore(directory)
 *     return {
 *       store,
 *       again: () => fsStore(directory),
 *       fails: () => fsStore('/dev/null'),
 *       close: async () => { await store.close(); await rm(directory, { recursive: true }) },
 *     }
 *   },
 * })
 *
 * Source: the laws in the docs of `ServiceStore`; "The store port" in the design.
 */
export function storeLaws({
  test,
  open,
}: {
  test: (name: string, run: () => Promise<void>) => unknown
  open: Open
}): void {
  for (const { number, name, run } of laws) test(`law ${number}: ${name}`, () => run(open))
}
