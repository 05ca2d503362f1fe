import {
  type BadRequest,
  bulkUpsert,
  type ChangeEvent,
  createService,
  deleteService,
  etag,
  followService,
  getService,
  listServices,
  listVersions,
  type Operation,
  patchService,
  reportConnectionTest,
  resealServices,
  restoreService,
  unfollowService,
  upsertService,
} from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { memoryDirectory } from 'servicebook/memory'
import { expect, onTestFinished, test } from 'vitest'
import { openTestBook, stores, temporaryDirectory, testCipher } from './catalogue.js'

/* What stands beside a service: followers and the last test result. */

const row = (name: string, more: object = {}) => ({ name, serviceType: 'Sklearn', ...more }) as const
const [ADA, EVE] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000e']
const ada = { name: 'ada', id: ADA.toUpperCase() }
const user = (id: string) => ({ id, type: 'user' })
const result = {
  status: 'Failed',
  steps: [{ name: 'CheckAccess', passed: false, message: 'at http://ada:hush@db' }],
} as const
const kept = {
  status: 'Failed',
  steps: [{ name: 'CheckAccess', mandatory: true, passed: false, message: 'at http://ada:*********@db' }],
}
const fields = ['followers', 'testConnectionResult'] as const

test.each(stores)(
  '§7 followers and a test result stand beside a service, whatever is done to it, on the $name store',
  async ({ open }) => {
    const { store, close } = await open()
    onTestFinished(close)
    const events: ChangeEvent[] = []
    let now = 1000
    const book = openTestBook({ store, cipher: testCipher(), now: () => now, onChange: (event) => events.push(event) })
    const config = { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: 'secret' } }
    const typed = { name: 'a', serviceType: 'SageMaker', connection: { config } } as const
    const made = (await createService(book, typed))._unsafeUnwrap()
    now = 5000
    const followed = (await followService(book, 'a', ada.id, { by: ada }))._unsafeUnwrap()
    expect(followed).toEqual({ outcome: 'updated', service: { ...made, followers: [user(ADA)] } })
    const again = (await followService(book, { id: made.id }, ADA))._unsafeUnwrap()
    expect(again).toEqual({ ...followed, outcome: 'unchanged' })
    await followService(book, { id: made.id }, EVE)
    const reported = (await reportConnectionTest(book, 'a', result, { by: ada }))._unsafeUnwrap()
    expect(reported).toEqual({ outcome: 'updated', service: { ...made, testConnectionResult: kept } })
    expect((await reportConnectionTest(book, 'a', result))._unsafeUnwrap().outcome).toBe('unchanged')

    const beside = { followers: [user(ADA), user(EVE)], testConnectionResult: kept }
    const shown = async () => (await getService(book, 'a', { fields, include: 'all' }))._unsafeUnwrap()
    const plain = (await getService(book, 'a'))._unsafeUnwrap()
    expect(plain).toEqual(made)
    expect(etag(await shown())).toBe(etag(made))
    expect(await shown()).toEqual({ ...made, ...beside })
    expect((await listServices(book, { fields }))._unsafeUnwrap().services).toEqual([{ ...made, ...beside }])
    expect((await listServices(book))._unsafeUnwrap().services).toEqual([made])
    expect((await listVersions(book, 'a'))._unsafeUnwrap().services).toEqual([made])

    const rotated = openTestBook({ store, cipher: testCipher('second'), now: () => now })
    const steps = [
      () => upsertService(book, { ...typed, description: 'x' }),
      () => bulkUpsert(book, [{ ...typed, displayName: 'A' }]),
      () => patchService(book, 'a', [{ op: 'add', path: '/description', value: 'y' }], { by: ada }),
      () => patchService(book, 'a', [{ op: 'remove', path: '/description' }], { by: ada }),
      () => deleteService(book, 'a'),
      () => upsertService(book, typed),
      () => deleteService(book, 'a'),
      () => restoreService(book, 'a'),
      () => resealServices(rotated),
    ]
    for (const step of steps) {
      expect((await step()).isOk()).toBe(true)
      expect(await shown()).toMatchObject(beside)
      const { services } = (await listVersions(book, 'a'))._unsafeUnwrap()
      expect(JSON.stringify(services)).not.toMatch(/follower|testConnectionResult/)
    }
    expect((await unfollowService(book, 'a', ADA))._unsafeUnwrap().service.followers).toEqual([user(EVE)])
    expect((await unfollowService(book, 'a', ADA))._unsafeUnwrap().outcome).toBe('unchanged')
    expect((await shown()).followers).toEqual([user(EVE)])

    const told = events
      .filter(({ entity }) => /follow|test/.test(JSON.stringify(entity.changeDescription ?? '')))
      .map((event) => [event.eventType, event.timestamp, event.currentVersion, event.entity.changeDescription])
    const change = (previousVersion: number, more: object) => {
      return { fieldsAdded: [], fieldsUpdated: [], fieldsDeleted: [], previousVersion, ...more }
    }
    const { version } = await shown()
    expect(told).toEqual([
      ['entityUpdated', 5000, 0.1, change(0.1, { fieldsAdded: [{ name: 'followers', newValue: [user(ADA)] }] })],
      ['entityUpdated', 5000, 0.1, change(0.1, { fieldsAdded: [{ name: 'followers', newValue: [user(EVE)] }] })],
      ['entityUpdated', 5000, 0.1, change(0.1, { fieldsAdded: [{ name: 'testConnectionResult', newValue: kept }] })],
      [
        'entityUpdated',
        5000,
        version,
        change(version, { fieldsDeleted: [{ name: 'followers', oldValue: [user(ADA)] }] }),
      ],
    ])

    await deleteService(book, 'a', { hard: true })
    await createService(book, typed)
    expect((await shown()).followers).toEqual([])
    expect(await shown()).not.toHaveProperty('testConnectionResult')
  },
)

