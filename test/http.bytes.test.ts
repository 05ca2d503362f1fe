import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { type HandlerOptions, serviceHandler } from 'servicebook/http'
import { toNodeHandler } from 'srvx/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestBook } from './catalogue.js'
import { MODELS, row } from './edge.js'
import { connect } from './hosting.js'

/*
 * §10 How the bytes of a body are read: as a web stream, or, of a small one behind srvx, as Node has them, which answers the
 * same.
 */

const handler = (options: HandlerOptions = {}) => serviceHandler(openTestBook(), options)
const JSON_TYPE = { 'content-type': 'application/json' }

/** What an answer says of a service that does not differ from one to the next. */
const told = (status: number, text: string) => {
  const { id: _id, updatedAt: _at, href: _href, ...body } = JSON.parse(text)
  return { status, body }
}

const around = (...bytes: readonly number[]) =>
  Buffer.concat([Buffer.from('{"name":"a'), Buffer.from(bytes), Buffer.from('","serviceType":"Sklearn"}')])

describe('over a socket ≡ by itself', () => {
  const server = createServer(toNodeHandler((request) => handler()(request)) as never)
  let url = ''
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())

  async function sent(framing: string, ...pieces: readonly (Uint8Array | string)[]) {
    const { socket, send } = await connect(url)
    await send(
      `POST ${MODELS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n${framing}\r\n\r\n`,
    )
    for (const piece of pieces) await new Promise((resolve) => socket.write(piece, resolve))
    let answer = ''
    for await (const bytes of socket) answer += bytes
    return told(Number(answer.slice(9, 12)), answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1))
  }

  test.each<[string, string | Uint8Array, number]>([
    ['a service', JSON.stringify(row('a')), 201],
    ['characters of all lengths', JSON.stringify(row('ü€😀')), 201],
    ['a replacement character that its client sent', JSON.stringify(row('a\ufffd')), 201],
    ['a byte order mark', `\ufeff${JSON.stringify(row('a'))}`, 201],
    ['two of them', `\ufeff\ufeff${JSON.stringify(row('a'))}`, 400],
    ['a byte of no character', around(0xff), 400],
    ['three bytes of a character of four', around(0xf0, 0x9f, 0x98), 400],
    ['half a surrogate pair', around(0xed, 0xa0, 0x80), 400],
    ['no JSON', '{"name":', 400],
    ['nothing', '', 400],
    ['nearly as much as is taken from anybody', JSON.stringify(row('a', { description: 'x'.repeat(65_000) })), 201],
    ['more than that', JSON.stringify(row('a', { description: 'x'.repeat(70_000) })), 201],
  ])('%s', async (_, body, status) => {
    const bytes = Buffer.from(body as string)
    const response = await handler()(new Request(`http://x${MODELS}`, { method: 'POST', headers: JSON_TYPE, body }))
    const expected = told(response.status, await response.text())
    expect(expected.status).toBe(status)
    expect(await sent(`Content-Length: ${bytes.length}`, bytes)).toEqual(expected)
    const chunk = bytes.length === 0 ? '' : Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes])
    const end = bytes.length === 0 ? '0\r\n\r\n' : '\r\n0\r\n\r\n'
    expect(await sent('Transfer-Encoding: chunked', chunk, end)).toEqual(expected)
  })
})

describe('what Node has', () => {
  const text = JSON.stringify(row('drained'))
  /** A source that gives these pieces, one at a time, and ends or fails. */
  const of = (...pieces: readonly (string | Uint8Array | Error)[]) => {
    const left = [...pieces]
    return new Readable({
      read() {
        const next = left.shift()
        if (next instanceof Error) this.destroy(next)
        else this.push(next ?? null)
      },
    })
  }

  /** The status, the name or the message, and whether the stream of the request, which says another name, was read. */
  async function ask(
    source: Readable,
    options: HandlerOptions & { readonly node?: object; readonly length?: number } = {},
  ) {
    const { node, length = text.length, ...rest } = options
    const headers = { ...JSON_TYPE, 'content-length': String(length) }
    const request = new Request(`http://x${MODELS}`, { method: 'POST', headers, body: JSON.stringify(row('streamed')) })
    const response = await handler(rest)(Object.assign(request, { runtime: { node: { req: source, ...node } } }))
    const body = (await response.json()) as { readonly name?: string; readonly message?: string }
    return [response.status, body.name ?? body.message, request.bodyUsed]
  }

  test('is read without a web stream, in whatever pieces it comes, and leaves nothing behind', async () => {
    const source = of(...[...Buffer.from(text)].map((byte) => Uint8Array.of(byte)))
    expect(await ask(source)).toEqual([201, 'drained', false])
    for (const event of ['data', 'end', 'error', 'close'])
      expect([event, source.listenerCount(event)]).toEqual([event, 0])
    const paused = of(text)
    paused.pause()
    expect(await ask(paused)).toEqual([201, 'drained', false])
  })

  test('that breaks off is a 400, whether it says so or is gone', async () => {
    const broken = [400, 'The body ended before it was complete', false]
    expect(await ask(of(text.slice(0, 9), new Error('hung up')))).toEqual(broken)
    const gone = new Readable({ read: () => {} })
    gone.once('resume', () => gone.destroy())
    expect(await ask(gone)).toEqual(broken)
  })

  test('is not read beyond the limit, whatever length was told', async () => {
    let given = 0
    const long = new Readable({
      read() {
        this.push(given++ < 50 ? ' '.repeat(100) : null)
      },
      highWaterMark: 100,
    })
    expect(await ask(long, { bodyLimit: 200 })).toEqual([413, 'The body is larger than 200 bytes', false])
    expect(given).toBeLessThan(10)
    expect(await ask(of(), { bodyLimit: 20 })).toEqual([413, 'The body is larger than 20 bytes', false])
  })

  test('is left to the stream where somebody else reads it, has read it, bounds it, or it is large', async () => {
    const streamed = [201, 'streamed', true]
    for (const event of ['data', 'readable']) {
      const read = of(text)
      read.on(event, () => {})
      expect(await ask(read)).toEqual(streamed)
    }
    // As a server's requests do, it stays when it has ended.
    const ended = new Readable({ read: () => ended.push(null), autoDestroy: false })
    await once(ended.resume(), 'end')
    expect(await ask(ended)).toEqual(streamed)
    const destroyed = of(text)
    await once(destroyed.destroy(), 'close')
    expect(await ask(destroyed)).toEqual(streamed)
    expect(await ask(of(text).setEncoding('utf8'))).toEqual(streamed)
    expect(await ask(Object.assign(of(text), { rawBody: Buffer.from(text) }))).toEqual(streamed)
    expect(await ask(of(text), { node: { maxRequestBodySize: 9 } })).toEqual(streamed)
    expect(await ask(of(text), { length: 65_537 })).toEqual(streamed)
    expect(await ask(of(text), { length: 65_536 })).toEqual([201, 'drained', false])
  })
})
