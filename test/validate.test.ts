import { defineFamily, type Family } from 'servicebook'
import { expect, test } from 'vitest'
import { defaultLimits, type Limits } from '../src/rules/limits.js'
import { type ValidRequest, validator } from '../src/rules/validate.js'

/* §1 the check of a request: what it is once it fits, and all that is wrong with it where it does not. */

const secret = { type: 'string', format: 'password' }
const text = { type: 'string' }
const family = defineFamily({
  ...{ entityType: 'toolService', collection: 'toolServices' },
  serviceTypes: {
    Tool: {
      type: 'object',
      properties: { host: text, password: secret, map: { type: 'object', additionalProperties: text } },
      required: ['host'],
      additionalProperties: false,
    },
    Strict: { type: 'object', properties: { password: { ...secret, pattern: '^x' } }, additionalProperties: false },
  },
} as unknown as Family)

const validating = (limits: Partial<Limits> = {}, holdsSecrets = true, isPartial = false) =>
  validator(family, { ...defaultLimits, ...limits }, holdsSecrets, isPartial)
const row = (more: object = {}) => ({ name: 'a', serviceType: 'Tool', ...more })
const withConfig = (config: unknown, more: object = {}) => row({ connection: { config }, ...more })
/** What has a prototype of its own goes the long way, whose words these are. */
const bothWays = (request: object) => [request, Object.assign(Object.create({}), request) as object]

function valid(request: object, validate = validating()): ValidRequest {
  const [poured, long] = bothWays(request).map(validate)
  const { completed: _, recheck: __, size: ___, ...rest } = poured as ValidRequest
  expect(long).toMatchObject(rest)
  return poured as ValidRequest
}
function wrong(request: object, validate = validating()): readonly string[] {
  const [poured, long] = bothWays(request).map((one) => {
    const answer = validate(one)
    return 'error' in answer ? answer.error.issues.map(({ path, message }) => `${path} ${message}`) : []
  })
  expect(long).toEqual(poured)
  return poured as readonly string[]
}
const paths = (request: object, validate = validating()) => wrong(request, validate).map((issue) => issue.split(' ')[0])

const [LOWER, UPPER] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000A']

test('§1 ids are the same in either case, and what is lower already is kept as it is', () => {
  const user = (id: string) => ({ id, type: 'user' })
  const team = { id: UPPER, type: 'team' }
  const one = valid(row({ owners: [user(UPPER), user(LOWER), team], ingestionRunner: { id: UPPER, type: 'runner' } }))
  expect(one.owners).toEqual([user(LOWER), { id: LOWER, type: 'team' }])
  expect(one.ingestionRunner).toEqual({ id: LOWER, type: 'runner' })
  const mixed = valid(row({ owners: [user(LOWER), team] }))
  expect(mixed.owners).toEqual([user(LOWER), { id: LOWER, type: 'team' }])
  for (const list of [one.owners, mixed.owners, one.ingestionRunner]) expect(Object.isFrozen(list)).toBe(true)
  expect(Object.isFrozen(one.owners?.[0])).toBe(true)
  expect(valid(row()).ingestionRunner).toBeUndefined()
})

test('§1 empty lists count as absent, and sets have each element once', () => {
  const empty = valid(row({ owners: [], tags: [], dataProducts: [], domain: 'd' }))
  expect([empty.owners, empty.tags, empty.dataProducts]).toEqual([undefined, undefined, undefined])
  const tag = (tagFQN: string, source = 'Classification') => ({ tagFQN, source })
  const doubled = valid(
    row({ domain: 'd', dataProducts: ['p', 'p', 'q'], tags: [tag('a'), tag('a', 'Glossary'), tag('a')] }),
  )
  expect(doubled.dataProducts).toEqual(['p', 'q'])
  expect(doubled.tags?.map(({ source }) => source)).toEqual(['Classification', 'Glossary'])
  expect([valid(row()).owners, valid(row()).tags, valid(row()).dataProducts]).toEqual([undefined, undefined, undefined])
})

test('§1 a description may have as many bytes as the limit says, whatever its letters take', () => {
  const limited = validating({ description: 6 })
  for (const description of ['', 'a', 'aaaaaa', 'éé', '€€', 'ééé'])
    expect(wrong(row({ description }), limited)).toEqual([])
  for (const description of ['aaaaaaa', 'éééa', '€€a', '€€€'])
    expect(wrong(row({ description }), limited)).toEqual(['/description is larger than 6 bytes'])
  expect(paths(row({ description: 7 }), limited)).toEqual(['/description'])
})

test('§1 a domain and data products are well-formed FQNs, each told at its place', () => {
  expect(wrong(row({ domain: 'a."b.c"', dataProducts: ['p', '"p.q"'] }))).toEqual([])
  expect(wrong(row({ domain: 'a"b', dataProducts: ['p', 'q..', '"'] }))).toEqual([
    '/domain is not a well-formed FQN',
    '/dataProducts/1 is not a well-formed FQN',
    '/dataProducts/2 is not a well-formed FQN',
  ])
  // What a schema says of it is said once.
  for (const domain of ['', `"${'x'.repeat(3072)}`]) expect(wrong(row({ domain }))[0]).not.toContain('well-formed')
  expect(paths(row({ domain: '' }))).toEqual(['/domain'])
  expect(paths(row({ domain: `"${'x'.repeat(3072)}` }))).toEqual(['/domain'])
  expect(wrong(row({ domain: `"${'x'.repeat(3071)}` }))).toEqual(['/domain is not a well-formed FQN'])
  expect(paths(row({ domain: 7, dataProducts: 'p' }))).toEqual(['/domain', '/dataProducts'])
})

