import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { mlmodelServices, openBook, rolePolicy } from 'servicebook'
import { serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'

const digest = (text) => createHash('sha256').update(text).digest()
const known = digest(`Bearer ${process.env.TOKEN ?? 'secret'}`)

const book = openBook({ family: mlmodelServices, store: memoryStore(), policy: rolePolicy() })
const handler = serviceHandler(book, {
  basePath: '/api',
  authenticate({ headers }) {
    const given = headers.get('authorization')
    if (given === null) return undefined
    return timingSafeEqual(digest(given), known) ? { name: 'ada', isAdmin: true } : 'unauthenticated'
  },
})

async function answer(incoming, outgoing) {
  const gone = new AbortController()
  outgoing.once('close', () => gone.abort())
  const { method, headers, url } = incoming
  const body = method === 'GET' || method === 'HEAD' ? null : Readable.toWeb(incoming)
  const init = { method, headers, body, duplex: 'half', signal: gone.signal }
  const response = await handler(new Request(`http://${headers.host}${url}`, init))
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  await pipeline(response.body ?? [], outgoing)
}

const server = createServer((incoming, outgoing) => {
  // A host that is none, a method that fetch does not know, a client that has gone.
  answer(incoming, outgoing).catch(() => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(400).end()))
})
server.listen(Number(process.env.PORT ?? 8585), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/api`)
})
