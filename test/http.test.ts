import { etag, getService, MASK, type Operation, type Policy, type Principal, rolePolicy } from 'servicebook'
import { describe, expect, test, vi } from 'vitest'
import { stateOf, testCipher } from './catalogue.js'
import { type Ask, MODELS, openEdge } from './edge.js'

const ADA = '11111111-1111-4111-8111-111111111111'
const row = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn', ...rest })
const aws = (name: string, awsSecretAccessKey: string, rest: object = {}) => ({
  name,
  serviceType: 'SageMaker',
  connection: { config: { awsConfig: { awsRegion: 'eu', awsSecretAccessKey } } },
  ...rest,
})
const CHANGE = 'x-openmetadata-change'

test('POST creates: 201, where it is, its tag, and the service as OpenMetadata shows it', async () => {
  const { ask } = openEdge({ basePath: '/api' }, { now: () => 1_700_000_000_000 })
  const { status, headers, body } = await ask('POST', `/api${MODELS}`, row('a', { description: 'x' }))
  expect(status).toBe(201)
  const href = `http://catalogue.test/api${MODELS}/${body.id}`
  expect(Object.fromEntries(headers)).toEqual({
    'cache-control': 'no-store',
    'content-type': 'application/json',
    'x-content-type-options': 'nosniff',
    [CHANGE]: 'entityCreated',
    etag: etag(body),
    location: href,
  })
  expect(body).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    name: 'a',
    fullyQualifiedName: 'a',
    description: 'x',
    serviceType: 'Sklearn',
    version: 0.1,
    updatedAt: 1_700_000_000_000,
    updatedBy: 'anonymous',
    href,
    owners: [],
    tags: [],
    domains: [],
    dataProducts: [],
    entityStatus: 'Unprocessed',
    deleted: false,
  })
  expect((await ask('GET', new URL(href).pathname)).body.id).toBe(body.id)
})

test('PUT creates, updates, leaves or restores, says which, and is never a 409', async () => {
  const { ask } = openEdge()
  const steps = [
    [row('a'), 201, 'entityCreated', 0.1],
    [row('a'), 200, 'entityNoChange', 0.1],
    [row('a', { description: 'x' }), 200, 'entityUpdated', 0.2],
  ] as const
  for (const [request, status, change, version] of steps) {
    const put = await ask('PUT', MODELS, request)
    expect([put.status, put.headers.get(CHANGE), put.body.version]).toEqual([status, change, version])
    expect(put.headers.has('location')).toBe(status === 201)
    expect(put.headers.get('etag')).toBe(etag(put.body))
  }
  await ask('DELETE', `${MODELS}/name/a`)
  expect((await ask('POST', MODELS, row('a'))).status).toBe(409)
  const back = await ask('PUT', MODELS, row('a', { description: 'x' }))
  expect([back.status, back.headers.get(CHANGE), back.body.version]).toEqual([200, 'entityRestored', 0.4])
})

