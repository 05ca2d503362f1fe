import fc from 'fast-check'
import {
  createService,
  getService,
  listVersions,
  MASK,
  type Operation,
  type PatchOperation,
  patchService,
  type Representation,
  revealConnection,
  type Service,
} from 'servicebook'
import { memoryDirectory } from 'servicebook/memory'
import { describe, expect, test } from 'vitest'
import { anyName, type Request, requests } from './arbitraries.js'
import { bookOn, openTestBook, stateOf, stores } from './catalogue.js'

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const ada = { name: 'ada' }
const put = (path: string, value: unknown): PatchOperation => ({ op: 'add', path, value })

describe.each(stores)('on the $name store', (which) => {
  test('§7 a patch may remove what upsert cannot, keeps masked secrets, and is a version', async () => {
    const book = await bookOn(which)
    const config = { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: 'hush' } }
    const owners = [{ id: '11111111-1111-4111-8111-111111111111', type: 'user' as const }]
    const tags = [{ tagFQN: 'PII' }, { tagFQN: 'Tier' }]
    await createService(book, {
      name: 'a',
      serviceType: 'SageMaker',
      description: 'x',
      domain: 'Sales',
      owners,
      tags,
      connection: { config },
    })
    const { outcome, service } = (
      await patchService(book, 'a', [
        { op: 'test', path: '/version', value: 0.1 },
        { op: 'remove', path: '/owners' },
        { op: 'remove', path: '/tags/0' },
        { op: 'remove', path: '/domain' },
        { op: 'replace', path: '/description', value: null },
        { op: 'replace', path: '/connection/config/awsConfig/awsRegion', value: 'us' },
        { op: 'move', from: '/connection/config/awsConfig/awsRegion', path: '/displayName' },
        { op: 'copy', from: '/displayName', path: '/connection/config/awsConfig/awsRegion' },
      ])
    )._unsafeUnwrap()
    expect([outcome, service.version]).toEqual(['updated', 0.2])
    expect(service).toMatchObject({ displayName: 'us', tags: [{ tagFQN: 'Tier' }] })
    for (const key of ['owners', 'domain', 'description']) expect(service).not.toHaveProperty(key)
    expect(service.connection?.config).toMatchObject({ awsConfig: { awsRegion: 'us', awsSecretAccessKey: MASK } })
    expect((await revealConnection(book, 'a'))._unsafeUnwrap()?.config).toMatchObject({
      awsConfig: { awsRegion: 'us', awsSecretAccessKey: 'hush' },
    })
    expect(service.changeDescription?.fieldsDeleted.map(({ name }) => name)).toEqual([
      'description',
      'domain',
      'owners',
      'tags',
    ])
    const again = (
      await patchService(book, 'a', [{ op: 'replace', path: '/displayName', value: 'us' }])
    )._unsafeUnwrap()
    expect(again).toEqual({ outcome: 'unchanged', service })
    const secret = '/connection/config/awsConfig/awsSecretAccessKey'
    await patchService(book, 'a', [put(secret, 'other')])
    expect((await revealConnection(book, 'a'))._unsafeUnwrap()?.config).toMatchObject({
      awsConfig: { awsSecretAccessKey: 'other' },
    })
    await patchService(book, 'a', [{ op: 'remove', path: '/connection' }])
    expect((await getService(book, 'a'))._unsafeUnwrap().connection).toBe(undefined)
    expect(
      (
        await patchService(book, 'a', [
          put('/connection', { config: { awsConfig: { awsRegion: 'x', awsSecretAccessKey: MASK } } }),
        ])
      )._unsafeUnwrapErr(),
    ).toMatchObject({
      code: 'BAD_REQUEST',
      issues: [{ path: '/connection/config/awsConfig/awsSecretAccessKey' }],
    })
    expect((await listVersions(book, 'a'))._unsafeUnwrap().services).toHaveLength(4)
  })
})

