import fs from 'node:fs'
import path from 'node:path'
import { fsStore } from '../../dist/fs.js'
import { bulkUpsert, openBook, upsertService } from '../../dist/index.js'
import { memoryStore } from '../../dist/memory.js'
import { postgresStore } from '../../dist/postgres.js'
import { by, expect, outcomeOf, steps } from '../book.mjs'
import { familyOf } from '../documents/file.mjs'
import { editionOf } from '../documents/models.mjs'
import { frozenCopy } from '../floors/memory.mjs'
import { emptyTables, pool, tables } from './postgres/database.mjs'

export { prepare } from './postgres/database.mjs'

/*
 * A user's own requests, on each store, beside what any store of them has to do. The floors neither check nor decide.
 */

const table = (name) => steps.map((key) => ({ key, title: `${name}, ${key}` }))

export const cases = [
  {
    by: 'cpu',
    steps: table('own file, memory'),
    contestants: [
      { name: 'servicebook, bulkUpsert', round: ours(() => memoryStore()) },
      { name: 'servicebook, one awaited after the other', round: ours(() => memoryStore(), singly) },
      { name: 'floor: copied, frozen, Map.set', round: copied },
    ],
  },
  {
    steps: table('own file, disk'),
    contestants: [
      { name: 'servicebook, bulkUpsert', round: ours((place) => fsStore(place)) },
      { name: 'floor: JSON.stringify, write + fdatasync', round: written },
    ],
  },
  {
    steps: table('own file, PostgreSQL'),
    contestants: [{ name: 'servicebook, bulkUpsert', round: ours(onPostgres) }],
  },
].map((one, place) => ({ module: import.meta.url, place, ...one }))

async function onPostgres() {
  await emptyTables()
  return postgresStore(pool(), { schema: tables.schema })
}

function ours(open, write = bulk) {
  return async (documents, { time, place }) => {
    const store = await open(place)
    const book = openBook({ family: familyOf(documents.collection), store })
    for (const step of steps) {
      const requests = documents.requests(editionOf[step])
      const outcome = await time(step, () => write(book, requests))
      expect(outcome === outcomeOf[step], `${step} services to be ${outcomeOf[step]}`)
    }
    await store.close?.()
    return book
  }
}

async function bulk(book, requests) {
  const report = (await bulkUpsert(book, requests, { by }))._unsafeUnwrap()
  expect(report.status === 'success', 'every row to pass')
  return report.rows.at(-1).outcome
}

async function singly(book, requests) {
  let upserted
  for (const request of requests) upserted = await upsertService(book, request, { by })
  return upserted._unsafeUnwrap().outcome
}

async function copied(documents, { time }) {
  const held = new Map()
  for (const step of steps) {
    const requests = documents.requests(editionOf[step])
    await time(step, () => {
      for (const request of requests) held.set(request.name, frozenCopy(request))
    })
  }
  return held
}

async function written(documents, { time, place }) {
  const fd = fs.openSync(path.join(place, 'floor.jsonl'), 'w')
  for (const step of steps.slice(0, 2)) {
    const requests = documents.requests(editionOf[step])
    await time(step, () => {
      fs.writeSync(fd, requests.map((request) => `${JSON.stringify(request)}\n`).join(''))
      fs.fdatasyncSync(fd)
    })
  }
  fs.closeSync(fd)
}