describe('PUT /bulk', () => {
  test('answers 200 for all rows, in the shape of a BulkOperationResult, in the order of the rows', async () => {
    const { ask, book } = openEdge({ shape: 'documented' })
    await ask('POST', MODELS, row('old'))
    const rows = [
      row('a.b'),
      { name: 'c::d', serviceType: 'Nope' },
      row('old', { description: 'x' }),
      row('e', { domain: 'A', domains: ['B'] }),
      row('f', { domains: ['..'] }),
      null,
    ]
    const { status, body } = await ask('PUT', `${MODELS}/bulk`, rows)
    expect(status).toBe(200)
    const { failedRequest, ...report } = body
    expect(report).toEqual({
      dryRun: false,
      status: 'partialSuccess',
      numberOfRowsProcessed: 6,
      numberOfRowsPassed: 2,
      numberOfRowsFailed: 4,
      successRequest: [
        { request: '"a.b"', status: 200 },
        { request: 'old', status: 200 },
      ],
    })
    expect(failedRequest.map(({ request }: { request: object }) => request)).toEqual([rows[1], rows[3], rows[4], {}])
    expect(failedRequest[0]).toMatchObject({
      status: 400,
      errorType: 'BAD_REQUEST',
      message:
        '/1/name must not hold "::" or a line break; /1/serviceType must be one of Mlflow, Sklearn, CustomMlModel, SageMaker, VertexAI',
      issues: [{ path: '/1/name' }, { path: '/1/serviceType' }],
    })
    const paths = failedRequest.slice(1).map(({ issues }: { issues: { path: string }[] }) => issues[0]?.path)
    expect(paths).toEqual(['/3/domains/0', '/4/domains/0', '/5'])
    expect((await stateOf(book.store)).current.map(({ name }) => name)).toEqual(['a.b', 'old'])
  })

  test('all failed, none, a rehearsal; only what is no array fails as a whole', async () => {
    const { ask, book } = openEdge()
    const result = async (rows: unknown, query = '') => (await ask('PUT', `${MODELS}/bulk${query}`, rows)).body
    expect(await result([{}, 7])).toMatchObject({ status: 'failure', numberOfRowsFailed: 2, successRequest: [] })
    expect(await result([])).toMatchObject({ status: 'success', numberOfRowsProcessed: 0, failedRequest: [] })
    const dry = await result([row('a')], '?dryRun=true')
    expect(dry).toMatchObject({ dryRun: true, status: 'success', numberOfRowsPassed: 1 })
    expect((await stateOf(book.store)).current).toEqual([])
    expect(await result({ rows: [] })).toMatchObject({
      code: 400,
      message: 'The body must be an array of create requests',
    })
    expect(await result([], '?dryRun=maybe')).toMatchObject({ code: 400, issues: [{ path: '/dryRun' }] })
    expect(await result([], '?overrideMetadata=false&async=false')).toMatchObject({ status: 'success' })
  })

  test('§8 a row that failed is told without its connection and without what it should not have', async () => {
    const { ask } = openEdge(
      { shape: 'documented' },
      { policy: (_, operation) => (operation === 'Create' ? 'forbidden' : 'allow') },
    )
    const rows = [aws('a', 'hush'), { ...aws('b', 'hush'), conection: 'hush', description: 'kept' }, ['hush'], 'hush']
    const { body } = await ask('PUT', `${MODELS}/bulk`, rows)
    expect(JSON.stringify(body)).not.toContain('hush')
    expect(body.failedRequest).toMatchObject([
      { request: { name: 'a', serviceType: 'SageMaker' }, status: 403, errorType: 'FORBIDDEN' },
      { request: { name: 'b', description: 'kept' }, status: 400 },
      { request: {}, status: 400 },
      { request: {}, status: 400 },
    ])
  })

  test('a client that has gone ends it between two chunks', async () => {
    const { ask, book } = openEdge()
    const leaving = new AbortController()
    leaving.abort()
    const { serviceHandler } = await import('servicebook/http')
    const body = JSON.stringify([row('a')])
    const request = new Request(`http://x${MODELS}/bulk`, {
      method: 'PUT',
      body,
      headers: { 'content-type': 'application/json' },
    })
    Object.defineProperty(request, 'signal', { value: leaving.signal })
    const answer = await (await serviceHandler(book)(request)).json()
    expect(answer).toMatchObject({ status: 'aborted', abortReason: 'The request was aborted' })
    expect((await ask('GET', MODELS)).body.paging.total).toBe(0)
  })
})

