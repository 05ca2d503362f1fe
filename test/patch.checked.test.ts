import { expect, test } from 'vitest'
import { defaultLimits } from '../src/rules/limits.js'
import { checkedOperations, operationsOf, patched } from '../src/rules/patch.js'

/* §7 JSON Patch: what of an operation is looked at before the service is, what it asks for, and what becomes of a service. */

const OWN = [
  ...['id', 'name', 'fullyQualifiedName', 'version', 'deleted', 'updatedAt', 'updatedBy', 'changeDescription'],
  ...['provider', 'followers', 'testConnectionResult'],
]
const paths = (given: unknown, dropped?: readonly string[]) => {
  const checked = checkedOperations(given, defaultLimits, dropped)
  return 'code' in checked ? checked.issues.map(({ path }) => path) : []
}
const add = (path: unknown, value: unknown = 1) => ({ op: 'add', path, value })

test.each<[string, unknown, readonly string[]]>([
  ['no list', { op: 'add' }, ['']],
  ['a text in place of a list', 'add', ['']],
  ['what is no operation', [null, 7, 'add', [], add('/tags')], ['/0', '/1', '/2', '/3']],
  ['an unknown op', [{ op: 'merge', path: '/tags' }, { path: '/tags' }], ['/0/op', '/1/op']],
  [
    'a path that is none',
    [add('tags'), add(7), add('/a~'), add('/a~2b'), { op: 'add', path: undefined, value: 1 }],
    ['/0/path', '/1/path', '/2/path', '/3/path', '/4/path'],
  ],
  ['__proto__', [add('/tags/__proto__/x'), add('/__proto__')], ['/0/path', '/1/path']],
  ['a good path', [add('/tags'), add('/a~0b~1c'), add('/')], []],
  [
    'from, where it is needed',
    [
      { op: 'move', path: '/tags' },
      { op: 'copy', path: '/tags', from: 'x' },
    ],
    ['/0/from', '/1/from'],
  ],
  [
    'value, where it is needed',
    ['add', 'replace', 'test', 'remove'].map((op) => ({ op, path: '/tags' })),
    ['/0/value', '/1/value', '/2/value'],
  ],
  [
    'a value that is undefined, which is null',
    [
      { op: 'add', path: '/tags', value: undefined },
      { op: 'replace', path: '/tags', value: null },
    ],
    [],
  ],
  [
    'all of one operation',
    [
      { op: 'move', path: 'a', from: 'b' },
      { op: 'nope', path: 7 },
    ],
    ['/0/path', '/0/from', '/1/op', '/1/path'],
  ],
  ['the service itself', [add('')], ['/0/path']],
  ['a look at the service itself', [{ op: 'test', path: '', value: 1 }], []],
  ['a copy from what only the library writes', [{ op: 'copy', path: '/description', from: '/id' }], []],
  ['a move of it', [{ op: 'move', path: '/description', from: '/id/x' }], ['/0/from']],
  ['a move to it from it', [{ op: 'move', path: '/id', from: '/version' }], ['/0/path', '/0/from']],
  ['a value that no JSON holds', [add('/tags', Number.NaN)], ['/0/value']],
])('§7 %s', (_, given, expected) => {
  expect(paths(given)).toEqual(expected)
})

test.each(OWN)(
  '§7 %s is changed by no patch, looked at by a test, and dropped where its representation says so',
  (field) => {
    for (const path of [`/${field}`, `/${field}/x`]) {
      for (const op of ['add', 'replace', 'remove']) expect(paths([{ op, path, value: 1 }])).toEqual(['/0/path'])
      expect(paths([{ op: 'test', path, value: 1 }])).toEqual([])
      expect(paths([add(path)], [field])).toEqual([])
      expect(paths([add(path)], ['other'])).toEqual(['/0/path'])
    }
    expect(paths([add(`/${field}s`)])).toEqual([])
  },
)

test('§7 of an operation what RFC 6902 defines for it counts, and nothing else', () => {
  const more = { value: 1, from: '/tags', x: 1 }
  const given = ['add', 'move', 'remove', 'test', 'copy', 'replace'].map((op) => ({ op, path: '/tags', ...more }))
  expect(checkedOperations(given, defaultLimits)).toStrictEqual([
    { op: 'add', path: '/tags', value: 1 },
    { op: 'move', path: '/tags', from: '/tags' },
    { op: 'remove', path: '/tags' },
    { op: 'test', path: '/tags', value: 1 },
    { op: 'copy', path: '/tags', from: '/tags' },
    { op: 'replace', path: '/tags', value: 1 },
  ])
  expect(checkedOperations([{ op: 'add', path: '/tags', value: undefined }], defaultLimits)).toStrictEqual([
    { op: 'add', path: '/tags', value: null },
  ])
  expect(checkedOperations([add('/style', { color: null })], defaultLimits)).toStrictEqual([
    add('/style', { color: null }),
  ])
})

