import { MASK, type PatchOperation } from 'servicebook'
import { describe, expect, test } from 'vitest'
import { openTestBook } from './catalogue.js'
import { asking, MODELS, openEdge } from './edge.js'

/*
 * What OpenMetadata's own clients ask for and read, in the shape of its server.
 */

const ADA = '11111111-1111-4111-8111-111111111111'
const SALES = '22222222-2222-4222-8222-222222222222'
const CHANGE = 'x-openmetadata-change'
const row = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn', ...rest })
const aws = (name: string, awsSecretAccessKey: unknown, rest: object = {}) => ({
  name,
  serviceType: 'SageMaker',
  connection: { config: { awsConfig: { awsRegion: 'eu', awsSecretAccessKey }, ...rest } },
})

test('§7 fields takes every property of a service; one that no service has is a 400', async () => {
  const { ask } = openEdge()
  const { body } = await ask('POST', MODELS, row('a'))
  const properties = [
    ...['pipelines', 'owners', 'tags', 'domains', 'dataProducts', 'followers', 'testConnectionResult', 'style'],
    ...['entityStatus', 'dataContract', 'impersonatedBy', 'models', 'ingestionRunner', 'connection', 'version', 'href'],
  ]
  for (const path of ['', `/${body.id}`, '/name/a'])
    expect((await ask('GET', `${MODELS}${path}?fields=${properties}`)).status, path).toBe(200)
  const { owners, tags, domains, dataProducts, followers, ...rest } = (await ask('GET', `${MODELS}/name/a?fields=*`))
    .body
  expect([owners, tags, domains, dataProducts, followers]).toEqual([[], [], [], [], []])
  expect((await ask('GET', `${MODELS}/name/a?fields=entityStatus,style`)).body).toEqual(rest)
  expect((await ask('GET', `${MODELS}?fields=columns`)).status).toBe(400)
})

describe('§7 versions', () => {
  test('are paged by limit and offset, and filtered by the field that changed', async () => {
    const { ask } = openEdge()
    const { body } = await ask('POST', MODELS, row('a'))
    const puts = [{ description: 'x' }, { description: 'x', domain: 'D' }, { description: 'y' }, { displayName: 'z' }]
    for (const rest of puts) await ask('PUT', MODELS, row('a', rest))
    const versions = async (query: string) => {
      const { body: history } = await ask('GET', `${MODELS}/${body.id}/versions?${query}`)
      return history.versions.map((text: string) => JSON.parse(text).version)
    }
    expect(await versions('')).toEqual([0.5, 0.4, 0.3, 0.2, 0.1])
    expect(await versions('limit=0')).toEqual([0.5, 0.4, 0.3, 0.2, 0.1])
    expect(await versions('limit=2')).toEqual([0.5, 0.4])
    expect(await versions('limit=2&offset=3')).toEqual([0.2, 0.1])
    expect(await versions('offset=9')).toEqual([])
    expect(await versions('fieldChanged=description')).toEqual([0.5, 0.4, 0.2])
    expect(await versions('fieldChanged=description&limit=1&offset=1')).toEqual([0.4])
    expect(await versions('fieldChanged=domains')).toEqual([0.3])
    expect(await versions('fieldChanged=owners')).toEqual([])
    const wrong = await ask('GET', `${MODELS}/${body.id}/versions?limit=1001&offset=-1`)
    expect(wrong.body.issues.map(({ path }: { path: string }) => path)).toEqual(['/limit', '/offset'])
  })

  test('of all services are listed by time, newest first, both ways', async () => {
    let now = 1000
    const { ask } = openEdge({}, { now: () => now++ })
    for (const name of ['a', 'b', 'c']) await ask('POST', MODELS, row(name))
    for (const name of ['b', 'a']) await ask('PUT', MODELS, row(name, { description: 'x' }))
    await ask('DELETE', `${MODELS}/name/c`)
    const times = async (query: string) => {
      const { body } = await ask('GET', `${MODELS}/history?${query}`)
      return {
        seen: body.data.map(({ name, version }: { name: string; version: number }) => name + version),
        ...body.paging,
      }
    }
    const all = ['c0.2', 'a0.2', 'b0.2', 'c0.1', 'b0.1', 'a0.1']
    expect(await times('startTs=0&endTs=9999')).toEqual({ seen: all, total: 6 })
    const { body } = await ask('GET', `${MODELS}/history?startTs=0&endTs=9999`)
    const [, moment, , last] = body.data.map(({ updatedAt }: { updatedAt: number }) => updatedAt)
    expect((await times(`startTs=${last}&endTs=${moment}`)).seen).toEqual(['a0.2', 'b0.2', 'c0.1'])
    const first = await times('startTs=0&endTs=9999&limit=4')
    expect(first).toEqual({ seen: all.slice(0, 4), after: expect.any(String), total: 6 })
    const second = await times(`startTs=0&endTs=9999&limit=4&after=${first.after}`)
    expect(second).toEqual({ seen: all.slice(4), before: expect.any(String), total: 6 })
    const back = await times(`startTs=0&endTs=9999&limit=3&before=${second.before}`)
    expect(back.seen).toEqual(all.slice(1, 4))
    const wrong = await ask('GET', `${MODELS}/history?limit=501&after=x`)
    expect(wrong.body.issues.map(({ path }: { path: string }) => path)).toEqual([
      '/startTs',
      '/endTs',
      '/limit',
      '/after',
    ])
  })
})

