import { bulkUpsert, mlmodelServices, openBook } from '../../dist/index.js'
import { memoryStore } from '../../dist/memory.js'
import { by, expect, steps } from '../book.mjs'
import { requestsOfAllTypes } from '../documents/families.mjs'
import { documents as documentsOf, editionOf } from '../documents/models.mjs'

/*
 * A bulk over the books of all families, every service type among its rows, beside one of ML models alone.
 */

const allTypes = (size) => requestsOfAllTypes(size)
const models = (size) => [{ family: mlmodelServices, text: JSON.stringify(documentsOf(size).requests(0)) }]

export const cases = [
  {
    module: import.meta.url,
    place: 0,
    size: 10_000,
    scales: true,
    by: 'cpu',
    steps: steps.map((key) => ({ key, title: `memory, ${key}, over all 147 service types` })),
    contestants: [
      { name: 'servicebook, all 147 service types', round: round(allTypes) },
      {
        name: 'servicebook, ML models alone',
        round: round(models),
        goals: Object.fromEntries(steps.map((step) => [step, { atMost: 1.5 }])),
      },
    ],
  },
]

function round(make) {
  const made = new Map()
  return async ({ size }, { time }) => {
    if (!made.has(size)) made.set(size, make(size))
    const parts = made.get(size)
    const store = memoryStore()
    const books = parts.map(({ family }) => openBook({ family, store }))
    for (const step of steps) {
      const requests = parts.map(({ text }) => JSON.parse(text).map((request) => edited(request, editionOf[step])))
      const reports = await time(step, async () => {
        const all = []
        for (const [at, book] of books.entries()) all.push(await bulkUpsert(book, requests[at], { by }))
        return all
      })
      const passed = reports.reduce((sum, report) => sum + report._unsafeUnwrap().passed, 0)
      expect(passed === size, `every row to pass, not ${passed}`)
    }
    return books
  }
}

const edited = (request, edition) => (edition === 0 ? request : { ...request, description: `Revised. ${request.name}` })
