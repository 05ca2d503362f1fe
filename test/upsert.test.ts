import { createService, type Principal, type Service, upsertService } from 'servicebook'
import { describe, expect, test } from 'vitest'
import type { Request } from './arbitraries.js'
import { FAMILY, openTestBook, softDelete } from './catalogue.js'

const ada = { id: '11111111-1111-4111-8111-111111111111', type: 'user' as const }
const team = { id: '22222222-2222-4222-8222-222222222222', type: 'team' as const }
const label = (tagFQN: string, rest = {}) => ({
  tagFQN,
  source: 'Classification' as const,
  labelType: 'Manual' as const,
  state: 'Confirmed' as const,
  ...rest,
})
const mlflow = (trackingUri: string) => ({ config: { trackingUri, registryUri: 'http://r' } })

const full: Request = {
  name: 'a',
  serviceType: 'Mlflow',
  displayName: 'A',
  description: 'first',
  owners: [ada],
  domain: 'Sales',
  dataProducts: ['Churn', 'Leads'],
  tags: [label('PII.None')],
  connection: mlflow('http://t'),
}

/** What an upsert makes of the full service, or of `before`. */
async function put(request: Partial<Request>, by?: Principal, before: Partial<Request> = {}) {
  const book = openTestBook({ now: () => 1000 })
  const old = (
    await createService(book, { ...full, ...before } as Request, { by: { name: 'creator' } })
  )._unsafeUnwrap()
  const { outcome, service } = (
    await upsertService(book, { name: 'a', serviceType: 'Mlflow', ...request } as Request, { by })
  )._unsafeUnwrap()
  return { outcome, service, old, change: service.changeDescription }
}

/** What an upsert would clear if it were absent. */
const kept = { displayName: 'A', description: 'first', dataProducts: ['Churn', 'Leads'] }

describe('§5 the merge table', () => {
  test('displayName and description: cleared when absent, stored when supplied', async () => {
    const cleared = await put({ ...kept, displayName: null, description: undefined })
    expect(cleared.service).not.toHaveProperty('displayName')
    expect(cleared.service).not.toHaveProperty('description')
    expect(cleared.change?.fieldsDeleted).toEqual([
      { name: 'description', oldValue: 'first' },
      { name: 'displayName', oldValue: 'A' },
    ])
    const stored = await put({ displayName: 'B', description: '' })
    expect(stored.service).toMatchObject({ displayName: 'B', description: '' })
    expect(stored.change?.fieldsUpdated).toEqual([
      { name: 'description', oldValue: 'first', newValue: '' },
      { name: 'displayName', oldValue: 'A', newValue: 'B' },
    ])
    const added = await put({ displayName: 'A', description: 'x' }, undefined, { description: null })
    expect(added.change?.fieldsAdded).toEqual([{ name: 'description', newValue: 'x' }])
  })

  test('owners: kept when absent or empty, replaced when supplied, added and removed ones reported', async () => {
    for (const owners of [undefined, null, []]) expect((await put({ ...kept, owners })).outcome).toBe('unchanged')
    const { service, change } = await put({ ...kept, owners: [team] })
    expect(service.owners).toEqual([team])
    expect(change).toEqual({
      fieldsAdded: [{ name: 'owners', newValue: [team] }],
      fieldsUpdated: [],
      fieldsDeleted: [{ name: 'owners', oldValue: [ada] }],
      previousVersion: 0.1,
    })
  })

  test('domain: kept when absent, replaced when supplied', async () => {
    expect((await put({ ...kept, domain: null })).service.domain).toBe('Sales')
    expect((await put({ ...kept, domain: 'Ops' })).change?.fieldsUpdated).toEqual([
      { name: 'domain', oldValue: 'Sales', newValue: 'Ops' },
    ])
  })

  test('dataProducts: cleared when absent or empty, replaced when supplied, in any order; they need a domain', async () => {
    for (const dataProducts of [undefined, null, []]) {
      const { service, change } = await put({ ...kept, dataProducts })
      expect(service).not.toHaveProperty('dataProducts')
      expect(change?.fieldsDeleted).toEqual([{ name: 'dataProducts', oldValue: ['Churn', 'Leads'] }])
    }
    expect((await put({ ...kept, dataProducts: ['Leads', 'Churn', 'Leads'] })).outcome).toBe('unchanged')
    const { service, change } = await put({ ...kept, dataProducts: ['Leads', 'Sales.New', 'Sales.New'] })
    expect(service.dataProducts).toEqual(['Leads', 'Sales.New'])
    expect(change).toMatchObject({
      fieldsAdded: [{ name: 'dataProducts', newValue: ['Sales.New'] }],
      fieldsDeleted: [{ name: 'dataProducts', oldValue: ['Churn'] }],
    })

    const book = openTestBook()
    const homeless: Request = { name: 'b', serviceType: 'Sklearn', dataProducts: ['Churn'] }
    const refused = { code: 'BAD_REQUEST', issues: [{ path: '/dataProducts' }] }
    expect((await createService(book, homeless))._unsafeUnwrapErr()).toMatchObject(refused)
    expect((await upsertService(book, homeless))._unsafeUnwrapErr()).toMatchObject(refused)
    await createService(book, { name: 'b', serviceType: 'Sklearn' })
    expect((await upsertService(book, homeless))._unsafeUnwrapErr()).toMatchObject(refused)
    expect((await upsertService(book, { ...homeless, domain: 'Sales' })).isOk()).toBe(true)
    expect((await upsertService(book, homeless))._unsafeUnwrap().outcome).toBe('unchanged')
    const malformed = await upsertService(book, { ...homeless, dataProducts: ['Churn', 'a..b', ''] })
    const issues = [{ path: '/dataProducts/1' }, { path: '/dataProducts/2' }]
    expect(malformed._unsafeUnwrapErr()).toMatchObject({ code: 'BAD_REQUEST', issues })
  })

  test('tags: united by tagFQN and source; a label that is there stays as it is; none is removed', async () => {
    expect((await put({ ...kept, tags: [] })).outcome).toBe('unchanged')
    expect((await put({ ...kept, tags: [label('PII.None', { labelType: 'Automated' })] })).outcome).toBe('unchanged')
    const glossary = label('PII.None', { source: 'Glossary' })
    const { service, change } = await put({ ...kept, tags: [label('PII.None', { state: 'Suggested' }), glossary] })
    expect(service.tags).toEqual([label('PII.None'), glossary])
    expect(change?.fieldsAdded).toEqual([{ name: 'tags', newValue: [glossary] }])
  })

  test('connection: kept when absent, replaced when supplied, one entry with whole values', async () => {
    expect((await put({ ...kept })).outcome).toBe('unchanged')
    const { old, service, change } = await put({ ...kept, connection: mlflow('http://u') } as Partial<Request>)
    const config = {
      type: 'Mlflow',
      trackingUri: 'http://u',
      registryUri: 'http://r',
      supportsMetadataExtraction: true,
    }
    expect(service.connection).toEqual({ config })
    expect(change?.fieldsUpdated).toEqual([
      { name: 'connection', oldValue: old.connection, newValue: service.connection },
    ])
    const same = { config: { registryUri: 'http://r', type: 'Mlflow', trackingUri: 'http://t' } }
    expect((await put({ ...kept, connection: same } as Partial<Request>)).outcome).toBe('unchanged')
  })

  test('serviceType: +1.0, and a stored connection must be replaced by one that fits', async () => {
    const config = { config: { sourcePythonClass: 'x' } }
    const { service, change } = await put({
      ...kept,
      serviceType: 'CustomMlModel',
      connection: config,
    } as Partial<Request>)
    expect(service).toMatchObject({
      version: 1.1,
      serviceType: 'CustomMlModel',
      connection: { config: { type: 'CustomMlModel' } },
    })
    expect(change?.fieldsUpdated.map(({ name }) => name)).toEqual(['serviceType', 'connection'])
    expect(
      (await put({ ...kept, serviceType: 'Sklearn' } as Partial<Request>, undefined, { connection: null })).service
        .version,
    ).toBe(1.1)

    const book = openTestBook()
    await createService(book, full)
    const refused = (await upsertService(book, { name: 'a', serviceType: 'Sklearn' }))._unsafeUnwrapErr()
    expect(refused).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: '/connection' }] })
  })

  test('a bot fills blanks but never overwrites or clears', async () => {
    const bot = { name: 'bot', isBot: true }
    expect((await put({}, bot)).outcome).toBe('unchanged')
    expect((await put({ displayName: 'B', description: 'B' }, bot)).outcome).toBe('unchanged')
    const filled = await put({ displayName: 'B', description: 'B' }, bot, { displayName: null, description: '' })
    expect(filled.service).toMatchObject({ displayName: 'B', description: 'B', updatedBy: 'bot' })
    expect((await put({}, bot, { description: '' })).service.description).toBe('')
    expect((await put({ owners: [team] }, bot)).service.owners).toEqual([team])
  })
})

