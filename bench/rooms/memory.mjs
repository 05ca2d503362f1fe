import { aesCipher } from '../../dist/cipher.js'
import { createService, listServices, mlmodelServices, openBook, upsertService } from '../../dist/index.js'
import { memoryStore } from '../../dist/memory.js'
import { bulk, by, expect, FAMILY, openedOn, outcomeOf, steps } from '../book.mjs'
import { lokijs, sqlite } from '../ceilings/stores.mjs'
import { editionOf } from '../documents/models.mjs'
import { copied, ready } from '../floors/memory.mjs'
import { each, spent } from '../measuring/clock.mjs'
import { mapped } from '../peers/map.mjs'

const promises = ['zod', 'fast-deep-equal']

/** Creates services, changes them all, and finds them unchanged. */
export const cases = [
  {
    size: 100_000,
    scales: true,
    by: 'cpu',
    steps: steps.map((key) => ({ key, title: `memory, ${key}` })),
    contestants: [
      { name: 'servicebook, bulkUpsert', round: servicebook((book, requests) => bulk(book, requests)) },
      {
        name: 'zod + Map of frozen copies, with history',
        needs: promises,
        round: peer((book, requests) => book.bulk(requests, { by })),
        goals: { create: { atLeast: 1.3 }, changed: { atLeast: 2.2 }, unchanged: { atLeast: 2 } },
      },
      { name: 'servicebook, one awaited after the other', round: servicebook(singly) },
      { name: 'zod + Map, one awaited after the other', needs: promises, round: peer(peerSingly) },
      {
        name: 'floor: copied, frozen, Map.set',
        round: copied,
        goals: { create: { atMost: 2.2 }, changed: { atMost: 3 }, unchanged: { atMost: 2.1 } },
      },
      { name: 'floor: Map.set of ready frozen objects', round: ready },
      {
        name: 'ceiling: lokijs, cloning',
        needs: 'lokijs',
        slow: true,
        round: ceiling(() => lokijs({ clone: true })),
      },
      { name: "ceiling: lokijs, keeping the caller's objects", needs: 'lokijs', round: ceiling(() => lokijs()) },
      {
        name: 'ceiling: better-sqlite3, :memory:, current only',
        needs: 'better-sqlite3',
        round: ceiling(() => sqlite(':memory:')),
      },
    ],
  },
  {
    size: 100_000,
    by: 'cpu',
    steps: [{ key: 'list', title: 'memory, a create and a list of 10', unit: 'µs' }],
    contestants: [
      { name: 'servicebook, among 100,000', round: createAndList(100_000) },
      { name: 'servicebook, among 10,000', round: createAndList(10_000) },
      { name: 'servicebook, among 1,000', round: createAndList(1000), goals: { list: { atMost: 1.5 } } },
    ],
  },
  {
    size: 10_000,
    scales: true,
    by: 'cpu',
    steps: steps.map((key) => ({ key, title: `memory, ${key}, with secrets` })),
    contestants: [
      { name: 'servicebook, a sealed secret each', round: withSecrets(true) },
      { name: 'servicebook, none', round: withSecrets(false) },
    ],
  },
].map((one, place) => ({ module: import.meta.url, place, ...one }))

/** Each create is of a new name in the middle of those that are there. */
function createAndList(among) {
  const COUNT = 1000
  return async (documents, { record }) => {
    const requests = documents.requests(0).slice(0, among)
    const book = openedOn(memoryStore())
    await bulk(book, requests)
    await listServices(book, { limit: 10 })
    const fresh = requests.slice(0, COUNT).map((request, at) => ({ ...request, name: `m${request.name}_${at}` }))
    const times = await spent(async () => {
      for (const request of fresh) {
        const made = await createService(book, request, { by })
        const listed = await listServices(book, { limit: 10 })
        expect(made.isOk() && listed.isOk() && listed.value.services.length === 10, 'a service and a page of ten')
      }
    })
    record('list', each(times, fresh.length))
    return book
  }
}

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
    return book
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
    return book
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

function peer(write) {
  return async (documents, { time }) => {
    const book = mapped()
    for (const step of steps) {
      const requests = documents.requests(editionOf[step])
      const rows = await time(step, () => write(book, requests))
      expect(rows.at(-1).outcome === outcomeOf[step], `${step} services to be ${outcomeOf[step]}`)
    }
    expect(book.history(documents.services(0)[0].fullyQualifiedName).length === 1, 'one version to be kept')
    return book
  }
}

async function peerSingly(book, requests) {
  let upserted
  for (const request of requests) upserted = await book.upsert(request, { by })
  return [upserted._unsafeUnwrap()]
}

function ceiling(open) {
  return async (documents, { time }) => {
    const held = await open()
    for (const step of steps) {
      const services = documents.services(editionOf[step])
      await time(step, () => (step === 'create' ? held.create(services) : held.change(services)))
    }
    held.close()
    return held
  }
}
