import fc from 'fast-check'
import { bulkUpsert, createService, type Issue, mlmodelServices, serviceSchema, upsertService } from 'servicebook'
import { Compile } from 'typebox/compile'
import { expect, test } from 'vitest'
import { anyName, nastyNames, type Request, requests } from './arbitraries.js'
import { openTestBook, stateOf } from './catalogue.js'

const sklearn = { name: 'a', serviceType: 'Sklearn' }

/** The violations of a request, as every verb reports them, after which the store is as it was. */
async function issuesOf(request: unknown, options = {}): Promise<readonly Issue[]> {
  const book = openTestBook(options)
  const given = request as Request
  const answers = [await createService(book, given), await upsertService(book, given)]
  const [row] = (await bulkUpsert(book, [given]))._unsafeUnwrap().rows
  const errors = [...answers.map((answer) => answer._unsafeUnwrapErr()), row && 'error' in row && row.error]
  for (const error of errors) expect(error).toEqual(errors[0])
  expect((await stateOf(book.store)).current).toEqual([])
  const [error] = errors
  if (!error || !('issues' in error)) throw new Error('expected BAD_REQUEST')
  return error.issues
}

const pathsOf = async (request: unknown, options = {}) => (await issuesOf(request, options)).map(({ path }) => path)

const withConfig = (serviceType: string, config: unknown) => ({ name: 'a', serviceType, connection: { config } })
const gcp = (gcpConfig: unknown) => withConfig('VertexAI', { location: 'x', credentials: { gcpConfig } })
const aws = (awsConfig: unknown) => withConfig('SageMaker', { awsConfig })

test.each<[string, unknown, string[]]>([
  ['nothing', undefined, ['']],
  ['null', null, ['']],
  ['an array', [], ['']],
  ['a text', 'a', ['']],
  ['a function', () => {}, ['']],
  ['a number', 7, ['']],
  ['an empty object', {}, ['/name', '/serviceType']],
  ['no name', { serviceType: 'Sklearn' }, ['/name']],
  ['an empty name', { ...sklearn, name: '' }, ['/name']],
  ['a null name', { ...sklearn, name: null }, ['/name']],
  ['a name with ::', { ...sklearn, name: 'a::b' }, ['/name']],
  ['a name with a line break', { ...sklearn, name: 'a\nb' }, ['/name']],
  ['a name with U+2028', { ...sklearn, name: 'a\u2028b' }, ['/name']],
  ['a name of 257 code points', { ...sklearn, name: '\u{1f600}'.repeat(257) }, ['/name']],
  ['a name with NUL', { ...sklearn, name: 'a\0' }, ['/name']],
  ['a name with a lone surrogate', { ...sklearn, name: 'a\ud800' }, ['/name']],
  ['a number for a name', { ...sklearn, name: 1 }, ['/name']],
  ['an unknown type', { name: 'a', serviceType: 'Nope' }, ['/serviceType']],
  ['a type from the prototype', { name: 'a', serviceType: 'constructor' }, ['/serviceType']],
  ['unknown keys', { ...sklearn, 'a/b~c': 1, x: 2 }, ['/a~1b~0c', '/x']],
  ['a field of a service', { ...sklearn, id: 'x', version: 0.1 }, ['/id', '/version']],
  ['wrong types', { ...sklearn, displayName: 1, description: [], tags: {} }, ['/displayName', '/description', '/tags']],
  ['a malformed domain', { ...sklearn, domain: 'a..b' }, ['/domain']],
  ['an empty domain', { ...sklearn, domain: '' }, ['/domain']],
  [
    'an owner without type',
    { ...sklearn, owners: [{ id: '11111111-1111-4111-8111-111111111111' }] },
    ['/owners/0/type'],
  ],
  ['an owner that is no UUID', { ...sklearn, owners: [{ id: 'ada', type: 'user' }] }, ['/owners/0/id']],
  [
    'an owner of a third kind',
    { ...sklearn, owners: [{ id: '11111111-1111-4111-8111-111111111111', type: 'bot' }] },
    ['/owners/0/type'],
  ],
  ['a null tag', { ...sklearn, tags: [null, { tagFQN: 'x' }, {}] }, ['/tags/0', '/tags/2/tagFQN']],
  ['a hole in a list', { ...sklearn, tags: new Array(1) }, ['/tags/0']],
  ['a bad tag source', { ...sklearn, tags: [{ tagFQN: 'x', source: 'Tag' }] }, ['/tags/0/source']],
  ['a connection without config', { ...sklearn, connection: {} }, ['/connection/config']],
  ['a connection that is a text', { ...sklearn, connection: 'x' }, ['/connection']],
  ['another type in the config', withConfig('Sklearn', { type: 'Mlflow' }), ['/connection/config/type']],
  [
    'fields missing in the config',
    withConfig('Mlflow', {}),
    ['/connection/config/trackingUri', '/connection/config/registryUri'],
  ],
  ['an unknown key deep down', aws({ awsRegion: 'x', region: 'y' }), ['/connection/config/awsConfig/region']],
  [
    'an option that is no text',
    withConfig('CustomMlModel', { sourcePythonClass: 'x', connectionOptions: { a: 1, 'b\n': 2 } }),
    ['/connection/config/connectionOptions/a', '/connection/config/connectionOptions/b\n'],
  ],
  [
    'the nearest branch of a union',
    gcp({ type: 'service_account', clientEmial: 'x', clientId: 7 }),
    ['/connection/config/credentials/gcpConfig/clientEmial', '/connection/config/credentials/gcpConfig/clientId'],
  ],
  ['a date', { ...sklearn, description: new Date(0) }, ['/description']],
  [
    'a bigint and a symbol',
    { ...sklearn, displayName: 1n, description: Symbol('x') },
    ['/displayName', '/description'],
  ],
  ['NaN', gcpLifetime(Number.NaN), ['/connection/config/credentials/gcpImpersonateServiceAccount/lifetime']],
  ['text that cannot be stored, deep down', { ...sklearn, tags: [{ tagFQN: 'x\0' }] }, ['/tags/0/tagFQN']],
  [
    'a key that cannot be stored',
    withConfig('CustomMlModel', { sourcePythonClass: 'x', connectionOptions: { 'a\0': 'b' } }),
    ['/connection/config/connectionOptions/a\0'],
  ],
  ['a __proto__ key', JSON.parse('{"name":"a","serviceType":"Sklearn","__proto__":{"x":1}}'), ['/__proto__']],
  [
    'a __proto__ key in a map',
    JSON.parse(
      '{"name":"a","serviceType":"CustomMlModel","connection":{"config":{"sourcePythonClass":"x","connectionOptions":{"__proto__":"x"}}}}',
    ),
    ['/connection/config/connectionOptions/__proto__'],
  ],
  [
    'a mask with nothing to keep',
    aws({ awsRegion: 'x', awsSecretAccessKey: '*********' }),
    ['/connection/config/awsConfig/awsSecretAccessKey'],
  ],
])('§1 %s: BAD_REQUEST with the path of each violation, once', async (_, request, paths) => {
  expect((await pathsOf(request)).sort()).toEqual([...paths].sort())
})

