import assert from 'node:assert/strict'
import type { Stored } from 'servicebook'
import { accepts, keeps } from './claims.js'
import { type Law, law } from './law.js'
import { born, create, FAMILY, next, removal, update } from './stored.js'

/** What is kept of a service. Source: the port's law 4. */
export const historyLaws: readonly Law[] = [
  law(10, 'history follows the version: a rise keeps what it supersedes, a fall and a removal drop', async (store) => {
    const first = born('kept', { description: 'first' }, 'sealed')
    await accepts(store, create(first))
    await keeps(store, first)
    const second = next(first, { version: 0.2, description: 'second' })
    await accepts(store, update(first, second))
    await keeps(store, second, first)
    const rewritten = next(second, { version: 0.2, description: 'second, rewritten' })
    await accepts(store, update(second, rewritten))
    await keeps(store, rewritten, first)
    const resealed = next(rewritten, { version: 0.2 }, 'sealed anew')
    await accepts(store, update(rewritten, resealed))
    await keeps(store, resealed, first)
    const deleted = next(resealed, { version: 1.2, deleted: true })
    await accepts(store, update(resealed, deleted))
    await keeps(store, deleted, resealed, first)
    const restored = next(deleted, { version: 1.3, deleted: false })
    await accepts(store, update(deleted, restored))
    await keeps(store, restored, deleted, resealed, first)
    const fallen = next(restored, { version: 1.2, description: 'fallen' })
    await accepts(store, update(restored, fallen))
    await keeps(store, fallen, resealed, first)
    const risen = next(fallen, { version: 1.3 })
    await accepts(store, update(fallen, risen))
    await keeps(store, risen, fallen, resealed, first)
    const between = next(risen, { version: 0.5 })
    await accepts(store, update(risen, between))
    await keeps(store, between, resealed, first)
    const last = next(between, { version: 0.6 })
    await accepts(store, update(between, last))
    await keeps(store, last, between, resealed, first)
    await accepts(store, removal(last))
    await keeps(store, last)
    const anew = born('kept')
    await accepts(store, create(anew))
    await keeps(store, anew)
    const newer = next(anew, { version: 0.9 })
    await accepts(store, update(anew, newer))
    await keeps(store, newer, anew)
    await keeps(store, last)
  }),

  law(11, 'versions are answered newest first, up to the limit, below the one named', async (store) => {
    const numbers = [0.1, 0.2, 0.9, 1, 1.1, 1.9, 2, 9.9, 10, 10.1, 99.9, 100]
    let current = born('many', { version: 0.1 })
    await accepts(store, create(current))
    for (const version of numbers.slice(1)) {
      const before: Stored = current
      current = next(before, { version })
      await accepts(store, update(before, current))
    }
    const newestFirst = numbers.slice(0, -1).reverse()
    const ask = async (query: { limit: number; below?: number }) =>
      (await store.versions(FAMILY, 'many', current.service.id, query)).map(({ version }) => version)
    assert.deepEqual(await ask({ limit: 100 }), newestFirst)
    assert.deepEqual(await ask({ limit: numbers.length - 1 }), newestFirst)
    assert.deepEqual(await ask({ limit: 0 }), [])
    assert.deepEqual(await ask({ limit: 3 }), [99.9, 10.1, 10])
    assert.deepEqual(await ask({ limit: 2, below: 10 }), [9.9, 2])
    assert.deepEqual(await ask({ limit: 2, below: 9 }), [2, 1.9])
    assert.deepEqual(await ask({ limit: 100, below: 1000 }), newestFirst)
    assert.deepEqual(await ask({ limit: 100, below: 0.1 }), [])
    for (const [at, below] of newestFirst.entries()) {
      assert.deepEqual(await ask({ limit: 100, below }), newestFirst.slice(at + 1))
    }
    assert.deepEqual([...(await store.versions(FAMILY, 'unknown', current.service.id, { limit: 100 }))], [])
  }),
]
