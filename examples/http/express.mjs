import express from 'express'
import { mlmodelServices, openBook } from 'servicebook'
import { serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { toNodeHandler } from 'srvx/node'

const book = openBook({ family: mlmodelServices, store: memoryStore() })
const handler = serviceHandler(book, { basePath: '/api' })

const app = express()
// In front of express.json(), since the handler reads bodies itself; by `all`, since `use` would cut /api off.
app.all(/^\/api\//, toNodeHandler(handler))

const server = app.listen(Number(process.env.PORT ?? 8585), '127.0.0.1', (error) => {
  if (error) throw error
  console.log(`http://127.0.0.1:${server.address().port}/api`)
})
