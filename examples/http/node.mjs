// npm install servicebook, and pg for PostgreSQL
// TOKEN=secret node node.mjs   (catalogue.mjs says what else there is)

import { createServer } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { handler } from './catalogue.mjs'

async function answer(incoming, outgoing) {
  const gone = new AbortController()
  outgoing.once('close', () => gone.abort())
  const { method, headers, url } = incoming
  const hasBody = method !== 'GET' && method !== 'HEAD'
  const body = hasBody ? ReadableStream.from(incoming.iterator({ destroyOnReturn: false })) : null
  const init = { method, headers, body, duplex: 'half', signal: gone.signal }
  // The Host header says where links lead, never which path is asked for; the handler refuses one that is none.
  const target = new URL(url.startsWith('/') ? `http://localhost${url}` : url)
  target.host = headers.host ?? target.host
  const response = await handler(new Request(target, init))
  outgoing.writeHead(response.status, [...response.headers].flat())
  await pipeline(response.body ?? [], outgoing)
  incoming.resume() // what was too much to read, for clients that look for an answer when they have sent everything
}

const server = createServer((incoming, outgoing) => {
  // A target that is no URL, a method that fetch does not know, a client that has gone.
  answer(incoming, outgoing).catch(() => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(400).end()))
})
server.listen(Number(process.env.PORT ?? 8585), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/api`)
})
