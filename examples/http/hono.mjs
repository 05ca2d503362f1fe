// npm install servicebook hono @hono/node-server, and pg for PostgreSQL
// TOKEN=secret node hono.mjs   (catalogue.mjs says what else there is)

import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { handler } from './catalogue.mjs'

const app = new Hono()
app.all('/api/*', (context) => handler(context.req.raw))

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 8585) }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}/api`)
})
