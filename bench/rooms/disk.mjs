import path from 'node:path'
import { fsStore } from '../../dist/fs.js'
import { upsertService } from '../../dist/index.js'
import { bulk, by, expect, openedOn, outcomeOf, prepared, steps } from '../book.mjs'
import { lmdb, sqlite } from '../ceilings/stores.mjs'
import { editionOf } from '../documents/models.mjs'
import { appends, lines, parse } from '../floors/disk.mjs'
import { each, median, spent } from '../measuring/clock.mjs'
import { ruledSqlite } from '../peers/sqlite.mjs'

const ours = { name: 'servicebook, bulkUpsert', round: durable }
const ruled = {
  name: 'zod + better-sqlite3, WAL, FULL, with history',
  needs: ['better-sqlite3', 'zod', 'fast-deep-equal'],
  round: peer((place) => ruledSqlite(path.join(place, 'services.db'))),
  goals: { create: { atLeast: 1.3 }, changed: { atLeast: 2.2 }, unchanged: { atLeast: 2.4 } },
}
const floor = {
  name: 'floor: our lines, checksums, write + fdatasync',
  round: lines,
  goals: { create: { atLeast: 0.45 }, changed: { atLeast: 0.4 } },
}

export const cases = [
  {
    size: 10_000,
    scales: true,
    steps: steps.map((key) => ({ key, title: `disk, durable ${key}` })),
    contestants: [
      ours,
      ruled,
      floor,
      {
        name: 'ceiling: better-sqlite3, WAL, FULL, current only',
        needs: 'better-sqlite3',
        round: ceiling((place) => sqlite(path.join(place, 'services.db'))),
      },
      { name: 'ceiling: lmdb, current only', needs: 'lmdb', round: ceiling(lmdb) },
    ],
  },
  {
    size: 100_000,
    rounds: 3,
    steps: steps.map((key) => ({ key, title: `disk, durable ${key} of 100,000` })),
    contestants: [ours, ruled, floor],
  },
  {
    size: 10_000,
    steps: [{ key: 'single', title: 'disk, one durable upsert, p50', unit: 'µs' }],
    contestants: [
      { name: 'servicebook, one caller', round: callers(1) },
      { name: 'floor: one append + async fdatasync', round: appends, goals: { single: { atMost: 1.35 } } },
    ],
  },
  {
    size: 10_000,
    steps: [{ key: 'callers', title: 'disk, durable upserts by many callers', unit: 'µs' }],
    contestants: [
      { name: 'servicebook, 256 callers', round: callers(256) },
      { name: 'servicebook, 64 callers', round: callers(64) },
      { name: 'servicebook, one caller', round: callers(1), goals: { callers: { atLeast: 17 } } },
    ],
  },
  {
    size: 10_000,
    scales: true,
    by: 'cpu',
    steps: [
      { key: 'open', title: 'disk, open' },
      { key: 'heap', title: 'disk, heap of a service not yet loaded', unit: 'bytes' },
    ],
    contestants: [
      { name: 'servicebook', round: open, goals: { heap: { atMost: 245 } } },
      { name: 'floor: JSON.parse of every line', round: parse, goals: { open: { atMost: 0.4 } } },
    ],
  },
].map((one, place) => ({ module: import.meta.url, place, ...one }))

async function durable(documents, { time, place }) {
  const store = fsStore(place)
  await store.open()
  const book = openedOn(store)
  for (const step of steps) {
    const requests = documents.requests(editionOf[step])
    const outcome = await time(step, () => bulk(book, requests))
    expect(outcome === outcomeOf[step], `${step} services to be ${outcomeOf[step]}`)
  }
  await store.close()
  return book
}

function peer(open) {
  return async (documents, { time, place }) => {
    const held = await open(place)
    for (const step of steps) {
      const requests = documents.requests(editionOf[step])
      const rows = await time(step, () => held.bulk(requests, { by }))
      expect(rows.at(-1).outcome === outcomeOf[step], `${step} services to be ${outcomeOf[step]}`)
    }
    await held.close()
    return held
  }
}

function ceiling(open) {
  return async (documents, { time, place }) => {
    const held = await open(place)
    for (const step of steps) {
      const services = documents.services(editionOf[step])
      await time(step, () => (step === 'create' ? held.create(services) : held.change(services)))
    }
    await held.close()
  }
}

/** Each caller sends its next upsert, a changed one, when the one before is on disk. */
function callers(count) {
  return async (documents, { record, place }) => {
    const store = fsStore(place)
    const book = openedOn(store)
    await bulk(book, documents.requests(0))
    const requests = documents.requests(1).slice(0, count === 1 ? 1000 : documents.size)
    const waits = []
    let next = 0
    const caller = async () => {
      while (next < requests.length) {
        const start = performance.now()
        const upserted = await upsertService(book, requests[next++], { by })
        waits.push((performance.now() - start) * 1000)
        expect(upserted.isOk() && upserted.value.outcome === 'updated', 'a service to be updated')
      }
    }
    const one = each(await spent(() => Promise.all(Array.from({ length: count }, caller))), requests.length)
    record('callers', one)
    if (count === 1) record('single', { wall: median(waits), cpu: one.cpu })
    await store.close()
    return book
  }
}

async function open(documents, { time, record, place }) {
  await prepared(place, documents)
  gc()
  gc()
  const before = process.memoryUsage().heapUsed
  const store = fsStore(place)
  const { services } = await time('open', () => store.open())
  gc()
  gc()
  record('heap', (process.memoryUsage().heapUsed - before) / documents.size)
  expect(services === documents.size, 'all services to be found')
  await store.close()
}
