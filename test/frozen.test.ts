import fc from 'fast-check'
import {
  bulkUpsert,
  createService,
  defineFamily,
  deleteService,
  getService,
  getServiceAt,
  getVersion,
  listServices,
  listVersions,
  openBook,
  patchService,
  restoreService,
  revealConnection,
  revealService,
  type ServiceStore,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { type Request, requests } from './arbitraries.js'
import { FAMILY, openTestBook, stores, testCipher } from './catalogue.js'

const UPPER = '22222222-2222-4222-8222-22222222ABCD'

test.each(stores)(
  '§7 every service that is handed out is frozen all the way down, on the $name store',
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(fc.array(requests(fc.constant('a')), { minLength: 1, maxLength: 4 }), async (given) => {
        const { store, close } = await kind.open()
        try {
          await everyVerb(store, given)
        } finally {
          await close()
        }
      }),
      { numRuns: kind.name === 'memory' ? 100 : 15 },
    )
  },
)

/** What each verb hands out, to its caller and to the host's functions. */
async function everyVerb(store: ServiceStore, given: readonly Request[]): Promise<void> {
  const isFrozen = (what: string, value: unknown) => expect(looseIn(value), what).toEqual([])
  const book = openTestBook({
    store,
    cipher: testCipher(),
    policy: (_by, _operation, target) => {
      isFrozen('policy', target)
      return 'allow'
    },
    onChange: (event) => isFrozen('onChange', event),
  })
  const owned = { name: 'b', serviceType: 'Sklearn', owners: [{ id: UPPER, type: 'user' }] } as const
  isFrozen('create', (await createService(book, owned))._unsafeUnwrap())
  for (const request of given) {
    const put = await upsertService(book, request)
    if (put.isOk()) isFrozen('upsert', put.value.service)
  }
  await bulkUpsert(book, [{ ...owned, name: 'c' }, owned])
  const patches = [
    { op: 'add', path: '/owners', value: [{ id: UPPER, type: 'team' }] },
    { op: 'add', path: '/tags/-', value: { tagFQN: 'PII.None' } },
    { op: 'remove', path: '/owners' },
  ] as const
  for (const operation of patches)
    isFrozen('patch', (await patchService(book, 'b', [operation], { by: { name: 'ada' } }))._unsafeUnwrap().service)
  isFrozen('delete', (await deleteService(book, 'b'))._unsafeUnwrap().service)
  isFrozen('restore', (await restoreService(book, 'b'))._unsafeUnwrap().service)
  for (const name of ['a', 'b', 'c']) {
    const got = await getService(book, name)
    isFrozen('get', got._unsafeUnwrap())
    isFrozen('version', (await getVersion(book, name, 0.1))._unsafeUnwrap())
    isFrozen('at', (await getServiceAt(book, name, 1e14))._unsafeUnwrap())
    isFrozen('versions', (await listVersions(book, name))._unsafeUnwrap().services)
    isFrozen('reveal', (await revealService(book, name))._unsafeUnwrap())
    isFrozen('connection', (await revealConnection(book, name))._unsafeUnwrap())
    isFrozen('load', (await store.load(FAMILY, [name])).get(name))
    isFrozen('find', await store.find(FAMILY, got._unsafeUnwrap().id))
  }
  isFrozen('list', (await listServices(book))._unsafeUnwrap().services)
  isFrozen('removed', (await deleteService(book, 'b', { hard: true }))._unsafeUnwrap().service)
}

test('§1 the default of a schema is copied and frozen, so that no service can change it for the others', async () => {
  const labels = Type.Optional(Type.Array(Type.Object({ a: Type.String() }), { default: [{ a: 'as declared' }] }))
  const family = defineFamily({
    entityType: 'thingService',
    collection: 'thingServices',
    serviceTypes: { Thing: Type.Object({ labels }, { additionalProperties: false }) },
  })
  const book = openBook({ family, store: memoryStore() })
  const request = (name: string) => ({ name, serviceType: 'Thing', connection: { config: {} } }) as const
  const made = (await createService(book, request('one')))._unsafeUnwrap()
  expect(looseIn(made)).toEqual([])
  expect(made.connection?.config.labels).toEqual([{ a: 'as declared' }])
})

/** The places that can be changed. */
function looseIn(value: unknown, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const within = Object.entries(value).flatMap(([key, one]) => looseIn(one, `${path}/${key}`))
  return Object.isFrozen(value) ? within : [path === '' ? '/' : path, ...within]
}