test('§7 what stands beside a service is in the journal, and is read after it was compacted and opened again', async () => {
  const directory = temporaryDirectory()
  const first = fsStore(directory)
  const book = openTestBook({ store: first })
  for (const name of ['a', 'b']) await createService(book, row(name))
  await followService(book, 'a', ADA)
  await reportConnectionTest(book, 'b', result)
  await upsertService(book, row('a', { description: 'x' }))
  await first.close()
  for (const round of [1, 2]) {
    const store = fsStore(directory)
    const { services } = (await listServices(openTestBook({ store }), { fields }))._unsafeUnwrap()
    expect(services, `${round}`).toMatchObject([
      { name: 'a', description: 'x', followers: [user(ADA)] },
      { name: 'b', followers: [], testConnectionResult: kept },
    ])
    await store.compact()
    await store.close()
  }
})

test('§7 fifty who follow at once all do, beside fifty upserts, and no version is lost', async () => {
  const book = openTestBook()
  await createService(book, row('a'))
  const id = (at: number) => `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`
  const numbers = Array.from({ length: 50 }, (_, at) => at)
  const answers = await Promise.all([
    ...numbers.map((at) => followService(book, 'a', id(at))),
    ...numbers.map((at) => upsertService(book, row('a', { description: `${at}` }))),
  ])
  expect(answers.every((answer) => answer.isOk())).toBe(true)
  const held = (await getService(book, 'a', { fields }))._unsafeUnwrap()
  expect([held.followers?.length, held.version]).toEqual([50, 5.1])
})

test('§7 only a live service is followed and tested, by a user who is known; what is wrong is said with its path', async () => {
  const directory = memoryDirectory({ users: [ADA] })
  const book = openTestBook({ directory })
  expect((await followService(book, 'a', ADA))._unsafeUnwrapErr().code).toBe('ENTITY_NOT_FOUND')
  await createService(book, row('a'))
  const codes = async (answer: ReturnType<typeof followService | typeof reportConnectionTest>) => {
    const error = (await answer)._unsafeUnwrapErr()
    return error.code === 'BAD_REQUEST' ? error.issues.map(({ path }) => path) : error.code
  }
  expect(await codes(followService(book, 'a', EVE))).toBe('ENTITY_NOT_FOUND')
  expect(await codes(followService(book, 'a', 'ada'))).toEqual(['/userId'])
  expect((await followService(book, 'a', ADA)).isOk()).toBe(true)
  const full = openTestBook({ store: book.store, limits: { elements: 1 } })
  expect(await codes(followService(full, 'a', EVE))).toEqual(['/userId'])
  const loose = openTestBook({ store: book.store })
  const ill = { steps: [{ name: 7, passed: 'no', extra: 1 }], status: 'Fine', lastUpdatedAt: -1 } as never
  expect(await codes(reportConnectionTest(loose, 'a', ill))).toEqual(
    expect.arrayContaining(['/steps/0/name', '/steps/0/passed', '/steps/0/extra', '/status', '/lastUpdatedAt']),
  )
  expect(await codes(reportConnectionTest(loose, 'a', {} as never))).toEqual(['/steps'])
  const unreadable = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error('no')
      },
    },
  ) as never
  expect(await codes(reportConnectionTest(loose, 'a', unreadable))).toEqual([''])
  for (const path of ['/followers', '/testConnectionResult', '/followers/-'])
    expect(
      ((await patchService(loose, 'a', [{ op: 'add', path, value: [] }]))._unsafeUnwrapErr() as BadRequest).code,
    ).toBe('BAD_REQUEST')
  const wrong = { fields: ['owners'] } as never
  expect((await getService(loose, 'a', wrong))._unsafeUnwrapErr()).toMatchObject({ issues: [{ path: '/fields' }] })
  expect((await listServices(loose, wrong))._unsafeUnwrapErr()).toMatchObject({ issues: [{ path: '/fields' }] })
  await deleteService(loose, 'a')
  expect(await codes(followService(loose, 'a', ADA))).toBe('ENTITY_NOT_FOUND')
  expect(await codes(unfollowService(loose, 'a', ADA))).toBe('ENTITY_NOT_FOUND')
  expect(await codes(reportConnectionTest(loose, 'a', result))).toBe('ENTITY_NOT_FOUND')
})

test('§9 following oneself asks ViewBasic, following for another and reporting a test EditAll', async () => {
  const asked: Operation[] = []
  const book = openTestBook({
    policy: (_, operation) => {
      asked.push(operation)
      return 'allow'
    },
  })
  await createService(book, row('a'))
  const asks = async (call: () => unknown) => {
    asked.length = 0
    await call()
    return asked.join()
  }
  expect(await asks(() => followService(book, 'a', ADA, { by: ada }))).toBe('ViewBasic')
  expect(await asks(() => unfollowService(book, 'a', ADA, { by: ada }))).toBe('ViewBasic')
  expect(await asks(() => followService(book, 'a', EVE, { by: ada }))).toBe('EditAll')
  expect(await asks(() => followService(book, 'a', EVE, { by: { name: 'nobody' } }))).toBe('EditAll')
  expect(await asks(() => reportConnectionTest(book, 'a', result, { by: ada }))).toBe('EditAll')
})