function gcpLifetime(lifetime: number) {
  const credentials = { gcpConfig: { type: 'gcp_adc' }, gcpImpersonateServiceAccount: { lifetime } }
  return withConfig('VertexAI', { location: 'x', credentials })
}

test('§1 every violation in one answer, never only the first', async () => {
  const tags = Array.from({ length: 96 }, () => ({ tagFQN: 1 }))
  const secret = 'mysql://ml:hush@db/runs'
  const issues = await issuesOf(
    { ...withConfig('Mlflow', { trackingUri: secret, registryUri: 5 }), tags, domain: '.', nope: 1 },
    { store: { ...openTestBook().store, durable: true } },
  )
  expect(issues.map(({ path }) => path).sort()).toEqual(
    [
      '/connection/config/registryUri',
      '/connection/config/trackingUri',
      '/domain',
      '/nope',
      ...tags.map((_, at) => `/tags/${at}/tagFQN`),
    ].sort(),
  )
  expect(JSON.stringify(issues)).not.toContain('hush')
})

test('§1 limits: each at its bound and one above, adjustable per book', async () => {
  const description = { ...sklearn, description: 'ü'.repeat(50) }
  expect(await pathsOf(description, { limits: { description: 99 } })).toEqual(['/description'])
  expect((await createService(openTestBook({ limits: { description: 100 } }), description as Request)).isOk()).toBe(
    true,
  )

  const bytes = new TextEncoder().encode(JSON.stringify(description)).length
  expect(await pathsOf(description, { limits: { request: bytes - 1 } })).toEqual([''])
  expect((await createService(openTestBook({ limits: { request: bytes } }), description as Request)).isOk()).toBe(true)

  const tagged = { ...sklearn, tags: Array.from({ length: 5 }, (_, at) => ({ tagFQN: `t${at}` })) }
  expect(await pathsOf(tagged, { limits: { elements: 4 } })).toEqual(['/tags'])
  expect((await createService(openTestBook({ limits: { elements: 5 } }), tagged as Request)).isOk()).toBe(true)

  const config = withConfig('Mlflow', { trackingUri: 'a', registryUri: 'b', mlModelFilterPattern: { includes: ['x'] } })
  expect(await pathsOf(config, { limits: { depth: 4 } })).toEqual(['/connection/config/mlModelFilterPattern/includes'])
  expect((await createService(openTestBook({ limits: { depth: 5 } }), config as Request)).isOk()).toBe(true)
})

