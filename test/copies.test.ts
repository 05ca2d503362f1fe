import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { temporaryDirectory } from './catalogue.js'

/*
 * One process may have the package twice: once imported and once required. What there is one of in a process is one for
 * both. Runs on what is built.
 */

function inOneProcess(program: string, ...args: readonly string[]): unknown {
  const both = `
    import { createRequire } from 'node:module'
    const require = createRequire(process.cwd() + '/package.json')
    const copies = [await import('servicebook'), require('servicebook')]
    if (copies[0].openBook === copies[1].openBook) throw new Error('there is only one copy')
    const { mlmodelServices, openBook } = copies[0]
    const { memoryStore } = await import('servicebook/memory')
    ${program}`
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', both, ...args], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return JSON.parse(stdout)
}

test('§2 ids of both copies come from one factory: they sort in the order in which they were made', () => {
  const ids = inOneProcess(`
    // All in one millisecond, where chance alone would order the ids of two factories.
    Date.now = () => 1_800_000_000_000
    const store = memoryStore()
    const books = copies.map(({ openBook }) => openBook({ family: mlmodelServices, store }))
    const ids = []
    for (let at = 0; at < 200; at++) {
      const made = await copies[at % 2].createService(books[at % 2], { name: 'model ' + at, serviceType: 'Sklearn' })
      ids.push(made.value.id)
    }
    console.log(JSON.stringify(ids))`) as string[]
  expect(ids).toEqual([...ids].sort())
})

test('§5 writes of one name take turns, whichever copy they come from', () => {
  const refused = inOneProcess(`
    const store = memoryStore()
    let refused = 0
    // The pauses let both come to their commit with the same state, were it not for their turns.
    const slow = { ...store,
      load: async (...args) => { await new Promise(setImmediate); return store.load(...args) },
      commit: async (...args) => { await new Promise(setImmediate); const names = await store.commit(...args); refused += names.length; return names } }
    const book = openBook({ family: mlmodelServices, store: slow })
    await Promise.all(Array.from({ length: 16 }, (_, at) =>
      copies[at % 2].upsertService(book, { name: 'hot', serviceType: 'Sklearn', description: String(at) })))
    console.log(refused)`)
  expect(refused).toBe(0)
})

test('what verbs of both copies ask of a store at once travels together', () => {
  const trips = inOneProcess(`
    const store = memoryStore()
    const trips = []
    const slow = { ...store, durable: true,
      load: async (family, fqns) => { trips.push(['load', fqns.length]); return store.load(family, fqns) },
      commit: async (family, changes) => { trips.push(['commit', changes.length]); return store.commit(family, changes) } }
    const book = openBook({ family: mlmodelServices, store: slow })
    await Promise.all(Array.from({ length: 8 }, (_, at) =>
      copies[at % 2].upsertService(book, { name: 'model ' + at, serviceType: 'Sklearn' })))
    console.log(JSON.stringify(trips))`)
  expect(trips).toEqual([
    ['load', 8],
    ['commit', 8],
  ])
})

test('a directory that one copy has is refused to the other at once, without waiting for signs of life', () => {
  const answer = inOneProcess(
    `
    // The store keeps the timers it was loaded with.
    const waits = []
    const { setTimeout } = globalThis
    globalThis.setTimeout = (work, time, ...rest) => { waits.push(time); return setTimeout(work, 0, ...rest) }
    const [first, second] = [(await import('servicebook/fs')).fsStore, require('servicebook/fs').fsStore].map((fsStore) => fsStore(process.argv[1]))
    await first.open()
    const refused = await second.open().then(() => 'opened', (error) => error.message)
    await first.close()
    await second.open()
    await second.close()
    console.log(JSON.stringify({ refused, waited: waits.some((time) => time >= 1000) }))`,
    temporaryDirectory(),
  ) as { refused: string; waited: boolean }
  expect(answer.refused).toMatch(/in use by process \d+, this one/)
  expect(answer.waited).toBe(false)
})

test('a book, a family and a cipher of one copy serve the verbs of the other', () => {
  const answer = inOneProcess(`
    const { aesCipher } = require('servicebook/cipher')
    const { createService, defineFamily, revealConnection, secret } = copies[1]
    const schema = { type: 'object', properties: { password: secret() }, required: ['password'], additionalProperties: false }
    const family = defineFamily({ entityType: 'databaseService', collection: 'databaseServices', serviceTypes: { Mysql: schema } })
    const book = openBook({ family, store: memoryStore(), cipher: aesCipher({ keys: { a: new Uint8Array(32) }, current: 'a' }) })
    const request = { name: 'a', serviceType: 'Mysql', connection: { config: { password: 'hush' } } }
    const made = await createService(book, request)
    const again = await copies[0].upsertService(book, request)
    const revealed = await revealConnection(book, 'a')
    const wrong = await createService(book, { ...request, name: 'b', connection: { config: {} } })
    console.log(JSON.stringify([made.value.connection.config.password, again.value.outcome, revealed.value.config.password, wrong.error.message]))`)
  expect(answer).toEqual(['*********', 'unchanged', 'hush', '/connection/config/password is required'])
})
