import { describe, expect, test } from 'vitest'
import { type Imported, importedOf } from '../src/rules/imported.js'
import { defaultLimits, type Limits } from '../src/rules/limits.js'
import { held, validate } from './deciding.js'

/* §1, §3 what `exportServices` wrote, read again: it may come from anywhere, and is checked to the last field. */

const service = held({ description: 'x', connection: { config: { host: 'h', password: 'hush' } } }).service
const changeDescription = { fieldsAdded: [], fieldsUpdated: [], fieldsDeleted: [], previousVersion: 0.1 }
const newer = { ...service, version: 0.2, updatedAt: 2000, changeDescription }
const record = { family: 'aService', service: newer, history: [service], sealed: 'text', beside: null }

const read = (given: unknown, limits: Partial<Limits> = {}) =>
  importedOf(given, 'aService', validate, { ...defaultLimits, ...limits })
const paths = (given: unknown, limits: Partial<Limits> = {}) => {
  const answer = read(given, limits)
  return 'code' in answer ? answer.issues.map(({ path }) => path) : []
}
const first = (change: object) => paths({ family: 'aService', service: { ...service, ...change } })
const last = (change: object) => paths({ ...record, service: { ...newer, ...change } })

test('§3 an export is its versions, the oldest first, and what is kept with them', () => {
  const beside = { followers: ['00000000-0000-4000-8000-00000000000a'] }
  expect(read({ ...record, beside })).toStrictEqual({ chain: [service, newer], sealed: 'text', beside })
  expect(read({ family: 'aService', service })).toEqual({ chain: [service], sealed: null, beside: null })
  expect(read({ ...record, history: [], sealed: null })).toEqual({ chain: [newer], sealed: null, beside: null })
})

describe('§1 a record is refused', () => {
  test.each<[unknown, string[]]>([
    [null, ['']],
    [[], ['']],
    ['x', ['']],
    [{ ...record, more: 1, less: 2 }, ['/more', '/less']],
    [{ ...record, family: 'bService' }, ['/family']],
    [{ ...record, sealed: 7 }, ['/sealed']],
    [{ ...record, history: {} }, ['/history']],
    [{ ...record, beside: [] }, ['/beside']],
    [{ ...record, beside: 7 }, ['/beside']],
    [{ ...record, family: 1, sealed: 1, history: 1, beside: 1 }, ['/family', '/sealed', '/history', '/beside']],
    [{ ...record, service: null }, ['/service']],
    [{ ...record, service: [newer] }, ['/service']],
    [{ ...record, history: ['x'] }, ['/history/0']],
    [{ family: 'aService' }, ['/service']],
    [{ ...record, sealed: '\0' }, ['/sealed']],
  ])('%j', (given, wrong) => {
    expect(paths(given)).toEqual(wrong)
  })
  test('at most a hundred issues are told, and how many more there are', () => {
    const history = Array.from({ length: 60 }, () => ({ ...service, id: 'x', version: 0 }))
    expect(read({ ...record, history })).toMatchObject({ issues: { length: 100 }, more: 20 })
    expect(read({ ...record, history: history.slice(10) })).not.toHaveProperty('more')
  })
})

describe('§1 a version is refused where a field is none that the library writes', () => {
  test.each<[string, unknown]>([
    ...[undefined, 7, 'x', service.id.toUpperCase().replaceAll('1', 'A'), ` ${service.id}`, `${service.id}x`].map(
      (id) => ['id', id] as [string, unknown],
    ),
    ['id', [service.id]],
    ['fullyQualifiedName', '"a"'],
    ['fullyQualifiedName', undefined],
    ...[undefined, '0.1', 0, 0.05, 0.15, -1, 1e12, Number.MAX_VALUE].map((v) => ['version', v] as [string, unknown]),
    ['deleted', undefined],
    ['deleted', 'no'],
    ...[undefined, '1', -1, 1.5, 8.64e15 + 1, 2 ** 53].map((time) => ['updatedAt', time] as [string, unknown]),
    ['updatedBy', undefined],
    ['updatedBy', 7],
    ['tags', undefined],
    ['entityStatus', 'None'],
    ['entityStatus', null],
    ['provider', 'host'],
    ...[null, 7, [], {}, { ...changeDescription, more: 1 }].map((v) => ['changeDescription', v] as [string, unknown]),
    ['changeDescription', { ...changeDescription, previousVersion: 0.15 }],
    ['changeDescription', { ...changeDescription, previousVersion: undefined }],
    ['changeDescription', { ...changeDescription, fieldsAdded: {} }],
    ['changeDescription', { ...changeDescription, fieldsUpdated: [{ name: 7 }] }],
    ['changeDescription', { ...changeDescription, fieldsDeleted: [{ name: 'a' }, null] }],
    ['changeDescription', { ...changeDescription, fieldsAdded: [[]] }],
    ['strange', 1],
    ['description', 7],
  ])('%s: %j', (field, value) => {
    expect(first({ [field]: value })).toEqual([`/service/${field}`])
  })

  test.each<[string, unknown]>([
    ['version', 999_999_999_999.9],
    ['version', 12.3],
    ['deleted', true],
    ['updatedAt', 0],
    ['updatedAt', 8.64e15],
    ['updatedBy', ''],
    ...['Draft', 'In Review', 'Unprocessed', undefined].map((s) => ['entityStatus', s] as [string, unknown]),
    ...['user', 'system', undefined].map((provider) => ['provider', provider] as [string, unknown]),
    ['changeDescription', { ...changeDescription, fieldsUpdated: [{ name: 'a', oldValue: 1, newValue: 2 }] }],
  ])('and not: %s: %j', (field, value) => {
    expect(first({ [field]: value })).toEqual([])
  })

  test('all that is wrong is told', () => {
    expect(first({ id: 1, version: 1.11, deleted: 0, updatedBy: 1 })).toEqual([
      ...['/service/id', '/service/version', '/service/deleted', '/service/updatedBy'],
    ])
  })
})

