import { createService, upsertService } from '../dist/index.js'
import { memoryStore } from '../dist/memory.js'
import { copied, ready } from './floors.mjs'
import { lokijs, sqlite } from './peers.mjs'
import { editionOf } from './requests.mjs'
import { bulk, by, expect, openedOn, outcomeOf, steps } from './servicebook.mjs'

/** Creates services, changes them all, and finds them unchanged. */
export const cases = [
  {
    module: import.meta.url,
    place: 0,
    size: 100_000,
    scales: true,
    steps: steps.map((key) => ({ key, title: `memory, ${key}` })),
    contestants: [
      { name: 'servicebook, bulkUpsert', round: servicebook(bulk) },
      { name: 'servicebook, one awaited after the other', round: servicebook(singly) },
      { name: 'floor: copied, frozen, Map.set', round: copied, goals: { create: { atMost: 2.5 } } },
      {
        name: 'floor: Map.set of ready frozen objects',
        round: ready,
        goals: { changed: { atMost: 5 }, unchanged: { atMost: 3.5 } },
      },
      {
        name: 'lokijs, cloning',
        needs: 'lokijs',
        round: peer(() => lokijs({ clone: true })),
        goals: { create: { atLeast: 6 }, changed: { atLeast: 5 }, unchanged: { atLeast: 5 } },
      },
      {
        name: "lokijs, keeping the caller's objects",
        needs: 'lokijs',
        round: peer(() => lokijs()),
        goals: { create: { atLeast: 0.6 }, changed: { atLeast: 0.8 }, unchanged: { atLeast: 1 } },
      },
      {
        name: 'better-sqlite3, :memory:',
        needs: 'better-sqlite3',
        round: peer(() => sqlite(':memory:')),
        goals: { create: { atLeast: 2 } },
      },
    ],
  },
]

function servicebook(write) {
  return async (documents, { time }) => {
    const book = openedOn(memoryStore())
    for (const step of steps) {
      const requests = documents.requests(editionOf[step])
      const outcome = await time(step, () => write(book, requests, step))
      expect(outcome === outcomeOf[step], `${step} services to be ${outcomeOf[step]}`)
    }
  }
}

async function singly(book, requests, step) {
  let outcome
  for (const request of requests) {
    if (step === 'create') outcome = (await createService(book, request, { by })).map(() => 'created')
    else outcome = (await upsertService(book, request, { by })).map((upserted) => upserted.outcome)
  }
  return outcome._unsafeUnwrap()
}

function peer(open) {
  return async (documents, { time }) => {
    const held = await open()
    for (const step of steps) {
      const services = documents.services(editionOf[step])
      await time(step, () => (step === 'create' ? held.create(services) : held.change(services)))
    }
    held.close()
  }
}
