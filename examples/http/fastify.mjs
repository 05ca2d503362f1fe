// npm install servicebook fastify srvx, and pg for PostgreSQL
// TOKEN=secret node fastify.mjs   (catalogue.mjs says what else there is)

import Fastify from 'fastify'
import { toNodeHandler } from 'srvx/node'
import { handler } from './catalogue.mjs'

const listener = toNodeHandler(handler)

const app = Fastify()
app.register(async (api) => {
  // The handler reads bodies itself. In a plugin of its own, so that other routes keep their parsers.
  api.removeAllContentTypeParsers()
  api.addContentTypeParser('*', (_request, _payload, done) => done(null))
  api.all('/api/*', (request, reply) => {
    reply.hijack()
    listener(request.raw, reply.raw)
  })
})

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 8585) })
console.log(`http://127.0.0.1:${app.server.address().port}/api`)
