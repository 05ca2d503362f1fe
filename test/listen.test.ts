import http from 'node:http'
import net from 'node:net'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { listen } from '../adapters/listen.js'

/* What listens on loopback, and how it ends. */

afterEach(() => {
  vi.restoreAllMocks()
})

async function listening(handler: (request: Request) => Promise<Response> = async () => new Response('here')) {
  const server = await listen(handler, 0)
  onTestFinished(() => server.stop())
  const port = Number(new URL(server.origin).port)
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  /** What comes of a request. */
  const ask = (method = 'GET') =>
    new Promise<{ status: number; allow?: string; text: string; isReused: boolean }>((resolve, reject) => {
      const request = http.request({ host: '127.0.0.1', port, method, agent }, (answer) => {
        let text = ''
        answer.on('data', (data) => {
          text += data
        })
        answer.on('error', reject)
        answer.on('end', () => {
          const { statusCode = 0, headers } = answer
          resolve({
            status: statusCode,
            ...(headers.allow && { allow: headers.allow }),
            text,
            isReused: request.reusedSocket,
          })
        })
      })
      request.on('error', reject)
      request.end()
    })
  /** A connection that only stands open. */
  const connected = async (host = '127.0.0.1') => {
    const socket = net.connect(port, host)
    onTestFinished(() => void socket.destroy())
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return { isClosed: new Promise((resolve) => socket.once('close', resolve)) }
  }
  return { ...server, port, ask, connected }
}

/** A handler that answers when it is let go. */
function held() {
  let letGo = () => {}
  let begin = () => {}
  const released = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  const handler = async () => {
    begin()
    await released
    return new Response('late')
  }
  return { handler, begun, letGo: () => letGo() }
}

test('it answers on 127.0.0.1 alone, and keeps a connection for the next request', async () => {
  const { origin, port, ask, connected } = await listening()
  expect(origin).toBe(`http://127.0.0.1:${port}`)
  expect(await ask()).toMatchObject({ status: 200, text: 'here', isReused: false })
  expect(await ask()).toMatchObject({ status: 200, text: 'here', isReused: true })
  await expect(connected('127.0.0.2')).rejects.toThrow('ECONNREFUSED')
})

test('TRACE is refused with what is allowed, since the web has no such request', async () => {
  const handler = vi.fn(async () => new Response('here'))
  const { ask } = await listening(handler)
  const allow = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
  expect(await ask('TRACE')).toMatchObject({ status: 405, allow, text: '' })
  expect(handler).not.toHaveBeenCalled()
  expect(await ask('OPTIONS')).toMatchObject({ status: 200, text: 'here' })
})

test('a handler that rejects drops the connection without an answer, and the next one is answered', async () => {
  const handler = vi.fn(async () => new Response('here')).mockRejectedValueOnce(new Error('of the test'))
  const { ask } = await listening(handler)
  await expect(ask()).rejects.toThrow('socket hang up')
  expect(await ask()).toMatchObject({ text: 'here' })
})

test('a port that is taken is an error', async () => {
  const { port } = await listening()
  await expect(listen(async () => new Response(), port)).rejects.toThrow('EADDRINUSE')
})

test('what ends waits for no connection that only stands open, and takes nothing new', async () => {
  const { ask, connected, stop } = await listening()
  const { isClosed } = await connected()
  await ask()
  await stop()
  await isClosed
  await expect(ask()).rejects.toThrow('ECONNREFUSED')
})

test('what ends waits for what is under way, and drops then what only stands open', async () => {
  const { handler, begun, letGo } = held()
  const { ask, connected, stop } = await listening(handler)
  const { isClosed } = await connected()
  const asking = ask()
  await begun
  const steps: string[] = []
  const stopping = stop().then(() => steps.push('ended'))
  const answered = asking.then(({ text }) => steps.push(text))
  const dropped = isClosed.then(() => steps.push('dropped'))
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
  expect(steps).toEqual([])
  letGo()
  await Promise.all([stopping, answered, dropped])
  expect([...steps].sort()).toEqual(['dropped', 'ended', 'late'])
})

test('what ends waits five seconds for a client, and drops it then; nothing is left to wait for after an earlier end', async () => {
  const { handler, begun } = held()
  const late = vi.spyOn(globalThis, 'setTimeout')
  const clear = vi.spyOn(globalThis, 'clearTimeout')
  const { ask, stop } = await listening(handler)
  const asking = ask().catch((error: Error) => error.message)
  await begun
  late.mockClear()
  const stopping = stop()
  const [drop, after] = late.mock.calls.find(([, milliseconds]) => milliseconds === 5000) ?? []
  expect(after).toBe(5000)
  const timer = late.mock.results[late.mock.calls.findIndex(([, milliseconds]) => milliseconds === 5000)]?.value
  ;(drop as () => void)()
  expect(await asking).toBe('socket hang up')
  await stopping
  expect(clear.mock.calls.map(([one]) => one)).toContain(timer)
})
