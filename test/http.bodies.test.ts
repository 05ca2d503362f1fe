import fc from 'fast-check'
import { type HandlerOptions, serviceHandler } from 'servicebook/http'
import { describe, expect, test } from 'vitest'
import { parse } from '../adapters/http/json.js'
import { openTestBook } from './catalogue.js'
import { type Answered, MODELS } from './edge.js'

/*
 * Bodies of requests: their bounds, how they come, and what of JSON is taken.
 */

const JSON_TYPE = { 'content-type': 'application/json' }
const row = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn', ...rest })

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
