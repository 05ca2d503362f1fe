import { bulkUpsert, createService, type Directory, type Reference, upsertService } from 'servicebook'
import { memoryDirectory, memoryStore } from 'servicebook/memory'
import { expect, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { openTestBook, stateOf } from './catalogue.js'

const [ADA, TEAM] = ['11111111-1111-4111-8111-11111111111a', '22222222-2222-4222-8222-22222222222b'] as const
const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request

const directory = () =>
  memoryDirectory({
    users: [ADA.toUpperCase()],
    teams: [TEAM],
    domains: ['Sales', '"R.D"'],
    dataProducts: ['Churn'],
    tags: ['PII.Sensitive'],
    glossaryTerms: ['Terms.Revenue'],
  })

const known = {
  owners: [
    { id: ADA, type: 'user' },
    { id: TEAM, type: 'team' },
  ],
  domain: 'Sales',
  dataProducts: ['Churn'],
  tags: [{ tagFQN: 'PII.Sensitive' }, { tagFQN: 'Terms.Revenue', source: 'Glossary' }],
}

test('§4 a reference to something the directory does not know is ENTITY_NOT_FOUND that names it, and nothing is written', async () => {
  const book = openTestBook({ directory: directory() })
  const unknown = [
    [{ owners: [{ id: TEAM, type: 'user' }] }, 'user', TEAM],
    [{ owners: [{ id: ADA, type: 'team' }] }, 'team', ADA],
    [{ domain: 'sales' }, 'domain', 'sales'],
    [{ domain: 'Sales.EMEA' }, 'domain', 'Sales.EMEA'],
    [{ domain: 'Sales', dataProducts: ['Churn', 'Leads'] }, 'dataProduct', 'Leads'],
    [{ tags: [{ tagFQN: 'Terms.Revenue' }] }, 'tag', 'Terms.Revenue'],
    [{ tags: [{ tagFQN: 'PII.Sensitive', source: 'Glossary' }] }, 'glossaryTerm', 'PII.Sensitive'],
    [{ tags: [{ tagFQN: 'PII.Sensitive' }, { tagFQN: 'constructor' }] }, 'tag', 'constructor'],
  ] as const
  for (const [fields, entityType, entity] of unknown) {
    for (const verb of [createService, upsertService] as const) {
      const error = (await verb(book, row('a', fields)))._unsafeUnwrapErr()
      expect(error).toMatchObject({ code: 'ENTITY_NOT_FOUND', entityType, entity })
    }
  }
  expect((await stateOf(book.store)).current).toEqual([])
  expect((await createService(book, row('a', known))).isOk()).toBe(true)
  expect((await upsertService(book, row('b', { owners: [{ id: ADA.toUpperCase(), type: 'user' }] }))).isOk()).toBe(true)
  expect((await createService(openTestBook({ directory: memoryDirectory() }), row('a', known))).isErr()).toBe(true)
  expect((await createService(openTestBook(), row('a', unknown[0][0]))).isOk()).toBe(true)
})

test('§4 the references of a chunk are one question, each asked once; a row that refers to nothing fails alone', async () => {
  const asked: (readonly Reference[])[] = []
  const inner = directory()
  const counting: Directory = {
    async knows(references) {
      asked.push(references)
      return inner.knows(references)
    },
  }
  const book = openTestBook({ directory: counting })
  const rows = [row('a', known), row('b', { domain: 'Nowhere' }), row('c'), row('d', { ...known, domain: '"R.D"' })]
  const report = (await bulkUpsert(book, rows))._unsafeUnwrap()
  expect(report.rows.map((one) => (one.error ? one.error.code : one.outcome))).toEqual([
    'created',
    'ENTITY_NOT_FOUND',
    'created',
    'created',
  ])
  expect(asked.map((references) => references.length)).toEqual([8])
  await bulkUpsert(book, [row('c', { description: 'no references' })])
  expect(asked).toHaveLength(1)
})

test('§9 who may not write is told so before the directory is asked', async () => {
  const knows = vi.fn(() => [])
  const store = memoryStore()
  await createService(openTestBook({ store }), row('a'))
  const book = openTestBook({ store, directory: { knows }, policy: () => 'forbidden' })
  expect((await upsertService(book, row('a', known)))._unsafeUnwrapErr().code).toBe('FORBIDDEN')
  expect((await createService(book, row('b', known)))._unsafeUnwrapErr().code).toBe('FORBIDDEN')
  expect(knows).not.toHaveBeenCalled()
})

test('a directory that fails or answers nonsense fails what has references, and nothing else', async () => {
  const broken: Directory['knows'][] = [
    () => {
      throw new Error('down')
    },
    () => Promise.reject(new Error('down')),
    () => [],
    () => undefined as never,
  ]
  for (const knows of broken) {
    const book = openTestBook({ directory: { knows } })
    const report = (await bulkUpsert(book, [row('a', known), row('b')]))._unsafeUnwrap()
    expect(report.rows).toMatchObject([
      { error: { code: 'STORE_FAILED', during: 'resolve', applied: false } },
      { outcome: 'created' },
    ])
  }
})
