import { readFileSync } from 'node:fs'
import * as families from '../../dist/families.js'
import { bulkUpsert, openBook } from '../../dist/index.js'
import { memoryStore } from '../../dist/memory.js'

/** How documents of a file are taken, as the report states it. */
export const howOfFile =
  'The lines of a file, parsed by JSON.parse anew for every use. Changed: every description edited. Unchanged: the same ' +
  'content in fresh objects.'

/** The family of a collection, by its name. */
export function familyOf(collection) {
  const family = Object.values(families).find((one) => one?.collection === collection)
  if (family === undefined) throw new Error(`there is no family whose collection is ${collection}`)
  return family
}

/**
 * The requests of a file of JSON Lines, or a JSON array, that its family takes; those of a name that occurs again are left
 * out, since what becomes of them says nothing of a bulk of new services. Answers them as text, and why the others are not
 * there.
 */
export async function readRequests({ path, collection }) {
  const text = readFileSync(path, 'utf8').trim()
  const lines = text.startsWith('[') ? JSON.parse(text).map((one) => JSON.stringify(one)) : text.split('\n')
  const book = openBook({ family: familyOf(collection), store: memoryStore() })
  const requests = lines.map((line) => JSON.parse(line))
  const report = (await bulkUpsert(book, requests, { by: { name: 'ada' } }))._unsafeUnwrap()
  const [taken, refused] = [[], []]
  for (const { index, error, outcome } of report.rows) {
    if (outcome === 'created') taken.push(JSON.stringify(requests[index]))
    else refused.push(`row ${index + 1}: ${error?.message ?? 'a name that occurs again'}`)
  }
  return { taken, refused }
}

/** The requests that `readRequests` left in a file, in the shape that the documents of the bench have. */
export function documentsOf({ path, collection }, most) {
  const some = readFileSync(path, 'utf8').split('\n').slice(0, most)
  const requests = (edition) => some.map((line) => edited(JSON.parse(line), edition))
  return { size: some.length, collection, requests }
}

function edited(request, edition) {
  if (edition === 0) return request
  return { ...request, description: JSON.parse(JSON.stringify(`**Revised.** ${request.description ?? ''}`)) }
}
