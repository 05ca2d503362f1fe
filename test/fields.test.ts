import {
  type BadRequest,
  bulkUpsert,
  createService,
  type Family,
  getService,
  listServices,
  listVersions,
  mlmodelServices,
  openBook,
  type PatchOperation,
  patchService,
  requestSchema,
  serviceSchema,
  upsertService,
} from 'servicebook'
import { allFamilies } from 'servicebook/families'
import { memoryStore } from 'servicebook/memory'
import { expect, onTestFinished, test } from 'vitest'
import { openTestBook, stores } from './catalogue.js'
import facts from './facts/openmetadata-families.json' with { type: 'json' }

/* What a service has since OpenMetadata 2.0: style, ingestionRunner, entityStatus, provider. */

const row = (name: string, more: object = {}) => ({ name, serviceType: 'Sklearn', ...more }) as const
type Loose = { readonly name: string; readonly serviceType: string }
const by = { name: 'ada' }
const runner = { id: '11111111-1111-4111-8111-11111111ABCD', type: 'ingestionRunner' }
const style = {
  color: '#fff',
  iconURL: 'https://a.test/i.svg',
  coverImage: { url: 'https://a.test/c', position: 'top' },
}
const change = (path: string, value: unknown): PatchOperation => ({ op: 'add', path, value })

test.each(stores)(
  '§1 §5 style, ingestionRunner and entityStatus by each verb, on the $name store',
  async ({ open }) => {
    const { store, close } = await open()
    onTestFinished(close)
    const book = openTestBook({ store })
    const born = (await createService(book, row('a'), { by }))._unsafeUnwrap()
    expect(born).toMatchObject({ entityStatus: 'Unprocessed' })
    expect(born.style ?? born.ingestionRunner).toBeUndefined()

    const put = (await upsertService(book, row('a', { style, ingestionRunner: runner }), { by }))._unsafeUnwrap()
    const lower = { ...runner, id: runner.id.toLowerCase() }
    expect(put).toMatchObject({ outcome: 'updated', service: { version: 0.2, style, ingestionRunner: lower } })
    expect(put.service.changeDescription?.fieldsAdded).toEqual([
      { name: 'style', newValue: style },
      { name: 'ingestionRunner', newValue: lower },
    ])
    const again = await upsertService(book, row('a', { style, ingestionRunner: runner }), { by })
    expect(again._unsafeUnwrap()).toEqual({ outcome: 'unchanged', service: put.service })

    const approved = (await patchService(book, 'a', [change('/entityStatus', 'Approved')]))._unsafeUnwrap()
    expect(approved.service).toMatchObject({ entityStatus: 'Approved', style, ingestionRunner: lower, version: 0.3 })
    expect(approved.service.changeDescription?.fieldsUpdated).toEqual([
      { name: 'entityStatus', oldValue: 'Unprocessed', newValue: 'Approved' },
    ])
    // Absent: style and entityStatus are kept, ingestionRunner is cleared; supplied, style is replaced whole.
    const bare = (await upsertService(book, row('a'), { by }))._unsafeUnwrap().service
    expect(bare).toMatchObject({ entityStatus: 'Approved', style, version: 0.4 })
    expect(bare.changeDescription?.fieldsDeleted).toEqual([{ name: 'ingestionRunner', oldValue: lower }])
    const red = (await bulkUpsert(book, [row('a', { style: { color: 'red' } })], { by }))._unsafeUnwrap()
    expect(red.rows).toMatchObject([{ outcome: 'updated', version: 0.5 }])
    const got = (await getService(book, 'a'))._unsafeUnwrap()
    expect([got.style, got.entityStatus]).toEqual([{ color: 'red' }, 'Approved'])

    // A patch removes what upsert keeps; without a status a service is as at birth.
    const remove = ['/style', '/entityStatus'].map((path) => ({ op: 'remove', path }) as const)
    const patched = (await patchService(book, 'a', remove, { by: { name: 'eve' } }))._unsafeUnwrap().service
    expect(patched).toMatchObject({ entityStatus: 'Unprocessed', version: 0.6 })
    expect(patched).not.toHaveProperty('style')
    expect((await listVersions(book, 'a'))._unsafeUnwrap().services).toMatchObject([
      { version: 0.6 },
      { style: { color: 'red' } },
      { style, entityStatus: 'Approved' },
      { entityStatus: 'Approved' },
      { entityStatus: 'Unprocessed' },
      { version: 0.1, entityStatus: 'Unprocessed' },
    ])
  },
)

test('§1 what is no style, runner or status is BAD_REQUEST with its path; a status is in no request', async () => {
  const book = openTestBook()
  await createService(book, row('a'))
  const wrong = {
    style: { colour: 'red', coverImage: { url: 7 } },
    ingestionRunner: { id: 'x', type: '', name: 'n' },
    entityStatus: 'Approved',
  }
  const paths = (error: BadRequest) => error.issues.map(({ path }) => path).sort()
  const refused = (await createService(book, row('b', wrong as object)))._unsafeUnwrapErr() as BadRequest
  expect(paths(refused)).toEqual([
    ...['/entityStatus', '/ingestionRunner/id', '/ingestionRunner/name', '/ingestionRunner/type'],
    ...['/style/colour', '/style/coverImage/url'],
  ])
  const patched = await patchService(book, 'a', [change('/entityStatus', 'Done')])
  expect(paths(patched._unsafeUnwrapErr() as BadRequest)).toEqual(['/entityStatus'])
  expect((await patchService(book, 'a', [change('/provider', 'user')]))._unsafeUnwrapErr().code).toBe('BAD_REQUEST')
})

