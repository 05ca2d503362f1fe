import { bulkUpsert, upsertService } from '../../dist/index.js'
import { memoryStore } from '../../dist/memory.js'
import { bulk, by, expect, openedOn } from '../book.mjs'
import { documents } from '../documents/models.mjs'
import { each, elapsed } from '../measuring/clock.mjs'

/** What history holds, how the pace keeps up as services get many, and what a long bulk needs besides its store. */
export const cases = [
  {
    size: 2000,
    steps: [{ key: 'history', title: 'memory, heap of ten versions', unit: 'bytes' }],
    contestants: [
      { name: 'servicebook', round: shared },
      { name: 'structuredClone of each version', round: cloned, goals: { history: { atMost: 0.28 } } },
    ],
  },
  {
    size: 1_000_000,
    slow: true,
    steps: [{ key: 'growth', title: 'memory, a new service', unit: 'µs' }],
    contestants: [
      { name: 'servicebook, the first 1,000,000', round: growth(1_000_000) },
      { name: 'servicebook, the first 10,000', round: growth(10_000), goals: { growth: { atLeast: 0.8 } } },
    ],
  },
  {
    size: 1_000_000,
    slow: true,
    steps: [
      { key: 'bulk', title: 'heap of a bulk of 1,000,000 on a store that keeps nothing, at its peak', unit: 'MB' },
    ],
    contestants: [
      { name: "servicebook, rows: 'failed'", round: streamed('failed') },
      { name: "servicebook, rows: 'all'", round: streamed('all') },
    ],
  },
].map((one, place) => ({ module: import.meta.url, place, ...one }))

async function shared(documents, { record }) {
  const before = heap()
  const book = openedOn(memoryStore())
  await tenVersions(book, documents, () => {})
  record('history', (heap() - before) / documents.size)
  expect((await book.store.list('mlmodelService', { limit: 1 })).more, 'the store to be alive')
}

async function cloned(documents, { record }) {
  const before = heap()
  const snapshots = new Map()
  await tenVersions(openedOn(memoryStore()), documents, (service) => {
    const versions = snapshots.get(service.fullyQualifiedName) ?? []
    snapshots.set(service.fullyQualifiedName, versions.concat([structuredClone(service)]))
  })
  record('history', (heap() - before) / documents.size)
  expect(snapshots.size === documents.size, 'the snapshots to be alive')
}

async function tenVersions(book, documents, see) {
  for (let version = 1; version <= 10; version++) {
    for (const request of documents.requests(0)) {
      // Flat, as if it had been parsed; a text put together of two keeps both.
      const description = JSON.parse(JSON.stringify(`Edition ${version}. ${request.description}`))
      see((await upsertService(book, { ...request, description }, { by }))._unsafeUnwrap().service)
    }
  }
}

/** The clock runs for the bulks alone, not while their requests are parsed. */
function growth(size) {
  return async ({ size: most }, { record }) => {
    const upTo = Math.min(size, most)
    const books = Math.max(1, 100_000 / size)
    const sum = { wall: 0, cpu: 0 }
    gc()
    for (let nth = 0; nth < books; nth++) {
      const book = openedOn(memoryStore())
      for (let from = 0; from < upTo; from += 10_000) {
        const requests = documents(10_000, from).requests(0)
        const { wall, cpu } = await elapsed(() => bulk(book, requests))
        sum.wall += wall
        sum.cpu += cpu
      }
    }
    record('growth', each(sum, upTo * books))
  }
}

const nothing = { durable: false, chunk: 250, load: () => new Map(), commit: () => [] }

function streamed(rows) {
  return async ({ size }, { record }) => {
    const before = heap()
    let peak = 0
    const onProgress = ({ processed }) => {
      if (processed % 50_000 === 0) peak = Math.max(peak, (heap() - before) / 1e6)
    }
    const report = await bulkUpsert(openedOn(nothing), stream(size), { by, rows, onProgress })
    expect(report._unsafeUnwrap().passed === size, 'every row to pass')
    record('bulk', peak)
  }
}

function* stream(size) {
  for (let from = 0; from < size; from += 1000) yield* documents(1000, from).requests(0)
}

function heap() {
  gc()
  gc()
  return process.memoryUsage().heapUsed
}
