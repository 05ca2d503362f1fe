import fc from 'fast-check'
import { bulkUpsert, createService, getService, MASK, upsertService } from 'servicebook'
import { describe, expect, test } from 'vitest'
import { anyName, type Request, requests } from './arbitraries.js'
import { openTestBook, softDelete, stateOf } from './catalogue.js'

const aws = (awsSecretAccessKey: string, awsRegion = 'eu') =>
  ({
    name: 'a',
    serviceType: 'SageMaker',
    connection: { config: { awsConfig: { awsRegion, awsSecretAccessKey } } },
  }) as const

const mlflow = (registryUri: string) =>
  ({ name: 'a', serviceType: 'Mlflow', connection: { config: { trackingUri: 'http://t', registryUri } } }) as const

async function registryUriOf(registryUri: string): Promise<unknown> {
  const { connection } = (await createService(openTestBook(), mlflow(registryUri)))._unsafeUnwrap()
  return (connection?.config as { registryUri: string } | undefined)?.registryUri
}

describe('§8 a password inside a URI is a secret', () => {
  test.each([
    ['mysql+pymysql://ml:hush@db:3306/runs', `mysql+pymysql://ml:${MASK}@db:3306/runs`],
    ['redis://:hush@cache', `redis://:${MASK}@cache`],
    ['postgresql://ml:hu@sh@db/runs', `postgresql://ml:${MASK}@db/runs`],
    ['postgresql://ml:hu/sh?#@db/runs', `postgresql://ml:${MASK}@db/runs`],
    ['mongodb://ml:hush@one:1,two:2/?x=y', `mongodb://ml:${MASK}@one:1,two:2/?x=y`],
    ['http://u:hush@[::1]:80/', `http://u:${MASK}@[::1]:80/`],
    ['jdbc:postgresql://u:hush@db', `jdbc:postgresql://u:${MASK}@db`],
    ['http://u:hush@a,http://v:hush2@b', `http://u:${MASK}@a,http://v:${MASK}@b`],
  ])('%s', async (uri, masked) => {
    expect(await registryUriOf(uri)).toBe(masked)
  })

  test.each([
    'http://mlflow:5000',
    'http://mlflow:5000/a@b:c',
    'http://[::1]:5000/a@b',
    'http://u@host:80/x',
    'sqlite:///a:b@c.db',
    'a:b@c',
    'http://u:@h',
  ])('none in %s', async (uri) => {
    expect(await registryUriOf(uri)).toBe(uri)
  })
})

test('§8 a service is masked before anything else happens to it: no clear secret in answers, lists or history', async () => {
  const hushes = fc.array(requests(fc.constantFrom('a', 'b')), { minLength: 1, maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(hushes, async (rows) => {
      const book = openTestBook()
      const marked = JSON.parse(
        JSON.stringify(rows).replaceAll('hush', 'C4NARY').replaceAll('p%40ss', 'C4NARY').replaceAll(':pw@', ':C4NARY@'),
      )
      const seen: unknown[] = [await bulkUpsert(book, marked), await bulkUpsert(book, marked, { dryRun: true })]
      for (const row of marked as Request[]) {
        seen.push(await createService(book, row), await upsertService(book, row), await getService(book, row.name))
        seen.push(await upsertService(book, { ...row, unknown: 1 } as unknown as Request))
      }
      seen.push(await stateOf(book.store))
      expect(JSON.stringify(seen)).not.toContain('C4NARY')
    }),
    { numRuns: 200 },
  )
})

test('§8 the same secret again is unchanged; another one is a new version, though both look the same', async () => {
  const book = openTestBook()
  const made = (await createService(book, aws('one')))._unsafeUnwrap()
  expect((await upsertService(book, aws('one')))._unsafeUnwrap().outcome).toBe('unchanged')
  const { outcome, service } = (await upsertService(book, aws('two')))._unsafeUnwrap()
  expect(outcome).toBe('updated')
  expect(service.connection).toEqual(made.connection)
  expect(service.changeDescription?.fieldsUpdated).toEqual([
    { name: 'connection', oldValue: made.connection, newValue: made.connection },
  ])
})

test('§8 the mask sent back keeps the stored secret, also onto a soft-deleted service and in bulk', async () => {
  await fc.assert(
    fc.asyncProperty(requests(anyName), fc.boolean(), fc.boolean(), async (r, deleted, inBulk) => {
      const book = openTestBook()
      const made = (await createService(book, r))._unsafeUnwrap()
      const before = (await book.store.load('mlmodelService', [made.fullyQualifiedName])).get(made.fullyQualifiedName)
      if (deleted) await softDelete(book.store, made.fullyQualifiedName)
      const masked = { ...r, connection: made.connection } as Request
      if (inBulk) expect((await bulkUpsert(book, [masked]))._unsafeUnwrap().status).toBe('success')
      else expect((await upsertService(book, masked))._unsafeUnwrap().outcome).toBe(deleted ? 'restored' : 'unchanged')
      const after = (await book.store.load('mlmodelService', [made.fullyQualifiedName])).get(made.fullyQualifiedName)
      expect(after?.sealed).toBe(before?.sealed)
      expect((await upsertService(book, r))._unsafeUnwrap().outcome).toBe('unchanged')
    }),
    { numRuns: 300 },
  )
})

test('§8 a mask with nothing stored at its path is BAD_REQUEST; new and kept secrets mix', async () => {
  const options = (connectionOptions: Record<string, string>) =>
    ({
      name: 'a',
      serviceType: 'CustomMlModel',
      connection: { config: { sourcePythonClass: 'x', connectionOptions } },
    }) as const
  const book = openTestBook()
  await createService(book, options({ user: 'u', password: 'p' }))
  const refused = (await upsertService(book, options({ user: MASK, token: MASK })))._unsafeUnwrapErr()
  expect(refused).toMatchObject({
    code: 'BAD_REQUEST',
    issues: [{ path: '/connection/config/connectionOptions/token' }],
  })
  expect((await upsertService(book, options({ user: MASK, password: 'q' })))._unsafeUnwrap().outcome).toBe('updated')
  expect((await upsertService(book, options({ password: 'q', user: 'u' })))._unsafeUnwrap().outcome).toBe('unchanged')
})

test('§8 a durable store refuses a request that carries a secret, and says where it is and not what it is', async () => {
  const store = { ...openTestBook().store, durable: true }
  const book = openTestBook({ store })
  for (const request of [aws('hush'), mlflow('mysql://ml:hush@db'), aws(MASK)]) {
    for (const answer of [await createService(book, request), await upsertService(book, request)]) {
      const error = answer._unsafeUnwrapErr()
      expect(error).toMatchObject({ code: 'BAD_REQUEST', issues: [{ message: expect.stringContaining('cipher') }] })
      expect(JSON.stringify(error)).not.toContain('hush')
    }
  }
  expect((await createService(book, mlflow('http://registry')))._unsafeUnwrap().version).toBe(0.1)
})
