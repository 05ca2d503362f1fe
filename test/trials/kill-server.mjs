import fc from 'fast-check'
import pg from 'pg'
import { openBook } from 'servicebook'
import { migrate, postgresStore } from 'servicebook/postgres'
import { startServer } from '../server.mjs'
import { lane } from './kill-lane.mjs'
import { follow, verify } from './kill-seen.mjs'
import { families } from './kill-store.mjs'

/*
 * A server that is taken down under its writers, without a checkpoint, and brought back, while they go on. What it had
 * answered is there, and what was under way is there whole or not at all.
 */

const crashes = fc.record({
  seed: fc.nat(1_000_000),
  lanes: fc.integer({ min: 1, max: 6 }),
  after: fc.integer({ min: 1, max: 150 }),
  more: fc.integer({ min: 1, max: 20 }),
})

/** Those that served the old one may still be going, and a new one does not begin beside them. */
async function started(server) {
  for (let tries = 1; ; tries++) {
    try {
      return await server.start()
    } catch (cause) {
      if (tries === 50) throw new Error('the server did not come back', { cause })
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** Lanes write; after so many answers the server goes down and comes back; after some more of its answers it is over. */
async function written(server, books, { seed, lanes, after, more }) {
  const lines = []
  let answers = 0
  let restarted
  let left = Number.POSITIVE_INFINITY
  const restart = async () => {
    await server.crash()
    await started(server)
    left = more
  }
  const count = async (_at, answered) => {
    answers++
    if (answers === after) {
      restarted = restart()
      restarted.catch(() => {
        left = 0
      })
    }
    const isAnswered = answered.every((answer) => typeof answer !== 'object')
    if (isAnswered) left--
    // Whoever is refused a connection is refused at once, again and again.
    else await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const all = Array.from({ length: lanes }, (_, number) =>
    lane(
      { books, seed, number },
      (line) => lines.push(line),
      count,
      () => left <= 0,
    ),
  )
  await Promise.all(all)
  await restarted
  return lines
}

export const killServer = {
  name: 'PostgreSQL, the server',
  runs: 1,
  // A server of its own for some seconds; the tests have one such crash besides.
  long: true,
  async open() {
    const server = await startServer({ flags: ['fsync=off'] })
    const pool = new pg.Pool({ connectionString: server.url, max: 6 })
    pool.on('error', () => {})
    return {
      server,
      pool,
      async close() {
        await pool.end()
        await server.stop()
      },
    }
  },
  property(tried, { server, pool }) {
    Object.assign(tried, { kills: 0, acknowledged: 0 })
    let count = 0
    return fc.asyncProperty(fc.array(crashes, { minLength: 1, maxLength: 2 }), async (all) => {
      const schema = `killed${count++}`
      await migrate(pool, { schema })
      const store = postgresStore(pool, { schema })
      const books = families.map((family) => openBook({ family, store }))
      const seen = new Map()
      for (const crash of all) {
        follow(seen, await written(server, books, crash), tried)
        tried.kills++
        await verify(store, seen)
      }
    })
  },
}