test('§1 megabytes, deep nesting, cycles and lists that repeat themselves are refused without a hang', async () => {
  expect(await pathsOf({ ...sklearn, description: 'x'.repeat(5 * 2 ** 20) })).toEqual(['/description'])
  expect(await pathsOf({ ...sklearn, displayName: 'x'.repeat(9 * 2 ** 20) })).toEqual([''])
  for (const piece of ['xx', 'x:', '😀', '\n\n']) {
    const paths = await pathsOf({
      ...sklearn,
      name: piece.repeat(1_900_000),
      tags: [{ tagFQN: 'x'.repeat(500_000) }],
    })
    expect(new Set(paths)).toEqual(new Set(['/name', '/tags/0/tagFQN']))
  }
  expect(await pathsOf({ ...sklearn, tags: Array.from({ length: 1001 }, () => ({ tagFQN: 'x' })) })).toEqual(['/tags'])

  const cyclic: Record<string, unknown> = { awsRegion: 'x' }
  cyclic.awsConfig = cyclic
  expect(await pathsOf(aws(cyclic))).toEqual(['/connection/config/awsConfig/awsConfig'])
  const inUnion: Record<string, unknown> = { type: 'service_account' }
  inUnion.projectId = [inUnion]
  const [deepest] = await pathsOf(gcp(inUnion))
  expect(deepest?.split('/').length).toBe(33)

  let repeated: unknown = 'x'
  for (let level = 0; level < 20; level++) repeated = Array.from({ length: 1000 }, () => repeated)
  expect(await pathsOf(gcp({ type: 'service_account', projectId: repeated }))).toContain('')
  expect(
    await pathsOf(
      withConfig('Mlflow', { trackingUri: `x://a:${'b/'.repeat(500_000)}`, registryUri: 'x://a:b'.repeat(200_000) }),
      { limits: { request: 100 } },
    ),
  ).toEqual([''])
})

test('§1 getters and proxies that throw, revoked proxies and class instances are data or an error, never a throw', async () => {
  const throwing = {
    ...sklearn,
    get description(): string {
      throw new Error('no')
    },
  }
  expect(await pathsOf(throwing)).toEqual(['/description'])
  expect(
    await pathsOf({
      get serviceType(): string {
        throw new Error('no')
      },
      name: 'a',
    }),
  ).toEqual(['/serviceType'])
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  expect(await pathsOf(proxy)).toEqual([''])
  expect(await pathsOf({ ...sklearn, tags: proxy })).toEqual(['/tags'])
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new RangeError('no')
      },
    },
  )
  expect(await pathsOf({ ...sklearn, owners: hostile })).toEqual(['/owners'])

  let reads = 0
  const shifting = {
    ...sklearn,
    get displayName() {
      return reads++ === 0 ? 'first' : 5
    },
  }
  expect((await createService(openTestBook(), shifting as Request))._unsafeUnwrap().displayName).toBe('first')
  class Dto {
    name = 'a'
    serviceType = 'Sklearn' as const
    nothing = undefined
  }
  expect(await pathsOf(new Dto())).toEqual(['/nothing'])
  const bare = Object.assign(Object.create(null), sklearn)
  expect((await createService(openTestBook(), bare)).isOk()).toBe(true)
})

test('§1 any value at all gets an answer', async () => {
  const anything = fc.anything({
    withNullPrototype: true,
    withDate: true,
    withMap: true,
    withBigInt: true,
    withSparseArray: true,
    key: fc.constantFrom('name', 'serviceType', 'tags', 'connection', 'config', 'owners', '__proto__', 'x'),
  })
  await fc.assert(
    fc.asyncProperty(anything, async (value) => {
      expect((await upsertService(openTestBook(), value as Request)).isErr()).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('§1 null counts as absent, sets have no duplicates and no order, and every service fits the schema', async () => {
  const schemas = Object.fromEntries(
    Object.keys(mlmodelServices.serviceTypes).map((type) => [type, Compile(serviceSchema(mlmodelServices, type))]),
  )
  await fc.assert(
    fc.asyncProperty(requests(anyName), async (r) => {
      const book = openTestBook()
      const { service } = (await upsertService(book, r))._unsafeUnwrap()
      expect([...(schemas[service.serviceType]?.Errors(service) ?? ['no schema'])]).toEqual([])
      for (const list of [service.owners ?? [], service.tags]) {
        const identities = list.map((element) =>
          'id' in element ? `${element.type}${element.id}` : `${element.source}${element.tagFQN}`,
        )
        expect(new Set(identities).size).toBe(identities.length)
      }
      const reordered = { ...r, owners: r.owners && [...r.owners].reverse(), tags: r.tags && [...r.tags].reverse() }
      expect((await upsertService(book, reordered))._unsafeUnwrap().outcome).toBe('unchanged')
      expect(Object.values(service)).not.toContain(null)
      expect(Object.values(service)).not.toContain(undefined)
    }),
    { numRuns: 300 },
  )
})

test('§1 nasty names are names', async () => {
  const book = openTestBook()
  const rows = nastyNames.map((name) => ({ name, serviceType: 'Sklearn' as const }))
  expect((await bulkUpsert(book, rows))._unsafeUnwrap()).toMatchObject({ status: 'success', passed: nastyNames.length })
  const { current } = await stateOf(book.store)
  expect(current.map(({ name }) => name).sort()).toEqual([...nastyNames].sort())
})
