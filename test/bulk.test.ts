import { type BulkReport, bulkUpsert, type ServiceStore, upsertService } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { openTestBook } from './catalogue.js'

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const rows = (count: number) => Array.from({ length: count }, (_, at) => row(`s${at}`))

const none = { created: 0, updated: 0, unchanged: 0, restored: 0 }

test('§6 an empty bulk is a success with zeros', async () => {
  for (const input of [[], new Set<Request>(), (async function* () {})()]) {
    const report = (await bulkUpsert(openTestBook(), input))._unsafeUnwrap()
    expect(report).toEqual({ status: 'success', processed: 0, passed: 0, failed: 0, outcomes: none, rows: [] })
  }
})

test('§6 the report is in input order, whatever kind of iterable the rows come from', async () => {
  const input = [row('b'), row('a::'), row('a'), row('b'), row('b', { description: 'x' }), row('c.d', { tags: 1 })]
  const expected = {
    status: 'partialSuccess',
    processed: 6,
    passed: 4,
    failed: 2,
    outcomes: { created: 2, updated: 1, unchanged: 1, restored: 0 },
    rows: [
      { index: 0, fqn: 'b', outcome: 'created', version: 0.1 },
      { index: 1, error: expect.objectContaining({ code: 'BAD_REQUEST' }) },
      { index: 2, fqn: 'a', outcome: 'created', version: 0.1 },
      { index: 3, fqn: 'b', outcome: 'unchanged', version: 0.1 },
      { index: 4, fqn: 'b', outcome: 'updated', version: 0.2 },
      { index: 5, fqn: '"c.d"', error: expect.objectContaining({ code: 'BAD_REQUEST' }) },
    ],
  }
  const kinds = [
    input,
    new Set(input),
    input.values(),
    (async function* () {
      yield* input
    })(),
  ]
  for (const kind of kinds)
    expect((await bulkUpsert(openTestBook(), kind, { chunkSize: 4 }))._unsafeUnwrap()).toEqual(expected)
  const failed = (await bulkUpsert(openTestBook(), input, { rows: 'failed' }))._unsafeUnwrap()
  expect(failed).toEqual({ ...expected, rows: [expected.rows[1], expected.rows[5]] })
  expect((await bulkUpsert(openTestBook(), [row('a::')]))._unsafeUnwrap().status).toBe('failure')
})

test('§6 only bad options fail the whole call, each with its path, before a row is read', async () => {
  const read = vi.fn()
  const input = {
    *[Symbol.iterator]() {
      read()
      yield row('a')
    },
  }
  const options = { chunkSize: 0, dryRun: 'yes', rows: 'none', signal: {}, onProgress: 1, by: { name: '' } }
  const error = (await bulkUpsert(openTestBook(), input, options as never))._unsafeUnwrapErr()
  expect(error.code === 'BAD_REQUEST' && error.issues.map(({ path }) => path)).toEqual([
    '/by/name',
    '/signal',
    '/onProgress',
    '/dryRun',
    '/rows',
    '/chunkSize',
  ])
  expect(read).not.toHaveBeenCalled()
  for (const bad of [undefined, null, 'rows', 7, {}]) {
    expect((await bulkUpsert(openTestBook(), bad as never))._unsafeUnwrapErr().code).toBe('BAD_REQUEST')
  }
})

/** A memory store that fails now and then. */
function failing(when: { load?: (call: number) => unknown; commit?: (call: number) => unknown }): ServiceStore {
  const store = memoryStore()
  let loads = 0
  let commits = 0
  const fail = (failure: unknown) => {
    if (failure) throw failure
  }
  return {
    ...store,
    load: (...args) => {
      fail(when.load?.(++loads))
      return store.load(...args)
    },
    commit: (...args) => {
      fail(when.commit?.(++commits))
      return store.commit(...args)
    },
  }
}

test('§6 a store failure half-way is reported per row, and the bulk is safe to send again', async () => {
  const lost = new Error('connection lost')
  const full = Object.assign(new Error('disk full'), { applied: false })
  const book = openTestBook({
    store: failing({ load: (call) => call === 2 && lost, commit: (call) => (call === 1 ? full : call === 2 && lost) }),
  })
  const codes = ({ rows }: BulkReport) =>
    rows.map((row) =>
      row.error
        ? row.error.code === 'STORE_FAILED'
          ? `${row.error.during} ${row.error.applied}`
          : row.error.code
        : row.outcome,
    )
  const input = rows(7)
  const first = (await bulkUpsert(book, input, { chunkSize: 2 }))._unsafeUnwrap()
  expect(codes(first)).toEqual([
    'commit false',
    'commit false',
    'load false',
    'load false',
    'commit unknown',
    'commit unknown',
    'created',
  ])
  expect(first.rows[4]).toMatchObject({ error: { cause: lost } })
  const again = (await bulkUpsert(book, input, { chunkSize: 2 }))._unsafeUnwrap()
  expect(codes(again)).toEqual([...new Array(6).fill('created'), 'unchanged'])
})

test('§10 a failing store is a value of every verb, and says whether anything was written', async () => {
  for (const [applied, failure] of [
    [false, Object.assign(new Error('full'), { applied: false })],
    ['unknown', new Error('lost')],
    ['unknown', 'a text'],
    ['unknown', null],
  ] as const) {
    const book = openTestBook({
      store: failing({
        commit: () => {
          throw failure
        },
      }),
    })
    expect((await upsertService(book, row('a')))._unsafeUnwrapErr()).toMatchObject({
      code: 'STORE_FAILED',
      during: 'commit',
      applied,
      cause: failure,
    })
  }
})

test('§5 a rival that wins every time: CONTENDED after so many attempts, and the other rows go in', async () => {
  const store = memoryStore()
  let commits = 0
  const contended: ServiceStore = {
    ...store,
    async commit(family, changes) {
      const hot = changes.filter(({ after }) => after?.service.name === 'hot')
      if (hot.length > 0) commits++
      const refused = await store.commit(
        family,
        changes.filter((change) => !hot.includes(change)),
      )
      return [...refused, ...(hot.length > 0 ? ['hot'] : [])]
    },
  }
  const book = openTestBook({ store: contended, attempts: 5 })
  const report = (await bulkUpsert(book, [row('hot'), row('cold'), row('hot')]))._unsafeUnwrap()
  expect(report.rows).toMatchObject([
    { error: { code: 'CONTENDED', fqn: 'hot', attempts: 5 } },
    { outcome: 'created' },
    { error: { code: 'CONTENDED' } },
  ])
  expect(commits).toBe(10)
})
