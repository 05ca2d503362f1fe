import { upsertService } from '../dist/index.js'
import { memoryStore } from '../dist/memory.js'
import {
  bookOn,
  copyCurrent,
  copySuperseded,
  copyTexts,
  emptyTables,
  fill,
  pool,
  prepare,
  tables,
} from './database.mjs'
import { byHand, drizzle, kysely } from './postgres-peers.mjs'
import { median } from './report.mjs'
import { documents as documentsFrom, editionOf } from './requests.mjs'
import { bulk, by, expect, FAMILY, openedOn, outcomeOf, steps } from './servicebook.mjs'

export { prepare }

const upsertGoals = { create: { atLeast: 1 }, changed: { atLeast: 1 } }
const bulks = {
  scales: true,
  steps: [...steps, 'mixed'].map((key) => ({ key, title: `PostgreSQL, bulk ${key}` })),
  contestants: [
    { name: 'servicebook, bulkUpsert', round: ours },
    {
      name: 'floor: COPY of the same JSON, with history but for create',
      round: floor,
      needs: 'pg-copy-streams',
      goals: { create: { atLeast: 0.6 }, changed: { atLeast: 0.65 }, unchanged: { atLeast: 1.3 } },
    },
    {
      name: 'begin, select, upsert, keep, commit, one by one',
      round: loop,
      goals: { create: { atLeast: 15 }, changed: { atLeast: 10 } },
    },
    { name: 'drizzle, current only', needs: 'drizzle-orm', round: peer(drizzle), goals: upsertGoals },
    { name: 'kysely, current only', needs: 'kysely', round: peer(kysely), goals: upsertGoals },
  ],
}

export const cases = [
  { size: 10_000, ...bulks },
  { size: 100_000, slow: true, ...bulks },
  {
    size: 10_000,
    scales: true,
    steps: ['create', 'changed'].map((key) => ({ key, title: `PostgreSQL, bulk ${key} by chunk size`, unit: 'µs' })),
    contestants: [1000, 1, 10, 100, 10_000].map((size) => ({ name: `chunks of ${size}`, round: chunksOf(size) })),
  },
  {
    size: 1000,
    steps: [
      { key: 'single', title: 'PostgreSQL, one upsert, p50', unit: 'µs' },
      { key: 'callers', title: 'PostgreSQL, upserts by 64 callers', unit: 'µs' },
    ],
    contestants: [
      { name: 'servicebook', round: singles((book) => (request) => upserted(book, request)) },
      { name: 'begin, select, upsert, keep, commit', round: singles(() => byHand) },
    ],
  },
  {
    size: 8000,
    steps: [{ key: 'changed', title: 'PostgreSQL, bulk changed by several writers' }],
    contestants: [
      { name: 'four writers', round: writers(4) },
      { name: 'one writer', round: writers(1), goals: { changed: { atLeast: 2.2 } } },
    ],
  },
  {
    size: 2000,
    slow: true,
    steps: ['create', 'changed'].map((key) => ({ key, title: `PostgreSQL, bulk ${key} in a large table` })),
    contestants: [
      { name: 'a million rows', round: grown(1_000_000) },
      {
        name: 'ten thousand rows',
        round: grown(10_000),
        goals: { create: { atLeast: 0.85 }, changed: { atLeast: 0.85 } },
      },
    ],
  },
].map((one, place) => ({ module: import.meta.url, place, ...one }))

async function ours(documents, { time }) {
  await emptyTables()
  const book = bookOn()
  for (const step of steps) {
    const requests = documents.requests(editionOf[step])
    const outcome = await time(step, () => bulk(book, requests))
    expect(outcome === outcomeOf[step], `${step} services to be ${outcomeOf[step]}`)
  }
  const { requests, expected } = mixed(documents)
  const report = await time('mixed', () => bulk(book, requests, { report: true }))
  expect(JSON.stringify(report.outcomes) === JSON.stringify(expected), 'a third of each in the mixed bulk')
}

/** A third new, a third changed, a third unchanged, in turns. */
function mixed(documents) {
  const third = Math.floor(documents.size / 3)
  const [changed, unchanged] = [documents.requests(0), documents.requests(1)]
  const fresh = documentsFrom(third, 10_000_000).requests(0)
  const requests = fresh.flatMap((request, at) => [request, changed[at], unchanged[third + at]])
  return { requests, expected: { created: third, updated: third, unchanged: third, restored: 0 } }
}

