import { MASK } from 'servicebook'
import { expect, test } from 'vitest'
import { newSecrets } from '../src/rules/sealing.js'
import { maskedPath, own, PATHS, sameSecrets, secretPaths, secretsIn, secretsText } from '../src/rules/secrets.js'

/* §8 the clear secrets of a connection as one text: canonical, read back, and where they stood. */

test('§8 the same secrets are the same text, whatever the order of their keys', () => {
  const one = {
    in: { b: { at: ['1'] }, a: { in: { d: { at: ['2'] }, c: { at: ['3'] } } } },
    keys: { y: ['4'], x: ['5'] },
  }
  const text = '{"keys":{"x":["5"],"y":["4"]},"in":{"a":{"in":{"c":{"at":["3"]},"d":{"at":["2"]}}},"b":{"at":["1"]}}}'
  expect(secretsText(one)).toBe(text)
  expect(secretsText({ at: ['1', '2'] })).toBe('{"at":["1","2"]}')
  expect(secretsText({})).toBe('{}')
  expect(secretsIn(text)).toEqual(one)
  const both = { at: ['1'], in: { a: { at: ['2'] } } }
  expect(secretsIn(secretsText(both))).toEqual(both)
})

test('§8 an older text, a list by JSON Pointers, is read as what it says', () => {
  const old = JSON.stringify({ '/a/b~1c~0': ['1'], '/a/d': ['2'], '': ['3'], '/toString': ['4'] })
  const read = secretsIn(old)
  expect(read.at).toEqual(['3'])
  expect(read.in).toEqual({ a: { in: { 'b/c~': { at: ['1'] }, d: { at: ['2'] } } }, toString: { at: ['4'] } })
  expect(secretsIn(JSON.stringify({ '/http:~1~1u:hush@h': ['1'] })).in).toEqual({
    [`http://u:${MASK}@h`]: { at: ['1'] },
  })
  // A pointer to a field that is called like a key of ours is a pointer.
  expect(secretsIn('{"/at":["1"]}')).toEqual({ in: { at: { at: ['1'] } } })
})

test('§8 secrets are compared by what they say', () => {
  const now = secretsText({ in: { a: { at: ['1'] } } })
  expect([sameSecrets(null, null), sameSecrets(now, now), sameSecrets(now, '{"/a":["1"]}')]).toEqual([true, true, true])
  expect([sameSecrets(null, now), sameSecrets(now, null), sameSecrets(now, '{"/a":["2"]}')]).toEqual([
    false,
    false,
    false,
  ])
})

test('§8 a record has what is its own', () => {
  expect(own({ a: 1 }, 'a')).toBe(1)
  expect([own({}, 'toString'), own(undefined, 'a'), own({ a: 1 }, 'b')]).toEqual([undefined, undefined, undefined])
})

test('§8 a path tells no credential, neither as it stands nor once it is read as keys', () => {
  for (const plain of ['', '/a', '/a/b~1c', '/a~0b']) expect(maskedPath(plain)).toBe(plain)
  expect(maskedPath('/a/http:~1~1u:hush@h/b')).toBe(`/a/http:~1~1u:${MASK}@h/b`)
  expect(maskedPath('/x/http:~1~1u:hush@h~1~0')).toBe(`/x/http:~1~1u:${MASK}@h~1~0`)
  expect(maskedPath('/password=hush')).not.toContain('hush')
  // Keys that hold none each hold one together.
  expect(maskedPath('/http://u:hush@h')).not.toContain('hush')
})

const many = (count: number, key = 'k') =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${key}${at}`, { at: ['x'] }]))

test('§8 secrets are told by their places: texts, keys, and what is under keys, each once', () => {
  const paths = (secrets: Parameters<typeof secretsText>[0]) => secretPaths(secretsText(secrets))
  expect(paths({ at: ['x'] })).toEqual([''])
  expect(paths({})).toEqual([])
  expect(
    paths({ keys: { 'a/b': ['x'], c: ['y'] }, in: { c: { at: ['z'] }, d: { in: { e: { at: ['x'] } } } } }),
  ).toEqual(['/a~1b', '/c', '/d/e'])
})

test('§8 V11 a hundred places are told, and fewer where they are long', () => {
  expect(secretPaths(secretsText({ in: many(100) }))).toHaveLength(100)
  expect(secretPaths(secretsText({ in: many(101) }))).toHaveLength(100)
  expect(
    secretPaths(secretsText({ keys: Object.fromEntries(Object.keys(many(101)).map((key) => [key, ['x']])) })),
  ).toHaveLength(100)
  const long = 'k'.repeat(PATHS / 2 - 3)
  // Two of them with the slash and the number before are as many as there is room for; one less leaves room for another.
  expect(secretPaths(secretsText({ in: many(5, `${long}k`) }))).toHaveLength(2)
  expect(secretPaths(secretsText({ in: many(5, long) }))).toHaveLength(3)
  expect(secretPaths(secretsText({ in: many(5, 'k'.repeat(PATHS * 2)) }))).toHaveLength(1)
})

const asked = (secrets: Parameters<typeof secretsText>[0] | null, keeps: boolean) =>
  newSecrets({ connection: {}, secrets: secrets && secretsText(secrets), keeps } as never)
const issuesOf = (secrets: Parameters<typeof secretsText>[0]) => {
  const answer = asked(secrets, true)
  return 'code' in answer ? answer.issues.map(({ path }) => path) : answer
}

test('§8 a new service has the secrets of its request to be sealed, or none', () => {
  expect(asked({ at: ['x'] }, false)).toEqual({ sealed: null, clear: '{"at":["x"]}', changed: true })
  const none = { sealed: null, changed: false }
  expect(asked(null, false)).toEqual(none)
  expect(newSecrets({ connection: undefined, secrets: '{}', keeps: false } as never)).toEqual(none)
})

test('§8 a mask for which nothing is stored is refused at its place, each once, and what is no mask is not', () => {
  expect(
    issuesOf({
      at: [MASK],
      keys: { a: [MASK, MASK], b: ['x'], toString: ['x'] },
      in: { a: { at: [MASK] }, c: { in: { d: { at: ['x', MASK] }, e: { at: ['x'] } } } },
    }),
  ).toEqual(['/connection/config', '/connection/config/a', '/connection/config/c/d'])
  expect(issuesOf({ keys: { a: [MASK], b: ['x'] } })).toEqual(['/connection/config/a'])
  const [a, b] = ['/connection/config/a', '/connection/config/b']
  expect(issuesOf({ keys: { a: [MASK] }, in: { a: { at: [MASK] } } })).toEqual([a])
  expect(issuesOf({ keys: { a: [MASK], b: [MASK] }, in: { a: { at: [MASK] } } })).toEqual([a, b])
})

test('§8 V11 a hundred masks are told, and fewer where their paths are long', () => {
  const masks = (count: number, key = 'k') =>
    Object.fromEntries(Object.keys(many(count, key)).map((name) => [name, { at: [MASK] }]))
  expect(issuesOf({ in: masks(100) })).toHaveLength(100)
  expect(issuesOf({ in: masks(101) })).toHaveLength(100)
  expect(issuesOf({ in: masks(5, 'k'.repeat(PATHS)) })).toHaveLength(1)
})
