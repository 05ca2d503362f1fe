import { getService, listServices, listVersions } from '../../dist/index.js'
import { memoryStore } from '../../dist/memory.js'
import { bulk, expect, FAMILY, openedOn } from '../book.mjs'
import { median, spent } from '../measuring/clock.mjs'
import { bookOn, emptyTables, fill, pool, tables } from './postgres/database.mjs'

export { prepare } from './postgres/database.mjs'

/*
 * Reading one service, a page in the middle, and a long history, beside the least that could answer the same.
 */

const VERSIONS = 1000
const steps = (where) => [
  { key: 'get', title: `${where}, one service by name`, unit: 'µs' },
  { key: 'page', title: `${where}, a page of 50`, unit: 'µs' },
  { key: 'versions', title: `${where}, ${VERSIONS} versions of a service`, unit: 'µs' },
]
const inMemory = {
  steps: steps('memory'),
  contestants: [
    { name: 'servicebook', round: memory(ours) },
    { name: 'floor: Map.get, a slice of a sorted list', round: memory(plain) },
  ],
}
const onServer = (rows) => ({
  size: 1000,
  steps: steps(`PostgreSQL, ${rows.toLocaleString('en')} services`),
  contestants: [
    { name: 'servicebook', round: server(rows, ours) },
    { name: 'floor: the query alone', round: server(rows, raw) },
  ],
})

export const cases = [
  { size: 100_000, scales: true, ...inMemory },
  { size: 1_000_000, slow: true, ...inMemory },
  onServer(10_000),
  { slow: true, ...onServer(1_000_000) },
].map((one, place) => ({ module: import.meta.url, place, ...one }))

/** A service with a long history among the others, which no round changes. */
async function grown(book) {
  for (let version = 1; version <= VERSIONS + 1; version++) {
    await bulk(book, [{ name: 'long', serviceType: 'Sklearn', description: `version ${version}` }])
  }
}

function memory(open) {
  let ready
  return async (documents, { record }) => {
    if (ready?.size !== documents.size) {
      const book = openedOn(memoryStore())
      await bulk(book, documents.requests(0))
      await grown(book)
      ready = { size: documents.size, asked: await open(book), names: namesOf(documents) }
    }
    await measured(ready, record, 2000)
  }
}

function server(rows, open) {
  let ready
  return async (documents, { record }) => {
    if (ready === undefined) {
      await emptyTables()
      const book = bookOn()
      await bulk(book, documents.requests(0))
      await fill(rows)
      await grown(book)
      ready = { asked: await open(book), names: namesOf(documents) }
    }
    await measured(ready, record, 200)
  }
}

const namesOf = (documents) => documents.services(0).map(({ name }) => name)

async function measured({ asked, names }, record, times) {
  for (const step of ['get', 'page', 'versions']) {
    const count = step === 'versions' ? times / 20 : times
    const waits = []
    const { cpu } = await spent(async () => {
      for (let nth = 0; nth < count; nth++) {
        const name = names[(nth * 7919) % names.length]
        const start = performance.now()
        const answer = asked[step](name)
        const found = answer instanceof Promise || 'then' in answer ? await answer : answer
        waits.push((performance.now() - start) * 1000)
        if (step === 'versions') expect(found.length === VERSIONS, 'the whole history')
        if (step === 'page') expect(found.length > 0, 'services on the page')
      }
    })
    record(step, { wall: median(waits), cpu: (cpu * 1000) / count })
  }
}

async function ours(book) {
  const cursors = new Map()
  return {
    get: async (name) => (await getService(book, { name }))._unsafeUnwrap(),
    async page(name) {
      const after = cursors.get(name)
      const page = (await listServices(book, { limit: 50, ...(after && { after }) }))._unsafeUnwrap()
      if (page.paging.after !== undefined) cursors.set(name, page.paging.after)
      return page.services
    },
    versions: async () => {
      const { services } = (await listVersions(book, 'long', { limit: VERSIONS }))._unsafeUnwrap()
      return services
    },
  }
}

async function plain(book) {
  const { services } = await book.store.list(FAMILY, { limit: 1_000_000 })
  const held = new Map(services.map((service) => [service.name, service]))
  const history = (await listVersions(book, 'long', { limit: VERSIONS }))._unsafeUnwrap().services
  let at = 0
  return {
    get: (name) => held.get(name),
    page() {
      at = (at + 50) % (services.length - 50)
      return services.slice(at, at + 50)
    },
    versions: () => history.slice(),
  }
}

async function raw() {
  const all = (text, values) => pool().query(text, values)
  return {
    get: (name) => all(`select service from ${tables.services} where fqn = $1 and family = $2`, [name, FAMILY]),
    page: async (name) => {
      const text = `select service from ${tables.services} where family = $1 and removed_at is null and name > $2 order by name limit 50`
      return (await all(text, [FAMILY, name.slice(0, 3)])).rows
    },
    versions: async () => {
      const text = `select service from ${tables.versions} where fqn = 'long' and family = $1 order by version desc limit ${VERSIONS}`
      return (await all(text, [FAMILY])).rows
    },
  }
}
