import { bulkSteps, chunksOf, floor, loop, ours, peer } from './postgres-bulk.mjs'
import { grown, loopOfOne, upserts, writers } from './postgres-load.mjs'
import { drizzle, kysely } from './postgres-peers.mjs'

export { prepare } from './database.mjs'

const both = (step) => ['create', 'changed'].map(step)
const noSlower = { create: { atLeast: 1 }, changed: { atLeast: 1 } }

const bulks = (size, name) => ({
  size,
  steps: bulkSteps.map((key) => ({ key, title: `${name} ${key}` })),
  contestants: [
    { name: 'servicebook, bulkUpsert', round: ours },
    {
      name: 'floor: COPY of the same JSON',
      needs: 'pg-copy-streams',
      round: floor,
      goals: { create: { atLeast: 0.6 }, changed: { atLeast: 0.65 }, unchanged: { atLeast: 1.3 } },
    },
    {
      name: 'begin, select, upsert, history, commit',
      round: loop,
      goals: { create: { atLeast: 15 }, changed: { atLeast: 10 } },
    },
    { name: 'drizzle, current only', needs: 'drizzle-orm', round: peer(drizzle), goals: noSlower },
    { name: 'kysely, current only', needs: 'kysely', round: peer(kysely), goals: noSlower },
  ],
})

const growth = (size, [name, rows], goals) => ({
  size,
  steps: both((key) => ({ key, title: `PostgreSQL, bulk ${key} among ${name}` })),
  contestants: [
    { name: `servicebook, among ${name}`, round: grown(rows, size) },
    { name: 'servicebook, among 10,000', round: grown(10_000, size), goals },
  ],
})

export const cases = [
  { scales: true, ...bulks(10_000, 'PostgreSQL, bulk') },
  { slow: true, ...bulks(100_000, 'PostgreSQL, 100,000') },
  {
    size: 10_000,
    scales: true,
    steps: both((key) => ({ key, title: `PostgreSQL, bulk ${key} by chunk size`, unit: 'µs' })),
    contestants: [1000, 1, 10, 100, 10_000].map((size) => ({ name: `chunks of ${size}`, round: chunksOf(size) })),
  },
  {
    size: 1000,
    steps: [
      { key: 'single', title: 'PostgreSQL, one changed upsert, p50', unit: 'µs' },
      { key: 'callers', title: 'PostgreSQL, changed upserts by 64 callers', unit: 'µs' },
    ],
    contestants: [
      { name: 'servicebook, upsertService', round: upserts },
      { name: 'begin, select, upsert, history, commit', round: loopOfOne },
    ],
  },
  {
    size: 8000,
    steps: [{ key: 'changed', title: 'PostgreSQL, bulk changed by four writers' }],
    contestants: [
      { name: 'servicebook, four writers', round: writers(4) },
      { name: 'servicebook, one writer', round: writers(1), goals: { changed: { atLeast: 2.2 } } },
    ],
  },
  growth(2000, ['100,000', 100_000]),
  { slow: true, ...growth(2000, ['1,000,000', 1_000_000], { create: { atLeast: 0.85 }, changed: { atLeast: 0.85 } }) },
].map((one, place) => ({ module: import.meta.url, place, ...one }))
