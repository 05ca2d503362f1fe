import fc from 'fast-check'
import { createService, type Family, openBook } from 'servicebook'
import { type HandlerOptions, serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, test } from 'vitest'
import { parse } from '../adapters/http/json.js'
import { anyName, nastyNames } from './arbitraries.js'
import { openTestBook, stateOf } from './catalogue.js'
import { type Answered, asking, MODELS, openEdge } from './edge.js'

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

describe('bodies', () => {
  const limits = { bodyLimit: 200, bulkLimit: 400 }
  /** A body that comes in pieces, without a length in front. */
  const streamed = (pieces: readonly string[], fails = false) =>
    new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece))
        if (fails) controller.error(new Error('hung up'))
        else controller.close()
      },
    })
  const send = async (
    options: HandlerOptions,
    method: string,
    path: string,
    body: string | Uint8Array | ReadableStream,
    headers: object = JSON_TYPE,
  ) => {
    const request = new Request(`http://x${path}`, {
      method,
      body,
      headers: { ...headers },
      duplex: 'half',
    } as RequestInit)
    const response = await serviceHandler(openTestBook(), options)(request)
    return { status: response.status, body: (await response.json()) as Answered['body'] }
  }

  test('beyond their limit are 413, whether the length is told or not, and are not read to their end', async () => {
    const large = JSON.stringify(row('a', { description: 'x'.repeat(200) }))
    for (const [method, path, limit] of [
      ['POST', MODELS, 200],
      ['PUT', MODELS, 200],
    ] as const) {
      const expected = {
        code: 413,
        errorType: 'BULK_LIMIT_EXCEPTION',
        message: `The body is larger than ${limit} bytes`,
      }
      expect((await send(limits, method, path, large)).body).toEqual(expected)
      expect((await send(limits, method, path, streamed([large]))).body).toEqual(expected)
      const announced = { ...JSON_TYPE, 'content-length': '201' }
      expect((await send(limits, method, path, '{}', announced)).body).toEqual(expected)
    }
    expect((await send(limits, 'PUT', `${MODELS}/bulk`, `[${large}]`)).body).toMatchObject({ numberOfRowsPassed: 1 })
    expect((await send(limits, 'PUT', `${MODELS}/bulk`, `[${large},${large}]`)).status).toBe(413)

    let [pulled, cancelled] = [0, false]
    const endless = new ReadableStream({
      pull(controller) {
        pulled++
        controller.enqueue(new TextEncoder().encode(' '.repeat(100)))
      },
      cancel() {
        cancelled = true
      },
    })
    expect((await send(limits, 'POST', MODELS, endless)).status).toBe(413)
    expect([pulled < 10, cancelled]).toEqual([true, true])
    expect(
      (await send({}, 'POST', MODELS, JSON.stringify(row('a', { description: 'x'.repeat(8 * 2 ** 20) })))).status,
    ).toBe(413)
    expect(
      (await send({}, 'POST', MODELS, JSON.stringify(row('a', { description: 'x'.repeat(4 * 2 ** 20) })))).status,
    ).toBe(201)
  })

  test('with more rows than a bulk may have are 413; nothing but brackets, or repeated keys, is answered briefly', async () => {
    const rows = (count: number) => send({ bulkRows: 3 }, 'PUT', `${MODELS}/bulk`, JSON.stringify(Array(count).fill(0)))
    expect((await rows(3)).body).toMatchObject({ status: 'failure', numberOfRowsFailed: 3 })
    const refused = { code: 413, errorType: 'BULK_LIMIT_EXCEPTION', message: 'The bulk has more than 3 rows' }
    expect((await rows(4)).body).toEqual(refused)
    for (const bracket of ['[', '{"a":']) {
      const nested = await send({}, 'PUT', `${MODELS}/bulk`, bracket.repeat(1_000_000))
      expect(nested.body).toMatchObject({ code: 400, message: 'The body is nested deeper than 100 levels' })
    }
    const keys = Array.from({ length: 20_000 }, (_, at) => `"${at % 10_000}":1`)
    expect((await send({}, 'POST', MODELS, `{${keys.join()}}`)).body.issues).toHaveLength(100)
  })

  test('that break off are a 400', async () => {
    const broken = await send({}, 'POST', MODELS, streamed(['{"name":'], true))
    expect(broken.body).toMatchObject({ code: 400, message: 'The body ended before it was complete' })
  })

  test('that come in pieces, also within a character, are whole', async () => {
    const bytes = new TextEncoder().encode(JSON.stringify(row('ü€😀')))
    const pieces = new ReadableStream({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    expect((await send({}, 'POST', MODELS, pieces)).body.name).toBe('ü€😀')
  })

  test.each([
    ['', 'The body is empty'],
    [' \n', 'The body is empty'],
    ['{', /^The body is not JSON/],
    ['{"name":"hush" x}', /^The body is not JSON/],
    ['{"name":hush}', /^The body is not JSON/],
    ["{'name':'hush'}", /^The body is not JSON/],
    ['{"name":"a",}', /^The body is not JSON/],
    ['// hush\n{}', /^The body is not JSON/],
    ['NaN', /^The body is not JSON/],
    ['{"name":"a","name":"hush"}', '/name is there twice'],
    ['{"a":[1,{"b~/":1,"c":{},"b~/":2}]}', '/a/1/b~0~1 is there twice'],
    ['{"a":1,"\\u0061":2}', '/a is there twice'],
    ['[]', 'The body must be an object'],
    ['"hush"', 'The body must be an object'],
    ['"hush', /^The body is not JSON/],
    ['{"\\hush":1,"\\hush":2}', /^The body is not JSON/],
    ['{"a":"\\\\","a":"\\"hush"}', '/a is there twice'],
    [']}', /^The body is not JSON/],
    ['null', 'The body must be an object'],
    ['{"__proto__":{"name":"hush"}}', /__proto__ is not a known field/],
    ['{"name":"a","serviceType":"Sklearn","constructor":{"prototype":{}}}', '/constructor is not a known field'],
    ['{"name":"a\\u0000","serviceType":"Sklearn"}', /^\/name holds NUL/],
    ['{"name":"\\ud800","serviceType":"Sklearn"}', /^\/name holds NUL or a lone surrogate/],
    [`{"name":"a","serviceType":"Sklearn","tags":${'['.repeat(90)}${']'.repeat(90)}}`, /nested deeper than 32/],
  ])('%.60j is a 400 that says why and shows nothing of it', async (text, message) => {
    const { status, body } = await send({}, 'POST', MODELS, text)
    expect([status, body.errorType]).toEqual([400, 'BAD_REQUEST'])
    expect(body.message).toMatch(message)
    expect(JSON.stringify(body)).not.toContain('hush')
    expect(({} as { name?: unknown }).name).toBe(undefined)
  })

  test('in other encodings than UTF-8 are a 400; a byte order mark is not in the way', async () => {
    for (const bytes of [
      [0xff, 0xfe, 0x7b, 0x00],
      [0x22, 0xc3, 0x28, 0x22],
      [0xed, 0xa0, 0x80],
    ])
      expect((await send({}, 'POST', MODELS, Uint8Array.from(bytes))).body.message).toBe('The body is not UTF-8')
    expect((await send({}, 'POST', MODELS, `\ufeff${JSON.stringify(row('a'))}`)).status).toBe(201)
  })

  test('every violation is told, by path', async () => {
    const { body } = await send(
      {},
      'POST',
      MODELS,
      JSON.stringify({ name: 'a::b', tags: [{}], owners: [{ id: 'x' }], x: 1 }),
    )
    expect(body.issues.map(({ path }: { path: string }) => path).sort()).toEqual([
      '/name',
      '/owners/0/id',
      '/owners/0/type',
      '/serviceType',
      '/tags/0/tagFQN',
      '/x',
    ])
    expect(body.message).toMatch(/; and 3 more$/)
  })
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

describe('JSON', () => {
  test('parse(text) ≡ JSON.parse(text) for whatever JSON.stringify makes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }), fc.constantFrom(0, 2), (value, space) => {
        const text = JSON.stringify(value, null, space)
        expect(parse(text)).toEqual({ value: JSON.parse(text) })
      }),
    )
  })

  test('a key that is there twice is found wherever it is, however it is written', () => {
    const key = fc.oneof(
      fc.constantFrom('', 'a', '"', '\\', '\\"', '{"x":', '__proto__', ',', ':'),
      fc.string({ unit: 'binary' }),
    )
    const inner = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value))
    const escaped = (text: string) =>
      `"${[...text].map((c) => (c.length > 1 ? JSON.stringify(c).slice(1, -1) : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)).join('')}"`
    fc.assert(
      fc.property(
        key,
        inner,
        inner,
        fc.boolean(),
        fc.array(fc.boolean(), { maxLength: 4 }),
        (name, one, other, escapes, outside) => {
          const repeated = `{ ${JSON.stringify(name)} : ${one} , "between\\\\" : [] , ${escapes ? escaped(name) : JSON.stringify(name)}:${other} }`
          const text = outside.reduce(
            (within, list) => (list ? `[0, ${within}]` : `{"k": ${within}, "l": 1}`),
            repeated,
          )
          fc.pre(name !== 'between\\')
          const outer = outside.toReversed().map((list) => (list ? '1' : 'k'))
          const path = [...outer, name].map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
          expect(parse(text)).toEqual({ issues: [{ path, message: 'is there twice' }] })
        },
      ),
    )
  })
})

