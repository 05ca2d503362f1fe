import http from 'node:http'
import net from 'node:net'

/* Clients of a server under load: some that do as they should, in the words of the law, and some that do not. */

const COLLECTION = '/api/v1/services/mlmodelServices'
const placeOf = (name) => `${COLLECTION}/name/${encodeURIComponent(name)}`
const json = { 'Content-Type': 'application/json' }
const patch = { 'Content-Type': 'application/json-patch+json' }

const requests = {
  create: ({ name, text }) => ['POST', COLLECTION, json, { name, serviceType: 'Sklearn', description: text }],
  upsert: ({ name, text }) => ['PUT', COLLECTION, json, { name, serviceType: 'Sklearn', description: text }],
  patch: ({ name, text }) => ['PATCH', placeOf(name), patch, [{ op: 'add', path: '/description', value: text }]],
  delete: ({ name }) => ['DELETE', placeOf(name), {}],
  remove: ({ name }) => ['DELETE', `${placeOf(name)}?hardDelete=true`, {}],
  get: ({ name }) => ['GET', `${placeOf(name)}?include=all`, {}],
  versions: ({ name, id }) => ['GET', id === undefined ? placeOf(name) : `${COLLECTION}/${id}/versions`, {}],
  list: () => ['GET', `${COLLECTION}?limit=20&include=all`, {}],
}

/** Which answers of the law a status may stand for. */
const outcomes = {
  create: ['created'],
  patch: ['updated', 'unchanged'],
  delete: ['deleted', 'unchanged'],
  remove: ['removed'],
}

/** A client with one connection that stays; `perform` gives the answers there may have been, none known is a failure. */
export function client(port) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  return {
    close: () => agent.destroy(),
    async perform(operation) {
      const { kind } = operation
      const [method, path, headers, body] = requests[kind](operation)
      const { status, text } = await sent({ agent, port, host: '127.0.0.1', method, path, headers }, body)
      if (status === undefined) return [{ applied: 'unknown' }]
      if (status >= 500) throw new Error(`${kind} answered ${status}: ${text.slice(0, 200)}`)
      if (status === 404) return ['ENTITY_NOT_FOUND']
      if (status === 409) return ['ENTITY_ALREADY_EXISTS']
      if (status >= 400) throw new Error(`${kind} answered ${status}: ${text.slice(0, 200)}`)
      if (kind === 'list') return []
      const tenths = Math.round(JSON.parse(text).version * 10)
      const told = kind === 'upsert' ? (status === 201 ? ['created'] : ['updated', 'restored']) : outcomes[kind]
      return (told ?? []).map((outcome) => `${outcome} ${tenths}`)
    },
  }
}

function sent(options, body) {
  return new Promise((resolve) => {
    const request = http.request(options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => (text += part))
      response.on('end', () => resolve({ status: response.statusCode, text })).on('error', () => resolve({}))
    })
    request.on('error', () => resolve({}))
    request.end(body && JSON.stringify(body))
  })
}

const head = (method, path, length) =>
  `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${
    length === undefined ? '' : `Content-Length: ${length}\r\n`
  }\r\n`
const body = '{"name":"vandal","serviceType":"Sklearn","description":"x"}'

/** What a bad client does with its connection, until it is told to end. */
const mischief = {
  /** Gone in the midst of what it says. */
  vanishes: (socket) => {
    socket.write(head('PUT', COLLECTION, body.length) + body.slice(0, 20), () => socket.destroy())
  },
  /** Gone before it hears. */
  'does not wait': (socket) => {
    socket.write(head('PUT', COLLECTION, body.length) + body, () => socket.destroy())
  },
  /** Says that there is more, and says nothing more. */
  'promises more': (socket) => void socket.write(head('PUT', COLLECTION, body.length + 1000) + body),
  /** Says more than it said it would. */
  'says more': (socket) => void socket.write(head('PUT', COLLECTION, 10) + body.repeat(20)),
  /** A byte now and then. */
  dribbles: (socket) => {
    const bytes = head('PUT', COLLECTION, body.length) + body
    let at = 0
    const next = () => {
      if (socket.destroyed || at === bytes.length) return
      socket.write(bytes[at++])
      setTimeout(next, 20)
    }
    next()
  },
  /** Asks again and again, and never reads. */
  'does not read': (socket) => {
    socket.pause()
    socket.write(head('GET', `${COLLECTION}?limit=1000&include=all`).repeat(20))
  },
  waits: (socket) => {
    const asks = head('PUT', COLLECTION, body.length + 1000).replace('\r\n', '\r\nExpect: 100-continue\r\n')
    socket.write(asks + body)
  },
  /** Begins, and forgets. */
  sleeps: (socket) => void socket.write('PUT /api'),
}

export const kinds = Object.keys(mischief).filter((kind) => kind !== 'waits')

/** Says that there is more, once the server has begun to listen; then nothing. Answers when that is so. */
export async function holds(port) {
  const one = vandal(port, 'waits')
  await one.heard
  return one
}

/** A bad client: `heard` when the server has said something, `gone` when its connection has ended, which it may never. */
export function vandal(port, kind) {
  const socket = net.connect({ port, host: '127.0.0.1' })
  const gone = new Promise((resolve) => socket.on('close', resolve))
  socket.on('error', () => {})
  const heard = new Promise((resolve) => socket.once('data', resolve))
  socket.on('connect', () => mischief[kind](socket))
  if (kind !== 'does not read') socket.resume()
  return { heard, gone, end: () => socket.destroy() }
}
