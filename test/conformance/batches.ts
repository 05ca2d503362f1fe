import assert from 'node:assert/strict'
import type { Stored } from 'servicebook'
import { accepts, answers, holds, holdsNothing, keeps, namesOf } from './claims.js'
import { type Law, law } from './law.js'
import { atRevision, born, create, FAMILY, fqnOf, next, removal, update } from './stored.js'

/** What a call is to its changes. Source: the port's laws 2 and 3. */
export const batchLaws: readonly Law[] = [
  law(
    6,
    'each change of a call stands alone, whole or not at all, and the answer names exactly the refused',
    async (store) => {
      const held = ['b', 'c', 'd', 'e', 'f', 'g'].map((name) => born(name))
      await accepts(store, ...held.map(create))
      const [b, c, d, e, f, g] = held as [Stored, Stored, Stored, Stored, Stored, Stored]
      const [laterC, laterE, laterG] = [next(c), next(e), next(g)]
      await accepts(store, update(c, laterC), update(e, laterE))
      const [a, laterD, latestE, z] = [born('a'), next(d), next(laterE), born('z')]
      const changes = [
        ...[create(a), create(born('b')), update(c, next(c, { description: 'lost' })), update(d, laterD)],
        ...[removal(e), removal(f), update(g, laterG), create(z)],
      ]
      await answers(store, changes, ['b', 'c', 'e'])
      await holds(store, a, b, laterC, laterD, laterE, laterG, z)
      await holdsNothing(store, 'f')
      assert.deepEqual(namesOf((await store.list(FAMILY, { limit: 100 })).services), [
        'a',
        'b',
        'c',
        'd',
        'e',
        'g',
        'z',
      ])
      await keeps(store, b)
      await keeps(store, laterC, c)
      await keeps(store, laterD, d)
      await keeps(store, laterE, e)
      await keeps(store, laterG, g)
      await accepts(store, update(laterE, latestE))
      await keeps(store, latestE, laterE, e)
    },
  ),

  law(7, 'it says how many services it likes at a time, and takes so many', async (store) => {
    const { chunk } = store
    assert.ok(Number.isInteger(chunk) && chunk >= 1 && chunk <= 100_000, 'chunk must be an integer from 1 to 100,000')
    const services = Array.from({ length: chunk }, (_, at) => born(`model ${at}`))
    await accepts(store, ...services.map(create))
    await holds(store, ...services)
  }),

  law(7, 'a call takes any number of changes and names, none and ten thousand alike', async (store) => {
    await answers(store, [], [])
    assert.equal((await store.load(FAMILY, [])).size, 0)
    const names = Array.from({ length: 10_000 }, (_, at) => `model ${at}`)
    const held = new Map([0, 4_999, 9_999].map((at) => [at, born(`model ${at}`, { description: 'held' })]))
    await accepts(store, ...[...held.values()].map(create))
    const refused = [...held.values()].map(fqnOf)
    const services = names.map((name) => born(name))
    await answers(store, services.map(create), refused)
    const first = services.map((stored, at) => held.get(at) ?? stored)
    await holds(store, ...first)
    const stale = (stored: Stored, at: number) => (held.has(at) ? atRevision(stored, 0) : stored)
    const later = first.map((stored, at) => next(stale(stored, at), { description: 'later' }))
    await answers(
      store,
      first.map((stored, at) => update(stale(stored, at), later[at] as Stored)),
      refused,
    )
    await holds(store, ...first.map((stored, at) => (held.has(at) ? stored : (later[at] as Stored))))
    assert.equal((await store.list(FAMILY, { limit: 0, total: true })).total, 10_000)
  }),
]