test('§7 forbidden paths, malformed operations and results that break a rule: every violation with its path, nothing written', async () => {
  const book = openTestBook({ directory: memoryDirectory({ domains: ['Sales'], dataProducts: ['Churn'] }) })
  await createService(book, row('a', { description: 'x' }))
  const before = await stateOf(book.store)
  const own = ['id', 'name', 'fullyQualifiedName', 'version', 'deleted', 'updatedAt', 'updatedBy', 'changeDescription']
  const bad: [unknown, readonly string[]][] = [
    [own.map((key) => put(`/${key}`, 'x')), own.map((_, at) => `/${at}/path`)],
    [
      [
        { op: 'remove', path: '' },
        { op: 'move', from: '/id', path: '/description' },
      ],
      ['/0/path', '/1/from'],
    ],
    [
      [put('/changeDescription/previousVersion', 1), { op: 'replace', path: '', value: {} }],
      ['/0/path', '/1/path'],
    ],
    [{ op: 'remove', path: '/description' }, ['']],
    [
      [null, 7, [], { op: 'nope', path: 1 }],
      ['/0', '/1', '/2', '/3/op', '/3/path'],
    ],
    [
      [
        { op: 'add', path: '/description' },
        { op: 'copy', path: '/description' },
      ],
      ['/0/value', '/1/from'],
    ],
    [
      [put('/__proto__/x', 1), put('description', 1), put('/a~2', 1)],
      ['/0/path', '/1/path', '/2/path'],
    ],
    [[put('/description', '\0')], ['/0/value']],
    [[put('/dataProducts', ['Churn'])], ['/dataProducts']],
    [[put('/domain', 'Sales'), put('/dataProducts', ['Churn']), { op: 'remove', path: '/domain' }], ['/dataProducts']],
    [[{ op: 'remove', path: '/owners' }], ['/0']],
    [[put('/tags/1', {}), put('/description', 'y')], ['/0']],
    [[put('/tags/-', { tagFQN: 'a' }), { op: 'remove', path: '/tags/00' }], ['/1/path']],
    [
      [put('/description', 7), put('/unknown', 1), { op: 'remove', path: '/serviceType' }],
      ['/description', '/serviceType', '/unknown'],
    ],
    [
      [put('/serviceType', 'Mlflow'), put('/connection', { config: {} })],
      ['/connection/config/registryUri', '/connection/config/trackingUri'],
    ],
  ]
  for (const [operations, paths] of bad) {
    const error = (await patchService(book, 'a', operations as never))._unsafeUnwrapErr()
    expect(error.code, JSON.stringify(operations)).toBe('BAD_REQUEST')
    if (error.code === 'BAD_REQUEST') expect(error.issues.map(({ path }) => path).sort()).toEqual([...paths].sort())
  }
  const failed = await patchService(book, 'a', [
    put('/description', 'y'),
    { op: 'test', path: '/description', value: 'x' },
  ])
  expect(failed._unsafeUnwrapErr()).toMatchObject({
    code: 'PRECONDITION_FAILED',
    expected: 'the value of the test at /1',
    actual: 'another one at /description',
  })
  const unknown = await patchService(book, 'a', [put('/domain', 'Nowhere')])
  expect(unknown._unsafeUnwrapErr()).toMatchObject({
    code: 'ENTITY_NOT_FOUND',
    entityType: 'domain',
    entity: 'Nowhere',
  })
  expect(await stateOf(book.store)).toEqual(before)
  expect(({} as { x?: unknown }).x).toBe(undefined)
})

