import assert from 'node:assert/strict'
import type { ListQuery, ServiceStore } from 'servicebook'
import { accepts, namesOf } from './claims.js'
import { type Law, law } from './law.js'
import { orderedNames } from './names.js'
import { born, create, FAMILY, next, OTHER_FAMILY, placeOf, removal, update } from './stored.js'

const label = { source: 'Classification', labelType: 'Manual', state: 'Confirmed' } as const
const [ada, bob] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b']

/** What is found without a name. Source: the port's `find` and `list`. */
export const readLaws: readonly Law[] = [
  law(12, 'a service is found by its id while it is held', async (store) => {
    const first = born('"found".here', {}, 'sealed')
    assert.equal(await store.find(FAMILY, first.service.id), undefined)
    await accepts(store, create(first), create(born('other')))
    assert.deepEqual(await store.find(FAMILY, first.service.id), first)
    assert.equal(await store.find(OTHER_FAMILY, first.service.id), undefined)
    const deleted = next(first, { deleted: true }, 'sealed anew')
    await accepts(store, update(first, deleted))
    assert.deepEqual(await store.find(FAMILY, first.service.id), deleted)
    await accepts(store, removal(deleted))
    assert.equal(await store.find(FAMILY, first.service.id), undefined)
    const anew = born('"found".here')
    await accepts(store, create(anew))
    assert.deepEqual(await store.find(FAMILY, anew.service.id), anew)
    assert.equal(await store.find(FAMILY, first.service.id), undefined)
  }),

  law(13, 'a list is in code point order of the names', async (store) => {
    await accepts(store, ...orderedNames.toReversed().map((name) => create(born(name))))
    const { services, more } = await store.list(FAMILY, { limit: 1000 })
    assert.deepEqual(namesOf(services), orderedNames)
    assert.equal(more, false)
    for (const [at, service] of services.entries()) {
      const place = placeOf(service)
      const behind = await store.list(FAMILY, { limit: 1000, after: place })
      assert.deepEqual(namesOf(behind.services), orderedNames.slice(at + 1))
      const ahead = await store.list(FAMILY, { limit: 1000, before: place })
      assert.deepEqual(namesOf(ahead.services), orderedNames.slice(0, at))
    }
  }),

  law(14, 'a list holds the services that match all of its query, and counts them when asked', async (store) => {
    const [pii, tier] = [
      { tagFQN: 'PII', ...label },
      { tagFQN: 'Tier.1', ...label },
    ]
    const plain = born('plain')
    const sales = born('sales', { domain: 'Sales', owners: [{ id: bob, type: 'team' }], tags: [pii, tier] })
    const emea = born('sales emea', { domain: 'Sales.Emea', owners: [{ id: ada, type: 'user' }], tags: [tier] })
    const both = born('both', { domain: 'Sales', owners: [ada, bob].map((id) => ({ id, type: 'user' })) })
    const other = born('other type', { serviceType: 'Sklearn', tags: [{ ...pii, source: 'Glossary' }] })
    const gone = born('gone', { deleted: true, domain: 'Sales' })
    const moved = born('moved', { domain: 'Sales', serviceType: 'Sklearn', tags: [pii] })
    const removed = born('removed', { domain: 'Sales' })
    const restored = born('restored', { deleted: true })
    const shelved = born('shelved')
    await accepts(store, ...[plain, sales, emea, both, other, gone, moved, removed, restored, shelved].map(create))
    await accepts(
      store,
      update(moved, next(moved, { domain: 'Ops', serviceType: 'Mlflow', tags: [] })),
      update(restored, next(restored, { deleted: false })),
      update(shelved, next(shelved, { deleted: true })),
      removal(removed),
    )
    await store.commit(OTHER_FAMILY, [create(born('elsewhere', { domain: 'Sales' }))])

    const live = ['both', 'moved', 'other type', 'plain', 'restored', 'sales', 'sales emea']
    await lists(store, {}, live)
    await lists(store, { include: 'non-deleted' }, live)
    await lists(store, { include: 'deleted' }, ['gone', 'shelved'])
    await lists(store, { include: 'all' }, [...live, 'gone', 'shelved'].sort())
    await lists(store, { serviceType: 'Sklearn' }, ['other type'])
    await lists(store, { domain: 'Sales' }, ['both', 'sales'])
    await lists(store, { domain: 'Sales', include: 'all' }, ['both', 'gone', 'sales'])
    await lists(store, { domain: 'Ops' }, ['moved'])
    await lists(store, { owner: ada }, ['both', 'sales emea'])
    await lists(store, { owner: bob }, ['both', 'sales'])
    await lists(store, { tagFQN: 'PII' }, ['other type', 'sales'])
    await lists(store, { tagFQN: 'Tier.1' }, ['sales', 'sales emea'])
    await lists(store, { tagFQN: 'Tier' }, [])
    await lists(store, { tagFQN: 'Tier.1', owner: ada, domain: 'Sales.Emea', serviceType: 'Mlflow' }, ['sales emea'])
    await lists(store, { tagFQN: 'Tier.1', owner: ada, domain: 'Sales' }, [])
  }),
]

/** The query answers these names; its total stays the same whatever part of them is asked for. */
async function lists(store: ServiceStore, query: Omit<ListQuery, 'limit'>, names: readonly string[]): Promise<void> {
  const matched = JSON.stringify(query)
  const { services, more, total } = await store.list(FAMILY, { ...query, limit: 100, total: true })
  assert.deepEqual(namesOf(services), names, `list of ${matched}`)
  assert.deepEqual({ more, total }, { more: false, total: names.length }, `list of ${matched}`)
  const none = await store.list(FAMILY, { ...query, limit: 0, total: true })
  assert.deepEqual(
    { ...none, services: [...none.services] },
    { services: [], more: names.length > 0, total: names.length },
    `list of ${matched} with limit 0`,
  )
  const [first] = services
  if (first === undefined) return
  const place = placeOf(first)
  const ahead = await store.list(FAMILY, { ...query, limit: 100, total: true, before: place })
  assert.equal(ahead.total, names.length, `total of ${matched}, before a place`)
  const behind = await store.list(FAMILY, { ...query, limit: 1, total: true, after: place })
  assert.equal(behind.total, names.length, `total of ${matched}, after a place`)
}
