import { createService, upsertService } from '../dist/index.js'
import { postgresStore } from '../dist/postgres.js'
import { bookOn, emptyTables, fill, pool, prepare, tables } from './database.mjs'
import { documents as documentsFrom } from './requests.mjs'
import { bulk, expect, FAMILY, openedOn } from './servicebook.mjs'

/*
 * How PostgreSQL runs every statement of the store when the table holds a million services: `npm run bench:explain`. It
 * fails when one of the hot path reads a whole table.
 */

const ROWS = Number(process.argv[2] ?? 1_000_000)
const server = await prepare()
try {
  console.log(`PostgreSQL ${server.about.postgres}, ${ROWS.toLocaleString('en')} services\n`)
  await emptyTables()
  await bulk(bookOn(), documentsFrom(2000).requests(0))
  await bulk(bookOn(), documentsFrom(2000).requests(1))
  await fill(ROWS)
  await pool().query(`vacuum analyze ${tables.versions}`)
  let scans = 0
  for (const [name, work, hot = true] of statements()) {
    for (const plan of await plans(work)) {
      const isScan = /Seq Scan on servicebook_/.test(plan)
      if (isScan && hot) scans++
      console.log(`── ${name}${isScan && hot ? ': READS A WHOLE TABLE' : ''}\n${plan}\n`)
    }
  }
  await pool().query(`drop schema ${tables.schema} cascade`)
  console.log(`${scans} statements of the hot path read a whole table`)
  process.exitCode = scans === 0 ? 0 : 1
} finally {
  await pool().end()
  await server.stop()
}

/** What the store is asked for, by name; those that may take their time are not hot. */
function statements() {
  const changed = documentsFrom(1000).requests(0)
  const fresh = documentsFrom(1000, 30_000_000).requests(0)
  const middle = { name: 'filler 5', id: '00000000-0000-0000-0000-000000000000' }
  const list = (query) => (store) => store.list(FAMILY, { limit: 50, ...query })
  const some = documentsFrom(1).services(0)[0].fullyQualifiedName
  const held = async (store) => (await store.load(FAMILY, [some])).get(some)
  return [
    ['load and commit of a chunk, new', (store) => bulk(openedOn(store), fresh)],
    ['load and commit of a chunk, changed', (store) => bulk(openedOn(store), changed)],
    ['load and commit of one, new', (store) => createService(openedOn(store), { ...fresh[0], name: 'one more' })],
    ['load and commit of one, changed', (store) => upsertService(openedOn(store), { ...changed[0], description: 'x' })],
    ['find', async (store) => store.find(FAMILY, (await held(store)).service.id)],
    ['versions', async (store) => store.versions(FAMILY, some, (await held(store)).service.id, { limit: 10 })],
    ['first page', list({})],
    ['page in the middle, forwards', list({ after: middle })],
    ['page in the middle, backwards', list({ before: middle })],
    ['page by type', list({ serviceType: 'Sklearn' }), false],
    ['page by a domain that is nowhere', list({ domain: 'Nowhere' }), false],
    ['total', list({ limit: 0, total: true }), false],
    ['removal', async (store) => store.commit(FAMILY, [{ before: await held(store), after: null }])],
    ['removal of tombstones', (store) => store.removeTombstones(), false],
  ]
}

/** Does the work in a transaction that is taken back, and answers the plan of every statement it sent. */
async function plans(work) {
  const client = await pool().connect()
  const found = []
  await client.query('begin')
  const explaining = {
    async query(text, values) {
      await client.query('savepoint before')
      const explained = await client.query(`explain (analyze, buffers, costs off, summary off) ${text}`, values)
      await client.query('rollback to savepoint before')
      found.push(explained.rows.map((row) => row['QUERY PLAN'].slice(0, 160)).join('\n'))
      return client.query(text, values)
    },
  }
  await work(postgresStore(explaining, { schema: tables.schema }))
  await client.query('rollback')
  client.release()
  expect(found.length > 0, 'a statement to be sent')
  return found
}