describe('GET', () => {
  test('a list is paged both ways by cursors, and always has its total', async () => {
    const { ask } = openEdge()
    await ask(
      'PUT',
      `${MODELS}/bulk`,
      ['d', 'b', 'a', 'c', 'e'].map((name) => row(name)),
    )
    const page = async (query: string) => {
      const { body } = await ask('GET', `${MODELS}?${query}`)
      return { names: body.data.map(({ name }: { name: string }) => name), paging: body.paging }
    }
    const first = await page('limit=2')
    expect(first).toEqual({ names: ['a', 'b'], paging: { after: expect.any(String), total: 5 } })
    const second = await page(`limit=2&after=${first.paging.after}`)
    expect(second.names).toEqual(['c', 'd'])
    const third = await page(`limit=2&after=${second.paging.after}`)
    expect(third).toEqual({ names: ['e'], paging: { before: expect.any(String), total: 5 } })
    expect((await page(`limit=2&before=${third.paging.before}`)).names).toEqual(['c', 'd'])
    expect(await page('limit=0')).toMatchObject({ names: [], paging: { total: 5 } })
    expect((await page('')).names).toHaveLength(5)
  })

  test('a list leaves out what is deleted, or shows nothing else; filters have to match', async () => {
    const { ask } = openEdge()
    await ask(
      'POST',
      MODELS,
      row('a', { domain: 'Sales', tags: [{ tagFQN: 'PII.None' }], owners: [{ id: ADA, type: 'user' }] }),
    )
    await ask('POST', MODELS, { name: 'b', serviceType: 'Mlflow' })
    await ask('POST', MODELS, row('gone'))
    await ask('DELETE', `${MODELS}/name/gone`)
    const names = async (query: string) =>
      (await ask('GET', `${MODELS}?${query}`)).body.data.map(({ name }: { name: string }) => name)
    expect(await names('')).toEqual(['a', 'b'])
    expect(await names('include=deleted')).toEqual(['gone'])
    expect(await names('include=all')).toEqual(['a', 'b', 'gone'])
    for (const query of ['domain=Sales', 'tagFQN=PII.None', `owner=${ADA}`, 'serviceType=Sklearn'])
      expect(await names(query)).toEqual(['a'])
  })

  test('relations are shown when fields asks for them; one that is not known is a 400', async () => {
    const { ask } = openEdge({ shape: 'documented' })
    const relations = {
      owners: [{ id: ADA, type: 'user' }],
      tags: [{ tagFQN: 'PII.None' }],
      domain: 'Sales',
      dataProducts: ['Churn'],
    }
    await ask('POST', MODELS, row('a', relations))
    const shown = async (query: string) => {
      const [one, listed] = [await ask('GET', `${MODELS}/name/a?${query}`), await ask('GET', `${MODELS}?${query}`)]
      expect(listed.body.data).toEqual([one.body])
      return Object.keys(one.body)
        .filter((key) => ['domains', ...Object.keys(relations)].includes(key))
        .sort()
    }
    expect(await shown('')).toEqual([])
    expect(await shown('fields=')).toEqual([])
    expect(await shown('fields=owners')).toEqual(['owners'])
    expect(await shown('fields=tags,%20domains')).toEqual(['domain', 'domains', 'tags'])
    expect(await shown('fields=pipelines,followers,dataProducts')).toEqual(['dataProducts'])
    expect(await shown('fields=*')).toEqual(['dataProducts', 'domain', 'domains', 'owners', 'tags'])
    for (const path of ['', '/name/a']) {
      const { body } = await ask('GET', `${MODELS}${path}?fields=owners,nope&limit=x`)
      expect(body).toMatchObject({ code: 400, errorType: 'BAD_REQUEST' })
      expect(body.message).toContain('/fields has the unknown field nope')
    }
  })

  test('what a query says wrong is told all at once', async () => {
    const { ask } = openEdge()
    const paths = async (query: string) =>
      (await ask('GET', `${MODELS}?${query}`)).body.issues.map(({ path }: { path: string }) => path)
    expect(await paths('limit=ten&fields=nope')).toEqual(['/fields', '/limit'])
    expect(await paths('limit=-1&include=some&after=zz')).toEqual(['/include', '/limit', '/after'])
    expect(await paths('limit=1000001')).toEqual(['/limit'])
    expect(await paths('after=garbage')).toEqual(['/after'])
  })

  test('one service by id, by FQN, by raw name; soft-deleted ones on demand', async () => {
    const { ask } = openEdge()
    const { body } = await ask('POST', MODELS, row('a.b/c "ü" %2F'))
    const fqn = '"a.b/c ""ü"" %2F"'
    for (const path of [
      body.id,
      body.id.toUpperCase(),
      `name/${encodeURIComponent(fqn)}`,
      `name/${encodeURIComponent(body.name)}`,
    ]) {
      const got = await ask('GET', `${MODELS}/${path}`)
      expect(got).toMatchObject({ status: 200, body: { id: body.id, fullyQualifiedName: fqn } })
      expect(got.headers.get('etag')).toBe(etag(body))
    }
    const gone = (await ask('DELETE', `${MODELS}/${body.id}`)).body
    expect((await ask('GET', `${MODELS}/${body.id}`)).status).toBe(404)
    expect((await ask('GET', `${MODELS}/${body.id}?include=deleted`)).body.version).toBe(gone.version)
    expect((await ask('GET', `${MODELS}/${ADA}`)).body).toEqual({
      code: 404,
      errorType: 'ENTITY_NOT_FOUND',
      message: `mlmodelService instance for ${ADA} not found`,
    })
    expect((await ask('GET', `${MODELS}/no-uuid`)).body).toMatchObject({ code: 404, errorType: 'ENTITY_NOT_FOUND' })
  })

  test('versions are JSON text, newest first; one of them is a service', async () => {
    const { ask } = openEdge()
    const { body } = await ask('POST', MODELS, row('a', { description: 'one' }))
    await ask('PUT', MODELS, row('a', { description: 'two' }))
    await ask('DELETE', `${MODELS}/${body.id}`)
    const history = (await ask('GET', `${MODELS}/${body.id}/versions`)).body
    expect(history.entityType).toBe('mlmodelService')
    const versions = history.versions.map((text: string) => JSON.parse(text))
    expect(
      versions.map(({ version, description, deleted }: Record<string, unknown>) => [version, description, deleted]),
    ).toEqual([
      [0.3, 'two', true],
      [0.2, 'two', false],
      [0.1, 'one', false],
    ])
    expect(versions[2]).toEqual(body)
    expect((await ask('GET', `${MODELS}/${body.id}/versions/0.1`)).body).toEqual(body)
    expect((await ask('GET', `${MODELS}/${body.id}/versions/0.4`)).status).toBe(404)
    for (const version of ['x', '0.15', '1e0', '-1', '0'])
      expect((await ask('GET', `${MODELS}/${body.id}/versions/${version}`)).status).toBe(400)
    expect((await ask('GET', `${MODELS}/${ADA}/versions`)).status).toBe(404)
  })
})