test('§8 secrets are taken out, and a store that may not have them is told each, with what else is wrong', () => {
  const one = valid(withConfig({ host: 'http://u:hush@h', password: 'hush' }))
  expect(one.connection?.config).toEqual({ type: 'Tool', host: 'http://u:*********@h', password: '*********' })
  expect([one.secrets, one.keeps]).toEqual(['{"in":{"host":{"at":["hush"]},"password":{"at":["hush"]}}}', false])
  const plain = valid(withConfig({ host: 'h' }))
  expect([plain.secrets, plain.keeps, plain.connection?.config]).toEqual([null, false, { type: 'Tool', host: 'h' }])
  expect(valid(withConfig({ host: 'h', password: '*********' })).keeps).toBe(true)
  const twice = { host: 'h', map: { 'http://u:a@h': '1', 'http://u:b@h': '2' } }
  expect(paths(withConfig(twice))).toEqual(['/connection/config/map/http:~1~1u:*********@h'])
  const none = validating({}, false)
  expect(wrong(withConfig({ host: 'h' }), none)).toEqual([])
  expect(paths(withConfig({ host: 'http://u:hush@h', password: 'hush', nope: 1 }), none).sort()).toEqual([
    '/connection/config/host',
    '/connection/config/nope',
    '/connection/config/password',
  ])
})

test('§1, §8 what a mask breaks is said once the secret is known, with what else is then wrong', () => {
  const [masked] = bothWays(row({ serviceType: 'Strict', connection: { config: { password: '*********' } } })).map(
    validating(),
  )
  const { recheck, keeps } = masked as ValidRequest
  expect(keeps).toBe(true)
  expect(recheck?.({ type: 'Strict', password: 'x' })).toEqual([])
  expect(recheck?.({ type: 'Strict', password: 'y' })).toMatchObject([{ path: '/connection/config/password' }])
  expect(paths(row({ serviceType: 'Strict', connection: { config: { password: 'y' } } }))).toEqual([
    '/connection/config/password',
  ])
  expect(valid(withConfig({ host: 'h' })).recheck).toBeUndefined()
  expect(
    paths(row({ serviceType: 'Strict', connection: { config: { password: '*********' } }, description: 7 })),
  ).toEqual(['/description'])
  expect(valid(row()).keeps).toBe(false)
})

test('§1 a connection is whole, unless the book takes partial ones', () => {
  expect(paths(withConfig({}))).toEqual(['/connection/config/host'])
  expect(wrong(withConfig({}), validating({}, true, true))).toEqual([])
  for (const none of ['hush', 7, []]) expect(paths(withConfig(none))).toEqual(['/connection/config'])
})

test('§1 without a service type that there is all else is checked, but what a connection holds', () => {
  for (const serviceType of ['Other', 'toString', 7, null, undefined]) {
    const request = { name: 'a::b', serviceType, connection: { config: { any: 1 } }, description: 7 }
    expect(paths(request).sort()).toEqual(['/description', '/name', '/serviceType'])
  }
  for (const none of [undefined, null, 7, 'row', []])
    expect(validating()(none)).toMatchObject({ error: { code: 'BAD_REQUEST' }, fqn: undefined })
  const broken = Object.defineProperty({ name: 'a' }, 'serviceType', {
    get() {
      throw new Error('hostile')
    },
    enumerable: true,
  })
  expect(validating()(broken)).toMatchObject({ error: { code: 'BAD_REQUEST' } })
})

test('§6 of a request that is refused the FQN is told where its name is good', () => {
  const fqnOf = (name: unknown) => validating()({ name, serviceType: 'Other' }).fqn
  expect(['a', 'a.b', 'x'.repeat(256)].map(fqnOf)).toEqual(['a', '"a.b"', 'x'.repeat(256)])
  for (const bad of ['', 'a::b', 'a\nb', 'x'.repeat(257), 'a\0', 'a\ud800', 7, undefined, null, ['a']])
    expect(fqnOf(bad)).toBeUndefined()
})

test('§1 what is too large, too deep or unreadable is told alone, with no word of what a schema says of the rest', () => {
  const large = row({ description: 'x'.repeat(100), displayName: 7 })
  expect(wrong(large, validating({ request: 60 }))[0]).toBe(' is larger than 60 bytes')
  expect(paths(large, validating({ request: 60 }))).toEqual([''])
  const fits = row({ description: 'x'.repeat(60) })
  const bytes = JSON.stringify(fits).length
  expect(wrong(fits, validating({ request: bytes }))).toEqual([])
  expect(paths(fits, validating({ request: bytes - 1 }))).toEqual([''])
  const deep = row({ tags: [{ tagFQN: 'a' }] })
  expect(wrong(deep, validating({ depth: 3 }))).toEqual([])
  expect(paths(deep, validating({ depth: 2 }))).toContain('/tags/0')
  expect(wrong(deep, validating({ elements: 3 }))).toEqual([])
  expect(paths(deep, validating({ elements: 2 }))).toContain('')
})

test('§1 a path tells no credential that stands in a key', () => {
  const [told] = wrong(row({ 'http://u:hush@h': 1 }))
  expect(told).toMatch(/^\/http:~1~1u:\*{9}@h /)
})
