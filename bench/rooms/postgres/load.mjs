import { upsertService } from '../../../dist/index.js'
import { bulk, by, expect, outcomeOf } from '../../book.mjs'
import { documents as documentsFrom, editionOf } from '../../documents/models.mjs'
import { each, median, spent } from '../../measuring/clock.mjs'
import { upserted } from '../../peers/postgres.mjs'
import { expectRows } from './bulks.mjs'
import { bookOn, emptyTables, fill, pool, rowsIn, tables } from './database.mjs'

/*
 * The rounds about single writes, several writers, and tables that are large already.
 */

/** Changes services for so many callers that each wait for their answer before they send the next. */
export function callers(count, upsertOn, options) {
  return async (documents, { record }) => {
    await emptyTables()
    const book = bookOn(undefined, options)
    await bulk(book, documents.requests(0))
    await pool().query(`vacuum analyze ${tables.services}`)
    const upsert = upsertOn(book)
    const all = documents.requests(1).slice(0, count === 1 ? documents.size / 4 : documents.size)
    const waits = []
    // A store of this kind keeps none of what it answers.
    const left = [book]
    let next = 0
    const caller = async () => {
      while (next < all.length) {
        const start = performance.now()
        const answer = await upsert(all[next++])
        waits.push((performance.now() - start) * 1000)
        if (left.length < 100) left.push(answer)
      }
    }
    const one = each(await spent(() => Promise.all(Array.from({ length: count }, caller))), all.length)
    record('changed', count === 1 ? { wall: median(waits), cpu: one.cpu } : one)
    await expectRows({ services: documents.size, versions: all.length })
    return left
  }
}

export const ours = (book) => async (request) => {
  const answer = await upsertService(book, request, { by })
  expect(answer.isOk() && answer.value.outcome === 'updated', 'a service to be updated')
  return answer
}
export const byHand = () => async (request) => {
  const answer = await upserted(request, { by })
  expect(answer.outcome === 'updated', 'a service to be updated')
  return answer
}

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
