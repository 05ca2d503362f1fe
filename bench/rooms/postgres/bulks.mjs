import { crc32 } from 'node:zlib'
import { memoryStore } from '../../../dist/memory.js'
import { bulk, by, expect, FAMILY, openedOn, outcomeOf, reported, steps } from '../../book.mjs'
import { copyCurrent, copySuperseded, currentRows, supersededRows } from '../../ceilings/postgres.mjs'
import { documents as documentsFrom, editionOf } from '../../documents/models.mjs'
import { each, spent, times } from '../../measuring/clock.mjs'
import { upserted } from '../../peers/postgres.mjs'
import { bookOn, emptyTables, rowsIn, tables } from './database.mjs'

/*
 * The rounds of those who write many services at once.
 */

export const bulkSteps = [...steps, 'mixed']

/** What a step sends: `requests` for us, whole `services` for others. */
function given(documents, step, form) {
  if (step !== 'mixed') return documents[form](editionOf[step])
  const third = Math.floor(documents.size / 3)
  const fresh = documentsFrom(third, 10_000_000)[form](0)
  const [changed, unchanged] = [documents[form](0).slice(0, third), documents[form](1).slice(third, -third)]
  // By checksum, which is as good as shuffled, and the same in every round.
  return [...fresh, ...changed, ...unchanged].sort((a, b) => crc32(a.name) - crc32(b.name))
}

function outcomesOf({ size }, step) {
  const none = { created: 0, updated: 0, unchanged: 0, restored: 0 }
  if (step !== 'mixed') return { ...none, [outcomeOf[step]]: size }
  const third = Math.floor(size / 3)
  return { ...none, created: third, updated: third, unchanged: size - 2 * third }
}

export async function ours(documents, { time }) {
  await emptyTables()
  const book = bookOn()
  for (const step of bulkSteps) {
    const requests = given(documents, step, 'requests')
    const { outcomes } = await time(step, () => reported(book, requests))
    for (const [outcome, count] of Object.entries(outcomesOf(documents, step))) {
      expect(outcomes[outcome] === count, `${count} of the ${step} services to be ${outcome}`)
    }
  }
}

/** What is stored is copied: one table for new services, both for changed ones. */
export async function floor(documents, { time, record }) {
  const book = openedOn(memoryStore())
  const names = documents.services(0).map(({ fullyQualifiedName }) => fullyQualifiedName)
  const storedAfter = async (edition) => {
    await bulk(book, documents.requests(edition))
    return [...(await book.store.load(FAMILY, names)).values()]
  }
  const before = await storedAfter(0)
  const [created, superseded] = [currentRows(before), supersededRows(before)]
  const changed = currentRows(await storedAfter(1))

  await emptyTables()
  await time('create', () => copyCurrent(created))
  await emptyTables()
  const { answer: _, ...both } = await spent(async () => {
    await copyCurrent(changed)
    await copySuperseded(superseded)
  })
  record('changed', both)
  record('unchanged', both)
  await expectRows({ services: documents.size, versions: documents.size })
}

/** On a tenth of the services, since it takes its time; the time of all is ten times that. */
export async function loop(documents, { record }) {
  await emptyTables()
  for (const step of steps) {
    const some = given(documents, step, 'requests').slice(0, documents.size / 10)
    const spentOnSome = await spent(async () => {
      for (const request of some) {
        const { outcome } = await upserted(request, { by })
        expect(outcome === outcomeOf[step], `${step} services to be ${outcomeOf[step]}`)
      }
    })
    record(step, times(spentOnSome, documents.size / some.length))
    await expectRows({ services: some.length, versions: step === 'create' ? 0 : some.length })
  }
}

/** Under the same rules, with history. */
export function ruled(open) {
  return async (documents, { time }) => {
    await emptyTables()
    const bulk = await open()
    for (const step of bulkSteps) {
      const requests = given(documents, step, 'requests')
      const rows = await time(step, () => bulk(requests, { by }))
      for (const [outcome, count] of Object.entries(outcomesOf(documents, step))) {
        const found = rows.filter((row) => row.outcome === outcome).length
        expect(found === count, `${count} of the ${step} services to be ${outcome}`)
      }
    }
  }
}

/** Among mixed services others write the unchanged ones as well, since they do not compare. */
export function ceiling(open) {
  return async (documents, { time }) => {
    await emptyTables()
    const upsert = await open()
    for (const step of ['create', 'changed', 'mixed']) {
      const services = given(documents, step, 'services')
      await time(step, () => upsert(services))
    }
    const third = Math.floor(documents.size / 3)
    await expectRows({ services: documents.size + third, versions: 0 })
    const revised = await rowsIn(`${tables.services} where service->>'description' like '**Revised.**%'`)
    expect(revised === documents.size - third, 'the services to be changed')
  }
}

/** Small chunks on fewer services. */
export function chunksOf(chunkSize) {
  return async (documents, { record }) => {
    await emptyTables()
    const book = bookOn()
    const count = Math.min(documents.size, Math.max(500, chunkSize * 100))
    for (const step of ['create', 'changed']) {
      const requests = given(documents, step, 'requests').slice(0, count)
      record(step, each(await spent(() => bulk(book, requests, { chunkSize })), count))
    }
    await expectRows({ services: count, versions: count })
  }
}

export async function expectRows(expected) {
  for (const [table, count] of Object.entries(expected)) {
    expect((await rowsIn(tables[table])) === count, `${count} rows in the table of ${table}`)
  }
}

/** With every change written down in the same statement, for whoever reads the outbox, and without. */
export function told(outbox) {
  return async (documents, { time }) => {
    await emptyTables()
    const book = bookOn(undefined, { outbox })
    for (const step of ['create', 'changed']) {
      const requests = given(documents, step, 'requests')
      await time(step, () => bulk(book, requests))
    }
    expect((await rowsIn(tables.events)) === (outbox ? 2 * documents.size : 0), 'an event for each change')
  }
}
