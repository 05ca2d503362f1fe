import {
  type BulkRow,
  bulkUpsert,
  createService,
  mlmodelServices,
  type Outcome,
  openBook,
  type Service,
  unwrap,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, expectTypeOf, test } from 'vitest'

/* Requests of which the compiler knows less than there is to know: taken, and checked when they are sent. §1 */

const book = openBook({ family: mlmodelServices, store: memoryStore() })

test('§1 a constant without `as const` is taken, and what it makes has its type', async () => {
  const owner = { id: '11111111-1111-4111-8111-111111111111', type: 'user' }
  const request = {
    name: 'churn',
    serviceType: 'Sklearn',
    owners: [owner],
    tags: [{ tagFQN: 'PII', source: 'Glossary' }],
  }
  const made = await unwrap(createService(book, request))
  expectTypeOf(made).toEqualTypeOf<Service<typeof mlmodelServices>>()
  const { outcome } = await unwrap(upsertService(book, { ...request, description: 'Who leaves' }))
  expect(outcome).toBe('updated')
  async function* rows() {
    yield { name: 'a', serviceType: 'Sklearn' }
    yield { name: 'b', serviceType: 'VertexAI', connection: { config: { location: 'eu' } } }
  }
  expect((await unwrap(bulkUpsert(book, rows()))).status).toBe('partialSuccess')
})

test('§1 a JSON module is taken as a fixture', async () => {
  const fixture = await import('./consumers/services.json', { with: { type: 'json' } })
  const report = await unwrap(bulkUpsert(book, fixture.default))
  expect(report.status).toBe('success')
  expect(
    await unwrap(createService(book, { serviceType: 'Sklearn', ...fixture.default[0], name: 'again' })),
  ).toMatchObject({ version: 0.1 })
})

test('§1 what the compiler knows better does not compile', () => {
  const wrong = () => {
    // @ts-expect-error there is no such service type
    createService(book, { name: 'a', serviceType: 'Nope' })
    // @ts-expect-error unknown field
    createService(book, { name: 'a', serviceType: 'Sklearn', owner: 'x' })
    // @ts-expect-error a Mlflow connection has a registryUri
    upsertService(book, { name: 'a', serviceType: 'Mlflow', connection: { config: { trackingUri: 'x' } } })
    const request = { name: 5, serviceType: 'Sklearn' }
    // @ts-expect-error a name is a text
    createService(book, request)
    // @ts-expect-error without a service type there is no request
    createService(book, { name: 'a' })
    // @ts-expect-error rows are requests
    bulkUpsert(book, [{ name: 'a', serviceType: 'Nope' }])
  }
  expectTypeOf(wrong).toBeFunction()
})

test('§6 a row is asked for its error and its outcome without `in`', () => {
  const read = ({ error, outcome, version, fqn }: BulkRow) => (error ? error.message : `${fqn} ${outcome} ${version}`)
  expectTypeOf(read).returns.toEqualTypeOf<string>()
  const told = (row: BulkRow) => (row.error === undefined ? row.outcome : undefined)
  expectTypeOf(told).returns.toEqualTypeOf<Outcome | undefined>()
})
