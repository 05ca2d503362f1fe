import {
  type BadRequest,
  createService,
  type Policy,
  type Principal,
  rolePolicy,
  type Service,
  type ServiceStore,
  upsertService,
} from 'servicebook'
import { type HandlerOptions, serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, test } from 'vitest'
import { messageOf } from '../adapters/http/answers.js'
import { openTestBook } from './catalogue.js'
import { MODELS, openEdge } from './edge.js'

/*
 * V11 work and answers are bounded: who may not write is turned away before a body is read, and answers end.
 */

const ADA = '11111111-1111-4111-8111-111111111111'
const row = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn' as const, ...rest })
const JSON_TYPE = 'application/json'

/** Sends a body of which it is told whether anybody read it. */
async function send(
  [method, path]: readonly [string, string],
  {
    body = '',
    length,
    policy,
    by,
    store = memoryStore(),
  }: { body?: string; length?: number; policy: Policy; by?: Principal; store?: ServiceStore },
) {
  let isRead = false
  const stream = new ReadableStream(
    {
      pull(controller) {
        isRead = true
        controller.enqueue(new TextEncoder().encode(body))
        controller.close()
      },
    },
    { highWaterMark: 0 },
  )
  const type = method === 'PATCH' ? 'application/json-patch+json' : JSON_TYPE
  const headers = { 'content-type': type, ...(length !== undefined && { 'content-length': `${length}` }) }
  const book = openTestBook({ policy, store })
  const options: HandlerOptions = { authenticate: () => by }
  const init = { method, headers, body: stream, duplex: 'half' } as RequestInit
  const { status } = await serviceHandler(book, options)(new Request(`http://x${path}`, init))
  return { status, isRead }
}

describe('V11 §4 before the body is read', () => {
  const writes = [
    ['POST', MODELS],
    ['PUT', MODELS],
    ['PUT', `${MODELS}/bulk`],
    ['PUT', `${MODELS}/restore`],
    ['PATCH', `${MODELS}/name/a`],
    ['PATCH', `${MODELS}/${ADA}`],
  ] as const

  test.each(writes)('%s %s without a principal is 401 where the policy wants one', async (...write) => {
    expect(await send(write, { body: '{bad', policy: rolePolicy() })).toEqual({ status: 401, isRead: false })
    expect(await send(write, { body: '{bad', policy: () => 'allow' })).toEqual({ status: 400, isRead: true })
    expect(await send(write, { body: '{bad', policy: () => 'forbidden' })).toEqual({ status: 400, isRead: true })
    const throwing = () => Promise.reject(new Error('down'))
    expect(await send(write, { body: '{bad', policy: throwing })).toEqual({ status: 400, isRead: true })
  })

  test('a patch that anybody may make is read', async () => {
    const policy: Policy = (_, operation) => (operation === 'EditDescription' ? 'allow' : 'unauthenticated')
    const body = '[{"op":"add","path":"/description","value":"x"}]'
    expect((await send(['PATCH', `${MODELS}/name/a`], { body, policy })).isRead).toBe(true)
  })

  test('a large POST of somebody who may not create is 403, be its length told or not; a small one is checked first', async () => {
    const asks = { policy: rolePolicy(), by: { name: 'eve' }, body: '{bad' }
    expect(await send(['POST', MODELS], { ...asks, length: 65_537 })).toEqual({ status: 403, isRead: false })
    expect(await send(['POST', MODELS], asks)).toEqual({ status: 403, isRead: false })
    expect(await send(['POST', MODELS], { ...asks, length: 4 })).toEqual({ status: 400, isRead: true })
    const unauthenticated = { ...asks, policy: (() => 'unauthenticated') as Policy }
    expect(await send(['POST', MODELS], unauthenticated)).toEqual({ status: 401, isRead: false })
    // An owner may: the policy has to see the service.
    expect(await send(['PUT', MODELS], { ...asks, length: 65_537 })).toEqual({ status: 400, isRead: true })
    const owned = { policy: rolePolicy(), authenticate: () => ({ name: 'ada', id: ADA }) }
    const store = memoryStore()
    await createService(openTestBook({ store }), row('a', { owners: [{ id: ADA, type: 'user' }] }))
    const { ask } = openEdge({ authenticate: owned.authenticate }, { policy: owned.policy, store })
    expect((await ask('PUT', MODELS, row('a', { description: 'x'.repeat(100_000) }))).status).toBe(200)
  })
})

