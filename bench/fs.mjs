import fs from 'node:fs'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { fsStore } from '../dist/fs.js'
import { upsertService } from '../dist/index.js'
import { memoryStore } from '../dist/memory.js'
import { chunks, lmdb, sqlite } from './peers.mjs'
import { median } from './report.mjs'
import { editionOf } from './requests.mjs'
import { bulk, by, expect, openedOn, outcomeOf } from './servicebook.mjs'

const FAMILY = 'mlmodelService'
const steps = ['create', 'changed', 'unchanged']

export const cases = [
  {
    size: 10_000,
    scales: true,
    steps: steps.map((key) => ({ key, title: `fs, durable ${key}, on disk per 1,000` })),
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
      { key: 'callers', title: 'fs, durable upserts by concurrent callers, time per upsert', unit: 'µs' },
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

/** Any journal of these services has to do as much. The services are there, decided upon and frozen. */
async function lines(documents, { time, place }) {
  const book = openedOn(memoryStore())
  const fd = fs.openSync(path.join(place, 'floor.jsonl'), 'w')
  const bytes = Buffer.allocUnsafe(1 << 24)
  let size = 0
  for (const step of ['create', 'changed']) {
    await bulk(book, documents.requests(editionOf[step]))
    const names = documents.services(0).map(({ fullyQualifiedName }) => fullyQualifiedName)
    const services = [...(await book.store.load(FAMILY, names)).values()]
    await time(step, async () => {
      for (const chunk of chunks(services)) {
        let end = 0
        for (const stored of chunk) end = addLine(bytes, end, stored)
        fs.writeSync(fd, bytes, 0, end, size)
        await datasync(fd)
        size += end
      }
    })
  }
  fs.closeSync(fd)
}

function addLine(bytes, from, { service, sealed, revision }) {
  const text = `{"op":"put","revision":${revision},"service":${JSON.stringify(service)},"sealed":${JSON.stringify(sealed)}`
  const to = from + bytes.write(text, from, 'utf8')
  const crc = crc32(bytes.subarray(from, to)).toString(16).padStart(8, '0')
  return to + bytes.write(`,"crc":"${crc}"}\n`, to, 'latin1')
}

function datasync(fd) {
  return new Promise((resolve, reject) => fs.fdatasync(fd, (error) => (error ? reject(error) : resolve())))
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

/** As many bytes as the line of a changed service has. */
async function appends(documents, { record, place }) {
  const fd = fs.openSync(path.join(place, 'floor.jsonl'), 'w')
  const line = Buffer.alloc(1700, 'x')
  const waits = []
  gc()
  for (let nth = 0; nth < Math.min(1000, documents.size); nth++) {
    const start = performance.now()
    fs.writeSync(fd, line, 0, line.length, nth * line.length)
    await datasync(fd)
    waits.push((performance.now() - start) * 1000)
  }
  record('single', median(waits))
  fs.closeSync(fd)
}

async function made(documents, place) {
  const store = fsStore(place)
  await bulk(openedOn(store), documents.requests(0))
  await store.close()
}

async function open(documents, { time, record, place }) {
  await made(documents, place)
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

async function parse(documents, { time, place }) {
  await made(documents, place)
  const file = path.join(place, `${FAMILY}.jsonl`)
  const held = await time('open', () => {
    const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n')
    return lines.map((line) => JSON.parse(line))
  })
  expect(held.length >= documents.size, 'all lines to be parsed')
}
