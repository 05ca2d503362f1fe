import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import { accepts, holds, holdsNothing, keeps, refuses } from './claims.js'
import { type Law, law } from './law.js'
import { nastyNames, nastyText } from './names.js'
import { atRevision, besides, born, create, FAMILY, fqnOf, next, OTHER_FAMILY, removal, update } from './stored.js'

/** What a commit does to the current service. Source: the port's laws 1 and 5. */
export const writeLaws: readonly Law[] = [
  law(1, 'a service comes back as it was written, whatever its name and content', async (store) => {
    const config = JSON.parse('{"type":"CustomMlModel","connectionOptions":{"__proto__":"1","constructor":"2","":"3"}}')
    const services = nastyNames.map((name) => born(name, { description: `${name}${nastyText}` }, nastyText))
    const rich = born('rich', {
      displayName: nastyText,
      description: nastyText.repeat(2 ** 20 / nastyText.length),
      connection: { config },
      owners: [{ id: '00000000-0000-4000-8000-000000000001', type: 'team' }],
      domain: 'Sales."a.b"',
      tags: [{ tagFQN: 'PII."a.b"', source: 'Glossary', labelType: 'Derived', state: 'Suggested' }],
      changeDescription: {
        fieldsAdded: [{ name: 'owners', newValue: [{ deep: [null, true, 1e21, -1.5, '', {}] }] }],
        fieldsUpdated: [{ name: 'deleted', oldValue: true, newValue: false }],
        fieldsDeleted: [{ name: 'description', oldValue: nastyText }],
        previousVersion: 0.1,
      },
    })
    await accepts(store, ...[...services, rich].map(create))
    const found = await store.load(FAMILY, [...[...services, rich].map(fqnOf), 'unknown', '"un.known"', 'valueOf'])
    assert.deepEqual([...found.keys()].sort(), [...services, rich].map(fqnOf).sort(), 'load must answer the held names')
    for (const stored of services) assert.deepEqual(found.get(fqnOf(stored)), stored)
    assert.ok(isDeepStrictEqual(found.get('rich'), rich), 'a service with a description of 1 MB came back changed')
  }),

  law(2, 'services of one name in two families are two services', async (store) => {
    const [here, there] = [born('shared'), born('shared', { serviceType: 'Mysql', description: 'there' })]
    await accepts(store, create(here))
    assert.deepEqual([...(await store.commit(OTHER_FAMILY, [create(there)]))], [])
    const changed = next(there)
    assert.deepEqual([...(await store.commit(OTHER_FAMILY, [update(there, changed)]))], [])
    await holds(store, here)
    await keeps(store, here)
    assert.equal(await store.find(FAMILY, there.service.id), undefined)
    assert.deepEqual((await store.list(FAMILY, { limit: 10 })).services, [here.service])
    await accepts(store, removal(here))
    assert.deepEqual((await store.load(OTHER_FAMILY, ['shared'])).get('shared'), changed)
    assert.deepEqual(await store.find(OTHER_FAMILY, there.service.id), changed)
    assert.deepEqual((await store.list(OTHER_FAMILY, { limit: 10 })).services, [changed.service])
    assert.deepEqual(
      [...(await store.versions(OTHER_FAMILY, 'shared', there.service.id, { limit: 10 }))],
      [there.service],
    )
  }),

  law(
    3,
    'a create is refused while the name is held, soft-deleted too, and accepted once it was removed',
    async (store) => {
      const first = born('once')
      await accepts(store, create(first))
      await refuses(store, create(born('once')))
      await refuses(store, create(first))
      const deleted = next(first, { deleted: true })
      await accepts(store, update(first, deleted))
      await refuses(store, create(born('once')))
      await holds(store, deleted)
      await accepts(store, removal(deleted))
      await holdsNothing(store, 'once')
      const second = born('once')
      await accepts(store, create(second))
      await holds(store, second)
    },
  ),

  law(4, 'a write is accepted only on the revision that is held, and a refused one changes nothing', async (store) => {
    const first = born('guarded', {}, 'sealed once')
    const second = next(first, { description: 'second' }, 'sealed twice')
    await accepts(store, create(first))
    await accepts(store, update(first, second))
    for (const before of [first, atRevision(second, 0), atRevision(second, 1), atRevision(second, 3)]) {
      await refuses(store, update(before, next(before, { description: 'lost' }, 'lost')))
      await refuses(store, removal(before))
      await holds(store, second)
    }
    await accepts(store, update(second, next(second)))
  }),

  law(
    5,
    'a write on a service that is not held is refused: never held, removed, or made anew under another id',
    async (store) => {
      const never = born('never')
      await refuses(store, update(never, next(never)))
      await refuses(store, removal(never))
      await holdsNothing(store, 'never')
      const gone = born('gone')
      await accepts(store, create(gone))
      await accepts(store, removal(gone))
      await refuses(store, update(gone, next(gone)))
      await refuses(store, removal(gone))
      await holdsNothing(store, 'gone')
      const anew = born('gone')
      await accepts(store, create(anew))
      await refuses(store, update(gone, next(gone)))
      await refuses(store, removal(gone))
      await holds(store, anew)
    },
  ),

  law(
    21,
    'what stands beside a service comes back as it was written last, by name and by id, and ends with it',
    async (store) => {
      const first = born('followed')
      const [other, rival] = [born('beside'), born('rival')]
      await accepts(store, create(first), create(other), create(rival))
      const result = { steps: [{ name: nastyText, mandatory: true, passed: false }] }
      const followed = besides(first, {
        followers: ['00000000-0000-4000-8000-00000000000a'],
        testConnectionResult: result,
      })
      await accepts(store, update(first, followed))
      await refuses(store, update(first, next(first)))
      await holds(store, followed, other)
      assert.deepEqual(await store.find(FAMILY, first.service.id), followed)
      const later = next(followed, { description: 'later' })
      const [reported, dropped] = [besides(other, { testConnectionResult: result }), besides(later, null)]
      await accepts(store, update(followed, later), update(other, reported), update(rival, next(rival)))
      await holds(store, later, reported)
      await accepts(store, update(later, dropped))
      await holds(store, dropped)
      await accepts(store, removal(reported))
      const anew = born('beside')
      await accepts(store, create(anew))
      await holds(store, anew)
    },
  ),
]