describe('§3 a version stands behind an older one of the same service', () => {
  test.each<[string, object]>([
    ['of another id', { id: '22222222-2222-7222-8222-222222222222' }],
    ['of another name', { name: 'b', fullyQualifiedName: 'b' }],
    ['of the same number', { version: 0.1 }],
    ['of the same time', { updatedAt: 1000 }],
    ['of an earlier time', { updatedAt: 999 }],
  ])('not one %s', (_, change) => {
    expect(last(change)).toEqual(['/history/0'])
  })
  test('and the first that does not is told', () => {
    const history = [{ ...newer, version: 0.1, updatedAt: 1500 }, service, service]
    expect(paths({ ...record, history })).toEqual(['/history/1'])
    expect(paths({ ...record, service: { ...newer, id: 7 }, history })).toEqual(['/service/id'])
  })
})

describe('§8 no secret stands in it in clear', () => {
  const config = service.connection?.config as object
  test.each<[string, object, boolean]>([
    ['a secret', { ...config, password: 'hush' }, false],
    ['a credential in a text', { ...config, host: 'http://u:hush@h' }, false],
    ['a credential in a key', { ...config, 'http://u:hush@h': 1 }, false],
    ['deep in a list', { ...config, list: [{ uri: 'x' }, { uri: 'http://u:hush@h' }] }, false],
    ['masks alone', { ...config, list: [{ uri: 'http://u:*********@h' }], flag: true }, true],
    ['fewer fields than there are today', { type: 'A' }, true],
  ])('%s', (_, config, isFine) => {
    expect(first({ connection: { config } })).toEqual(isFine ? [] : ['/service/connection/config'])
  })
})

describe('§7 what stands beside', () => {
  const [ADA, EVE] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000e']
  const beside = (given: object, limits = {}) => paths({ ...record, beside: given }, limits)
  test.each<[unknown]>([
    [[7]],
    [['x']],
    [[ADA.toUpperCase()]],
    [[ADA, ADA]],
    [{}],
    [ADA],
    [null],
    [[`x${ADA}`]],
    [[[ADA]]],
    [[ADA, 'x']],
  ])('followers are ids in lower case, each once: not %j', (followers) => {
    expect(beside({ followers })).toEqual(['/beside/followers'])
  })
  test('of which there are as many as a list may have', () => {
    expect(beside({ followers: [ADA, EVE] }, { elements: 2 })).toEqual([])
    expect(beside({ followers: [ADA, EVE] }, { elements: 1 })).toEqual(['/beside/followers'])
    expect(beside({})).toEqual([])
  })
  test('a test result is one as it is reported, its texts masked', () => {
    const steps = [{ name: 'open', passed: true, message: 'at http://u:hush@h' }]
    const answer = read({ ...record, beside: { testConnectionResult: { steps } } })
    expect(answer).toHaveProperty('beside.testConnectionResult.steps.0.message', 'at http://u:*********@h')
    expect(Object.keys((answer as Imported).beside ?? {})).toEqual(['testConnectionResult'])
    expect(answer).toHaveProperty('beside', expect.toSatisfy(Object.isFrozen))
    expect(beside({ testConnectionResult: { steps: 7 } })).toEqual(['/beside/testConnectionResult/steps'])
    expect(beside({ votes: 1, followers: 7, testConnectionResult: 7 })).toEqual([
      ...['/beside/votes', '/beside/followers', '/beside/testConnectionResult'],
    ])
  })
})

describe('§1 limits are those of each request in it', () => {
  test('a record is larger, longer and deeper than a request', () => {
    const history = [0.3, 0.2, 0.1].map((version, at) => ({ ...service, version, updatedAt: 3 - at }))
    const whole = { family: 'aService', service: { ...newer, version: 0.4 }, history }
    expect(paths(whole, { elements: 2, request: 100 })).toEqual([])
    let deep: unknown = 'x'
    for (let level = 0; level < 38; level++) deep = [deep]
    const change = { ...changeDescription, fieldsAdded: [{ name: 'a', newValue: deep }] }
    expect(paths({ ...whole, service: { ...newer, version: 0.4, changeDescription: change } }, { depth: 36 })).toEqual(
      [],
    )
    const beyond = { ...changeDescription, fieldsAdded: [{ name: 'a', newValue: [[deep]] }] }
    expect(paths({ ...whole, service: { ...newer, changeDescription: beyond } }, { depth: 36 })).toHaveLength(1)
  })
})
