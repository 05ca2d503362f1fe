import {
  allServices,
  createService,
  fqn,
  getService,
  mlmodelServices,
  openBook,
  type Service,
  type ServicebookError,
  type ServiceRequest,
  unwrap,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, expectTypeOf, test } from 'vitest'
import { openTestBook } from './catalogue.js'

const request = { name: 'churn', serviceType: 'Sklearn' } as const

function caught(work: () => unknown): ServicebookError {
  try {
    work()
  } catch (error) {
    return error as ServicebookError
  }
  throw new Error('nothing was thrown')
}

test('§10 unwrap answers the value of a result, before or after await, and of what allServices yields', async () => {
  const book = openTestBook()
  const made = await unwrap(createService(book, request))
  expectTypeOf(made).toExtend<Service<typeof mlmodelServices>>()
  const got = unwrap(await getService(book, 'churn'))
  expectTypeOf(got).toEqualTypeOf<Service<typeof mlmodelServices>>()
  expect(got).toEqual(made)
  for await (const next of allServices(book)) expect(unwrap(next)).toEqual(made)
  expect(unwrap(fqn.root('a.b'))).toBe('a')
})

test('§10 it throws a ServicebookError with the code, its fields, and every issue with its path in the message', async () => {
  const book = openTestBook()
  const wrong = {
    name: 'a::b',
    serviceType: 'Mlflow',
    domain: '',
    displayName: 5,
    connection: { config: { trackingUri: 5 } },
  } as unknown as ServiceRequest<typeof mlmodelServices>
  const answer = await createService(book, wrong)
  const given = answer._unsafeUnwrapErr()
  const error = caught(() => unwrap(answer))
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({
    name: 'ServicebookError',
    code: 'BAD_REQUEST',
    issues: 'issues' in given ? given.issues : [],
  })
  expect(error.message.split('\n')).toHaveLength(5)
  for (const path of [
    '/name',
    '/domain',
    '/displayName',
    '/connection/config/trackingUri',
    '/connection/config/registryUri',
  ])
    expect(error.message).toContain(`${path} `)
  expect(String(error)).toMatch(/^ServicebookError: BAD_REQUEST: \//)
  expect(error.stack).toMatch(/^ServicebookError: BAD_REQUEST: /)
})

test('§10 awaited or not, the error is the same, and its stack begins with who called', async () => {
  const book = openTestBook()
  await createService(book, request)
  const again = await createService(book, request)
  const error = caught(() => unwrap(again))
  const rejected = await unwrap(createService(book, request)).catch((reason: unknown) => reason as ServicebookError)
  for (const one of [error, rejected as ServicebookError]) {
    expect(one.message).toBe('ENTITY_ALREADY_EXISTS: A service named churn already exists')
    expect(one).toMatchObject({ code: 'ENTITY_ALREADY_EXISTS', fqn: 'churn' })
    expect(one.stack?.split('\n')[1]).toContain('unwrap.test.ts')
    expect('cause' in one).toBe(false)
  }
})

test('§10 what a store threw is the cause', async () => {
  const cause = new Error('the disk is gone')
  const store = { ...memoryStore(), load: () => Promise.reject(cause) }
  const book = openBook({ family: mlmodelServices, store })
  const failed = await getService(book, 'churn')
  expect(caught(() => unwrap(failed))).toMatchObject({ code: 'STORE_FAILED', during: 'load', applied: false, cause })
})

test('what is no result is a TypeError that says what is', () => {
  for (const given of [undefined, null, 5, {}, 'churn'])
    expect(() => unwrap(given as never)).toThrow(
      new TypeError('unwrap takes what a verb answered: unwrap(await createService(…))'),
    )
})
