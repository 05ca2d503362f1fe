import { fsStore } from '../dist/fs.js'
import { bulkUpsert, mlmodelServices, openBook } from '../dist/index.js'

export const FAMILY = 'mlmodelService'
/** What a contestant of a bulk does to its services, one step after the other. */
export const steps = ['create', 'changed', 'unchanged']
export const outcomeOf = { create: 'created', changed: 'updated', unchanged: 'unchanged' }
export const by = { name: 'ada' }
export const openedOn = (store) => openBook({ family: mlmodelServices, store })

/** A benchmark of something that went wrong measures nothing. */
export function expect(truth, what) {
  if (!truth) throw new Error(`the benchmark expected ${what}`)
}

/** Upserts all of them; answers the report. */
export async function reported(book, requests, options) {
  const report = (await bulkUpsert(book, requests, { by, ...options }))._unsafeUnwrap()
  expect(report.status === 'success' && report.passed === requests.length, 'every row to pass')
  return report
}

/** Upserts all of them; answers the outcome of the last. */
export async function bulk(book, requests, options) {
  return (await reported(book, requests, options)).rows.at(-1)?.outcome
}

/** Leaves a directory with these services in it. */
export async function prepared(directory, documents) {
  const store = fsStore(directory)
  await bulk(openedOn(store), documents.requests(0))
  await store.close()
}
