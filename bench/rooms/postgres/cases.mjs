import { drizzle, kysely } from '../../ceilings/postgres.mjs'
import { kyselyWithHistory } from '../../peers/postgres.mjs'
import { bulkSteps, ceiling, chunksOf, floor, loop, ours, ruled, told } from './bulks.mjs'
import { byHand, callers, grown, ours as upsertsOn, writers } from './load.mjs'

export { prepare } from './database.mjs'

const promises = ['zod', 'fast-deep-equal']
const both = (step) => ['create', 'changed'].map(step)

const bulks = (size, name) => ({
  size,
  steps: bulkSteps.map((key) => ({ key, title: `${name} ${key}` })),
  contestants: [
    { name: 'servicebook, bulkUpsert', round: ours },
    {
      name: 'zod + kysely in a transaction, with history',
      needs: ['kysely', ...promises],
      round: ruled(kyselyWithHistory),
      goals: { create: { atLeast: 1.5 }, changed: { atLeast: 1.5 } },
    },
    {
      name: 'zod + begin, select, upsert, history, commit',
      needs: promises,
      round: loop,
      goals: { create: { atLeast: 20 }, changed: { atLeast: 15 } },
    },
    {
      name: 'floor: COPY of the same JSON',
      needs: 'pg-copy-streams',
      round: floor,
      goals: { create: { atLeast: 0.5 }, changed: { atLeast: 0.6 }, unchanged: { atLeast: 1.4 } },
    },
    { name: 'ceiling: drizzle, current only', needs: 'drizzle-orm', round: ceiling(drizzle) },
    { name: 'ceiling: kysely, current only', needs: 'kysely', round: ceiling(kysely) },
  ],
})

const singles = (count, name, atLeast, options) => ({
  size: 2000,
  steps: [{ key: 'changed', title: `PostgreSQL, one changed upsert, ${name}`, unit: 'µs' }],
  contestants: [
    { name: 'servicebook, upsertService', round: callers(count, upsertsOn, options) },
    {
      name: 'zod + begin, select, upsert, history, commit',
      needs: promises,
      round: callers(count, byHand),
      goals: { changed: { atLeast } },
    },
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
  singles(1, 'one caller, p50', 1.1),
  singles(1, 'one caller, prepared, p50', 1.4, { prepared: true }),
  singles(64, '64 callers', 4),
  singles(256, '256 callers', 5),
  {
    size: 8000,
    steps: [{ key: 'changed', title: 'PostgreSQL, bulk changed by four writers' }],
    contestants: [
      { name: 'servicebook, four writers', round: writers(4) },
      { name: 'servicebook, one writer', round: writers(1), goals: { changed: { atLeast: 2.2 } } },
    ],
  },
  {
    size: 10_000,
    scales: true,
    steps: both((key) => ({ key, title: `PostgreSQL, bulk ${key} with an outbox` })),
    contestants: [
      { name: 'servicebook, outbox on', round: told(true) },
      { name: 'servicebook, outbox off', round: told(false) },
    ],
  },
  growth(2000, ['100,000', 100_000]),
  { slow: true, ...growth(2000, ['1,000,000', 1_000_000], { create: { atLeast: 0.85 }, changed: { atLeast: 0.85 } }) },
].map((one, place) => ({ module: import.meta.url, place, ...one }))