test('an id that is none is that of no service: 404, whatever is asked of it', async () => {
  const { ask } = openEdge()
  for (const [method, path] of [
    ['GET', '/no-uuid'],
    ['DELETE', '/no-uuid'],
    ['GET', '/no-uuid/versions'],
    ['GET', '/no-uuid/versions/0.1'],
    ['PATCH', '/123'],
    ['DELETE', '/async/123'],
  ] as const)
    expect((await ask(method, `${MODELS}${path}`)).body, path).toMatchObject({
      code: 404,
      errorType: 'ENTITY_NOT_FOUND',
    })
  const closed = openEdge({}, { policy: () => 'unauthenticated' })
  expect((await closed.ask('GET', `${MODELS}/no-uuid`)).status).toBe(401)
})

test('§5 with overrideMetadata a bot overwrites what people wrote, in a PUT and in a bulk', async () => {
  const authenticate = ({ headers }: Request) => ({ name: headers.get('x-by') ?? 'ada', isBot: headers.has('x-by') })
  const { ask } = openEdge({ authenticate })
  const bot = { 'x-by': 'bot' }
  const description = async () => (await ask('GET', `${MODELS}/name/a`)).body.description
  await ask('POST', MODELS, row('a', { description: 'one' }))
  await ask('PUT', MODELS, row('a', { description: 'two' }), bot)
  await ask('PUT', `${MODELS}/bulk`, [row('a', { description: 'two' })], bot)
  expect(await description()).toBe('one')
  await ask('PUT', `${MODELS}?overrideMetadata=true`, row('a', { description: 'two' }), bot)
  expect(await description()).toBe('two')
  await ask('PUT', `${MODELS}/bulk?overrideMetadata=true`, [row('a', { description: 'three' })], bot)
  expect(await description()).toBe('three')
  expect((await ask('PUT', `${MODELS}?overrideMetadata=x`, row('a'))).body.issues[0].path).toBe('/overrideMetadata')
})

test('async=true and DELETE /async/{id} answer 202 with the body of the server', async () => {
  const { ask } = openEdge()
  const bulk = await ask('PUT', `${MODELS}/bulk?async=true`, [row('a'), row('b')])
  expect([bulk.status, bulk.body.status, bulk.body.numberOfRowsProcessed]).toEqual([202, 'success', 2])
  const { body } = await ask('GET', `${MODELS}/name/a`)
  const gone = await ask('DELETE', `${MODELS}/async/${body.id}?hardDelete=true&recursive=true`)
  expect([gone.status, gone.body]).toEqual([
    202,
    {
      jobId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      message: expect.any(String),
      entityName: 'a',
      hardDelete: true,
      recursive: true,
    },
  ])
  expect((await ask('GET', `${MODELS}/name/a?include=all`)).status).toBe(404)
  expect((await ask('DELETE', `${MODELS}/async/${body.id}`)).status).toBe(404)
})

test('?domain= of one that the directory does not know is a 404; without a directory nothing is found', async () => {
  const knows = (asked: readonly { fullyQualifiedName?: string }[]) =>
    asked.map((one) => one.fullyQualifiedName === 'Sales')
  const { ask } = openEdge({}, { directory: { knows } as never })
  expect((await ask('GET', `${MODELS}?domain=Sales`)).body.paging.total).toBe(0)
  const unknown = await ask('GET', `${MODELS}?domain=Ops`)
  expect([unknown.status, unknown.body.message]).toEqual([404, 'domain instance for Ops not found'])
  expect((await openEdge().ask('GET', `${MODELS}?domain=Ops`)).status).toBe(200)
  const failing = openEdge({ onError: () => {} }, { directory: { knows: () => Promise.reject(new Error('down')) } })
  expect((await failing.ask('GET', `${MODELS}?domain=Ops`)).status).toBe(503)
})

test('a connection without anything in it is none', async () => {
  const { ask } = openEdge()
  expect((await ask('POST', MODELS, row('a', { connection: {} }))).body).not.toHaveProperty('connection')
  expect((await ask('PUT', MODELS, row('a', { connection: {} }))).headers.get(CHANGE)).toBe('entityNoChange')
  expect((await ask('PUT', MODELS, aws('b', 'hush'))).status).toBe(201)
  const kept = await ask('PUT', MODELS, { name: 'b', serviceType: 'SageMaker', connection: {} })
  expect(kept.body.connection.config.awsConfig.awsSecretAccessKey).toBe(MASK)
})

