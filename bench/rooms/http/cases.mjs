import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { serve } from 'srvx'
import { serviceHandler } from '../../../dist/http.js'
import { getService, listServices } from '../../../dist/index.js'
import { memoryStore } from '../../../dist/memory.js'
import { bulk, expect, openedOn } from '../../book.mjs'
import { documents as documentsFrom, editionOf } from '../../documents/models.mjs'
import { each, spent } from '../../measuring/clock.mjs'

/*
 * The HTTP edge of a book in memory, beside the least that could answer: the same body parsed and said again, or a text of
 * the same size that is there already. The floor is called and served alike, so that its time is what `Request`,
 * `Response` and the server take of ours.
 */

const ROWS = 1000
const titles = {
  create: 'POST of a new service',
  changed: 'PUT of a changed service',
  unchanged: 'PUT of an unchanged service',
  get: 'GET by name',
  whole: 'GET by name, with every field',
  page: 'GET of a page of 50',
  bulk: `a row of PUT /bulk of ${ROWS.toLocaleString('en')}`,
}
const goals = {
  create: { atLeast: 0.55 },
  changed: { atLeast: 0.55 },
  unchanged: { atLeast: 0.55 },
  get: { atLeast: 0.75 },
}

/** So many that what follows a collection of the heap, which is the same for few and many, counts little. */
const hosts = [
  { where: 'in process', host: called, size: 4000, by: 'cpu' },
  { where: 'over sockets', host: served, size: 2000, goals },
]

export const cases = [
  ...hosts.map(({ where, host, size, goals, by }) => ({
    size,
    by,
    scales: true,
    steps: Object.entries(titles).map(([key, title]) => ({ key, title: `http ${where}, ${title}`, unit: 'µs' })),
    contestants: [
      { name: 'servicebook, serviceHandler', round: round(host, ours) },
      { name: 'floor: parsed and said again, or there already', round: round(host, floor), goals },
    ],
  })),
  {
    size: 4000,
    by: 'cpu',
    steps: [{ key: 'page', title: 'http in process, a page of 50 with its total', unit: 'µs' }],
    contestants: [
      { name: 'servicebook, serviceHandler', round: pages(answered) },
      {
        name: 'floor: list, JSON.stringify, Response of the same page',
        round: pages(stringified),
        goals: { page: { atMost: 1.8 } },
      },
    ],
  },
].map((one, place) => ({ module: import.meta.url, place, ...one }))

/** Pages all over a book, every field of their services, read to the last byte. */
function pages(open) {
  return async (documents, { record }) => {
    const book = openedOn(memoryStore())
    await bulk(book, documents.requests(0))
    const places = await placesIn(book)
    const ask = open(book)
    for (const after of places) {
      const { data } = await (await ask(after)).json()
      expect(data.length === 50, 'fifty services')
    }
    const times = await spent(async () => {
      for (let nth = 0; nth < 1000; nth++) {
        await (await ask(places[nth % places.length])).text()
      }
    })
    record('page', each(times, 1000))
    return book
  }
}

/** Where each page but the first begins. */
async function placesIn(book) {
  const places = []
  for (let after; ; ) {
    const { paging } = (await listServices(book, { limit: 50, ...(after && { after }) }))._unsafeUnwrap()
    after = paging.after
    if (after === undefined) return places.slice(0, -1)
    places.push(after)
  }
}

function answered(book) {
  const handle = serviceHandler(book)
  return (after) => handle(new Request(`http://localhost${PATH}?limit=50&fields=*&after=${encodeURIComponent(after)}`))
}

function stringified(book) {
  const headers = { 'Content-Type': 'application/json' }
  return async (after) => {
    const { services, paging } = (await listServices(book, { limit: 50, total: true, after }))._unsafeUnwrap()
    return new Response(JSON.stringify({ data: services, paging }), { headers })
  }
}

