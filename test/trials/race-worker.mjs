import { createInterface } from 'node:readline'
import pg from 'pg'
import { mlmodelServices, openBook } from 'servicebook'
import { postgresStore } from 'servicebook/postgres'
import { record } from './race.mjs'

/* A process of its own: reads a line of what its callers shall do, and writes a line of what came of it. */

const [url, schema] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString: url, max: 4 })
const book = openBook({ family: mlmodelServices, store: postgresStore(pool, { schema }) })
for await (const line of createInterface(process.stdin)) {
  const histories = await Promise.all(JSON.parse(line).map((operations) => record(book, operations)))
  process.stdout.write(`${JSON.stringify(histories.flat())}\n`)
}
await pool.end()
