import { etag } from 'servicebook'
import { expect, test } from 'vitest'
import { stateOf } from './catalogue.js'
import { ADA, type Ask, CHANGE, MODELS, openEdge, row } from './edge.js'

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
