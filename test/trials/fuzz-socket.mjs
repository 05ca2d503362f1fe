import net from 'node:net'
import fc from 'fast-check'
import { mlmodelServices } from 'servicebook'
import { standIn } from 'servicebook/stand-in'
import { expectThat } from './check.mjs'
import { bodies, headers, methods, paths, query } from './fuzz-http.mjs'
import { timely } from './timely.mjs'

/* Bytes to the server of the package: an answer or none, but an end, and no 5xx. */

const lengths = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('0', '1', '-1', '1e3', '99', '18446744073709551616', '1, 1', '+3', '0x3', ''),
  },
)
const framing = fc.oneof(
  { weight: 4, arbitrary: fc.constant('plain') },
  { weight: 1, arbitrary: fc.constantFrom('chunked', 'short chunk', 'bad chunk', 'both', 'gzip', 'continue') },
)
const lines = fc.constantFrom(...['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9', ''])
const hosts = fc.constantFrom(
  ...['localhost', 'localhost', '127.0.0.1:1', 'h:99999', '', 'a b', '[::1', 'evil.example'],
)

/** How the bytes of a message are changed at last. */
const damage = fc.array(
  fc.record({
    place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    take: fc.constantFrom(0, 0, 1, 5),
    put: fc.constantFrom('', '\r\n', '\n', '\0', ' ', ':', '\xff', '\r', '\t', 'GET / HTTP/1.1\r\n\r\n', '\r\n\r\n'),
  }),
  { maxLength: 2 },
)

const message = fc.record({
  method: methods,
  path: paths,
  query,
  headers,
  body: bodies,
  length: lengths,
  framing,
  line: lines,
  host: hosts,
})

function bytesOf({ method, path, query, headers, body, length, framing, line, host }) {
  const given = { Host: host, 'Content-Type': 'application/json', ...headers }
  delete given['Content-Length']
  let content = body
  const size = Buffer.byteLength(body)
  if (framing === 'plain' || framing === 'gzip' || framing === 'continue')
    given['Content-Length'] = length ?? String(size)
  else {
    given['Transfer-Encoding'] = 'chunked'
    if (framing === 'both') given['Content-Length'] = length ?? '3'
    const hex = (framing === 'bad chunk' ? -size : size + (framing === 'short chunk' ? 9 : 0)).toString(16)
    content = `${hex}\r\n${body}\r\n0\r\n\r\n`
  }
  if (framing === 'gzip') given['Transfer-Encoding'] = 'gzip'
  if (framing === 'continue') given.Expect = '100-continue'
  const head = Object.entries(given).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} /api/${path}?${new URLSearchParams(query)} ${line}\r\n${head.join('')}\r\n${content}`
}

const damaged = (text, changes) =>
  changes.reduce((now, { place, take, put }) => {
    const at = Math.floor(place * now.length)
    return now.slice(0, at) + put + now.slice(at + take)
  }, text)

/** Sends all at once, ends, and answers what came until the other side ended too. */
function answered(port, bytes) {
  return new Promise((resolve, reject) => {
    const parts = []
    const socket = net.connect({ port, host: '127.0.0.1' })
    const hangs = setTimeout(() => {
      socket.destroy()
      reject(new Error('no end within ten seconds'))
    }, 10_000)
    socket.on('data', (part) => parts.push(part)).on('error', () => {})
    socket.on('close', () => {
      clearTimeout(hangs)
      resolve(Buffer.concat(parts).toString('latin1'))
    })
    socket.end(bytes)
  })
}

async function socketAnswers({ port }, messages, changes) {
  const bytes = Buffer.from(damaged(messages.map(bytesOf).join(''), changes))
  const text = await timely(bytes.length, () => answered(port, bytes))
  if (text === '') return
  expectThat(text.startsWith('HTTP/1.1 '), () => `answered ${JSON.stringify(text.slice(0, 80))}`)
  expectThat(!/^HTTP\/1\.1 5/m.test(text), () => `answered ${JSON.stringify(text.slice(0, 200))}`)
}

export const fuzzSocket = {
  name: 'sockets',
  runs: 150,
  async open() {
    const om = await standIn({ families: [mlmodelServices], port: 0 })
    return { om, port: Number(new URL(om.url).port), close: () => om.close() }
  },
  property: (_tried, server) =>
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 2 }), damage, (messages, changes) =>
      socketAnswers(server, messages, changes),
    ),
}