describe('PATCH', () => {
  test('changes the service as clients see it: domains, references with names, data products', async () => {
    const { ask, book } = openEdge({ shape: 'documented' })
    const owner = { id: ADA, type: 'user', name: 'ada', fullyQualifiedName: 'ada', deleted: false }
    await ask('POST', MODELS, row('a', { domain: 'Sales', tags: [{ tagFQN: 'PII.None' }] }))
    const patch = (...operations: object[]) => ask('PATCH', `${MODELS}/name/a`, operations)
    const ops = { id: ADA, type: 'domain', fullyQualifiedName: 'Ops', name: 'Ops' }
    const steps: [object[], object][] = [
      [[{ op: 'add', path: '/owners/0', value: owner }], { owners: [{ id: ADA, type: 'user' }] }],
      [[{ op: 'replace', path: '/domains/0', value: ops }], { domain: 'Ops' }],
      [
        [
          { op: 'test', path: '/domain', value: 'Ops' },
          { op: 'replace', path: '/domain', value: 'HR' },
        ],
        { domain: 'HR' },
      ],
      [[{ op: 'add', path: '/dataProducts/-', value: { ...ops, type: 'dataProduct' } }], { dataProducts: ['Ops'] }],
      [[{ op: 'add', path: '/dataProducts/-', value: 'Churn' }], { dataProducts: ['Ops', 'Churn'] }],
      [
        [{ op: 'add', path: '/tags/0/description', value: 'for people' }],
        { tags: [{ tagFQN: 'PII.None', source: 'Classification', labelType: 'Manual', state: 'Confirmed' }] },
      ],
      [
        [
          { op: 'remove', path: '/dataProducts' },
          { op: 'remove', path: '/domains/0' },
        ],
        { domain: undefined },
      ],
      [
        [
          { op: 'add', path: '/domains/0', value: ops },
          { op: 'add', path: '/href', value: 'x' },
        ],
        { domain: 'Ops' },
      ],
      [
        [
          { op: 'remove', path: '/domain' },
          { op: 'remove', path: '/domains' },
        ],
        { domain: undefined },
      ],
      [
        [
          { op: 'add', path: '/domain', value: 'A' },
          { op: 'add', path: '/domains', value: ['A'] },
        ],
        { domain: 'A' },
      ],
    ]
    for (const [operations, expected] of steps) {
      const answered = await patch(...operations)
      expect([answered.status, answered.body.message]).toEqual([200, undefined])
      const service = (await getService(book, 'a'))._unsafeUnwrap()
      for (const [key, value] of Object.entries(expected)) expect(service[key as 'domain']).toEqual(value)
    }
    const failures: [object[], number, string?][] = [
      [[{ op: 'add', path: '/domains/-', value: ops }], 400, '/domains/1'],
      [[{ op: 'replace', path: '/domains/0', value: { id: ADA, type: 'domain' } }], 400, '/domains/0'],
      [[{ op: 'replace', path: '/domains', value: 'Ops' }], 400, '/domains'],
      [[{ op: 'add', path: '/owners/0', value: { name: 'ada', type: 'user' } }], 400, '/owners/0/id'],
      [[{ op: 'replace', path: '', value: {} }], 400, '/0/path'],
      [[{ op: 'replace', path: '/deleted', value: true }], 400, '/deleted'],
      [[{ op: 'remove', path: '/nothing' }], 400, '/0'],
      [[{ op: 'test', path: '/version', value: 7 }], 412],
      [
        [
          { op: 'remove', path: '/domains/0' },
          { op: 'add', path: '/dataProducts/0', value: 'x' },
        ],
        400,
        '/dataProducts',
      ],
    ]
    const before = await stateOf(book.store)
    for (const [operations, status, path] of failures) {
      const { body } = await patch(...operations)
      expect([body.code, body.issues?.[0].path, JSON.stringify(operations)]).toEqual([
        status,
        path,
        JSON.stringify(operations),
      ])
    }
    expect(await stateOf(book.store)).toEqual(before)
  })

  test('says what it did; consolidates; keeps masked secrets; a body that is no patch is a 400', async () => {
    const { ask, book } = openEdge({ authenticate: () => ({ name: 'ada' }) })
    const { body } = await ask('POST', MODELS, aws('a', 'hush'))
    const edit = (value: string) => ask('PATCH', `${MODELS}/${body.id}`, [{ op: 'add', path: '/description', value }])
    const first = await edit('one')
    expect([first.status, first.headers.get(CHANGE), first.body.version]).toEqual([200, 'entityUpdated', 0.2])
    expect((await edit('two')).body.version).toBe(0.2)
    const same = await edit('two')
    expect([same.headers.get(CHANGE), same.headers.get('etag')]).toEqual(['entityNoChange', etag(same.body)])
    const region = [{ op: 'replace', path: '/connection/config/awsConfig/awsRegion', value: 'us' }]
    expect((await ask('PATCH', `${MODELS}/name/a`, region)).body.version).toBe(0.3)
    const { revealConnection } = await import('servicebook')
    expect((await revealConnection(book, 'a'))._unsafeUnwrap()?.config).toMatchObject({
      awsConfig: { awsRegion: 'us', awsSecretAccessKey: 'hush' },
    })
    expect((await ask('PATCH', `${MODELS}/name/a`, {})).body.message).toBe(
      'The body must be a list of JSON Patch operations',
    )
  })
})

