import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import 'servicebook/http'
import 'servicebook/stand-in'
import { serve } from '../adapters/command/serve.js'
import { booksOn, countOf, opened } from '../adapters/command/stores.js'
import { temporaryDirectory } from './catalogue.js'
import { lines, written } from './command.js'
import { asking, aws, MODELS, row } from './edge.js'
import { env, filled, listening, signalled, told } from './rooms.js'

/* The server of the command, in this process: how it begins, what it answers beside services, and how it ends. */

type Options = Partial<Parameters<typeof serve>[0]>

/** A server until the test ends, and what it printed. */
async function begun(options: Options = {}, keys: object = env) {
  onTestFinished(() => {
    signalled('SIGTERM')
    for (const one of listening('SIGINT')) process.off('SIGINT', one)
  })
  return told(() => serve({ port: '0', ...options }, { ...keys }))
}

async function served(options: Options = {}, keys: object = env) {
  const { code, stdout, stderr } = await begun({ json: true, ...options }, keys)
  expect([code, stderr]).toEqual([0, ''])
  const ready = JSON.parse(stdout)
  const get = (path: string, init: RequestInit = {}) => fetch(new URL(path, ready.url), init)
  return { ready, get, ask: asking(fetch, ready.url) }
}

/** A signal, and the end of the server: of a connection that stands open, and of whoever holds the directory. */
async function ended(url: string, signal: 'SIGINT' | 'SIGTERM', directory?: string): Promise<void> {
  const { hostname, port } = new URL(url)
  const socket = net.connect(Number(port), hostname)
  await once(socket, 'connect')
  const isHeld = () => directory !== undefined && fs.readdirSync(directory).some((name) => name.endsWith('.lock'))
  const watcher = fs.watch(directory ?? '.')
  expect(isHeld()).toBe(directory !== undefined)
  signalled(signal)
  await once(socket.resume(), 'close')
  while (isHeld()) await once(watcher, 'change')
  watcher.close()
  await expect(fetch(url)).rejects.toThrow('fetch failed')
}

describe('in memory', () => {
  test('it says by a line of JSON where it is, and answers all families until it is ended', async () => {
    const { ready, ask, get } = await served()
    const { url, families } = ready
    expect(ready).toEqual({ url, store: 'memory', families, pid: process.pid })
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api$/)
    expect(families).toHaveLength(13)
    for (const collection of families) expect((await ask('GET', `/v1/services/${collection}`)).status).toBe(200)
    expect((await ask('PUT', MODELS, aws('a', 'hush'))).status).toBe(201)
    expect((await get('/__admin/services')).status).toBe(404)
    await ended(url, 'SIGTERM')
  })

  test('beside services it says how it is, describes its API, and shows pages', async () => {
    const { ready, get } = await served({ families: ['mlmodelServices'] })
    for (const path of ['/healthcheck', '/api/v1/system/health'])
      expect(await (await get(path)).json(), path).toEqual({ status: 'healthy' })
    const step = { description: expect.stringMatching(/./), passed: true, message: 'ok' }
    expect(await (await get('/api/v1/system/status')).json()).toEqual({ database: step, migrations: step })
    const documents = ['/swagger.json', '/api/swagger.json'].map(async (path) => (await get(path)).json())
    const [atRoot, below] = await Promise.all(documents)
    expect(atRoot).toMatchObject({ openapi: '3.0.3', servers: [{ url: '/api' }] })
    expect(atRoot).toEqual(below)
    const page = await get('/')
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    expect(await page.text()).toContain('data-base="/api" data-families="mlmodelServices"')
    expect((await get('/docs', { method: 'HEAD' })).status).toBe(200)
    for (const path of ['/', '/healthcheck']) expect((await get(path, { method: 'POST' })).status, path).toBe(404)
    expect((await get('/nothing')).status).toBe(404)
    expect((await fetch(ready.url, { headers: { origin: 'https://elsewhere.example' } })).status).toBe(401)
  })

  test('a seed, tokens, and what tests need where it is asked for', async () => {
    const seed = written(lines(row('a'), row('b')))
    const { ready, ask, get } = await served({ families: ['mlmodelServices'], seed, admin: true, token: ['t', 'u'] })
    expect(ready.families).toEqual(['mlmodelServices'])
    expect((await ask('GET', MODELS)).status).toBe(401)
    const authorization = 'Bearer u'
    expect((await ask('GET', MODELS, undefined, { authorization })).body.paging.total).toBe(2)
    expect(ready.admin).toBe(new URL('/__admin', ready.url).href)
    expect(await (await get('/__admin/services')).json()).toMatchObject({ services: { length: 2 } })
  })

  test('it shows a command to try where nobody asks for JSON', async () => {
    const { stdout } = await begun()
    const [url] = /^http:\S+/.exec(stdout) ?? []
    expect(stdout.split('\n')).toEqual([
      `${url} serves memory.`,
      'Try:',
      '',
      expect.stringContaining(
        `curl -X PUT ${url}/v1/services/mlmodelServices -H 'content-type: application/json' -d '{`,
      ),
      '',
      '',
    ])
  })
})

