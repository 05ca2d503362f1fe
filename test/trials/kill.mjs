import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expectThat } from './check.mjs'
import { inDirectory } from './disk.mjs'
import { follow, verify } from './kill-seen.mjs'
import { killServer } from './kill-server.mjs'
import { storeFor } from './kill-store.mjs'

/*
 * Real processes that are killed at any moment. What was acknowledged is there, what was under way is there whole or not
 * at all, history is exact, and the next process goes on.
 */

/** Starts a worker, kills it when it has said so much, and answers the lines it said. */
async function killed(where, { seed, lanes, after }, strike = (child) => child.kill('SIGKILL')) {
  const { pool, ...place } = where
  const given = JSON.stringify({ where: place, seed, lanes })
  const child = spawn(process.execPath, [fileURLToPath(new URL('kill-worker.mjs', import.meta.url)), given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  let isStruck = false
  child.stdout.setEncoding('utf8').on('data', (part) => {
    said += part
    if (isStruck || said.length < after) return
    isStruck = true
    strike(child)
  })
  await once(child, 'close')
  expectThat(isStruck, () => `the worker ended by itself: ${said.slice(-300)}`)
  return said
    .slice(0, said.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

const kills = fc.array(
  fc.record({
    seed: fc.nat(1_000_000),
    lanes: fc.integer({ min: 1, max: 6 }),
    after: fc.integer({ min: 1, max: 60_000 }),
  }),
  { minLength: 1, maxLength: 4 },
)

const counted = (tried) => Object.assign(tried, { kills: 0, acknowledged: 0 })

async function survives(where, strikes, tried) {
  const seen = new Map()
  for (const strike of strikes) {
    follow(seen, await killed(where, strike), tried)
    tried.kills++
    await settled(where)
    const store = storeFor(where)
    await verify(store, seen).finally(() => store.close())
  }
}

/** A server finds out that its client is gone when it has done what it was told. */
async function settled({ pool, schema }) {
  if (pool === undefined) return
  const left = 'select from pg_stat_activity where application_name = $1'
  while ((await pool.query(left, [schema])).rows.length > 0);
}

export const kill = {
  what: 'processes killed while they write, many times one after the other; what was acknowledged is there, whole',
  targets: [
    {
      name: 'disk',
      runs: 2,
      property: (tried) => {
        counted(tried)
        return fc.asyncProperty(kills, (strikes) => inDirectory((directory) => survives({ directory }, strikes, tried)))
      },
    },
    {
      name: 'PostgreSQL, the client',
      runs: 1,
      open: async () => {
        const { openServer } = await import('./database.mjs')
        return openServer()
      },
      property: (tried, server) => {
        counted(tried)
        return fc.asyncProperty(kills, async (strikes) => {
          const { schema } = await server.tables()
          await survives({ url: server.url, schema, pool: server.pool }, strikes, tried)
        })
      },
    },
    killServer,
  ],
}
