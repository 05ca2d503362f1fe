import { describe, expect, test } from 'vitest'
import { everywhere, nowhere } from '../src/families/places.js'
import { MASK } from '../src/model/credentials.js'
import { movedPlaces } from '../src/rules/follow.js'
import { type Clear, keepSecrets, masksIn, sealedConfigs } from '../src/rules/keep.js'
import { maskConfig } from '../src/rules/masked.js'

/* §8 what a mask that comes back stands for, and whether it would go elsewhere: the rules themselves. */

const keys = new Map(['password', 'passwords', 'host'].map((key) => [key, everywhere] as const))
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
    ['no list is stored', { passwords: [MASK] }, { passwords: 'x' }, [['/c/passwords/0', NONE]]],
    ['a list of nothing is stored', { passwords: [MASK] }, {}, [['/c/passwords/0', NONE]]],
    [
      'its place in the list is another',
      { passwords: [MASK] },
      { passwords: ['x', 'y'] },
      [['/c/passwords/0', UNTOLD]],
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
    ['its key was renamed', { [u('b', MASK)]: 1 }, { [u('a', 'one')]: 1 }, [[`/c/http:~1~1b:${MASK}@h`, NONE]]],
  ])('where %s', (_, given, stored, issues) => {
    expect(kept(given, stored).issues).toEqual(issues)
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

/** The paths of places to connect to that have changed. */
const moved = (given: object, stored: object | null) =>
  movedPlaces(clear({ password: MASK, ...given }), stored && clear({ password: 'hush', ...stored }), '/c').map(
    ({ path }) => path,
  )

describe('§8 secretsFollow: false: a place to connect to has changed', () => {
  test.each([
    ...['host', 'dbHost', 'server', 'url', 'URI', 'endPoint', 'address', 'brokers', 'bootstrapServers', 'account'],
    ...['domain', 'gateway', 'proxy', 'instance', 'cluster', 'site', 'dsn', 'dataSource', 'data source', 'port'],
  ])('by the name of its key: %s', (key) => {
    if (key === 'host') return expect(moved({ host: 'b' }, { host: 'a' })).toEqual(['/c/host'])
    expect(moved({ [key]: 'b' }, { [key]: 'a' })).toEqual([`/c/${key}`])
    expect(moved({ [key]: [7] }, { [key]: [8] })).toEqual([`/c/${key}/0`])
    expect(moved({ [key]: 'a' }, { [key]: 'a' })).toEqual([])
  })

  test.each([
    ...['ftp://x', 'ftp%3A%2F%2Fx', 'db:5432', 'db.example:5432/x', 'a.b/c', 'a.b?x', 'a.b,c.d', 'a-b.c;x', 'a.b'],
    ...[
      'x;server=y',
      'host = y',
      'a&url=y',
      'a?endpoint=y',
      'x addrs=y',
      'Data Source=y',
      'datasource=y',
      'serverName=y',
    ],
  ])('by its text: %s', (text) => {
    expect(moved({ note: text }, { note: 'x' })).toEqual(['/c/note'])
    expect(moved({ note: 'x' }, { note: text })).toEqual(['/c/note'])
    expect(moved({}, { note: text })).toEqual(['/c/note'])
    expect(moved({ note: text }, null)).toEqual(['/c/note'])
    expect(moved({ note: text }, { note: text })).toEqual([])
  })

  test.each(['some text', 'a b.c', 'db:x', '5432', 'xhost=', 'a.b c', '.a', 'http', 'ports', 'portable'])(
    'and none by a text or key like %j',
    (text) => {
      expect(moved({ note: text }, { note: 'x' })).toEqual([])
      if (!/host/.test(text)) expect(moved({ [text.replace(/[.:]/g, '')]: 'b' }, { note: 'x' })).toEqual([])
    },
  )

  test('a flag, and what is nothing, is no place', () => {
    expect(moved({ proxy: true }, { proxy: false })).toEqual([])
    expect(moved({ proxy: null }, { proxy: [] })).toEqual([])
  })

  test('a key that is a place is one, and what stands under it is not looked at', () => {
    expect(moved({ map: { 'db:1': { host: 'x' } } }, { map: { 'db:2': { host: 'y' } } })).toEqual([
      ...['/c/map/db:1', '/c/map/db:2'],
    ])
    expect(moved({ map: { 'db:1': 'x' } }, { map: { 'db:1': 'y' } })).toEqual([])
  })

  test('an object that becomes a text, or a text that becomes one, has changed', () => {
    expect(moved({ host: 'x' }, { host: { name: 'y' } })).toEqual(['/c/host'])
    expect(moved({ url: { a: 'x' } }, { url: 'y' })).toEqual(['/c/url'])
  })

  test('a place that is itself secret is compared in clear', () => {
    expect(moved({ host: MASK }, { host: 'a' })).toEqual([])
    expect(moved({ host: 'a' }, { host: 'a' })).toEqual([])
    expect(moved({ host: 'b' }, { host: 'a' })).toEqual(['/c/host'])
    expect(moved({ host: 'b' }, {})).toEqual(['/c/host'])
  })

  test('nothing is said where no secret is the mask, and a hundred times at most', () => {
    expect(movedPlaces(clear({ password: 'new', url: 'b' }), clear({ password: 'hush', url: 'a' }), '')).toEqual([])
    const many = (text: string) => ({ urls: Array.from({ length: 101 }, () => text) })
    expect(moved(many('a'), many('b'))).toHaveLength(100)
  })
})
