import { once } from 'node:events'
import { createServer } from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { serviceHandler } from 'servicebook/http'
import { toNodeHandler } from 'srvx/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openTestBook } from './catalogue.js'
import { MODELS, openEdge } from './edge.js'

/*
 * H2, H4, H6, H7: where a request leads, by its host, path and query, and when it may be sent again.
 */

const row = (name: string) => ({ name, serviceType: 'Sklearn' })
const ADA = '11111111-1111-4111-8111-111111111111'

describe('H4 the Host header is a host', () => {
  const wrong = [
    `h${MODELS}?x=`,
    'h/',
    'h?x',
    'h#x',
    'u@h',
    'h:65536',
    'h:x',
    'h:80:80',
    'a b',
    '[::1',
    '[::g]',
    'h\\x',
    'a,b',
    '<h>',
    '1.2.3.4.5',
  ]
  const right = ['h', 'h:8080', 'h:', 'a-b.example', '127.0.0.1:1', '[::1]:8585', 'a_b', 'xn--bcher-kva.example']

  test('or the answer is 400, whatever the server made of it', async () => {
    const handler = serviceHandler(openTestBook())
    const status = async (host: string, url = `http://x${MODELS}`) => {
      const request = new Request(url)
      Object.defineProperty(request, 'headers', { value: { get: (name: string) => (name === 'Host' ? host : null) } })
      const response = await handler(request)
      return response.status
    }
    for (const host of [...wrong, '']) expect(await status(host), host).toBe(400)
    for (const host of right) expect(await status(host), host).toBe(200)
    const unreadable = new Request('http://x')
    Object.defineProperty(unreadable, 'url', { value: `http://h:65536${MODELS}` })
    expect((await handler(unreadable)).status).toBe(400)
  })

  test('over sockets too, and links lead there', async () => {
    const listener = toNodeHandler(serviceHandler(openTestBook())) as never
    const server = createServer(listener).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.close()
    })
    const ask = async (path: string, host: string) => {
      const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
      socket.end(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      return text(socket)
    }
    for (const host of wrong) expect(await ask(MODELS, host), host).toMatch(/^HTTP\/1\.1 400 /)
    for (const host of right) expect(await ask(MODELS, host), host).toMatch(/^HTTP\/1\.1 200 /)
    expect(await ask('/nowhere', `h${MODELS}?x=`)).toMatch(/^HTTP\/1\.1 400 /)
  })
})

test('H7 a slash at the end of a path is taken, one', async () => {
  const { ask } = openEdge({ basePath: '/api' })
  const { body } = await ask('POST', `/api${MODELS}/`, row('a'))
  const paths = ['', '/name/a', `/${body.id}`, `/${body.id}/versions`, `/${body.id}/versions/0.1`]
  for (const path of paths) {
    const [plain, slashed] = [await ask('GET', `/api${MODELS}${path}`), await ask('GET', `/api${MODELS}${path}/`)]
    expect([path, slashed.status, slashed.body]).toEqual([path, 200, plain.body])
    expect((await ask('GET', `/api${MODELS}${path}//`)).status, path).toBe(404)
  }
  expect((await ask('GET', '/api/v1/system/version/')).status).toBe(200)
  expect((await ask('PUT', `/api${MODELS}/bulk/`, [])).status).toBe(200)
  expect((await ask('PUT', `/api${MODELS}/restore/`, { id: body.id })).status).toBe(200)
  expect((await ask('DELETE', `/api${MODELS}/name/a/`)).status).toBe(200)
  // A slash of a name is part of it.
  await ask('POST', `/api${MODELS}`, row('b/'))
  expect((await ask('GET', `/api${MODELS}/name/b%2F`)).status).toBe(200)
  expect((await ask('GET', `/api${MODELS}/name/b/`)).status).toBe(404)
})

test('H7 both cursors together are 400, be they empty; an empty one alone counts as none', async () => {
  const { ask } = openEdge()
  for (const query of ['before=&after=', 'before=x&after=', 'after=&before=x']) {
    const { status, body } = await ask('GET', `${MODELS}?${query}`)
    expect([query, status, body.issues[0].path]).toEqual([query, 400, '/before'])
  }
  for (const query of ['before=', 'after=']) expect((await ask('GET', `${MODELS}?${query}`)).status).toBe(200)
})

test('H2 what the server has and is not done here is 400 at its name; what nobody knows is ignored', async () => {
  const { ask, book } = openEdge()
  const { body } = await ask('POST', MODELS, row('a'))
  const refused: [string, string, string[], unknown?][] = [
    ['GET', `${MODELS}?offset=1`, ['/offset']],
    ['GET', `${MODELS}?includeRelations=owners:all`, ['/includeRelations']],
    ['GET', `${MODELS}/name/a?includeRelations=owners:all`, ['/includeRelations']],
    ['PUT', `${MODELS}/bulk?overrideMetadata=x&async=1`, ['/overrideMetadata', '/async'], [row('b')]],
    ['PUT', `${MODELS}/bulk?async=1`, ['/async'], [row('b')]],
  ]
  for (const [method, path, paths, sent] of refused) {
    const answered = await ask(method, path, sent)
    expect([path, answered.status]).toEqual([path, 400])
    expect(answered.body.issues.map((issue: { path: string }) => issue.path)).toEqual(paths)
  }
  expect(await Promise.resolve(book.store.load('mlmodelService', ['b']))).toEqual(new Map())
  const ignored: [string, string, unknown?][] = [
    ['GET', `${MODELS}?nobody=knows&offset=`],
    ['GET', `${MODELS}/${body.id}/versions?nobody=knows`],
    ['PUT', `${MODELS}/bulk?async=false&overrideMetadata=false`, []],
  ]
  for (const [method, path, sent] of ignored) expect((await ask(method, path, sent)).status, path).toBe(200)
})

test('H6 a failure that wrote nothing says when to send again; one that may have written does not', async () => {
  const failing = (cause: unknown) => {
    const { book } = openEdge()
    const fails = () => Promise.reject(cause)
    return openEdge({ onError: () => {} }, { store: { ...book.store, commit: fails, find: fails, list: fails } }).ask
  }
  const again = async (cause: unknown, method: string, path: string, body?: unknown) => {
    const { status, headers } = await failing(cause)(method, path, body)
    return [status, headers.get('retry-after')]
  }
  const none = Object.assign(new Error('down'), { applied: false })
  const unknown = new Error('lost')
  for (const method of ['POST', 'PUT']) {
    expect(await again(none, method, MODELS, row('a'))).toEqual([503, '1'])
    expect(await again(unknown, method, MODELS, row('a'))).toEqual([503, null])
  }
  for (const path of ['', `/${ADA}`]) expect(await again(unknown, 'GET', MODELS + path)).toEqual([503, '1'])
})
