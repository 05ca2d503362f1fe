import { spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import path from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { temporaryDirectory } from './catalogue.js'
import { asking, MODELS } from './edge.js'

/*
 * The handler where it is mounted: the examples and the command as a newcomer runs them, processes of their own on the built
 * package, called over real sockets.
 */

/** The command, on a directory. */
export const SERVE = 'servicebook serve'
export const TOKEN = 'open sesame'
export const MiB = 2 ** 20
export const row = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn', ...rest })

type Finished = (cleanup: () => Promise<void>) => void

/** A process that has what it printed, and how it ended; it goes when the test does, or whatever else `finished` waits for. */
export function run(
  file: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
  finished: Finished = onTestFinished,
) {
  const { PORT = '0' } = env
  const command = [path.resolve('dist/command.js'), 'serve', '--port', PORT, '--directory']
  const started = file === SERVE ? command : [path.resolve('examples', file)]
  const child = spawn(process.execPath, [...started, ...args], {
    env: { ...process.env, SERVICEBOOK_KEY: undefined, DATABASE_URL: undefined, PORT: '0', TOKEN, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (part) => (printed.stdout += part))
  child.stderr.setEncoding('utf8').on('data', (part) => (printed.stderr += part))
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...printed }))
  finished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { child, printed, ended }
}

/** A host that listens. `ask` has the token; those that ask for none ignore it. */
export async function start(
  file: string,
  args: readonly string[] = file === SERVE ? [temporaryDirectory()] : [],
  env = {},
  finished: Finished = onTestFinished,
) {
  const host = run(file, args, env, finished)
  const last = file === SERVE ? /\ncurl .*\n/ : /\n/
  while (!last.test(host.printed.stdout)) {
    const next = await Promise.race([once(host.child.stdout, 'data'), host.ended])
    if ('code' in next) throw new Error(`${file} ended with ${next.code}: ${next.stderr}`)
  }
  const [url = ''] = /^http:\/\/127\.0\.0\.1:\d+\/api/.exec(host.printed.stdout) ?? []
  const ask = asking((request) => {
    if (!request.headers.has('authorization')) request.headers.set('authorization', `Bearer ${TOKEN}`)
    return fetch(request)
  }, url)
  return { ...host, url, ask }
}

/** A connection of a client that speaks HTTP by hand, and reads only when it wants to. */
export async function connect(url: string) {
  const { hostname, port } = new URL(url)
  const socket = net.connect(Number(port), hostname)
  socket.on('error', () => {})
  onTestFinished(() => {
    socket.destroy()
  })
  await once(socket, 'connect')
  return {
    socket,
    closed: once(socket, 'close'),
    /** Answers when everything has left. */
    send: (text: string) => new Promise<unknown>((resolve) => socket.write(text, resolve)),
    /** Waits for what comes next. */
    async next(): Promise<string> {
      const data = once(socket, 'data')
      socket.resume()
      const [bytes] = await data
      socket.pause()
      return String(bytes)
    },
  }
}

export const head = (url: string, method: string, below: string, length: number, more = '') =>
  `${method} /api${below} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nAuthorization: Bearer ${TOKEN}\r\n` +
  `Content-Type: application/json\r\nContent-Length: ${length}\r\n${more}\r\n`

/** A client in the middle of sending a service: the server has the head, and waits for the body. */
export async function sending(url: string, body: string) {
  const client = await connect(url)
  await client.send(head(url, 'POST', MODELS, Buffer.byteLength(body), 'Expect: 100-continue\r\n'))
  expect(await client.next()).toMatch(/^HTTP\/1\.1 100 /)
  return client
}

/** A client whose connection is open, and idle once it has been answered. */
export async function idle(url: string) {
  const client = await connect(url)
  await client.send(head(url, 'GET', '/v1/system/version', 0))
  let answer = ''
  while (!answer.includes('}')) answer += await client.next()
  client.socket.resume()
  return client
}

export const named = (name: string) => `${MODELS}/name/${encodeURIComponent(name)}`