test('DELETE is soft, or hard with hardDelete; restore brings back', async () => {
  const { ask } = openEdge()
  const { body } = await ask('POST', MODELS, row('a'))
  const soft = await ask('DELETE', `${MODELS}/${body.id}?recursive=true`)
  expect([soft.status, soft.headers.get(CHANGE), soft.body.deleted, soft.body.version]).toEqual([
    200,
    'entitySoftDeleted',
    true,
    0.2,
  ])
  expect(soft.body.changeDescription).toEqual({
    fieldsAdded: [],
    fieldsUpdated: [{ name: 'deleted', oldValue: false, newValue: true }],
    fieldsDeleted: [],
    previousVersion: 0.1,
  })
  const second = await ask('DELETE', `${MODELS}/${body.id}`)
  const { incrementalChangeDescription, ...asItIs } = soft.body
  expect(incrementalChangeDescription).toEqual(soft.body.changeDescription)
  expect([second.status, second.headers.get(CHANGE), second.body]).toEqual([200, 'entityNoChange', asItIs])
  const back = await ask('PUT', `${MODELS}/restore`, { id: body.id })
  expect([back.status, back.headers.get(CHANGE), back.body.deleted]).toEqual([200, 'entityRestored', false])
  const again = await ask('PUT', `${MODELS}/restore`, { id: body.id })
  expect([again.status, again.headers.get(CHANGE)]).toEqual([200, 'entityNoChange'])
  for (const bad of [{}, { id: 7 }, null, [], { id: 'x' }])
    expect((await ask('PUT', `${MODELS}/restore`, bad)).status).toBe(400)
  expect((await ask('PUT', `${MODELS}/restore`, { id: ADA })).status).toBe(404)
  expect((await ask('DELETE', `${MODELS}/name/a?hardDelete=yes&recursive=no`)).body.issues).toHaveLength(2)
  const hard = await ask('DELETE', `${MODELS}/name/a?hardDelete=true`)
  expect([hard.status, hard.headers.get(CHANGE)]).toEqual([200, 'entityDeleted'])
  expect((await ask('GET', `${MODELS}/${body.id}?include=all`)).status).toBe(404)
})

test('If-Match counts on every change of a service, in RFC 9110’s forms; a state that is gone is a 412', async () => {
  const { ask, book } = openEdge()
  const { body, headers } = await ask('POST', MODELS, row('a'))
  const changes: [string, (ifMatch: string) => ReturnType<Ask>][] = [
    ['PUT', (tag) => ask('PUT', MODELS, row('a', { description: 'x' }), { 'if-match': tag })],
    ['PATCH', (tag) => ask('PATCH', `${MODELS}/name/a`, [{ op: 'remove', path: '/description' }], { 'if-match': tag })],
    ['DELETE', (tag) => ask('DELETE', `${MODELS}/${body.id}`, undefined, { 'if-match': tag })],
    ['restore', (tag) => ask('PUT', `${MODELS}/restore`, { id: body.id }, { 'if-match': tag })],
  ]
  let current = headers.get('etag') as string
  for (const [name, change] of changes) {
    const before = await stateOf(book.store)
    const stale = await change('"stale"')
    expect(stale.body, name).toMatchObject({ code: 412, errorType: 'PRECONDITION_FAILED' })
    expect(await stateOf(book.store)).toEqual(before)
    const done = await change(`"stale", ${current}`)
    expect([name, done.status]).toEqual([name, 200])
    current = done.headers.get('etag') as string
  }
  const absent = await ask('PUT', MODELS, row('new'), { 'if-match': '*' })
  expect(absent.status).toBe(412)
})

