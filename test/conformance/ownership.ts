import assert from 'node:assert/strict'
import type { Change, ServiceStore } from 'servicebook'
import { accepts, holds, keeps } from './claims.js'
import { type Law, law } from './law.js'
import { born, create, FAMILY, next, update } from './stored.js'

/** Whose the values are. Source: the port's law 7. */
export const ownershipLaws: readonly Law[] = [
  law(18, 'nothing that was handed out or handed in can change what is held', async (store) => {
    const first = born('owned', {
      description: 'first',
      owners: [{ id: '00000000-0000-4000-8000-00000000000a', type: 'user' }],
      tags: [{ tagFQN: 'PII', source: 'Classification', labelType: 'Manual', state: 'Confirmed' }],
      connection: { config: JSON.parse('{"type":"Mlflow","trackingUri":"http://here","pattern":{"includes":["a"]}}') },
    })
    const second = next(first, { description: 'second' }, 'sealed')
    const { id } = second.service
    const untouched = async () => {
      await holds(store, second)
      await keeps(store, second, first)
      assert.deepEqual(await store.find(FAMILY, id), second)
      const { services, more, total } = await store.list(FAMILY, { limit: 10, total: true })
      assert.deepEqual({ services, more, total }, { services: [second.service], more: false, total: 1 })
    }

    spoil(await commitAndSpoil(store, create(first)))
    spoil(await commitAndSpoil(store, update(first, second)))
    await untouched()
    spoil(await commitAndSpoil(store, create(born('owned'))))
    await untouched()

    const [fqns, query] = [['owned'], { limit: 10, total: true }]
    const found = await store.load(FAMILY, fqns)
    for (const handed of [...found.values(), found, fqns]) spoil(handed)
    await untouched()
    spoil(await store.find(FAMILY, id))
    await untouched()
    for (const handed of [await store.list(FAMILY, query), query]) spoil(handed)
    await untouched()
    spoil(await store.versions(FAMILY, 'owned', id, { limit: 1000 }))
    await untouched()
    await accepts(store, update(second, next(second)))
  }),
]

async function commitAndSpoil(store: ServiceStore, { before, after }: Change): Promise<unknown> {
  const change = { before, after }
  const answer = await store.commit(FAMILY, [change])
  change.before = null
  change.after = born('owned', { description: 'spoilt' })
  return answer
}

/** Changes all that can be changed, as deep as it goes; what is frozen stays. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  Object.values(value).forEach(spoil)
  for (const key of Object.keys(value)) Reflect.set(value, key, 'spoilt')
  for (const key of Object.keys(value)) Reflect.deleteProperty(value, key)
  Reflect.set(value, 'spoilt', true)
  if (Array.isArray(value)) Reflect.set(value, 'length', 0)
  if ('clear' in value && typeof value.clear === 'function') value.clear()
}
