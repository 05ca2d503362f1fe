import { describe, expect, test } from 'vitest'
import { toUpsert } from '../src/rules/decide/upsert.js'
import { ada, asked, decided, held, valid } from './deciding.js'

/* What an upsert makes of a service that is there. */

const bot = { name: 'bot', isBot: true }
const tags = (...names: string[]) => names.map((tagFQN) => ({ tagFQN }))
const upsert = (request: object, more: object = {}) => asked(valid(request), { by: ada, ...more })
const secret = (password: string) => ({ connection: { config: { password } } })
const clear = (password: string) => JSON.stringify({ in: { password: { at: [password] } } })

describe('§5 upsert', () => {
  test('what changes is a version, later than the last one whatever the clock says', () => {
    const before = held({ description: 'x' }, { updatedAt: 9000 }, { revision: 3, beside: { followers: [] } })
    expect(decided(upsert({ description: 'y' }), before)).toMatchObject({
      outcome: 'updated',
      stored: {
        ...{ revision: 4, beside: { followers: [] }, sealed: null },
        service: {
          ...{ version: 0.2, updatedAt: 9001, updatedBy: 'ada', description: 'y' },
          changeDescription: {
            ...{ fieldsAdded: [], fieldsDeleted: [], previousVersion: 0.1 },
            fieldsUpdated: [{ name: 'description', oldValue: 'x', newValue: 'y' }],
          },
        },
      },
    })
  })

  test('the same again is unchanged, and of a soft-deleted service restores it', () => {
    const request = { description: 'x', connection: { config: { host: 'h' } } }
    const before = held(request)
    expect(decided(upsert(request), before)).toEqual({ outcome: 'unchanged', stored: before })
    const gone = held(request, { deleted: true })
    expect(decided(upsert(request), gone)).toMatchObject({
      outcome: 'restored',
      stored: { service: { version: 0.2, deleted: false } },
    })
  })

  test('another service type is a version more by 1.0, and needs a connection that fits where there is one', () => {
    const request = { serviceType: 'B' }
    expect(decided(upsert(request), held({}))).toMatchObject({
      outcome: 'updated',
      stored: { service: { version: 1.1, serviceType: 'B' } },
    })
    const before = held({ connection: { config: { host: 'h' } } })
    const error = { code: 'BAD_REQUEST', issues: [{ path: '/connection' }] }
    expect(decided(upsert(request), before)).toMatchObject(error)
    expect(decided(upsert({ ...request, connection: { config: {} } }), before)).toMatchObject({ outcome: 'updated' })
  })

  test('a union of tags is as long as a list may be, and the tags that are kept were there', () => {
    const before = held({ tags: tags('a', 'b') })
    expect(decided(upsert({ tags: tags('c') }), before, {}, { elements: 3 })).toMatchObject({ outcome: 'updated' })
    const error = { code: 'BAD_REQUEST', issues: [{ path: '/tags' }] }
    expect(decided(upsert({ tags: tags('c') }), before, {}, { elements: 2 })).toMatchObject(error)
    expect(decided(upsert({ description: 'x' }), before, {}, { elements: 1 })).toMatchObject({ outcome: 'updated' })
    expect(decided(upsert({ tags: tags('a') }), before, {}, { elements: 1 })).toMatchObject({ outcome: 'unchanged' })
  })

  test('data products need a domain that is sent, or kept', () => {
    const request = { dataProducts: ['p'] }
    expect(decided(upsert(request), held({ domain: 'd' }))).toMatchObject({ outcome: 'updated' })
    expect(decided(upsert(request), held({}))).toMatchObject({
      code: 'BAD_REQUEST',
      issues: [{ path: '/dataProducts' }],
    })
  })

  test('what is kept and what is new are together no more than a request may be', () => {
    const before = held({ tags: tags('a'.repeat(100)) })
    const request = upsert({ description: 'x'.repeat(100) })
    const error = { code: 'BAD_REQUEST', issues: [{ path: '' }] }
    expect(decided(request, before, {}, { request: 250 })).toMatchObject(error)
    expect(decided(request, before, {}, { request: 500 })).toMatchObject({ outcome: 'updated' })
  })

  test('a bot fills what is blank, and overwrites only where it says so', () => {
    const before = held({ description: 'x' })
    const given = { description: 'y', displayName: 'A' }
    expect(decided(upsert(given, { by: bot }), before)).toMatchObject({
      stored: { service: { description: 'x', displayName: 'A', updatedBy: 'bot' } },
    })
    expect(decided(upsert(given, { by: bot, overrides: true }), before)).toMatchObject({
      stored: { service: { description: 'y' } },
    })
  })

  test('§8 another secret alone is a change of the connection, the same one is none', () => {
    const before = held(secret('hush'))
    expect(decided(upsert(secret('hush')), before, { clear: clear('hush') })).toEqual({
      outcome: 'unchanged',
      stored: before,
    })
    const connection = { config: { type: 'A', region: 'eu', password: '*********' } }
    expect(decided(upsert(secret('other')), before, { clear: clear('hush') })).toMatchObject({
      outcome: 'updated',
      clear: clear('other'),
      stored: {
        sealed: null,
        service: {
          changeDescription: { fieldsUpdated: [{ name: 'connection', oldValue: connection, newValue: connection }] },
        },
      },
    })
  })

  test('§8 a mask for which nothing is stored is refused where it stands', () => {
    expect(decided(upsert(secret('*********')), held({}))).toMatchObject({
      code: 'BAD_REQUEST',
      issues: [{ path: '/connection/config/password' }],
    })
  })

  test('§8 places to connect to are looked at, against what is stored', () => {
    const before = held({ connection: { config: { password: 'hush', host: 'h' } } })
    const moves = (config: object) =>
      toUpsert.moves?.(upsert({ connection: { config } }), before, undefined, clear('hush'))?.map(({ path }) => path)
    expect(moves({ password: '*********', host: 'i' })).toEqual(['/connection/config/host'])
    expect(moves({ password: '*********', host: 'h' })).toEqual([])
    expect(moves({ password: 'hush', host: 'i' })).toEqual([])
    expect(toUpsert.needsClear?.(upsert(secret('hush')), before, undefined)).toBe(true)
    expect(toUpsert.needsClear?.(upsert({}), before, undefined)).toBe(false)
    expect(toUpsert.needsClear?.(upsert(secret('hush')), held({}), undefined)).toBe(false)
  })

  test('§9 the policy is asked for Create or EditAll, and checks of the host are', () => {
    expect(toUpsert.asks(upsert({}), undefined)).toEqual(['Create'])
    expect(toUpsert.asks(upsert({}), held({}).service)).toEqual(['EditAll'])
    expect(toUpsert.isChecked).toBe(true)
  })
})
