/*
 * A relay: tells a queue, a webhook or a search index of every change of the services in PostgreSQL, at least once.
 *
 * npm install servicebook pg
 * DATABASE_URL=postgres://… node relay.mjs
 *
 * The stores that write are made by `postgresStore(client, { outbox: true })`. One relay at a time is enough; of two, each
 * tells everything. An event is taken away once it was sent, so that one that dies in between is sent again: who is told
 * looks at `entityId` and `currentVersion`, or can bear it.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { readEvents, removeEvents } from 'servicebook/postgres'

/** Sends events, oldest first, until `signal` aborts. Rejects with what `send` or the database failed with: begin again. */
export async function relay(client, send, { signal, pause = 1000, ...tables }) {
  while (!signal.aborted) {
    const events = await readEvents(client, { limit: 500, ...tables })
    for (const { event } of events) await send(event)
    await removeEvents(client, events, tables)
    if (events.length === 0) await sleep(pause, undefined, { signal }).catch(() => {})
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
  pool.on('error', (error) => console.error(error.message))
  const stop = new AbortController()
  process.once('SIGTERM', () => stop.abort()).once('SIGINT', () => stop.abort())
  const send = async (event) => console.log(JSON.stringify(event))
  while (!stop.signal.aborted) {
    await relay(pool, send, { signal: stop.signal }).catch((error) => console.error(error.message))
    await sleep(1000, undefined, { signal: stop.signal }).catch(() => {})
  }
  await pool.end()
}