test('§11 the fields of requests and services are those that each family has', () => {
  const beyond = ['href', 'dataContract', 'impersonatedBy', 'incrementalChangeDescription']
  const unseen = [...beyond, 'pipelines', 'models']
  const named = (fields: readonly string[]) => [
    ...fields.map((field) => (field === 'domains' ? 'domain' : field)).filter((field) => !unseen.includes(field)),
  ]
  for (const family of allFamilies as readonly Family[]) {
    const [type = ''] = Object.keys(family.serviceTypes)
    const fact = (facts.families as Record<string, { requestFields: string[]; serviceFields: string[] }>)[
      family.entityType
    ]
    const request = Object.keys(requestSchema(family, type).properties)
    expect(request.sort(), family.entityType).toEqual(named(fact?.requestFields ?? []).sort())
    const service = Object.keys(serviceSchema(family, type).properties)
    expect(service.sort(), family.entityType).toEqual(named(fact?.serviceFields ?? []).sort())
  }
})

test('§1 §11 families take, keep and show the fields they have and no other', async () => {
  for (const family of allFamilies as readonly Family[]) {
    const book = openBook({ family, store: memoryStore() })
    const [serviceType = ''] = Object.keys(family.serviceTypes)
    const { without = [], with: has = [] } = family
    const made = (await createService(book, { name: 'a', serviceType }))._unsafeUnwrap()
    expect(made.entityStatus, family.entityType).toBe(without.includes('entityStatus') ? undefined : 'Unprocessed')
    expect(made.provider, family.entityType).toBe(has.includes('provider') ? 'user' : undefined)
    const styled = await upsertService(book, { name: 'a', serviceType, style: { color: 'red' } })
    expect(styled.isOk(), family.entityType).toBe(!without.includes('style'))
    const approved = await patchService(book, 'a', [change('/entityStatus', 'Approved')])
    expect(approved.isOk(), family.entityType).toBe(!without.includes('entityStatus'))
    const described = await patchService(book, 'a', [change('/description', 'x')])
    expect(described._unsafeUnwrap().service.provider, family.entityType).toBe(made.provider)
    const products = await upsertService(book, { name: 'a', serviceType, domain: 'D', dataProducts: ['P'] })
    expect(products.isOk(), family.entityType).toBe(!without.includes('dataProducts'))
  }
})

test('§11 a pipeline service takes scheduleInterval and lifeCycle, by their types, and keeps nothing of them', async () => {
  const family = allFamilies.find(({ entityType }) => entityType === 'pipelineService') as Family
  const book = openBook({ family, store: memoryStore() })
  const request = { name: 'a', serviceType: 'Spark', scheduleInterval: '5 * * * *', lifeCycle: { created: {} } }
  const made = (await createService(book, request as Loose))._unsafeUnwrap()
  expect(JSON.stringify(made)).not.toMatch(/scheduleInterval|lifeCycle/)
  expect((await upsertService(book, { ...request, scheduleInterval: 'x' } as Loose))._unsafeUnwrap().outcome).toBe(
    'unchanged',
  )
  const ill = { ...request, scheduleInterval: 5, lifeCycle: 'x' } as Loose
  const wrong = (await createService(book, ill))._unsafeUnwrapErr()
  expect((wrong as BadRequest).issues.map(({ path }) => path)).toEqual(['/scheduleInterval', '/lifeCycle'])
  expect((await createService(openTestBook(), { ...request, serviceType: 'Sklearn' } as never)).isErr()).toBe(true)
})

test('§1 a service that was stored without a status reads as Unprocessed, and the same request is unchanged', async () => {
  const store = memoryStore()
  const book = openBook({ family: mlmodelServices, store })
  const { entityStatus, ...old } = (await createService(book, row('a')))._unsafeUnwrap()
  const before = (await store.load('mlmodelService', ['a'])).get('a') ?? null
  const service = { ...old, version: 0.2 } as typeof old
  await store.commit('mlmodelService', [{ before, after: { ...before, service, sealed: null, revision: 2 } as never }])
  const seen = [
    (await getService(book, 'a'))._unsafeUnwrap(),
    (await getService(book, { id: old.id }))._unsafeUnwrap(),
    ...(await listServices(book))._unsafeUnwrap().services,
    (await upsertService(book, row('a')))._unsafeUnwrap().service,
  ]
  for (const one of seen) expect(one).toEqual({ ...service, entityStatus })
  const patch = [{ op: 'test', path: '/entityStatus', value: 'Unprocessed' } as const, change('/description', 'x')]
  const later = (await patchService(book, { id: old.id }, patch, { by }))._unsafeUnwrap().service
  expect(later.changeDescription?.fieldsAdded).toEqual([{ name: 'description', newValue: 'x' }])
  // A session goes back to what was stored without one.
  const back = (await patchService(book, 'a', [{ op: 'remove', path: '/description' }], { by }))._unsafeUnwrap()
  expect(back.service).toMatchObject({ version: 0.2, entityStatus: 'Unprocessed' })
  expect((await listVersions(book, 'a'))._unsafeUnwrap().services).toMatchObject([{ version: 0.2 }, { version: 0.1 }])
})