describe('§1 domain and domains', () => {
  const named = { id: ADA, type: 'domain', fullyQualifiedName: 'Sales' }
  const both = { domain: 'Sales', domains: [{ type: 'domain', name: 'Sales', fullyQualifiedName: 'Sales' }] }

  test.each([
    [{ domain: 'Sales' }],
    [{ domain: named }],
    [{ domains: ['Sales'] }],
    [{ domains: [named] }],
    [{ domain: 'Sales', domains: [named, 'Sales'] }],
    [{ domain: 'Sales', domains: [] }],
    [{ domain: null, domains: ['Sales'] }],
  ])('%j comes in, both go out', async (given) => {
    const { ask } = openEdge({ shape: 'documented' })
    expect((await ask('POST', MODELS, row('a', given))).body).toMatchObject(both)
    expect((await ask('PUT', MODELS, row('a', given))).headers.get(CHANGE)).toBe('entityNoChange')
  })

  test('at most one, and each violation has its path in the body', async () => {
    const { ask } = openEdge()
    const paths = async (given: object) =>
      (await ask('POST', MODELS, row('a', given))).body.issues.map(({ path }: { path: string }) => path)
    expect(await paths({ domains: ['A', 'B'] })).toEqual(['/domains/1'])
    expect(await paths({ domain: 'A', domains: ['A', 'B'] })).toEqual(['/domains/1'])
    expect(await paths({ domain: 'A', domains: ['B'] })).toEqual(['/domains/0'])
    expect(await paths({ domains: 'A' })).toEqual(['/domains'])
    expect(await paths({ domains: ['a..b'] })).toEqual(['/domains/0'])
    expect(await paths({ domain: 'a..b' })).toEqual(['/domain'])
    expect(await paths({ domains: [{ id: ADA, type: 'domain' }] })).toEqual(['/domains/0'])
    expect(await paths({ domain: 'A', dataProducts: [7, 'a..b', { id: ADA, type: 'dataProduct' }] })).toEqual([
      '/dataProducts/1',
      '/dataProducts/0',
      '/dataProducts/2',
    ])
    expect(await paths({ dataProducts: ['A'] })).toEqual(['/dataProducts'])
  })

  test('shape server leaves domain out, as the server’s closed schema does', async () => {
    const { ask } = openEdge({ shape: 'server' })
    const { body } = await ask('POST', MODELS, row('a', { domain: 'Sales', dataProducts: ['Churn'] }))
    expect(body).not.toHaveProperty('domain')
    expect(body).toMatchObject({
      domains: both.domains,
      dataProducts: [{ fullyQualifiedName: 'Churn', type: 'dataProduct' }],
    })
    const patched = await ask('PATCH', `${MODELS}/name/a`, [
      { op: 'remove', path: '/dataProducts/0' },
      { op: 'replace', path: '/domains/0', value: 'Ops' },
    ])
    expect(patched.body).toMatchObject({ domains: [{ fullyQualifiedName: 'Ops' }], dataProducts: [] })
    const bulk = await ask('PUT', `${MODELS}/bulk`, [{}])
    expect(Object.keys(bulk.body.failedRequest[0])).toEqual(['request', 'status', 'message'])
  })
})

test('§3 change descriptions: scalars as they are, all else as JSON text, references whole', async () => {
  const { ask } = openEdge({ shape: 'documented' })
  await ask('POST', MODELS, { ...aws('a', 'hush'), domain: 'Sales', dataProducts: ['Churn'] })
  const { body } = await ask('PUT', MODELS, {
    ...aws('a', 'other', {
      description: 'x',
      domain: '"a.b".c',
      owners: [{ id: ADA, type: 'user' }],
      tags: [{ tagFQN: 'PII.None' }],
    }),
  })
  const { fieldsAdded, fieldsUpdated, fieldsDeleted, previousVersion } = body.changeDescription
  const read = (changes: Record<string, string>[]) =>
    Object.fromEntries(changes.map(({ name, oldValue = 'null', newValue = 'null' }) => [name, [oldValue, newValue]]))
  expect(previousVersion).toBe(0.1)
  expect(fieldsAdded).toContainEqual({ name: 'description', newValue: 'x' })
  expect(JSON.parse(read(fieldsAdded).owners?.[1] as string)).toEqual([{ id: ADA, type: 'user' }])
  expect(JSON.parse(read(fieldsAdded).tags?.[1] as string)).toMatchObject([{ tagFQN: 'PII.None' }])
  const [before, after] = read(fieldsUpdated).domains as [string, string]
  expect(JSON.parse(before)).toMatchObject([{ type: 'domain', fullyQualifiedName: 'Sales' }])
  expect(JSON.parse(after)).toEqual(body.domains)
  expect(body.domains).toEqual([{ id: expect.any(String), type: 'domain', name: 'c', fullyQualifiedName: '"a.b".c' }])
  const [old, now] = read(fieldsUpdated).connection as [string, string]
  expect([JSON.parse(old), JSON.parse(now)].map(({ config }) => config.awsConfig.awsSecretAccessKey)).toEqual([
    MASK,
    MASK,
  ])
  expect(JSON.parse(read(fieldsDeleted).dataProducts?.[0] as string)).toMatchObject([
    { type: 'dataProduct', name: 'Churn' },
  ])
})

test('references have an id that is the same everywhere, or what the host knows of them', async () => {
  const one = await openEdge().ask('POST', MODELS, row('a', { domain: 'Sales', dataProducts: ['Sales'] }))
  const other = await openEdge().ask('POST', MODELS, row('b', { domain: 'Sales', dataProducts: ['Sales'] }))
  const uuidv5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  expect(one.body.domains[0].id).toMatch(uuidv5)
  expect(one.body.domains).toEqual(other.body.domains)
  expect(one.body.dataProducts[0].id).not.toBe(one.body.domains[0].id)
  const asked: unknown[] = []
  const { ask } = openEdge({
    describe: async (references) => {
      asked.push(references)
      return references.map(({ type }) => {
        if (type === 'user') return { name: 'ada', displayName: 'Ada', id: 'not hers', type: 'team' }
        return type === 'domain' ? { id: ADA, href: 'http://x', fullyQualifiedName: 'Ops' } : undefined
      })
    },
  })
  const owners = [{ id: ADA, type: 'user' }]
  await ask(
    'PUT',
    `${MODELS}/bulk`,
    ['a', 'b', 'c'].map((name) => row(name, { domain: 'Sales', owners })),
  )
  const { body } = await ask('GET', `${MODELS}?fields=*`)
  expect(body.data[2].owners).toEqual([{ id: ADA, type: 'user', name: 'ada', displayName: 'Ada' }])
  expect(body.data[2].domains).toEqual([
    { id: ADA, type: 'domain', name: 'Sales', fullyQualifiedName: 'Sales', href: 'http://x' },
  ])
  const sales = { type: 'domain', fullyQualifiedName: 'Sales' }
  expect(asked).toEqual([[...owners, sales]])
})