describe('on a directory', () => {
  test('services are kept, those of the seed too, and the directory is let go of', async () => {
    const directory = temporaryDirectory()
    const seed = written(
      `[${[row('a'), aws('s', 'hush')].map((one) => JSON.stringify({ family: 'mlmodelService', ...one })).join()}, {"family":"databaseServices","name":"q","serviceType":"QueryLog"}]`,
    )
    const { ready, ask } = await served({ directory, seed, token: ['t'] })
    expect(ready).toMatchObject({ store: directory, families: { length: 13 } })
    expect((await ask('PUT', MODELS, row('n'))).status).toBe(401)
    const authorization = 'Bearer t'
    expect((await ask('PUT', MODELS, row('n'), { authorization })).status).toBe(201)
    await ended(ready.url, 'SIGINT', directory)
    const store = await opened({ directory }, env, 'read')
    const [models, databases] = ['mlmodelServices', 'databaseServices'].map((one) =>
      booksOn(store, { families: [one] }, env),
    )
    expect([await countOf(store, (await models) ?? []), await countOf(store, (await databases) ?? [])]).toEqual([3, 1])
    await store.close()
  })

  test('without a key it says that secrets are refused, and with one it does not', async () => {
    const directory = temporaryDirectory()
    const families = ['mlmodelServices']
    const { stdout } = await begun({ directory, families }, {})
    const [url = ''] = /^http:\S+/.exec(stdout) ?? []
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      `${url} serves ${directory}.`,
      expect.stringContaining('SERVICEBOOK_KEY'),
    ])
    expect((await asking(fetch, url)('PUT', MODELS, aws('s', 'hush'))).status).toBe(400)
    await ended(url, 'SIGTERM', directory)
    expect((await begun({ directory, families })).stdout).not.toContain('SERVICEBOOK_KEY')
  })

  test('a seed that is refused, or cannot be read, ends it, and nobody holds the directory', async () => {
    const directory = await filled()
    const families = ['mlmodelServices']
    const secret = await begun({ directory, families, seed: written(lines(row('n'), aws('k', 'hush'))) }, {})
    const reason = '--seed: a service of mlmodelServices is refused; servicebook apply says why\n'
    expect(secret).toEqual({ code: 1, stdout: '', stderr: reason })
    const wrong = written('{')
    const line = { code: 1, stdout: '', stderr: `${wrong}, line 1: is not JSON\n` }
    expect(await begun({ directory, families, seed: wrong })).toEqual(line)
    expect(await begun({ families, seed: wrong })).toEqual(line)
    await (await opened({ directory }, env)).close()
  })
})

describe('what it cannot do', () => {
  test.each(['http', '-1', '65536', '', '123456', '80 ', '0x50'])('a port of %j', async (port) => {
    const none = { code: 2, stdout: '', stderr: '--port must be a port, 0 to 65535\n' }
    expect(await begun({ port })).toEqual(none)
  })

  test('go back in time where that outlives it, or be in two places', async () => {
    const admin = { code: 2, stdout: '', stderr: '--admin needs --memory: only what is in memory can go back\n' }
    expect(await begun({ port: '65535', admin: true, directory: 'x' })).toEqual(admin)
    expect(await begun({ memory: true, directory: 'x' })).toMatchObject({ code: 2, stdout: '' })
  })

  test('have a port that is taken, or for others; nobody holds the directory', async () => {
    const server = net.createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as net.AddressInfo
    const directory = temporaryDirectory()
    const taken = await begun({ port: String(port), directory })
    expect(taken).toEqual({ code: 1, stdout: '', stderr: `Port ${port} is taken; --port 0 is any free one\n` })
    await (await opened({ directory }, env)).close()
    for (const [code, stderr] of [
      ['EACCES', 'Port 80 is not for you; --port 0 is any free one\n'],
      ['EMFILE', 'it broke\n'],
    ]) {
      const refuse = vi.spyOn(net.Server.prototype, 'listen').mockImplementationOnce(function (this: net.Server) {
        this.emit('error', Object.assign(new Error('it broke'), { code }))
        return this
      } as never)
      expect(await begun({ port: '80' })).toEqual({ code: 1, stdout: '', stderr })
      refuse.mockRestore()
    }
    expect([listening('SIGINT'), listening('SIGTERM')]).toEqual([[], []])
  })
})

test('it ends once: the next SIGTERM ends the process at once, and so does Ctrl+C when the one of npm is past', async () => {
  const { ready } = await served({ families: ['mlmodelServices'] })
  const timers = vi.spyOn(globalThis, 'setTimeout')
  onTestFinished(() => timers.mockRestore())
  const later = () => timers.mock.calls.filter(([, time]) => time === 500).map(([passed]) => passed as () => void)
  const end = ended(ready.url, 'SIGINT')
  await expect.poll(() => later().length).toBe(1)
  expect([listening('SIGTERM').length, listening('SIGINT').length]).toEqual([0, 1])
  signalled('SIGINT')
  expect(later()).toHaveLength(1)
  later()[0]?.()
  expect(listening('SIGINT')).toEqual([])
  await end
})
