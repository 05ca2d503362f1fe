import { describe, expect, test } from 'vitest'
import { MASK } from '../src/model/credentials.js'
import { comparesSecrets, completedFor, movedBy, secretsAfter } from '../src/rules/connection.js'
import { held, valid } from './deciding.js'

/* §1, §8 what a request means for the connection that is stored: its defaults, its secrets, and where they would go. */

const connection = (config: object) => ({ connection: { config } })
const clear = (secrets: Record<string, string>) =>
  JSON.stringify({ in: Object.fromEntries(Object.entries(secrets).map(([key, value]) => [key, { at: [value] }])) })
const stored = held(connection({ password: 'hush' }))
const without = held(connection({ host: 'h' }))

describe('§1 what is stored has the defaults of today before it is compared', () => {
  const old = (config: object, serviceType = 'A') => held({}, { serviceType, connection: { config } } as never)
  test('where the request has another connection', () => {
    const before = old({ type: 'A', host: 'h' })
    const { service, ...rest } = completedFor(valid(connection({ host: 'i' })), before)
    const config = { type: 'A', host: 'h', region: 'eu' }
    expect({ service, ...rest }).toEqual({ ...before, service: { ...before.service, connection: { config } } })
    expect(service.connection).toSatisfy(Object.isFrozen)
  })
  test('and is the very same where there is nothing to compare, or nothing to fill in', () => {
    const before = old({ type: 'A', host: 'h' })
    expect(completedFor(valid({}), before)).toBe(before)
    const bare = held({})
    expect(completedFor(valid(connection({})), bare)).toBe(bare)
    const other = old({ type: 'A', host: 'h' }, 'B')
    expect(completedFor(valid(connection({ host: 'i' })), other)).toBe(other)
    const whole = old({ type: 'A', host: 'h', region: 'eu' })
    expect(completedFor(valid(connection({ host: 'i' })), whole)).toBe(whole)
    expect(completedFor(valid(connection({ host: 'h' })), whole)).toBe(whole)
  })
})

describe('§8 the secrets after a write', () => {
  const left = (request: object, before = stored, opened: string | null = clear({ password: 'hush' })) =>
    secretsAfter(valid(request), before, opened)

  test('are those that are stored, where no connection came', () => {
    expect(left({})).toEqual({ sealed: 'sealed', changed: false })
    expect(left({}, without, null)).toEqual({ sealed: null, changed: false })
  })
  test('are none where a connection without any came', () => {
    expect(left(connection({ host: 'h' }))).toEqual({ sealed: null, changed: true })
    expect(left(connection({ host: 'i' }), without, null)).toEqual({ sealed: null, changed: false })
  })
  test('are those of the request, and stay as they are sealed where they are the same', () => {
    const secrets = { password: 'new', other: 'more' }
    expect(left(connection(secrets))).toEqual({
      sealed: null,
      clear: clear({ other: 'more', password: 'new' }),
      changed: true,
    })
    expect(left(connection({ password: 'hush' }))).toEqual({ sealed: 'sealed', changed: false })
    expect(left(connection({ password: MASK }))).toEqual({ sealed: 'sealed', changed: false })
  })
  test('are partly kept, where some came in as the mask', () => {
    expect(left(connection({ password: MASK, other: 'more' }))).toEqual({
      ...{ sealed: null, changed: true },
      clear: clear({ other: 'more', password: 'hush' }),
    })
  })
  test('are refused where a mask stands for nothing, or where what it stands for does not fit', () => {
    const error = (path: string) => ({ code: 'BAD_REQUEST', issues: [{ path: `/connection/config/${path}` }] })
    expect(left(connection({ other: MASK }))).toMatchObject(error('other'))
    expect(left(connection({ password: MASK }), held({}), null)).toMatchObject(error('password'))
    const issues = [{ path: '/connection/config/password', message: 'is none' }]
    const recheck = (config: object) => ('hush' === (config as { password: string }).password ? issues : [])
    expect(
      secretsAfter({ ...valid(connection({ password: MASK })), recheck }, stored, clear({ password: 'hush' })),
    ).toMatchObject({ code: 'BAD_REQUEST', issues })
  })
})

test('§8 secrets are compared where both the request and the service have some', () => {
  const [some, none] = [valid(connection({ password: 'x' })), valid(connection({}))]
  expect(comparesSecrets(stored, some)).toBe(true)
  for (const [before, request] of [
    [stored, none],
    [without, some],
    [without, none],
  ] as const)
    expect(comparesSecrets(before, request)).toBe(false)
})

test('§8 a place has moved only where a mask was sent', () => {
  const before = held(connection({ password: 'hush', host: 'h' }))
  const moved = (config: object) => movedBy(valid(connection(config)), before, clear({ password: 'hush' }))
  expect(moved({ password: MASK, host: 'i' })).toMatchObject([{ path: '/connection/config/host' }])
  expect(moved({ password: 'hush', host: 'i' })).toEqual([])
  expect(movedBy(valid(connection({ password: MASK, host: 'i' })), held({}), null)).toHaveLength(1)
})
