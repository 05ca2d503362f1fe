import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { mlmodelServices, openBook } from 'servicebook'
import { serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'

const book = openBook({ family: mlmodelServices, store: memoryStore() })
const handler = serviceHandler(book, { basePath: '/api' })

const app = new Hono()
app.all('/api/*', (context) => handler(context.req.raw))

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 8585) }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}/api`)
})