test('§8 a row that failed carries its connection masked, and what no schema declares too; sent again it makes nothing', async () => {
  const { ask, book } = openEdge({}, { policy: (_, operation) => (operation === 'Create' ? 'forbidden' : 'allow') })
  const rows = [
    aws('a', 'hush'),
    aws('b', 12345, { hiden: 'hush', list: ['hush'] }),
    { ...aws('c', 'hush'), serviceType: 'Nope' },
    {
      name: 'd',
      serviceType: 'Mlflow',
      connection: { config: { trackingUri: 'http://u:hush@h', registryUri: 'http://h' } },
    },
    { name: 'e', serviceType: 'Mlflow', connection: 'hush' },
    { name: 'f', serviceType: 'Mlflow', connection: { confg: { trackingUri: 'hush' }, config: 'hush' } },
  ]
  const { body } = await ask('PUT', `${MODELS}/bulk`, rows)
  expect(JSON.stringify(body)).not.toMatch(/hush|12345/)
  const requests = body.failedRequest.map(({ request }: { request: object }) => request)
  expect(requests[0]).toEqual(aws('a', MASK))
  expect(requests[1].connection.config).toEqual({
    awsConfig: { awsRegion: 'eu', awsSecretAccessKey: MASK },
    hiden: MASK,
    list: [MASK],
  })
  expect(requests[3].connection.config).toEqual({ trackingUri: `http://u:${MASK}@h`, registryUri: 'http://h' })
  expect([requests[4].connection, requests[5].connection]).toEqual([
    MASK,
    { confg: { trackingUri: MASK }, config: MASK },
  ])
  const open = openTestBook({ store: book.store })
  const { serviceHandler } = await import('servicebook/http')
  const again = await asking(serviceHandler(open))('PUT', `${MODELS}/bulk`, requests)
  expect(again.body).toMatchObject({ status: 'failure', numberOfRowsPassed: 0 })
})

test('a change of a connection is told by placeholders, and as it is in the shape that is documented', async () => {
  const values = async (shape: 'server' | 'documented') => {
    const { ask } = openEdge({ shape })
    await ask('POST', MODELS, aws('a', 'one'))
    const { body } = await ask('PUT', MODELS, aws('a', 'two'))
    expect(body.incrementalChangeDescription).toEqual(body.changeDescription)
    const [{ name, oldValue, newValue }] = body.changeDescription.fieldsUpdated
    return [name, oldValue, newValue]
  }
  expect(await values('server')).toEqual(['connection', 'old-encrypted-value', 'new-encrypted-value'])
  const [name, oldValue] = await values('documented')
  expect([name, JSON.parse(oldValue)]).toEqual(['connection', expect.objectContaining({ config: expect.anything() })])
})

test('what a write changed by itself stands beside what its version changed', async () => {
  const authenticate = () => ({ name: 'ada' })
  const { ask } = openEdge({ authenticate })
  const patch = (value: string) => ask('PATCH', `${MODELS}/name/a`, [{ op: 'add', path: '/description', value }])
  const made = await ask('POST', MODELS, row('a'))
  expect(made.body).not.toHaveProperty('incrementalChangeDescription')
  await patch('one')
  const { body } = await patch('two')
  expect(body.version).toBe(0.2)
  expect(body.changeDescription.fieldsAdded).toEqual([{ name: 'description', newValue: 'two' }])
  expect(body.incrementalChangeDescription.fieldsUpdated).toEqual([
    { name: 'description', oldValue: 'one', newValue: 'two' },
  ])
  expect((await patch('two')).body).not.toHaveProperty('incrementalChangeDescription')
})

test('patches made as differences of whole objects work twice in a row, and with an object that is out of date', async () => {
  const { default: jsonPatch } = await import('fast-json-patch')
  const { ask } = openEdge({
    describe: (asked) => asked.map((one) => ('id' in one ? { name: 'ada', displayName: 'Ada' } : {})),
  })
  await ask('POST', MODELS, {
    ...aws('a', 'hush'),
    owners: [{ id: ADA, type: 'user' }],
    tags: [{ tagFQN: 'PII.None' }],
  })
  const at = `${MODELS}/name/a`
  const update = async (entity: object, query = '?fields=owners,tags,domains') => {
    const { body: current } = await ask('GET', `${at}${query}`)
    const operations = jsonPatch.compare(current, entity) as readonly PatchOperation[]
    const { status, body } = await ask('PATCH', at, operations)
    expect([status, body.message]).toEqual([200, undefined])
    return body
  }
  const first = await update({ ...(await ask('GET', `${at}?fields=owners,tags`)).body, description: 'one' })
  const second = await update({ ...first, description: 'two', displayName: 'A' })
  const third = await update(
    { ...first, description: 'three', domains: [{ id: SALES, type: 'domain', fullyQualifiedName: 'S' }] },
    '',
  )
  const last = await update({ ...second, description: 'four', owners: [] }, '?fields=*')
  expect([second.description, third.description, last.description]).toEqual(['two', 'three', 'four'])
  expect([last.owners, last.connection.config.awsConfig.awsSecretAccessKey]).toEqual([[], MASK])
})
