import {
  bulkUpsert,
  createService,
  deleteService,
  followService,
  getService,
  getServiceAt,
  getVersion,
  listServices,
  listVersions,
  patchService,
  reportConnectionTest,
  resealServices,
  restoreService,
  revealConnection,
  revealService,
  type ServiceStore,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type MlModelBook, openTestBook, testCipher } from './catalogue.js'

/* Whatever a store answers, a verb answers a value (V2): the port may be written by anybody. */

const row = (name: string) => ({ name, serviceType: 'Sklearn' as const, description: 'new' })
const user = '11111111-1111-4111-8111-111111111111'
const value = [{ op: 'add', path: '/description', value: 'x' }] as const

const verbs: Readonly<Record<string, (book: MlModelBook) => unknown>> = {
  createService: (book) => createService(book, row('b')),
  upsertService: (book) => upsertService(book, row('a')),
  bulkUpsert: (book) => bulkUpsert(book, [row('a'), row('b')]),
  patchService: (book) => patchService(book, 'a', value, { by: { name: 'ada' } }),
  deleteService: (book) => deleteService(book, 'a'),
  restoreService: (book) => restoreService(book, 'a'),
  followService: (book) => followService(book, 'a', user),
  reportConnectionTest: (book) => reportConnectionTest(book, 'a', { steps: [] } as never),
  getService: (book) => getService(book, 'a'),
  getById: (book) => getService(book, { id: user }),
  listServices: (book) => listServices(book, { total: true }),
  listVersions: (book) => listVersions(book, 'a'),
  getVersion: (book) => getVersion(book, 'a', 0.1),
  getServiceAt: (book) => getServiceAt(book, 'a', 0),
  revealConnection: (book) => revealConnection(book, 'a'),
  revealService: (book) => revealService(book, 'a'),
  resealServices: (book) => resealServices(book),
}

const answers: readonly unknown[] = [
  ...[undefined, null, 7, {}, [], ['a'], [{}]],
  new Map([['a', { service: {}, revision: 1, sealed: 7, beside: 7 }]]),
  ...[{ service: null }, { services: 7 }, { services: [null] }, { services: [{}], more: true }],
  new Proxy([], {
    get: (list, key) => {
      if (key === 'length') throw new Error('hostile')
      return Reflect.get(list, key)
    },
  }),
]

const held = memoryStore()
await upsertService(openTestBook({ store: held }), { ...row('a'), description: 'old' })
await upsertService(openTestBook({ store: held }), { ...row('a'), description: 'older' })
const back = held.snapshot()

test.each(['load', 'commit', 'find', 'list', 'versions'] as const)(
  'V2 no verb throws, rejects or goes on for ever when a store answers nonsense to %s',
  async (method) => {
    const strays = vi.fn()
    const endless = vi.fn(() => {
      throw new Error('endless')
    })
    process.on('unhandledRejection', strays)
    onTestFinished(() => void process.off('unhandledRejection', strays))
    for (const answer of answers)
      for (const answered of [() => answer, async () => answer])
        for (const [verb, ask] of Object.entries(verbs)) {
          back()
          let calls = 0
          const store = { ...held, [method]: () => (++calls > 100 ? endless() : answered()) } as unknown as ServiceStore
          const book = openTestBook({ store, cipher: testCipher(), attempts: 2 })
          const said = await (async () => ask(book))().catch((error: Error) => error.stack)
          expect(typeof said, `${verb}: ${said}`).toBe('object')
        }
    await new Promise(setImmediate)
    expect(strays).not.toHaveBeenCalled()
    expect(endless).not.toHaveBeenCalled()
  },
)

test('V2 a store that answers nonsense to a commit fails each row of a bulk, and it is not known what was written', async () => {
  const store = { ...memoryStore(), commit: () => undefined } as unknown as ServiceStore
  const report = (await bulkUpsert(openTestBook({ store }), [row('a'), row('b')]))._unsafeUnwrap()
  const error = { code: 'STORE_FAILED', during: 'commit', applied: 'unknown' }
  expect(report).toMatchObject({ status: 'failure', rows: [{ error }, { error }] })
})

test('V2 a store that goes on answering the same versions is told so', async () => {
  back()
  let calls = 0
  const versions: ServiceStore['versions'] = (family, fqn, id) => {
    if (++calls > 100) throw new Error('endless')
    return held.versions(family, fqn, id, { limit: 1 })
  }
  const error = (await getServiceAt(openTestBook({ store: { ...held, versions } }), 'a', 0))._unsafeUnwrapErr()
  expect(error).toMatchObject({ code: 'STORE_FAILED', during: 'load', message: expect.stringContaining('below') })
})
