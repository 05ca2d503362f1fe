import { expect, test } from 'vitest'
import { toCreate } from '../src/rules/decide/create.js'
import { toDelete, toRestore } from '../src/rules/decide/delete.js'
import { newborn } from '../src/rules/decide/newborn.js'
import { toReseal } from '../src/rules/decide/reseal.js'
import { sees } from '../src/rules/intent.js'
import { ada, asked, decided, held, ID, valid } from './deciding.js'

/* How a service begins and ends. */

const create = (request: object) => asked(valid(request), { kind: toCreate, by: ada })
const ending = (hard = false) => ({ kind: toDelete, by: ada, when: undefined, hard })
const restoring = { kind: toRestore, by: undefined, when: undefined }
const change = (oldValue: boolean, newValue: boolean, previousVersion: number) => ({
  fieldsAdded: [],
  fieldsUpdated: [{ name: 'deleted', oldValue, newValue }],
  fieldsDeleted: [],
  previousVersion,
})

test('§1, §4 a service is born with what was sent and what every service has, and no key for anything else', () => {
  const service = {
    ...{ id: ID, name: 'a', fullyQualifiedName: 'a', version: 0.1, deleted: false, updatedAt: 5000 },
    ...{ updatedBy: 'ada', serviceType: 'A', tags: [], entityStatus: 'Unprocessed' },
  }
  expect(decided(create({}), null)).toStrictEqual({
    outcome: 'created',
    stored: { service, sealed: null, beside: null, revision: 1 },
  })
  const { birth: _, ...request } = valid({})
  const bare = newborn(ID, 0.1, 1, undefined, { ...request, birth: {} }, {})
  expect(Object.keys(bare)).toEqual(Object.keys(service).filter((key) => key !== 'entityStatus'))
  expect(bare.updatedBy).toBe('anonymous')
})

test('§1, §4 whatever was sent stands in the service, and secrets are to be sealed', () => {
  const rest = {
    ...{ displayName: 'A', description: 'x', domain: 'd', dataProducts: ['p'], style: { color: 'red' } },
    owners: [{ id: ID, type: 'user' }],
    ingestionRunner: { id: ID, type: 'runner' },
  }
  const decision = decided(create({ ...rest, connection: { config: { password: 'hush' } } }), null)
  expect(decision).toMatchObject({ outcome: 'created', clear: '{"in":{"password":{"at":["hush"]}}}' })
  expect(decision).toMatchObject({ stored: { sealed: null, service: rest } })
})

test('§1 data products need a domain of the service, from its birth on', () => {
  const error = { code: 'BAD_REQUEST', issues: [{ path: '/dataProducts' }] }
  expect(decided(create({ dataProducts: ['p'] }), null)).toMatchObject(error)
  expect(decided(create({ dataProducts: ['p'], domain: 'd' }), null)).toMatchObject({ outcome: 'created' })
})

test('§1, §8 a service that its masks make larger than a request may be is not created', () => {
  const request = create({ connection: { config: { host: 'h', password: 'x' } } })
  const { name, serviceType, tags, connection } = request.request
  const size = JSON.stringify({ name, serviceType, tags, connection }).length
  expect(decided(request, null, {}, { request: size })).toMatchObject({ outcome: 'created' })
  const error = { code: 'BAD_REQUEST', issues: [{ path: '' }] }
  expect(decided(request, null, {}, { request: size - 1 })).toMatchObject(error)
})

test('§8 a mask for which nothing is stored is refused where it stands', () => {
  const error = { code: 'BAD_REQUEST', issues: [{ path: '/connection/config/password' }] }
  expect(decided(create({ connection: { config: { password: '*********' } } }), null)).toMatchObject(error)
})

test('§7 a soft delete is a version, keeps all else, and is told', () => {
  const before = held({ description: 'x', connection: { config: { password: 'hush' } } }, {}, { revision: 7 })
  const { service, sealed } = before
  expect(decided(ending(), before)).toEqual({
    outcome: 'deleted',
    stored: {
      ...{ sealed, beside: null, revision: 8 },
      service: {
        ...service,
        ...{ version: 0.2, deleted: true, updatedAt: 5000, updatedBy: 'ada' },
        changeDescription: change(false, true, 0.1),
      },
    },
  })
})

test('§7 a delete is safe to send again; a hard one sees both, and says what was there', () => {
  const [live, gone] = [held({}), held({}, { deleted: true })]
  expect(decided(ending(), gone)).toEqual({ outcome: 'unchanged', stored: gone })
  for (const before of [live, gone])
    expect(decided(ending(true), before)).toEqual({ outcome: 'removed', stored: before })
})

test('§1 a service of the system is not deleted, soft or hard', () => {
  const before = held({}, { provider: 'system' })
  const error = { code: 'BAD_REQUEST', issues: [{ path: '' }] }
  for (const hard of [false, true]) expect(decided(ending(hard), before)).toMatchObject(error)
  expect(decided(ending(), held({}, { provider: 'user' }))).toMatchObject({ outcome: 'deleted' })
})

test('§7 a restore is a version, orders after the last one whatever the clock says, and asks the checks of the host', () => {
  const before = held({}, { deleted: true, version: 0.9, updatedAt: 9000 })
  expect(decided(restoring, before)).toMatchObject({
    outcome: 'restored',
    stored: {
      service: {
        ...{ version: 1, deleted: false, updatedAt: 9001, updatedBy: 'anonymous' },
        changeDescription: change(true, false, 0.9),
      },
    },
  })
  const live = held({})
  expect(decided(restoring, live)).toEqual({ outcome: 'unchanged', stored: live })
  expect(toRestore.isChecked).toBe(true)
})

test('§8 secrets are sealed anew where they were opened for it, and nothing else changes', () => {
  const before = held({ connection: { config: { password: 'hush' } } }, {}, { revision: 3 })
  const intent = { kind: toReseal, by: undefined, when: undefined, isOutdated: (text: string) => text === 'sealed' }
  expect(decided(intent, before, { clear: 'x' })).toEqual({
    outcome: 'resealed',
    stored: { ...before, revision: 4 },
    clear: 'x',
  })
  expect(decided(intent, before)).toEqual({ outcome: 'unchanged', stored: before })
  expect(toReseal.needsClear?.(intent, before, undefined)).toBe(true)
  expect(toReseal.needsClear?.(intent, { ...before, sealed: 'fresh' }, undefined)).toBe(false)
  expect(toReseal.asks(intent, before.service)).toEqual([])
  expect(sees(intent, { ...before.service, deleted: true })).toBe(true)
  expect(toReseal.isTimeless).toBe(true)
})
