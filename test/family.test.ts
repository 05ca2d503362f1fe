import {
  createService,
  defineFamily,
  type Family,
  getService,
  MASK,
  mlmodelServices,
  openBook,
  revealConnection,
  type Service,
  type ServiceRequest,
  secret,
  secretMap,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { Type } from 'typebox'
import { expect, expectTypeOf, test } from 'vitest'

const closed = { additionalProperties: false } as const
const databaseServices = defineFamily({
  entityType: 'databaseService',
  collection: 'databaseServices',
  serviceTypes: {
    Mysql: Type.Object({ hostPort: Type.String(), username: Type.String(), password: Type.Optional(secret()) }, closed),
    SQLite: Type.Object({ databaseMode: Type.String({ default: ':memory:' }) }, closed),
    Trino: Type.Object({ hosts: Type.Array(Type.String()), connectionArguments: Type.Optional(secretMap()) }, closed),
  },
})
type Databases = typeof databaseServices

test('§1 the service type of a family of one’s own narrows connection.config, as for ML models', () => {
  expectTypeOf<ServiceRequest<Databases>['serviceType']>().toEqualTypeOf<'Mysql' | 'SQLite' | 'Trino'>()
  const read = (service: Service<Databases>) => {
    if (service.serviceType === 'Mysql')
      expectTypeOf(service.connection?.config.hostPort).toEqualTypeOf<string | undefined>()
    // @ts-expect-error a SQLite connection has no hostPort
    if (service.serviceType === 'SQLite') service.connection?.config.hostPort
  }
  expectTypeOf(read).returns.toEqualTypeOf<void>()
  const wrong: ServiceRequest<Databases> = {
    name: 'a',
    serviceType: 'Mysql',
    // @ts-expect-error username is required
    connection: { config: { hostPort: 'db:3306' } },
  }
  expect(wrong.serviceType).toBe('Mysql')
})

test('§1, §8 a family of one’s own has its schemas, its defaults and its secrets, and its names to itself', async () => {
  const store = memoryStore()
  const book = openBook({ family: databaseServices, store })
  const models = openBook({ family: mlmodelServices, store })
  const config = { hostPort: 'db:3306', username: 'ada', password: 'hush' }
  const made = (await createService(book, { name: 'a', serviceType: 'Mysql', connection: { config } }))._unsafeUnwrap()
  expect(made.connection?.config).toEqual({ type: 'Mysql', ...config, password: MASK })
  expect((await revealConnection(book, 'a'))._unsafeUnwrap()?.config).toEqual({ type: 'Mysql', ...config })
  expect((await getService(models, 'a')).isErr()).toBe(true)
  expect((await createService(models, { name: 'a', serviceType: 'Sklearn' })).isOk()).toBe(true)
  const trino = { hosts: ['t'], connectionArguments: { token: 'hush' } }
  const other = await createService(book, { name: 'b', serviceType: 'Trino', connection: { config: trino } })
  expect(other._unsafeUnwrap().connection?.config).toMatchObject({ connectionArguments: { token: MASK } })
  const bad = { name: 'c', serviceType: 'SQLite', connection: { config: { databaseMode: 1, type: 'Mysql', x: 1 } } }
  const paths = ['/connection/config/databaseMode', '/connection/config/type', '/connection/config/x']
  expect((await createService(book, bad as never))._unsafeUnwrapErr()).toMatchObject({ code: 'BAD_REQUEST' })
  const refused = (await upsertService(book, bad as never))._unsafeUnwrapErr()
  expect(refused.code === 'BAD_REQUEST' && refused.issues.map(({ path }) => path).sort()).toEqual(paths)
  const unknown = await createService(book, { name: 'c', serviceType: 'Sklearn' } as never)
  expect(unknown._unsafeUnwrapErr().message).toBe('/serviceType must be one of Mysql, SQLite, Trino')
})

test('a family in plain JSON Schema, such as OpenMetadata’s own, is one too', async () => {
  const Doris = {
    type: 'object',
    properties: { hostPort: { type: 'string' }, password: { type: 'string', format: 'password' } },
    required: ['hostPort'],
    additionalProperties: false,
  }
  const family = { entityType: 'databaseService', collection: 'databaseServices', serviceTypes: { Doris } }
  const book = openBook({ family: defineFamily(family as unknown as Family), store: memoryStore() })
  const made = await createService(book, {
    name: 'a',
    serviceType: 'Doris',
    connection: { config: { hostPort: 'h', password: 'hush' } },
  })
  expect(made._unsafeUnwrap().connection?.config).toEqual({ type: 'Doris', hostPort: 'h', password: MASK })
  const plain = await createService(book, {
    name: 'b',
    serviceType: 'Doris',
    connection: { config: { hostPort: 'h' } },
  })
  expect(plain._unsafeUnwrap().connection?.config).toEqual({ type: 'Doris', hostPort: 'h' })
  const bad = await createService(book, { name: 'c', serviceType: 'Doris', connection: { config: { password: 'x' } } })
  expect(bad._unsafeUnwrapErr().message).toBe('/connection/config/hostPort is required')
})

test('a pattern that is too much for the engine refuses a long text instead of throwing', async () => {
  const Odd = Type.Object({ letters: Type.String({ pattern: '^(a|b)*$' }) }, closed)
  const family = defineFamily({ entityType: 'oddService', collection: 'oddServices', serviceTypes: { Odd } })
  const book = openBook({ family, store: memoryStore() })
  const create = (letters: string) =>
    createService(book, { name: 'a', serviceType: 'Odd', connection: { config: { letters } } })
  const refused = (await create('ab'.repeat(3_000_000)))._unsafeUnwrapErr()
  expect(refused).toMatchObject({
    code: 'BAD_REQUEST',
    issues: [{ path: '', message: expect.stringContaining('cannot be checked') }],
  })
  expect((await create('abc'))._unsafeUnwrapErr()).toMatchObject({ issues: [{ path: '/connection/config/letters' }] })
  expect((await create('ab')).isOk()).toBe(true)
})

test('a definition that is none is a TypeError that says where, from defineFamily and from openBook', () => {
  const good = { entityType: 'x', collection: 'xs', serviceTypes: { A: Type.Object({}, closed) } }
  const bad = [
    [{ ...good, entityType: 'a-b' }, 'family.entityType'],
    [{ ...good, collection: '../x' }, 'family.collection'],
    [{ ...good, collection: undefined }, 'family.collection'],
    [{ ...good, serviceTypes: {} }, 'family.serviceTypes'],
    [{ ...good, serviceTypes: { A: Type.String() } }, 'family.serviceTypes.A must be an object'],
    [{ ...good, serviceTypes: { A: Type.Object({ type: Type.Literal('B') }) } }, 'type that is not its service type'],
  ] as const
  for (const [family, message] of bad) {
    expect(() => defineFamily(family as never)).toThrow(message)
    expect(() => openBook({ family: family as never, store: memoryStore() })).toThrow(TypeError)
  }
})