test('§8 neither the path of an issue nor its words tell a credential', () => {
  const key = 'http:~1~1u:hush@h'
  const checked = checkedOperations([add(`/id/${key}`), add('/tags', { 'http://u:hush@h': Number.NaN })], defaultLimits)
  expect(checked).toMatchObject({ issues: [{ path: `/1/value/http:~1~1u:*********@h` }, { path: '/0/path' }] })
  expect(JSON.stringify(checked)).not.toContain('hush')
})

test('§9 a patch asks for each field that it changes, once, in the order of its operations', () => {
  const asked = (...operations: object[]) => operationsOf(operations as never)
  const at = (path: string, op = 'add', from = '') => ({ op, path, from })
  expect(asked(at('/tags/0'), at('/description'), at('/tags/1'))).toEqual(['EditTags', 'EditDescription'])
  expect(asked(at('/displayName'), at('/owners/-'))).toEqual(['EditDisplayName', 'EditOwners'])
  for (const field of ['/style', '/connection/config', '/entityStatus', '/toString'])
    expect(asked(at(field))).toEqual(['EditAll'])
  expect(asked(at('/tags', 'test'))).toEqual(['EditAll'])
  expect(asked(at('/tags', 'test'), at('/tags'))).toEqual(['EditTags'])
  expect(asked()).toEqual(['EditAll'])
  expect(asked(at('/tags', 'move', '/description'))).toEqual(['EditTags', 'EditDescription'])
  expect(asked(at('/tags', 'copy', '/description'))).toEqual(['EditTags'])
  expect(operationsOf([at('/id'), at('/tags')] as never, ['id'])).toEqual(['EditTags'])
  expect(operationsOf([at('/id')] as never, ['id'])).toEqual(['EditAll'])
})

const service = {
  id: 'i',
  name: 'a',
  serviceType: 'Tool',
  deleted: false,
  version: 0.1,
  tags: [],
  connection: { config: { a: 1 } },
}
const read = (request: object) => ({ request })
const made = (operations: readonly object[], from: object = service, as: object = {}) =>
  patched(from as never, from, { read, ...as } as never, operations as never, defaultLimits)

test('§7 what a patch leaves is a request: without what only the library writes, under the name it had', () => {
  expect(made([add('/description', 'x')])).toEqual({
    request: { name: 'a', serviceType: 'Tool', tags: [], description: 'x' },
    keepsConnection: true,
    entityStatus: undefined,
  })
  expect(service).not.toHaveProperty('description')
})

test('§7 a connection that stays as it is is kept, and one that changes, or whose service type does, is not', () => {
  const keeps = (operation: object) => {
    const answer = made([operation])
    return 'code' in answer ? answer.code : [answer.keepsConnection, 'connection' in answer.request]
  }
  expect(keeps(add('/connection', { config: { a: 1 } }))).toEqual([true, false])
  expect(keeps(add('/connection/config/a', 2))).toEqual([false, true])
  expect(keeps({ op: 'remove', path: '/connection' })).toEqual([false, false])
  expect(keeps(add('/serviceType', 'Other'))).toEqual([false, true])
})

test('§7 a status is one there is, in a family that has one; removed, it is as at birth', () => {
  const approved = { ...service, entityStatus: 'Approved' }
  const status = (operation: object, from: object) => {
    const answer = made([operation], from)
    return 'code' in answer ? ('issues' in answer ? answer.issues : answer.code) : answer.entityStatus
  }
  expect(status(add('/tags', []), approved)).toBe('Approved')
  expect(status(add('/entityStatus', 'Draft'), approved)).toBe('Draft')
  expect(status({ op: 'remove', path: '/entityStatus' }, approved)).toBe('Unprocessed')
  expect(status(add('/entityStatus', 'Nope'), approved)).toMatchObject([{ path: '/entityStatus' }])
  expect(status(add('/entityStatus', 7), approved)).toMatchObject([{ path: '/entityStatus' }])
  expect(status(add('/entityStatus', 'Draft'), service)).toMatchObject([{ path: '/entityStatus' }])
})

test('§7 whether a service is deleted is written back, left out, but not changed', () => {
  const as = { dropped: ['deleted'] }
  expect(made([add('/deleted', true)], service, as)).toMatchObject({ issues: [{ path: '/deleted' }] })
  for (const operation of [add('/deleted', false), { op: 'remove', path: '/deleted' }])
    expect(made([operation], service, as)).toHaveProperty('request')
  expect(made([add('/deleted', false)], { ...service, deleted: true }, as)).toMatchObject({
    issues: [{ path: '/deleted' }],
  })
  expect(made([add('/deleted', true)])).toHaveProperty('request')
})

test('§7 what fails, or cannot be read back, is why', () => {
  expect(made([{ op: 'test', path: '/name', value: 'b' }])).toMatchObject({ code: 'PRECONDITION_FAILED' })
  const issues = [{ path: '/domains', message: 'is no list' }]
  expect(made([], service, { read: () => ({ issues }) })).toMatchObject({ code: 'BAD_REQUEST', issues })
})