/** The texts of requests are there before the clock runs. */
function round(host, open) {
  return async (documents, { record }) => {
    const { handler, done } = await open(documents)
    const { origin, send, close } = await host(handler)
    for (const [step, { requests, count = requests.length }] of sentTo(origin, documents)) {
      record(step, each(await send(requests), count))
    }
    await close?.()
    await done?.()
  }
}

const PATH = '/v1/services/mlmodelServices'
const byName = (name, query = '') => `${PATH}/name/${encodeURIComponent(name)}${query}`
const namesOf = (documents) => documents.services(0).map(({ fullyQualifiedName }) => fullyQualifiedName)

/** What each step sends, made when it is its turn. Rows of bulks have names that nothing has yet. */
function* sentTo(origin, documents) {
  const gets = (paths) => ({ requests: paths.map((path) => ({ url: origin + path, method: 'GET' })) })
  const texts = (method, path, bodies) => ({
    requests: bodies.map((body) => ({
      url: origin + path,
      method,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })),
  })
  for (const step of ['create', 'changed', 'unchanged']) {
    yield [step, texts(step === 'create' ? 'POST' : 'PUT', PATH, documents.requests(editionOf[step]))]
  }
  const names = namesOf(documents)
  yield ['get', gets(names.map((name) => byName(name)))]
  yield ['whole', gets(names.map((name) => byName(name, '?fields=*')))]
  yield ['page', gets(Array(Math.ceil(names.length / 25)).fill(`${PATH}?limit=50`))]
  const bulks = bulksBeside(documents).map((from) => documentsFrom(ROWS, from).requests(0))
  yield ['bulk', { ...texts('PUT', `${PATH}/bulk`, bulks), count: bulks.length * ROWS }]
}

const bulksBeside = ({ size }) => Array.from({ length: Math.ceil(size / ROWS) }, (_, nth) => 10_000_000 + nth * ROWS)

function ours(documents) {
  const book = openedOn(memoryStore())
  const done = async () => {
    const { paging } = (await listServices(book, { limit: 1, total: true }))._unsafeUnwrap()
    expect(paging.total === documents.size + bulksBeside(documents).length * ROWS, 'every service to be there')
    for (const name of namesOf(documents)) {
      const { version } = (await getService(book, name))._unsafeUnwrap()
      expect(version === 0.2, 'every service to be changed once')
    }
  }
  return { handler: serviceHandler(book), done }
}

async function floor(documents) {
  const book = openedOn(memoryStore())
  await bulk(book, documents.requests(1))
  const [name] = namesOf(documents).slice(-1)
  const sample = async (path) => (await serviceHandler(book)(new Request(`http://localhost${path}`))).text()
  const get = await sample(byName(name))
  const whole = await sample(byName(name, '?fields=*'))
  const page = await sample(`${PATH}?limit=50`)
  const textFor = (url) => (url.endsWith('?limit=50') ? page : url.endsWith('?fields=*') ? whole : get)
  const headers = { 'Content-Type': 'application/json' }
  const handler = async (request) => {
    if (request.method === 'GET') return new Response(textFor(request.url), { headers })
    return new Response(JSON.stringify(JSON.parse(await request.text())), { headers })
  }
  return { handler }
}

/** One request after the other, made and answered on this thread; bodies of answers are left alone. */
function called(handler) {
  const send = (requests) =>
    spent(async () => {
      for (const { url, ...init } of requests)
        expect((await handler(new Request(url, init))).ok, 'an answer that is ok')
    })
  return { origin: 'http://localhost', send }
}

let client
/** On loopback, for a client on a thread of its own that stays between rounds. */
async function served(handler) {
  client ??= new Worker(new URL('./client.mjs', import.meta.url))
  const server = serve({ fetch: handler, port: 0, hostname: '127.0.0.1', silent: true, gracefulShutdown: false })
  await server.ready()
  const send = async (requests) => {
    gc()
    client.postMessage({ port: new URL(server.url).port, requests })
    const [wall] = await once(client, 'message')
    return { wall } // the CPU time of this process would be that of the client as well
  }
  return { origin: server.url.slice(0, -1), send, close: () => server.close(true) }
}