test('an option that is not what it must be is a TypeError', () => {
  const book = openTestBook()
  const bad: [unknown, HandlerOptions][] = [
    [[], {}],
    [[book, book], {}],
    [book, { basePath: 'api' }],
    [book, { basePath: '/api/' }],
    [book, { basePath: '/' }],
    [book, { publicUrl: 'catalogue' }],
    [book, { publicUrl: 'http://x/' }],
    [book, { shape: 'other' as never }],
    [book, { bodyLimit: 0 }],
    [book, { bulkLimit: 1.5 }],
    [book, { bulkRows: -1 }],
  ]
  for (const [books, options] of bad) expect(() => serviceHandler(books as never, options)).toThrow(TypeError)
})

test('several books, each at its collection; where clients reach them is the host’s to say', async () => {
  const family = {
    entityType: 'otherService',
    collection: 'otherServices',
    serviceTypes: openTestBook().family.serviceTypes,
  }
  const store = memoryStore()
  const handler = serviceHandler([openTestBook({ store }), openBook({ family: family as Family, store })], {
    basePath: '/api',
    publicUrl: 'https://catalogue.example/meta/api',
    version: '1.9.4',
  })
  const ask = asking(handler)
  const made = await ask('POST', '/api/v1/services/otherServices', row('a'))
  const href = `https://catalogue.example/meta/api/v1/services/otherServices/${made.body.id}`
  expect([made.body.href, made.headers.get('location')]).toEqual([href, href])
  expect((await ask('GET', `/api${MODELS}/name/a`)).status).toBe(404)
  expect((await ask('GET', '/api/v1/system/version')).body).toEqual({
    version: '1.9.4',
    revision: 'servicebook',
    timestamp: expect.any(Number),
  })
  const document = (await ask('GET', '/api/openapi.json')).body
  expect(document.servers).toEqual([{ url: 'https://catalogue.example/meta/api' }])
  expect(Object.keys(document.paths)).toContain('/v1/services/otherServices/bulk')
})