describe('§9 who asks', () => {
  const tokens: Record<string, Principal> = {
    ada: { name: 'ada', isAdmin: true },
    eve: { name: 'eve' },
    bot: { name: 'ingestion', isBot: true },
  }
  const authenticate = ({ headers }: Request) => {
    const token = /^Bearer (.+)$/.exec(headers.get('authorization') ?? '')?.[1]
    return token === undefined ? undefined : (tokens[token] ?? ('unauthenticated' as const))
  }
  const as = (who: string) => ({ authorization: `Bearer ${who}` })

  test('401 with a challenge, 403, and the principal as updatedBy', async () => {
    const { ask } = openEdge({ authenticate }, { policy: rolePolicy() })
    for (const headers of [{}, as('nobody')]) {
      for (const [method, path, body] of [
        ['POST', MODELS, row('a')],
        ['PUT', `${MODELS}/bulk`, [row('a')]],
        ['GET', MODELS, undefined],
        ['DELETE', `${MODELS}/name/a`, undefined],
      ] as const) {
        const refused = await ask(method, path, body, headers)
        expect(refused.body).toMatchObject({ code: 401, errorType: 'UNAUTHORIZED' })
        expect(refused.headers.get('www-authenticate')).toBe('om-auth')
      }
    }
    expect((await ask('POST', MODELS, row('a'), as('eve'))).body).toEqual({
      code: 403,
      errorType: 'FORBIDDEN',
      message: 'eve may not Create',
    })
    expect((await ask('POST', MODELS, row('a'), as('ada'))).body.updatedBy).toBe('ada')
    expect((await ask('GET', `${MODELS}/name/a`, undefined, as('eve'))).status).toBe(200)
    expect((await ask('GET', '/v1/system/version')).status).toBe(200)
    expect((await ask('GET', '/openapi.json')).status).toBe(200)
  })

  test('§8 bots see secrets in clear where the policy allows it, in everything but history; others never', async () => {
    for (const botsViewSecrets of [true, false]) {
      const { ask } = openEdge({ authenticate }, { policy: rolePolicy({ botsViewSecrets }), cipher: testCipher() })
      const answers = async (who: string) => [
        await ask('PUT', MODELS, aws('a', 'hush'), as(who)),
        await ask('GET', `${MODELS}/name/a`, undefined, as(who)),
        await ask('GET', MODELS, undefined, as(who)),
        await ask('PATCH', `${MODELS}/name/a`, [{ op: 'add', path: '/displayName', value: who }], as(who)),
      ]
      const texts = (all: Awaited<ReturnType<typeof answers>>) => all.map(({ body }) => JSON.stringify(body))
      for (const text of texts(await answers('ada')))
        expect([text.includes(MASK), text.includes('hush')]).toEqual([true, false])
      for (const text of texts(await answers('bot'))) expect(text.includes('hush')).toBe(botsViewSecrets)
      const { body } = await ask('GET', `${MODELS}/name/a`, undefined, as('bot'))
      for (const path of ['/versions', '/versions/0.1'])
        expect(
          JSON.stringify((await ask('GET', `${MODELS}/${body.id}${path}`, undefined, as('bot'))).body),
        ).not.toContain('hush')
      const deleted = await ask('DELETE', `${MODELS}/name/a`, undefined, as('ada'))
      const gone = await ask('GET', `${MODELS}/name/a?include=deleted`, undefined, as('bot'))
      expect([JSON.stringify(deleted.body), JSON.stringify(gone.body)].map((text) => text.includes('hush'))).toEqual([
        false,
        botsViewSecrets,
      ])
      for (const text of texts([await ask('DELETE', `${MODELS}/name/a?hardDelete=true`, undefined, as('ada'))]))
        expect(text).not.toContain('hush')
    }
  })

  test('§8 a bot is not shown a mask for a secret that could not be opened, but a write stays a success', async () => {
    let broken = false
    const inner = testCipher()
    const failing = {
      ...inner,
      open: (...given: Parameters<typeof inner.open>) =>
        broken ? Promise.reject(new Error('vault')) : inner.open(...given),
    }
    const onError = vi.fn()
    const { ask } = openEdge({ authenticate, onError }, { cipher: failing })
    await ask('PUT', MODELS, aws('a', 'hush'), as('bot'))
    broken = true
    expect((await ask('GET', `${MODELS}/name/a`, undefined, as('bot'))).status).toBe(503)
    expect((await ask('GET', MODELS, undefined, as('bot'))).status).toBe(503)
    expect((await ask('GET', MODELS, undefined, as('eve'))).status).toBe(200)
    expect(onError).toHaveBeenCalledTimes(2)
    const put = await ask('PUT', MODELS, { name: 'a', serviceType: 'SageMaker', displayName: 'A' }, as('bot'))
    expect([put.status, put.headers.get(CHANGE)]).toEqual([200, 'entityUpdated'])
    expect(JSON.stringify(put.body)).toContain(MASK)
  })
})