describe('V11 §4 a large PATCH', () => {
  const [eve, ada] = [{ name: 'eve' }, { name: 'ada', id: ADA }]
  const large = { policy: rolePolicy(), body: '{bad', length: 65_537 }
  const owned = async () => {
    const store = memoryStore()
    const made = await createService(openTestBook({ store }), row('a', { owners: [{ id: ADA, type: 'user' }] }))
    return { store, id: made._unsafeUnwrap().id }
  }

  test('of a service to which somebody may do nothing is 403; a small one is checked first', async () => {
    const { store, id } = await owned()
    for (const path of [`${MODELS}/name/a`, `${MODELS}/${id}`]) {
      const asks = { ...large, store, by: eve }
      expect(await send(['PATCH', path], asks)).toEqual({ status: 403, isRead: false })
      expect(await send(['PATCH', path], { ...asks, length: 4 })).toEqual({ status: 400, isRead: true })
      const policy: Policy = (_, operation) => (operation === 'ViewBasic' ? 'allow' : 'unauthenticated')
      expect(await send(['PATCH', path], { ...asks, policy })).toEqual({ status: 401, isRead: false })
    }
  })

  test('whose length is not told is 403 as soon as it is large', async () => {
    const { store } = await owned()
    let pieces = 0
    const body = new ReadableStream({
      pull(controller) {
        pieces++
        controller.enqueue(new TextEncoder().encode(' '.repeat(10_000)))
      },
    })
    const headers = { 'content-type': 'application/json-patch+json' }
    const init = { method: 'PATCH', headers, body, duplex: 'half' } as RequestInit
    const handler = serviceHandler(openTestBook({ policy: rolePolicy(), store }), { authenticate: () => eve })
    const { status } = await handler(new Request(`http://x${MODELS}/name/a`, init))
    expect([status, pieces < 12]).toEqual([403, true])
  })

  test('is read where it can be allowed, or where only the verb can say what is wrong', async () => {
    const { store } = await owned()
    const path = `${MODELS}/name/a`
    expect(await send(['PATCH', path], { ...large, store, by: ada })).toEqual({ status: 400, isRead: true })
    const tags: Policy = (_, operation) =>
      operation === 'EditTags' || operation === 'ViewBasic' ? 'allow' : 'forbidden'
    expect(await send(['PATCH', path], { ...large, store, by: eve, policy: tags })).toMatchObject({ isRead: true })
    expect(await send(['PATCH', `${MODELS}/name/none`], { ...large, store, by: eve })).toMatchObject({ isRead: true })
    const hidden: Policy = (_, operation) => (operation === 'EditAll' ? 'allow' : 'forbidden')
    expect(await send(['PATCH', path], { ...large, store, by: eve, policy: hidden })).toMatchObject({ isRead: true })
  })
})

test('V11 of a bulk whose rows fail, some 8 MiB tell what was asked for, and the rest their names', async () => {
  const { ask } = openEdge()
  const description = 'x'.repeat(10_000)
  const rows = Array.from({ length: 1500 }, (_, at) => row(`a::${at}`, { description }))
  const { body } = await ask('PUT', `${MODELS}/bulk`, rows)
  const told = body.failedRequest as { request: Record<string, unknown>; status: number }[]
  expect(told.map(({ request, status }) => [request.name, status])).toEqual(rows.map(({ name }) => [name, 400]))
  const whole = told.filter(({ request }) => 'description' in request).length
  expect([whole > 800, whole < 850]).toEqual([true, true])
  expect(told.slice(whole).every(({ request }) => Object.keys(request).join() === 'name')).toBe(true)
})

describe('V11 versions', () => {
  test('are read a hundred at a time, and all of them are there', async () => {
    const store = memoryStore()
    const limits: number[] = []
    const versions: typeof store.versions = (family, fqn, id, query) => {
      limits.push(query.limit)
      return store.versions(family, fqn, id, query)
    }
    const { ask, book } = openEdge({}, { store: { ...store, versions } })
    for (let at = 0; at < 250; at++) (await upsertService(book, row('a', { description: `${at}` })))._unsafeUnwrap()
    const { id } = (await ask('GET', `${MODELS}/name/a`)).body
    const { body } = await ask('GET', `${MODELS}/${id}/versions`)
    const shown = body.versions.map((text: string) => JSON.parse(text).version)
    expect(shown).toEqual(Array.from({ length: 250 }, (_, at) => (250 - at) / 10))
    expect(body).not.toHaveProperty('more')
    expect(Math.max(...limits)).toBeLessThanOrEqual(101)
  })

  test('end where they are too much for one answer, which says so', async () => {
    const store = memoryStore()
    const { book } = openEdge({}, { store })
    const made = (await createService(book, row('a')))._unsafeUnwrap()
    const current = (await upsertService(book, row('a', { description: 'x'.repeat(2 ** 20) })))._unsafeUnwrap().service
    const versions = (_: string, __: string, ___: string, { limit = 0, below = 100 }) =>
      Array.from({ length: limit }, (_, at): Service => ({ ...late, version: (Math.round(below * 10) - at - 1) / 10 }))
    const { changeDescription: _, ...late } = { ...current, version: 90 }
    const load = async (...args: Parameters<typeof store.load>) =>
      new Map([...(await store.load(...args))].map(([fqn, held]) => [fqn, { ...held, service: late }]))
    const find = async () => ({ service: late, sealed: null, beside: null, revision: 2 })
    const { ask } = openEdge({ shape: 'documented' }, { store: { ...store, load, find, versions } as never })
    const { status, body } = await ask('GET', `${MODELS}/${made.id}/versions`)
    expect([status, body.more]).toEqual([200, true])
    expect(body.versions).toHaveLength(64)
  })
})

test('§1 of more issues than are listed it is told how many', () => {
  const issues = Array.from({ length: 4 }, (_, at) => ({ path: `/${at}`, message: 'is bad' }))
  const error = { code: 'BAD_REQUEST', message: '', issues, more: 5 } satisfies BadRequest
  expect(messageOf(error)).toMatchObject({
    code: 400,
    issues,
    more: 5,
    message: expect.stringMatching(/; and 6 more$/),
  })
  expect(messageOf({ ...error, more: 0 })).not.toHaveProperty('more')
})
