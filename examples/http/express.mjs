// npm install servicebook express srvx, and pg for PostgreSQL
// TOKEN=secret node express.mjs   (catalogue.mjs says what else there is)

import express from 'express'
import { toNodeHandler } from 'srvx/node'
import { handler } from './catalogue.mjs'

const app = express()
// In front of express.json(), since the handler reads bodies itself; by `all`, since `use` would cut /api off.
app.all(/^\/api\//, toNodeHandler(handler))

const server = app.listen(Number(process.env.PORT ?? 8585), '127.0.0.1', (error) => {
  if (error) throw error
  console.log(`http://127.0.0.1:${server.address().port}/api`)
})
