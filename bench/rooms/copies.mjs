import { bulkUpsert, exportServices, importServices, upsertService } from '../../dist/index.js'
import { memoryStore } from '../../dist/memory.js'
import { bulk, by, expect, openedOn } from '../book.mjs'
import { each, spent } from '../measuring/clock.mjs'

/*
 * What takes a catalogue elsewhere, beside the bulk that made it, and what brings a store in memory back to what it was.
 */

const RESTORED = 10

export const cases = [
  {
    size: 10_000,
    scales: true,
    by: 'cpu',
    steps: [
      { key: 'export', title: 'memory, export with two versions each' },
      { key: 'import', title: 'memory, import with two versions each' },
    ],
    contestants: [
      { name: 'servicebook, exportServices, importServices', round: transferred },
      { name: 'servicebook, the two bulks that made them', round: written },
    ],
  },
  {
    size: 100_000,
    by: 'cpu',
    steps: [{ key: 'back', title: 'memory, a snapshot, ten upserts and back again', unit: 'µs' }],
    contestants: [
      { name: 'servicebook, among 100,000', round: restored(100_000) },
      { name: 'servicebook, among 10', round: restored(10) },
    ],
  },
].map((one, place) => ({ module: import.meta.url, place, ...one }))

async function twice(documents) {
  const book = openedOn(memoryStore())
  for (const edition of [0, 1]) await bulk(book, documents.requests(edition))
  return book
}

async function transferred(documents, { time }) {
  const book = await twice(documents)
  const exported = await time('export', async () => {
    const all = []
    for await (const one of exportServices(book, { by })) all.push(one._unsafeUnwrap())
    return all
  })
  const text = exported.map((one) => JSON.stringify(one))
  const parsed = text.map((line) => JSON.parse(line))
  const target = openedOn(memoryStore())
  const report = await time('import', () => importServices(target, parsed, { by }))
  expect(report._unsafeUnwrap().imported === documents.size, 'every service to be imported')
  return target
}

async function written(documents, { record }) {
  const book = openedOn(memoryStore())
  const [fresh, changed] = [documents.requests(0), documents.requests(1)]
  const { answer: _, ...times } = await spent(async () => {
    for (const requests of [fresh, changed]) (await bulkUpsert(book, requests, { by }))._unsafeUnwrap()
  })
  for (const step of ['export', 'import']) record(step, times)
  return book
}

/** What a test suite does between two tests. */
function restored(among) {
  return async (documents, { record }) => {
    const book = openedOn(memoryStore())
    await bulk(book, documents.requests(0).slice(0, among))
    const changed = documents.requests(1).slice(0, RESTORED)
    const COUNT = 200
    const times = await spent(async () => {
      for (let nth = 0; nth < COUNT; nth++) {
        const back = book.store.snapshot()
        for (const request of changed) (await upsertService(book, request, { by }))._unsafeUnwrap()
        back()
      }
    })
    record('back', each(times, COUNT))
    return book
  }
}
