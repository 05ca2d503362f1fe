import { aesCipher } from '../dist/cipher.js'
import { createService, mlmodelServices, openBook, upsertService } from '../dist/index.js'
import { memoryStore } from '../dist/memory.js'
import { copied, ready } from './floors.mjs'
import { lokijs, sqlite } from './peers.mjs'
import { editionOf } from './requests.mjs'
import { bulk, by, expect, FAMILY, openedOn, outcomeOf, steps } from './servicebook.mjs'

/** Creates services, changes them all, and finds them unchanged. */
export const cases = [
  {
    module: import.meta.url,
    place: 0,
    size: 100_000,
    scales: true,
    steps: steps.map((key) => ({ key, title: `memory, ${key}` })),
    contestants: [
      { name: 'servicebook, bulkUpsert', round: servicebook((book, requests) => bulk(book, requests)) },
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
  {
    module: import.meta.url,
    place: 1,
    size: 10_000,
    scales: true,
    steps: steps.map((key) => ({ key, title: `memory, ${key}, with secrets` })),
    contestants: [
      { name: 'servicebook, a sealed secret each', round: withSecrets(true) },
      { name: 'servicebook, none', round: withSecrets(false) },
    ],
  },
]

/** Requests of one type, each with a secret or the same text where it is none, on a book with a cipher. */
function withSecrets(secret) {
  return async (documents, { time }) => {
    const cipher = aesCipher({ keys: { bench: Buffer.alloc(32, 7) }, current: 'bench' })
    const book = openBook({ family: mlmodelServices, store: memoryStore(), cipher })
    for (const step of steps) {
      const requests = documents.requests(editionOf[step]).map(({ connection, ...request }, at) => {
        const awsConfig = {
          awsRegion: 'eu-west-1',
          [secret ? 'awsSecretAccessKey' : 'awsAccessKeyId']: `hush ${at} hush`,
        }
        return { ...request, serviceType: 'SageMaker', connection: { config: { awsConfig } } }
      })
      const outcome = await time(step, () => bulk(book, requests))
      expect(outcome === outcomeOf[step], `${step} services to be ${outcomeOf[step]}`)
    }
    const held = await book.store.load(FAMILY, [documents.services(0)[0].fullyQualifiedName])
    expect(
      [...held.values()].every(({ sealed }) => (sealed !== null) === secret),
      'secrets to be sealed',
    )
  }
}

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
