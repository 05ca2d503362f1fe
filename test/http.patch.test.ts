import { createService, MASK, type Operation, type PatchOperation, patchService } from 'servicebook'
import { expect, test } from 'vitest'
import { openTestBook, stateOf } from './catalogue.js'
import { MODELS, openEdge } from './edge.js'

/*
 * H5 patches mean what RFC 6902 says; §7 what only the library writes is refused in process, and dropped over HTTP.
 */

const row = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn' as const, ...rest })
const model = { name: 'a', serviceType: 'CustomMlModel' as const }
const config = { type: 'CustomMlModel', sourcePythonClass: 'a.B', connectionOptions: { key: 'value' } }
/** As it is shown; what has it as it is passes. */
const masked = { ...config, connectionOptions: { key: MASK } }

/** What a patch comes to, in process and over HTTP. */
async function outcomes(operations: readonly unknown[]) {
  const request = { ...model, connection: { config } }
  const book = openTestBook()
  ;(await createService(book, request as never))._unsafeUnwrap()
  const inProcess = await patchService(book, 'a', operations as readonly PatchOperation[])
  const { ask } = openEdge()
  expect((await ask('POST', MODELS, request)).status).toBe(201)
  const { status, body } = await ask('PATCH', `${MODELS}/name/a`, operations)
  return [inProcess.isOk() ? 'ok' : inProcess.error.code, status, body.message]
}

test('H5 a test of a null that is not there fails, at any depth', async () => {
  const options = '/connection/config/connectionOptions'
  const same = [{ op: 'test', path: options, value: { key: MASK } }]
  expect((await outcomes(same)).slice(0, 2)).toEqual(['ok', 200])
  const failing = [
    { path: options, value: { key: MASK, other: null } },
    { path: '/connection', value: { config: { ...masked, other: null } } },
    { path: options, value: { other: null } },
    { path: '/tags', value: [null] },
    { path: '/tags', value: null },
  ]
  for (const one of failing) {
    const [code, status] = await outcomes([{ op: 'test', ...one }])
    expect([JSON.stringify(one), code, status]).toEqual([JSON.stringify(one), 'PRECONDITION_FAILED', 412])
  }
  // One that an operation before it put there is there.
  const put = { op: 'add', path: '/connection/config/connectionOptions/other', value: null }
  const testing = [put, { op: 'test', path: options, value: { key: MASK, other: null } }]
  expect((await outcomes([...testing, { op: 'remove', path: put.path }])).slice(0, 2)).toEqual(['ok', 200])
  const inside = [{ op: 'add', path: options, value: { key: MASK, other: null } }, testing[1]]
  expect((await outcomes([...inside, { op: 'remove', path: put.path }])).slice(0, 2)).toEqual(['ok', 200])
})

test('H5 what RFC 6902 does not define for an operation is ignored, whatever it is', async () => {
  for (const extra of [7, null, {}, [], 'x', '/nowhere', true]) {
    const operations = [
      { op: 'test', path: '/name', value: 'a', from: extra, other: extra },
      { op: 'add', path: '/description', value: 'x', from: extra },
      { op: 'replace', path: '/description', value: 'y', from: extra },
      { op: 'copy', from: '/description', path: '/displayName', value: extra },
      { op: 'remove', path: '/description', from: extra, value: extra },
    ]
    expect(await outcomes(operations), JSON.stringify(extra)).toEqual(['ok', 200, undefined])
  }
})

test('H5 an operation may lead into what one before it added', async () => {
  const tag = { tagFQN: 'PII.None' }
  const operations = [
    { op: 'add', path: '/tags', value: [] },
    { op: 'add', path: '/tags/-', value: tag },
    { op: 'add', path: '/tags/0/labelType', value: 'Derived' },
    { op: 'replace', path: '/connection', value: { config } },
    { op: 'add', path: '/connection/config/connectionOptions/more', value: 'x' },
  ]
  expect(await outcomes(operations)).toEqual(['ok', 200, undefined])
})

const own = ['id', 'name', 'fullyQualifiedName', 'version', 'updatedAt', 'updatedBy', 'changeDescription', 'href']

test('§7 what only the server writes is dropped in silence over HTTP; in process it stays an error', async () => {
  const { ask, book } = openEdge()
  await ask('POST', MODELS, row('a'))
  await ask('PUT', MODELS, row('a', { description: 'x' }))
  const before = await stateOf(book.store)
  const values = [0.7, 'other', null, { fieldsAdded: [] }]
  for (const field of own) {
    const attempts = [
      ...values.map((value) => ({ op: 'replace', path: `/${field}`, value })),
      { op: 'add', path: `/${field}`, value: 'x' },
      { op: 'remove', path: `/${field}` },
    ]
    for (const operation of attempts) {
      const { status, headers, body } = await ask('PATCH', `${MODELS}/name/a`, [operation])
      const said = [JSON.stringify(operation), status, headers.get('x-openmetadata-change'), body.version]
      expect(said).toEqual([JSON.stringify(operation), 200, 'entityNoChange', 0.2])
      expect(await stateOf(book.store)).toEqual(before)
      if (field === 'href') continue
      const refused = await patchService(book, 'a', [operation as PatchOperation])
      expect(refused._unsafeUnwrapErr()).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: '/0/path' }] })
    }
  }
  const kept = await ask('PATCH', `${MODELS}/name/a`, [{ op: 'replace', path: '/deleted', value: false }])
  expect([kept.status, kept.headers.get('x-openmetadata-change')]).toEqual([200, 'entityNoChange'])
  const gone = await ask('PATCH', `${MODELS}/name/a`, [{ op: 'replace', path: '/deleted', value: true }])
  expect(gone.body).toMatchObject({ code: 400, issues: [{ path: '/deleted' }] })
  expect(await stateOf(book.store)).toEqual(before)
})

test('§7 the rest of such a patch counts, and the policy is asked for that alone', async () => {
  const asked = new Set<Operation>()
  const policy = (_: unknown, operation: Operation) => {
    asked.add(operation)
    return 'allow' as const
  }
  const { ask } = openEdge({ authenticate: () => ({ name: 'ada' }) }, { policy })
  await ask('POST', MODELS, row('a'))
  asked.clear()
  const { body } = await ask('PATCH', `${MODELS}/name/a`, [
    { op: 'replace', path: '/version', value: 7 },
    { op: 'replace', path: '/updatedBy', value: 'eve' },
    { op: 'move', from: '/name', path: '/description' },
    { op: 'replace', path: '/href', value: 'x' },
  ])
  expect(body).toMatchObject({ version: 0.2, updatedBy: 'ada', name: 'a', description: 'a' })
  expect([...asked]).toEqual(['EditDescription'])
})

test('a representation whose dropped fields are none is refused', async () => {
  const book = openTestBook()
  for (const dropped of [7, [7], { length: 1 }]) {
    const as = { show: (service: object) => ({ ...service }), read: (request: object) => ({ request }), dropped }
    const error = (await patchService(book, 'a', [], { as: as as never }))._unsafeUnwrapErr()
    expect(error).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: '/as' }] })
  }
})