test('§7 any patch that writes back a service as it is shown is unchanged; whatever upsert can say, patch can', async () => {
  await fc.assert(
    fc.asyncProperty(requests(anyName), requests(anyName), async (first, second) => {
      const book = openTestBook()
      const subject = { name: first.name }
      const made = (await createService(book, first))._unsafeUnwrap()
      const writeBack = Object.entries(made)
        .filter(
          ([key]) =>
            !['id', 'name', 'fullyQualifiedName', 'version', 'deleted', 'updatedAt', 'updatedBy'].includes(key),
        )
        .map(([key, value]) => put(`/${key}`, Array.isArray(value) ? value.toReversed() : value))
      const same = (await patchService(book, subject, writeBack))._unsafeUnwrap()
      expect(same).toEqual({ outcome: 'unchanged', service: made })
      const { name: _, ...fields } = second
      const cleared = ['displayName', 'description', 'owners', 'domain', 'dataProducts', 'connection'].map((key) =>
        put(`/${key}`, null),
      )
      const all = [
        ...cleared,
        put('/tags', []),
        ...Object.entries(fields).map(([key, value]) => put(`/${key}`, value ?? null)),
      ]
      const patchedService = (await patchService(book, subject, all))._unsafeUnwrap().service
      const fresh = (await createService(openTestBook(), { ...second, name: first.name }))._unsafeUnwrap()
      const content = ({
        id,
        version,
        updatedAt,
        updatedBy,
        changeDescription,
        owners,
        dataProducts,
        tags,
        ...rest
      }: Service) => ({
        ...rest,
        dataProducts: dataProducts?.toSorted(),
        owners: (owners ?? []).map((owner) => JSON.stringify(owner)).sort(),
        tags: tags.map((tag) => JSON.stringify(tag)).sort(),
      })
      expect(content(patchedService)).toEqual(content(fresh))
    }),
  )
})

test('§7 a new serviceType needs a connection that fits, also where the patch leaves the connection as it was', async () => {
  const book = openTestBook()
  const config = { trackingUri: 'http://t', registryUri: 'http://r' }
  await createService(book, { name: 'a', serviceType: 'Mlflow', connection: { config } })
  const alone = (await patchService(book, 'a', [put('/serviceType', 'Sklearn')]))._unsafeUnwrapErr()
  expect(alone.code === 'BAD_REQUEST' && alone.issues.map(({ path }) => path)).toEqual([
    '/connection/config/trackingUri',
    '/connection/config/registryUri',
    '/connection/config/type',
  ])
  const both = [put('/serviceType', 'Sklearn'), put('/connection', { config: {} })]
  const { service } = (await patchService(book, 'a', both))._unsafeUnwrap()
  expect([service.version, service.serviceType, service.connection?.config]).toEqual([
    1.1,
    'Sklearn',
    { type: 'Sklearn', supportsMetadataExtraction: true },
  ])
  const without = [{ op: 'remove', path: '/connection' } as const, put('/serviceType', 'Mlflow')]
  expect((await patchService(book, 'a', without))._unsafeUnwrap().service.version).toBe(2.1)
})

test('§9 a patch asks for what it changes, all of it together', async () => {
  const asked: Operation[] = []
  const book = openTestBook({
    policy: (_, operation) => {
      asked.push(operation)
      return operation === 'EditTags' ? 'forbidden' : 'allow'
    },
  })
  await createService(book, row('a', { description: 'x' }), { by: ada })
  const patchOf = async (...operations: PatchOperation[]) => {
    asked.length = 0
    const answer = await patchService(book, 'a', operations, { by: ada })
    return [answer.isOk() ? 'yes' : answer.error.code, ...asked]
  }
  const test: PatchOperation = { op: 'test', path: '/description', value: 'x' }
  expect(await patchOf(test)).toEqual(['yes', 'EditAll'])
  expect(await patchOf(put('/displayName', 'x'), put('/owners', []))).toEqual(['yes', 'EditDisplayName', 'EditOwners'])
  expect(await patchOf({ op: 'move', from: '/description', path: '/domain' })).toEqual([
    'yes',
    'EditAll',
    'EditDescription',
  ])
  // A key of every object is no field of a service.
  for (const path of ['/constructor', '/toString/x', '/hasOwnProperty'])
    expect(await patchOf(put(path, 1))).toEqual(['BAD_REQUEST', 'EditAll'])
  expect(await patchOf(put('/description', 'y'), put('/tags', []))).toEqual([
    'FORBIDDEN',
    'EditDescription',
    'EditTags',
  ])
})