test('§3 a change adds 0.1 and is signed; no change leaves version, updatedAt and updatedBy', async () => {
  const changed = await put({ ...kept, description: 'second' }, { name: 'grace' })
  expect(changed.service).toMatchObject({ version: 0.2, updatedAt: 1001, updatedBy: 'grace' })
  const unchanged = await put(kept, { name: 'grace' })
  expect(unchanged).toMatchObject({ outcome: 'unchanged' })
  expect(unchanged.service).toBe(unchanged.old)
  expect((await createService(openTestBook(), full))._unsafeUnwrap()).toMatchObject({
    version: 0.1,
    updatedBy: 'anonymous',
    deleted: false,
  })
})

test('§5 a soft-deleted service is restored and merged, one version higher', async () => {
  const book = openTestBook()
  const made = (await createService(book, full))._unsafeUnwrap()
  await softDelete(book.store, 'a')
  const { outcome, service } = (await upsertService(book, { ...full, description: 'back' } as Request))._unsafeUnwrap()
  expect(outcome).toBe('restored')
  expect(service).toMatchObject({ id: made.id, version: 0.3, deleted: false })
  expect(service.changeDescription).toEqual({
    fieldsAdded: [],
    fieldsUpdated: [
      { name: 'description', oldValue: 'first', newValue: 'back' },
      { name: 'deleted', oldValue: true, newValue: false },
    ],
    fieldsDeleted: [],
    previousVersion: 0.2,
  })
  const versions = await book.store.versions(FAMILY, 'a', made.id, { limit: 9 })
  expect(versions.map(({ version, deleted }) => [version, deleted])).toEqual([
    [0.2, true],
    [0.1, false],
  ])
})

test('§5 a service is frozen all the way down', async () => {
  const { service } = await put({
    ...kept,
    tags: [label('x')],
    owners: [team],
    connection: mlflow('http://u'),
  } as Partial<Request>)
  const thawed = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && (!Object.isFrozen(value) || Object.values(value).some(thawed))
  expect(thawed(service satisfies Service)).toBe(false)
})
