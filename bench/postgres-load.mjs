import { upsertService } from '../dist/index.js'
import { bookOn, emptyTables, fill, pool, rowsIn, tables } from './database.mjs'
import { expectRows } from './postgres-bulk.mjs'
import { byHand } from './postgres-peers.mjs'
import { median } from './report.mjs'
import { documents as documentsFrom, editionOf } from './requests.mjs'
import { bulk, by, expect, milliseconds, outcomeOf } from './servicebook.mjs'

/*
 * The rounds about single writes, several writers, and tables that are large already.
 */

/** Changes one service after the other, and as many again for 64 callers that each wait for their answer. */
function singles(form, upsertOn) {
  return async (documents, { record }) => {
    await emptyTables()
    const book = bookOn()
    await bulk(book, documents.requests(0))
    await pool().query(`vacuum analyze ${tables.services}`)
    const upsert = upsertOn(book)
    const all = documents[form](1)
    const half = all.length / 2
    const waits = []
    await milliseconds(async () => {
      for (const one of all.slice(0, half)) waits.push(await elapsed(() => upsert(one)))
    })
    record('single', median(waits) * 1000)
    let next = half
    const caller = async () => {
      while (next < all.length) await upsert(all[next++])
    }
    const spent = await milliseconds(() => Promise.all(Array.from({ length: 64 }, caller)))
    record('callers', (spent * 1000) / half)
    await expectRows({ services: all.length, versions: all.length })
  }
}

async function elapsed(work) {
  const start = performance.now()
  await work()
  return performance.now() - start
}

export const upserts = singles('requests', (book) => async (request) => {
  const answer = await upsertService(book, request, { by })
  expect(answer.isOk() && answer.value.outcome === 'updated', 'a service to be updated')
})
export const loopOfOne = singles('services', () => byHand)

/** Each has a book and a slice of the names of its own; they share the process and its connections. */
export function writers(count) {
  return async (documents, { time }) => {
    await emptyTables()
    await bulk(bookOn(), documents.requests(0))
    const requests = documents.requests(1)
    const share = requests.length / count
    const slices = Array.from({ length: count }, (_, at) => requests.slice(at * share, (at + 1) * share))
    // Four chunks a slice at least, so that each writer has one under way while it decides on the next.
    await time('changed', () => Promise.all(slices.map((slice) => bulk(bookOn(), slice, { chunkSize: 500 }))))
    await expectRows({ services: documents.size, versions: documents.size })
  }
}

/** Among so many rows. The warm-up, which has a tenth of the services, has a tenth of the rows. */
export function grown(rows, full) {
  return async (documents, { time }) => {
    await emptyTables()
    const book = bookOn()
    const originals = documentsFrom(1000, 20_000_000)
    for (const edition of [0, 1]) await bulk(book, originals.requests(edition))
    await fill((rows * documents.size) / full)
    const before = await rowsIn(tables.services)
    for (const step of ['create', 'changed']) {
      const requests = documents.requests(editionOf[step])
      const outcome = await time(step, () => bulk(book, requests))
      expect(outcome === outcomeOf[step], `${step} services to be ${outcomeOf[step]}`)
    }
    await expectRows({ services: before + documents.size })
  }
}