test('§7 a patch that copies a list into itself again and again is refused before it fills the memory', async () => {
  const book = openTestBook()
  await createService(book, row('a', { tags: [{ tagFQN: 'x' }] }))
  const double: PatchOperation = { op: 'copy', from: '/tags', path: '/tags/-' }
  const refused = (await patchService(book, 'a', Array(1000).fill(double)))._unsafeUnwrapErr()
  expect(refused).toMatchObject({
    code: 'BAD_REQUEST',
    message: expect.stringMatching(/^\/\d+ copies more than 8388608/),
  })
  const copies = ['/displayName', '/description'].map((path): PatchOperation => ({ op: 'copy', from: '/name', path }))
  expect((await patchService(book, 'a', copies))._unsafeUnwrap().service).toMatchObject({
    displayName: 'a',
    description: 'a',
  })
  const lost = await patchService(book, 'a', [{ op: 'copy', from: '/nothing/at/all', path: '/description' }])
  expect(lost._unsafeUnwrapErr()).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: '/0' }] })
  const long = await patchService(book, 'a', [
    put(`/${'x/~0'.repeat(1_500_000)}`, 1),
    put(`/${'~'.repeat(1_000_000)}`, 1),
  ])
  expect(long._unsafeUnwrapErr()).toMatchObject({ code: 'BAD_REQUEST' })
})

/** Services whose domain is in a list, as a host may show them. */
const listed: Representation = {
  show: async ({ domain, ...rest }) => ({ ...rest, domains: domain === undefined ? [] : [{ fqn: domain }] }),
  read: ({ domains, ...rest }) => {
    const [first, ...more] = (domains ?? []) as { fqn: string }[]
    if (more.length > 0) return { issues: [{ path: '/domains/1', message: 'is one too many' }] }
    return { request: { ...rest, ...(first && { domain: first.fqn }) } }
  },
}

test('§7 a patch written for another representation is applied to that, and makes the service it says', async () => {
  const book = openTestBook()
  const config = { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: 'hush' } }
  await createService(book, row('a', { serviceType: 'SageMaker', connection: { config }, domain: 'Sales' }))
  const by = (operations: readonly PatchOperation[], as = listed) => patchService(book, 'a', operations, { as })
  const test = { op: 'test', path: '/domains/0/fqn', value: 'Sales' } as const
  expect((await by([test]))._unsafeUnwrap()).toMatchObject({ outcome: 'unchanged', service: { domain: 'Sales' } })
  const moved = (
    await by([test, put('/domains/0', { fqn: 'Ops' }), { op: 'remove', path: '/domains/1' }])
  )._unsafeUnwrap()
  expect(moved).toMatchObject({ outcome: 'updated', service: { domain: 'Ops', version: 0.2 } })
  expect(moved.service.changeDescription?.fieldsUpdated).toEqual([
    { name: 'domain', oldValue: 'Sales', newValue: 'Ops' },
  ])
  expect((await revealConnection(book, 'a'))._unsafeUnwrap()?.config).toMatchObject(config)
  const state = await stateOf(book.store)
  const failures: [readonly PatchOperation[], Representation, object][] = [
    [[put('/domains/0', { fqn: 'Sales' })], listed, { code: 'BAD_REQUEST', issues: [{ path: '/domains/1' }] }],
    [[put('/id', 'x')], listed, { code: 'BAD_REQUEST', issues: [{ path: '/0/path' }] }],
    [[test], { ...listed, show: () => Promise.reject(new Error('down')) }, { code: 'STORE_FAILED', during: 'resolve' }],
    [[test], { ...listed, show: () => undefined as never }, { code: 'STORE_FAILED', applied: false }],
    [[put('/domains', 7)], listed, { code: 'STORE_FAILED', during: 'resolve' }],
  ]
  for (const [operations, as, error] of failures) {
    expect((await by(operations, as))._unsafeUnwrapErr()).toMatchObject(error)
  }
  expect(await stateOf(book.store)).toEqual(state)
})