async function floor(documents, { time }) {
  const book = openedOn(memoryStore())
  await bulk(book, documents.requests(0))
  const names = documents.services(0).map(({ fullyQualifiedName }) => fullyQualifiedName)
  const { current, superseded } = copyTexts([...(await book.store.load(FAMILY, names)).values()])
  await emptyTables()
  await time('create', () => copyCurrent(current))
  for (const step of ['changed', 'unchanged']) {
    await emptyTables()
    await time(step, async () => {
      await copyCurrent(current)
      await copySuperseded(superseded)
    })
  }
  const { rows } = await pool().query(`select count(*)::int as held from ${tables.versions}`)
  expect(rows[0].held === documents.size, 'all services to be copied')
}

/** On a tenth of the services, since it takes its time. */
async function loop(documents, { record }) {
  await emptyTables()
  for (const step of ['create', 'changed']) {
    const some = documents.services(editionOf[step]).slice(0, documents.size / 10)
    gc()
    const start = performance.now()
    for (const service of some) await byHand(service)
    record(step, (performance.now() - start) * 10)
  }
}

function peer(open) {
  return async (documents, { time }) => {
    await emptyTables()
    const upsert = await open()
    for (const step of ['create', 'changed']) {
      const services = documents.services(editionOf[step])
      await time(step, () => upsert(services))
    }
    const { rows } = await pool().query(`select count(*)::int as held from ${tables.services}`)
    expect(rows[0].held === documents.size, 'all services to be there')
  }
}

function chunksOf(chunkSize) {
  return async (documents, { record }) => {
    await emptyTables()
    const book = bookOn()
    const count = Math.min(documents.size, Math.max(500, chunkSize * 100))
    for (const step of ['create', 'changed']) {
      const requests = documents.requests(editionOf[step]).slice(0, count)
      gc()
      const start = performance.now()
      const outcome = await bulk(book, requests, { chunkSize })
      record(step, ((performance.now() - start) * 1000) / count)
      expect(outcome === outcomeOf[step], `${step} services to be ${outcomeOf[step]}`)
    }
  }
}

async function upserted(book, request) {
  const answer = await upsertService(book, request, { by })
  expect(answer.isOk() && answer.value.outcome === 'updated', 'a service to be updated')
}

function singles(open) {
  return async (documents, { record }) => {
    await emptyTables()
    const book = bookOn()
    await bulk(book, documents.requests(0))
    await pool().query(`vacuum analyze ${tables.services}`)
    const upsert = open(book)
    const half = documents.size / 2
    const all = open === byHand ? documents.services(1) : documents.requests(1)
    const waits = []
    gc()
    for (const one of all.slice(0, half)) {
      const start = performance.now()
      await upsert(one)
      waits.push((performance.now() - start) * 1000)
    }
    record('single', median(waits))
    let next = half
    const caller = async () => {
      while (next < all.length) await upsert(all[next++])
    }
    const start = performance.now()
    await Promise.all(Array.from({ length: 64 }, caller))
    record('callers', ((performance.now() - start) * 1000) / (all.length - half))
  }
}

function writers(count) {
  return async (documents, { time }) => {
    await emptyTables()
    await bulk(bookOn(), documents.requests(0))
    const requests = documents.requests(1)
    const share = Math.ceil(requests.length / count)
    const shares = Array.from({ length: count }, (_, at) => requests.slice(at * share, (at + 1) * share))
    await time('changed', () => Promise.all(shares.map((mine) => bulk(bookOn(), mine, { chunkSize: 500 }))))
  }
}

function grown(rows) {
  return async (documents, { time }) => {
    await emptyTables()
    const book = bookOn()
    await bulk(book, documentsFrom(1, 20_000_000).requests(0))
    await fill(rows)
    for (const step of ['create', 'changed']) {
      const requests = documents.requests(editionOf[step])
      const outcome = await time(step, () => bulk(book, requests))
      expect(outcome === outcomeOf[step], `${step} services to be ${outcomeOf[step]}`)
    }
  }
}