test('§10 what fails behind the edge is a 503 or 500 that tells nothing of it; the host is told', async () => {
  const onError = vi.fn()
  const down = () => Promise.reject(new Error('password=hush host=db'))
  const { book } = openEdge()
  const store = { ...book.store, load: down, commit: down, find: down, list: down, versions: down }
  const { ask } = openEdge({ onError, shape: 'documented' }, { store })
  const asks: [string, string, unknown?][] = [
    ['POST', MODELS, row('a')],
    ['PUT', MODELS, row('a')],
    ['GET', MODELS],
    ['GET', `${MODELS}/name/a`],
    ['GET', `${MODELS}/${ADA}/versions`],
    ['DELETE', `${MODELS}/name/a`],
    ['PATCH', `${MODELS}/name/a`, [{ op: 'remove', path: '/description' }]],
  ]
  for (const [method, path, body] of asks) {
    const failed = await ask(method, path, body)
    expect(failed.body).toMatchObject({ code: 503, errorType: 'STORE_FAILED' })
    expect(JSON.stringify(failed.body)).not.toMatch(/hush|db/)
  }
  expect(onError.mock.calls.map(([error]) => error.code)).toEqual(asks.map(() => 'STORE_FAILED'))
  const bulk = await ask('PUT', `${MODELS}/bulk`, [row('a'), row('b')])
  expect(bulk.body.failedRequest).toMatchObject([{ status: 503, errorType: 'STORE_FAILED' }, { status: 503 }])
  expect(JSON.stringify(bulk.body)).not.toMatch(/hush|db/)
  expect(onError).toHaveBeenCalledTimes(asks.length + 1)

  const throwing = [
    { authenticate: down },
    {
      describe: () => {
        throw new Error('hush')
      },
    },
    { describe: () => [] },
  ]
  for (const options of throwing) {
    const told = vi.fn(() => {
      throw new Error('the reporter itself')
    })
    const { ask } = openEdge({ ...options, onError: told })
    const failed = await ask('POST', MODELS, row('a', { domain: 'Sales' }))
    expect(failed.body).toEqual({ code: 500, errorType: 'INTERNAL_ERROR', message: 'The server failed' })
    expect(told).toHaveBeenCalledTimes(1)
  }
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  await openEdge({ authenticate: () => Promise.reject(new Error('down')) }).ask('GET', MODELS)
  expect(warned).toHaveBeenCalledWith('A request to servicebook failed: down')
  warned.mockRestore()
})

test('CONTENDED is a 503 with Retry-After', async () => {
  const { book } = openEdge()
  const store = { ...book.store, commit: (_: string, changes: readonly { after: unknown }[]) => changes.map(() => 'a') }
  const refused = await openEdge({}, { store, attempts: 2 }).ask('PUT', MODELS, row('a'))
  expect([refused.body.code, refused.body.errorType, refused.headers.get('retry-after')]).toEqual([
    503,
    'CONTENDED',
    '1',
  ])
})

test('the policy is asked what each route does', async () => {
  const asked = new Set<Operation>()
  const policy: Policy = (_, operation) => {
    asked.add(operation)
    return 'allow'
  }
  const { ask } = openEdge({ authenticate: () => ({ name: 'ada' }) }, { policy })
  const operations = async (method: string, path: string, body?: unknown) => {
    asked.clear()
    await ask(method, path, body)
    return [...asked].sort()
  }
  expect(await operations('POST', MODELS, row('a'))).toEqual(['Create'])
  expect(await operations('PUT', MODELS, row('a'))).toEqual(['EditAll'])
  const patch = [
    { op: 'add', path: '/owners/0', value: { id: ADA, type: 'user' } },
    { op: 'add', path: '/tags/-', value: { tagFQN: 'x' } },
  ]
  expect(await operations('PATCH', `${MODELS}/name/a`, patch)).toEqual(['EditOwners', 'EditTags'])
  expect(await operations('PATCH', `${MODELS}/name/a`, [{ op: 'add', path: '/domains/0', value: 'x' }])).toEqual([
    'EditAll',
  ])
  expect(await operations('GET', `${MODELS}/name/a`)).toEqual(['ViewBasic'])
  expect(await operations('DELETE', `${MODELS}/name/a`)).toEqual(['Delete'])
})
