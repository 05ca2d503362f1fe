import {
  type Book,
  bulkUpsert,
  type CreateServiceError,
  createService,
  type DeleteServiceError,
  type Family,
  type ListServicesError,
  listServices,
  mlmodelServices,
  openBook,
  patchService,
  revealConnection,
  type Service,
  type ServiceRequest,
  type UpsertServiceError,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expectTypeOf, test } from 'vitest'

// What is asserted here is checked by the compiler, which `npm test` runs first.

type MlModel = typeof mlmodelServices
const book = openBook({ family: mlmodelServices, store: memoryStore() })

test('serviceType narrows connection.config, in requests and in services', () => {
  expectTypeOf<ServiceRequest<MlModel>['serviceType']>().toEqualTypeOf<
    'Mlflow' | 'Sklearn' | 'SageMaker' | 'VertexAI' | 'CustomMlModel'
  >()
  const read = (service: Service<MlModel>) => {
    if (service.serviceType === 'SageMaker')
      expectTypeOf(service.connection?.config.awsConfig.awsRegion).toEqualTypeOf<string | undefined>()
    if (service.serviceType === 'Mlflow')
      expectTypeOf(service.connection?.config.trackingUri).toEqualTypeOf<string | undefined>()
    // @ts-expect-error a Mlflow connection has no awsConfig
    if (service.serviceType === 'Mlflow') service.connection?.config.awsConfig
    // @ts-expect-error services are read-only
    service.name = 'b'
    // @ts-expect-error all the way down
    service.tags.push()
  }
  expectTypeOf(read).returns.toEqualTypeOf<void>()
})

test('a request that does not fit its type does not compile; null and undefined count as absent', () => {
  const requests: ServiceRequest<MlModel>[] = [
    {
      name: 'a',
      serviceType: 'Sklearn',
      displayName: null,
      description: undefined,
      owners: null,
      tags: [{ tagFQN: 'x' }],
    },
    {
      name: 'a',
      serviceType: 'Mlflow',
      connection: { config: { trackingUri: 'x', registryUri: 'y', supportsMetadataExtraction: null } },
    },
    // @ts-expect-error registryUri is required
    { name: 'a', serviceType: 'Mlflow', connection: { config: { trackingUri: 'x' } } },
    // @ts-expect-error unknown service type
    { name: 'a', serviceType: 'Nope' },
    // @ts-expect-error unknown field
    { name: 'a', serviceType: 'Sklearn', owner: 'x' },
    // @ts-expect-error a name is required
    { serviceType: 'Sklearn' },
    // @ts-expect-error a domain is a text
    { name: 'a', serviceType: 'Sklearn', domain: 1 },
  ]
  expectTypeOf(requests).toBeArray()
})

test('verbs take the request of their book and answer its services', () => {
  expectTypeOf(createService(book, { name: 'a', serviceType: 'Sklearn' })).resolves.toMatchTypeOf<{ isOk(): boolean }>()
  const put = () => upsertService(book, { name: 'a', serviceType: 'Sklearn' }).map(({ service }) => service)
  expectTypeOf(put).returns.resolves.toHaveProperty('isErr')
  // @ts-expect-error rows are requests
  const bad = () => bulkUpsert(book, [{ name: 'a', serviceType: 'Nope' }])
  expectTypeOf(bad).toBeFunction()
  const any: Book<Family> = book as unknown as Book
  expectTypeOf(any.family).toEqualTypeOf<Family>()
})

test('reads and revisions are of the family, too: a patch takes operations of RFC 6902', () => {
  const read = async () => {
    const page = (await listServices(book, { limit: 1 }))._unsafeUnwrap()
    const [service] = page.services
    if (service?.serviceType === 'Mlflow')
      expectTypeOf(service.connection?.config.trackingUri).toEqualTypeOf<string | undefined>()
    const revealed = (await revealConnection(book, 'a'))._unsafeUnwrap()
    expectTypeOf(revealed).toEqualTypeOf<Service<MlModel>['connection']>()
    const patched = (await patchService(book, 'a', [{ op: 'remove', path: '/domain' }]))._unsafeUnwrap()
    expectTypeOf(patched.service).toEqualTypeOf<Service<MlModel>>()
    // @ts-expect-error an addition has a value
    await patchService(book, 'a', [{ op: 'add', path: '/domain' }])
    // @ts-expect-error a move has a from
    await patchService(book, 'a', [{ op: 'move', path: '/domain' }])
  }
  expectTypeOf(read).toBeFunction()
})

test('an exhaustive switch over a verb’s errors compiles without a default', () => {
  const onCreate = (error: CreateServiceError): string => {
    switch (error.code) {
      case 'BAD_REQUEST':
        return error.issues.map(({ path }) => path).join()
      case 'UNAUTHORIZED':
        return error.operation
      case 'FORBIDDEN':
        return error.principal
      case 'ENTITY_NOT_FOUND':
        return error.entity
      case 'ENTITY_ALREADY_EXISTS':
        return error.fqn
      case 'STORE_FAILED':
        return String(error.applied)
    }
  }
  const onUpsert = (error: UpsertServiceError): string => {
    switch (error.code) {
      case 'CONTENDED':
        return String(error.attempts)
      case 'PRECONDITION_FAILED':
        return error.expected
      case 'BAD_REQUEST':
      case 'UNAUTHORIZED':
      case 'FORBIDDEN':
      case 'ENTITY_NOT_FOUND':
      case 'STORE_FAILED':
        return error.message
    }
  }
  const onDelete = (error: DeleteServiceError): string => {
    switch (error.code) {
      case 'BAD_REQUEST':
      case 'UNAUTHORIZED':
      case 'FORBIDDEN':
      case 'ENTITY_NOT_FOUND':
      case 'PRECONDITION_FAILED':
      case 'CONTENDED':
      case 'STORE_FAILED':
        return error.message
    }
  }
  const onList = (error: ListServicesError): string => {
    switch (error.code) {
      case 'BAD_REQUEST':
      case 'UNAUTHORIZED':
      case 'STORE_FAILED':
        return error.message
    }
  }
  expectTypeOf([onDelete, onList]).toBeArray()
  expectTypeOf<UpsertServiceError['code']>().not.toEqualTypeOf<'ENTITY_ALREADY_EXISTS'>()
  expectTypeOf([onCreate, onUpsert]).toBeArray()
})
