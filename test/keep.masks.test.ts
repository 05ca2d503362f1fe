import { describe, expect, test } from 'vitest'
import { everywhere, nowhere } from '../src/families/places.js'
import { MASK } from '../src/model/credentials.js'
import { type Clear, keepSecrets, masksIn, sealedConfigs } from '../src/rules/keep.js'
import { maskConfig } from '../src/rules/masked.js'

/* §8 what a mask that comes back stands for: the rule itself. */

const keys = new Map(['password', 'passwords'].map((key) => [key, everywhere] as const))
const clear = (config: object): Clear => maskConfig(config as never, { ...nowhere, keys })
const u = (user: string, secret: string, host = 'h') => `http://${user}:${secret}@${host}`

/** The secrets that are kept, and the paths and reasons where none is. */
function kept(given: object, stored: object | null) {
  const { text, issues } = keepSecrets(clear(given), stored && clear(stored), '/c')
  return { secrets: JSON.parse(text), issues: issues.map(({ path, message }) => [path, message.split(':')[0]]) }
}
const NONE = 'is the mask, and no secret is stored there to keep'
const UNTOLD = 'is the mask, and which secret it stands for cannot be told'

describe('§8 a mask stands for', () => {
  test.each<[string, object, object, unknown]>([
    ['the secret of its path', { password: MASK }, { password: 'hush' }, { in: { password: { at: ['hush'] } } }],
    [
      'that of its path in a list as long and otherwise the same',
      { passwords: [MASK, 'new'] },
      { passwords: ['one', 'two'] },
      { in: { passwords: { in: { '0': { at: ['one'] }, '1': { at: ['new'] } } } } },
    ],
    [
      'that of the one element that is otherwise the same',
      { list: [u('b', MASK)] },
      { list: [u('a', 'one'), u('b', 'two')] },
      { in: { list: { in: { '0': { at: ['two'] } } } } },
    ],
    [
      'the one in a text of which all else has changed',
      { uri: u('b', MASK, 'i') },
      { uri: u('a', 'one') },
      { in: { uri: { at: ['one'] } } },
    ],
    [
      'that of the same context, where several are in a text',
      { uri: `x,${u('b', MASK)},${u('a', MASK)}` },
      { uri: `${u('a', 'one')},${u('b', 'two')}` },
      { in: { uri: { at: ['two', 'one'] } } },
    ],
    [
      'each its own in a text that is the same, though two look alike',
      { uri: `${u('a', MASK)},${u('a', MASK)}` },
      { uri: `${u('a', 'one')},${u('a', 'two')}` },
      { in: { uri: { at: ['one', 'two'] } } },
    ],
    [
      'none that was sent in clear beside it',
      { uri: `${u('a', 'new')},${u('b', MASK)}` },
      { uri: `${u('a', 'one')},${u('b', 'two')}` },
      { in: { uri: { at: ['new', 'two'] } } },
    ],
    [
      'each its own in a key',
      { map: { [`${u('a', MASK)},${u('b', MASK)}`]: 1 } },
      { map: { [`${u('a', 'one')},${u('b', 'two')}`]: 2 } },
      { in: { map: { keys: { [`${u('a', MASK)},${u('b', MASK)}`]: ['one', 'two'] } } } },
    ],
    [
      'that of the same masked key',
      { map: { [u('a', MASK)]: 1 } },
      { map: { [u('a', 'one')]: 2 } },
      { in: { map: { keys: { [u('a', MASK)]: ['one'] } } } },
    ],
  ])('%s', (_, given, stored, secrets) => {
    expect(kept(given, stored)).toEqual({ secrets, issues: [] })
  })
})

