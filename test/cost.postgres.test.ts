import {
  bulkUpsert,
  createService,
  deleteService,
  followService,
  getService,
  listServices,
  listVersions,
  mlmodelServices,
  openBook,
  patchService,
  restoreService,
  upsertService,
} from 'servicebook'
import { type PostgresClient, postgresStore } from 'servicebook/postgres'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Request } from './arbitraries.js'
import { borrowDatabase, pool } from './database.js'

/* What a verb costs on PostgreSQL, in statements and characters: on no machine anything else. */

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request

async function opened(options = {}) {
  const { schema, close } = await borrowDatabase()
  onTestFinished(close)
  const sent: { text: string; values: unknown[] }[] = []
  const spy: PostgresClient = {
    query(given: string | { text: string; values: unknown[] }, values: unknown[]) {
      sent.push(typeof given === 'string' ? { text: given, values } : given)
      return pool.query(given as string, values)
    },
  }
  const book = openBook({ family: mlmodelServices, store: postgresStore(spy, { schema, ...options }) })
  await createService(book, row('first'))
  sent.length = 0
  const statements = () => sent.splice(0).length
  const characters = () => sent.splice(0).reduce((sum, { values }) => sum + values.join('').length, 0)
  return { book, statements, characters }
}

describe.each([{}, { outbox: true }, { prepared: true }])('with %o', (options) => {
  test('a create is one statement, every other change two, by id as by name; a look, a page and an unchanged one are one', async () => {
    const { book, statements } = await opened(options)
    const { id } = (await createService(book, row('a')))._unsafeUnwrap()
    expect(statements()).toBe(1)
    for (const subject of ['a', { id }] as const) {
      const name = `${typeof subject}`
      for (const change of [
        () => upsertService(book, row('a', { description: name })),
        () => patchService(book, subject, [{ op: 'add', path: '/displayName', value: name }]),
        () => followService(book, subject, `${name === 'string' ? 1 : 2}1111111-1111-4111-8111-111111111111`),
        () => deleteService(book, subject),
        () => restoreService(book, subject),
      ]) {
        expect((await change()).isOk()).toBe(true)
        expect(statements()).toBe(2)
      }
      await getService(book, subject)
      expect(statements()).toBe(1)
      await listVersions(book, subject)
      expect(statements()).toBe(2)
    }
    await upsertService(book, row('a', { description: 'object', displayName: 'object' }))
    expect(statements()).toBe(1)
    await listServices(book, { limit: 10 })
    expect(statements()).toBe(1)
    await listServices(book, { limit: 10, total: true })
    expect(statements()).toBe(2)
    await deleteService(book, { id }, { hard: true })
    expect(statements()).toBe(2)
  })

  test('sixty-four callers that come together are as many statements as one; a chunk too', async () => {
    const { book, statements } = await opened(options)
    const names = Array.from({ length: 64 }, (_, at) => `s${at}`)
    const made = await Promise.all(names.map((name) => createService(book, row(name))))
    expect(statements()).toBe(1)
    const changed = await Promise.all(names.map((name) => upsertService(book, row(name, { description: 'x' }))))
    expect(statements()).toBe(2)
    for (const answer of [...made, ...changed]) expect(answer.isOk()).toBe(true)
    await bulkUpsert(
      book,
      names.map((name) => row(name, { description: 'y' })),
    )
    expect(statements()).toBe(2)
  })
})

test('a changed service goes to the server once: its JSON, and a line of some 150 characters', async () => {
  for (const [options, most] of [
    [{}, 190],
    [{ outbox: true }, 340],
  ] as const) {
    const { book, characters } = await opened(options)
    const rows = Array.from({ length: 500 }, (_, at) => row(`s${at}`, { description: 'x'.repeat(2000) }))
    await bulkUpsert(book, rows)
    characters()
    const report = (
      await bulkUpsert(
        book,
        rows.map((one) => ({ ...one, displayName: 'changed' })),
      )
    )._unsafeUnwrap()
    expect(report.outcomes.updated).toBe(500)
    const sent = characters()
    const one = JSON.stringify((await getService(book, 's100'))._unsafeUnwrap()).length
    expect(sent / 500 - one).toBeGreaterThan(0)
    expect(sent / 500 - one).toBeLessThan(most)
  }
})
