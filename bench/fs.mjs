import path from 'node:path'
import { fsStore } from '../dist/fs.js'
import { upsertService } from '../dist/index.js'
import { appends, lines, parse } from './floors.mjs'
import { lmdb, sqlite } from './peers.mjs'
import { median } from './report.mjs'
import { editionOf } from './requests.mjs'
import { bulk, by, expect, openedOn, outcomeOf, prepared, steps } from './servicebook.mjs'

export const cases = [
  {
    size: 10_000,
    scales: true,
    steps: steps.map((key) => ({ key, title: `fs, durable ${key}` })),
    contestants: [
      { name: 'servicebook, bulkUpsert', round: durable },
      {
        name: 'floor: our lines, checksums, write + fdatasync',
        round: lines,
        goals: { create: { atLeast: 0.75 }, changed: { atLeast: 0.75 } },
      },
      {
        name: 'better-sqlite3, WAL, FULL, current only',
        needs: 'better-sqlite3',
        round: peer((place) => sqlite(path.join(place, 'services.db'))),
        goals: { create: { atLeast: 2.3 } },
      },
      {
        name: 'better-sqlite3, WAL, FULL, with history',
        needs: 'better-sqlite3',
        round: peer((place) => sqlite(path.join(place, 'services.db'), { history: true })),
        goals: { changed: { atLeast: 4 } },
      },
      {
        name: 'lmdb, current only',
        needs: 'lmdb',
        round: peer(lmdb),
        goals: { create: { atLeast: 0.95 }, changed: { atLeast: 0.95 } },
      },
    ],
  },
  {
    size: 10_000,
    steps: [
      { key: 'single', title: 'fs, one durable upsert, p50', unit: 'µs' },
      { key: 'callers', title: 'fs, durable upserts by 256 callers', unit: 'µs' },
    ],
    contestants: [
      { name: 'servicebook, 256 callers', round: callers(256) },
      { name: 'servicebook, one caller', round: callers(1), goals: { callers: { atLeast: 17 } } },
      { name: 'floor: one append + async fdatasync', round: appends, goals: { single: { atMost: 1.4 } } },
    ],
  },
  {
    size: 10_000,
    scales: true,
    steps: [
      { key: 'open', title: 'fs, open' },
      { key: 'heap', title: 'fs, heap of a service not yet loaded', unit: 'bytes' },
    ],
    contestants: [
      { name: 'servicebook', round: open, goals: { heap: { atMost: 250 } } },
      { name: 'floor: JSON.parse of every line', round: parse, goals: { open: { atMost: 0.5 } } },
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
}

function peer(open) {
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
    gc()
    const start = performance.now()
    await Promise.all(Array.from({ length: count }, caller))
    record('callers', ((performance.now() - start) * 1000) / requests.length)
    if (count === 1) record('single', median(waits))
    await store.close()
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