describe('§8 a mask is refused, at its path under the prefix', () => {
  test.each<[string, object, object | null, [string, string][]]>([
    ['nothing is stored', { password: MASK }, null, [['/c/password', NONE]]],
    ['another field is stored', { password: MASK }, { passwords: ['x'] }, [['/c/password', NONE]]],
    ['what is stored there is no text', { password: MASK }, { password: 7 }, [['/c/password', NONE]]],
    ['null is stored above it', { map: { password: MASK } }, { map: null }, [['/c/map/password', NONE]]],
    ['its text is not stored', { uri: u('a', MASK) }, { list: [null] }, [['/c/uri', NONE]]],
    ['no list is stored', { passwords: [MASK] }, { passwords: 'x' }, [['/c/passwords/0', NONE]]],
    ['a list of nothing is stored', { passwords: [MASK] }, {}, [['/c/passwords/0', NONE]]],
    [
      'its place in the list is another',
      { passwords: [MASK] },
      { passwords: ['x', 'y'] },
      [['/c/passwords/0', UNTOLD]],
    ],
    [
      'no element is otherwise the same',
      { list: [u('c', MASK)] },
      { list: [u('a', 'one'), u('b', 'two')] },
      [['/c/list/0', UNTOLD]],
    ],
    [
      'two elements are otherwise the same',
      { list: [u('a', MASK)] },
      { list: [u('a', 'one'), u('b', 'x'), u('a', 'two')] },
      [['/c/list/0', UNTOLD]],
    ],
    ['the whole text was another secret', { password: MASK }, { password: u('a', 'one') }, []],
    ['a text with a credential became the mask', { uri: MASK }, { uri: u('a', 'one') }, [['/c/uri', NONE]]],
    [
      'its context stood there twice',
      { uri: u('a', MASK) },
      { uri: `${u('a', 'one')},${u('a', 'two')}` },
      [['/c/uri', UNTOLD]],
    ],
    [
      'its context was not there, each once',
      { uri: `${u('a', MASK)},${u('d', MASK)},${u('e', MASK)}` },
      { uri: `${u('a', 'one')},${u('b', 'two')}` },
      [['/c/uri', UNTOLD]],
    ],
    [
      'one of two was not there',
      { uri: `${u('b', MASK)},${u('a', 'new')}` },
      { uri: u('a', 'one') },
      [['/c/uri', UNTOLD]],
    ],
    ['its key was renamed', { [u('b', MASK)]: 1 }, { [u('a', 'one')]: 1 }, [[`/c/http:~1~1b:${MASK}@h`, NONE]]],
  ])('where %s', (_, given, stored, issues) => {
    expect(kept(given, stored).issues).toEqual(issues)
  })

  test('where a part of a text would be what was all of it', () => {
    const stored = { config: { uri: MASK }, secrets: JSON.stringify({ in: { uri: { at: ['hush'] } } }) }
    const { issues } = keepSecrets(clear({ uri: u('a', MASK) }), stored, '')
    expect(issues).toMatchObject([{ path: '/uri', message: expect.stringContaining(UNTOLD) }])
  })

  test('a hundred times, and less often where paths are long', () => {
    const many = (count: number, length = 1) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`${at}`.padEnd(length, 'x'), { password: MASK }]))
    expect(kept(many(101), null).issues).toHaveLength(100)
    expect(kept(many(5, 40_000), null).issues).toHaveLength(2)
  })
})

test('§8 what is stored is read as it would be masked today', () => {
  // As an older version stored it, which knew of no credential in `note` or in the key.
  const stored: Clear = { config: { note: u('a', 'one'), map: { [u('k', 'two')]: MASK } }, secrets: null }
  const [, before] = sealedConfigs({ config: {}, secrets: null }, stored)
  expect(before.value).toEqual({ note: u('a', MASK), map: { [u('k', MASK)]: MASK } })
  expect(before.secrets).toMatchObject({
    in: { note: { at: ['one'] }, map: { keys: { [u('k', MASK)]: ['two'] } } },
  })
  const { text, issues } = keepSecrets(clear({ note: u('a', MASK) }), stored, '')
  expect([JSON.parse(text), issues]).toEqual([{ in: { note: { at: ['one'] } } }, []])
})

test('§8 a mask is found wherever it stands, and a secret that is none is not one', () => {
  for (const secrets of [{ at: ['x', MASK] }, { keys: { a: [MASK] } }, { in: { a: { in: { b: { at: [MASK] } } } } }])
    expect(masksIn(secrets)).toBe(true)
  for (const secrets of [{}, { at: ['x'] }, { at: ['x'], keys: { a: ['y'] }, in: { a: { at: ['z'] } } }])
    expect(masksIn(secrets)).toBe(false)
})
