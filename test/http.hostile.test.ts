import fc from 'fast-check'
import { createService } from 'servicebook'
import { expect, test } from 'vitest'
import { anyName, nastyNames } from './arbitraries.js'
import { stateOf } from './catalogue.js'
import { MODELS, openEdge } from './edge.js'

/*
 * Paths, methods, media types and names as nobody should send them.
 */

const JSON_TYPE = { 'content-type': 'application/json' }
const row = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn', ...rest })

test('a path that leads nowhere is a 404, a method that is not taken a 405 that says which are', async () => {
  const { ask } = openEdge({ basePath: '/api' })
  const nowhere = [
    '/',
    '/api',
    '/api/',
    '/v1/system/version',
    `${MODELS}`,
    '/api/v1',
    '/api/v1/services',
    '/api/v1/services/databaseServices',
    '/api/v1/services/constructor',
    '/api/v1/services/__proto__',
    `/api${MODELS}//`,
    `/api${MODELS}//versions`,
    `/api${MODELS}/x/y`,
    `/api${MODELS}/x/versions/0.1/more`,
    `/api${MODELS}/name//`,
    `/api${MODELS}%2F`,
    `/api${MODELS}%2Fbulk`,
    `/apiv1/services/mlmodelServices`,
    `/api/openapi.json//`,
    `/api/V1/services/mlmodelServices`,
  ]
  for (const path of nowhere) {
    const { status, body } = await ask('GET', path)
    expect([path, status, body.errorType]).toEqual([path, 404, 'NOT_FOUND'])
  }
  const taken: [string, string, string][] = [
    ['PATCH', '', 'GET, POST, PUT, HEAD, OPTIONS'],
    ['GET', '/bulk', 'PUT, OPTIONS'],
    ['POST', '/restore', 'PUT, OPTIONS'],
    ['PUT', '/name/a', 'GET, PATCH, DELETE, HEAD, OPTIONS'],
    ['DELETE', '/x/versions', 'GET, HEAD, OPTIONS'],
    ['FOO', '', 'GET, POST, PUT, HEAD, OPTIONS'],
    ['constructor', '', 'GET, POST, PUT, HEAD, OPTIONS'],
    ['get', '/restore', 'PUT, OPTIONS'],
  ]
  for (const [method, path, allow] of taken) {
    const { body, headers } = await ask(method, `/api${MODELS}${path}`)
    expect([method, path, body.code, body.errorType, headers.get('allow')]).toEqual([
      method,
      path,
      405,
      'METHOD_NOT_ALLOWED',
      allow,
    ])
  }
  const options = await ask('OPTIONS', `/api${MODELS}/bulk`)
  expect([options.status, options.headers.get('allow'), options.body]).toEqual([204, 'PUT, OPTIONS', undefined])
  expect([...options.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
})

test('HEAD is GET without a body', async () => {
  const { ask } = openEdge()
  await ask('POST', MODELS, row('a'))
  for (const path of [MODELS, `${MODELS}/name/a`, '/v1/system/version', '/openapi.json']) {
    const [head, got] = [await ask('HEAD', path), await ask('GET', path)]
    expect([head.status, head.body, [...head.headers]]).toEqual([got.status, undefined, [...got.headers]])
  }
  expect((await ask('HEAD', `${MODELS}/name/b`)).status).toBe(404)
})

test('media types, charsets and encodings that are not taken are 415, with what is', async () => {
  const { ask } = openEdge()
  const refused = [
    { 'content-type': '' },
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/jsonp' },
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': 'application/json-patch+json' },
    { 'content-type': 'multipart/form-data; boundary=x' },
  ]
  for (const headers of refused) {
    for (const [method, path] of [
      ['POST', MODELS],
      ['PUT', MODELS],
      ['PUT', `${MODELS}/bulk`],
      ['PUT', `${MODELS}/restore`],
    ] as const) {
      const answered = await ask(method, path, row('a'), headers)
      expect([answered.body.code, answered.body.errorType, answered.headers.get('accept')]).toEqual([
        415,
        'UNSUPPORTED_MEDIA_TYPE',
        'application/json',
      ])
    }
  }
  const patch = await ask('PATCH', `${MODELS}/name/a`, [], JSON_TYPE)
  expect([patch.status, patch.headers.get('accept-patch')]).toEqual([415, 'application/json-patch+json'])
  for (const encoding of ['gzip', 'br', 'identity, gzip']) {
    const encoded = await ask('POST', MODELS, row('a'), { 'content-encoding': encoding })
    expect([encoded.status, encoded.headers.get('accept-encoding')]).toEqual([415, 'identity'])
  }
  const taken = ['application/json;charset=UTF-8', 'Application/JSON', 'application/json; charset="utf-8"; x=y']
  for (const [at, type] of taken.entries())
    expect(
      (await ask('POST', MODELS, row(`${at}`), { 'content-type': type, 'content-encoding': 'Identity' })).status,
    ).toBe(201)
})

test('an answer that a client does not take is a 406', async () => {
  const { ask } = openEdge()
  const status = async (accept: string) => (await ask('GET', MODELS, undefined, { accept })).status
  for (const accept of [
    'application/json',
    '*/*',
    'text/html, application/*;q=0.8',
    'application/json;q=0.1',
    'TEXT/*, */*',
    '',
  ])
    expect([accept, await status(accept)]).toEqual([accept, 200])
  for (const accept of ['text/html', 'application/xml, text/*', 'application/json;q=0', '*/*; q=0.000', 'nonsense'])
    expect([accept, await status(accept)]).toEqual([accept, 406])
})

test('any valid name can be created, found by name and by FQN, and removed, over URLs', async () => {
  const found = async (name: string) => {
    const { ask } = openEdge()
    const { status, body } = await ask('POST', MODELS, row(name))
    expect(status).toBe(201)
    const { fullyQualifiedName } = body
    const path = `${MODELS}/name/${encodeURIComponent(fullyQualifiedName)}`
    expect((await ask('GET', path)).body.name).toBe(name)
    expect((await ask('DELETE', `${path}?hardDelete=true`)).status).toBe(200)
    expect((await ask('GET', path)).status).toBe(404)
  }
  for (const name of nastyNames) await found(name)
  await fc.assert(fc.asyncProperty(anyName, found))
})

test('a path that is not what it should be is a 400 or a 404, and nothing is run from it', async () => {
  const { ask, book } = openEdge()
  await createService(book, row('a') as never)
  const before = await stateOf(book.store)
  const paths = [
    '%',
    '%ff',
    '%c3%28',
    '%00',
    '%ud800',
    'a%00b',
    '..%2f..%2fetc',
    "';drop table x;--",
    '__proto__',
    'x'.repeat(10_000),
  ]
  for (const path of paths) {
    for (const at of [`/name/${path}`, `/${path}`, `/${path}/versions`, `/${path}/versions/${path}`]) {
      for (const method of ['GET', 'DELETE'] as const) {
        const { status, body } = await ask(method, MODELS + at)
        expect([at, [400, 404, 405].includes(status), body.code]).toEqual([at, true, status])
        expect(body.message.length).toBeLessThan(500)
      }
    }
  }
  for (const query of [
    'limit=1&limit=x',
    'fields[]=x',
    '__proto__=1',
    'include=all&include=x',
    '%ff=1',
    `fields=${'x,'.repeat(1000)}`,
  ])
    expect([200, 400]).toContain((await ask('GET', `${MODELS}?${query}`)).status)
  expect(await stateOf(book.store)).toEqual(before)
})
