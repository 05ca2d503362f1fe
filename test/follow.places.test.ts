import { describe, expect, test } from 'vitest'
import { everywhere, nowhere } from '../src/families/places.js'
import { MASK } from '../src/model/credentials.js'
import { movedPlaces } from '../src/rules/follow.js'
import type { Clear } from '../src/rules/keep.js'
import { maskConfig } from '../src/rules/masked.js'

/* §8 whether secrets that are kept would go elsewhere: the rule itself. */

const keys = new Map(['password', 'host'].map((key) => [key, everywhere] as const))
const clear = (config: object): Clear => maskConfig(config as never, { ...nowhere, keys })

/** The paths of places to connect to that have changed. */
const moved = (given: object, stored: object | null) =>
  movedPlaces(clear({ password: MASK, ...given }), stored && clear({ password: 'hush', ...stored }), '/c').map(
    ({ path }) => path,
  )

describe('§8 secretsFollow: false: a place to connect to has changed', () => {
  test.each([
    ...['host', 'dbHost', 'server', 'url', 'URI', 'endPoint', 'address', 'brokers', 'bootstrapServers', 'account'],
    ...[
      'domain',
      'gateway',
      'proxy',
      'instance',
      'cluster',
      'site',
      'dsn',
      'dataSource',
      'data source',
      'port',
      'host1',
      '1host',
    ],
  ])('by the name of its key: %s', (key) => {
    if (key === 'host') return expect(moved({ host: 'b' }, { host: 'a' })).toEqual(['/c/host'])
    expect(moved({ [key]: 'b' }, { [key]: 'a' })).toEqual([`/c/${key}`])
    expect(moved({ [key]: [7] }, { [key]: [8] })).toEqual([`/c/${key}/0`])
    expect(moved({ [key]: 'a' }, { [key]: 'a' })).toEqual([])
  })

  test.each([
    ...[
      'ftp://x',
      'ftp%3A%2F%2Fx',
      'db:5432',
      'db.example:5432/x',
      'a.b/c',
      'a.b?x',
      'a.b,c.d',
      'a-b.c;x',
      'a.b',
      'a.b.c',
      'aa.bb',
    ],
    ...[
      'x;server=y',
      'host = y',
      'a&url=y',
      'a?endpoint=y',
      'x addrs=y',
      'Data Source=y',
      'datasource=y',
      'serverName=y',
      'DB_HOST=y',
      'a=1,host=y',
      '(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=y)(PORT=1521)))',
      'url = y',
      'db_url=y',
      '{"host": "y"}',
    ],
    ...[
      'bücher.de',
      'bücher.de:80',
      'दिल्ली.भारत',
      'a,b:80',
      'u@db:80',
      '[::1]:5432',
      '[::2]',
      '::1',
      '2001:db8::1',
      'fe80::1%eth0',
    ],
  ])('by its text: %s', (text) => {
    expect(moved({ note: text }, { note: 'x' })).toEqual(['/c/note'])
    expect(moved({ note: 'x' }, { note: text })).toEqual(['/c/note'])
    expect(moved({}, { note: text })).toEqual(['/c/note'])
    expect(moved({ note: text }, null)).toEqual(['/c/note'])
    expect(moved({ note: text }, { note: text })).toEqual([])
  })

  test.each([
    'some text',
    'a b.c',
    'db:x',
    '5432',
    'security=',
    'host',
    'u@x',
    'a: b: c',
    'a.b c',
    '.a',
    'http',
    'ports',
    'portable',
    'x%3A%2Fy',
    'see db:1',
  ])('and none by a text or key like %j', (text) => {
    expect(moved({ note: text }, { note: 'x' })).toEqual([])
    if (!/host|:|uri/.test(text)) expect(moved({ [text.replace(/[.:]/g, '')]: 'b' }, { note: 'x' })).toEqual([])
  })

  test('by any key above it, where it is a text', () => {
    expect(moved({ host: { name: 'b' } }, { host: { name: 'a' } })).toEqual(['/c/host/name'])
    expect(moved({ servers: [{ name: { of: 'b' } }] }, { servers: [{ name: { of: 'a' } }] })).toEqual([
      '/c/servers/0/name/of',
    ])
    expect(moved({ proxy: { seconds: 1 } }, { proxy: { seconds: 2 } })).toEqual([])
    expect(moved({ proxy: { port: 1 } }, { proxy: { port: 2 } })).toEqual(['/c/proxy/port'])
  })

  test('no text takes long to look at', () => {
    for (const text of ['host', 'host ', 'a.', 'a', '1:', 'url_', 'a@'])
      expect(moved({ note: `${text.repeat(1_000_000)} ` }, { note: 'x' }).length).toBeLessThan(2)
  })

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
    expect(moved({ host: 'x' }, { host: { name: 'y' } })).toEqual(['/c/host/name', '/c/host'])
    expect(moved({ url: { a: 'x' } }, { url: 'y' })).toEqual(['/c/url/a', '/c/url'])
  })

  test('a place that is itself secret is compared in clear', () => {
    expect(moved({ host: MASK }, { host: 'a' })).toEqual([])
    expect(moved({ host: 'a' }, { host: 'a' })).toEqual([])
    expect(moved({ host: 'b' }, { host: 'a' })).toEqual(['/c/host'])
    expect(moved({ host: 'b' }, {})).toEqual(['/c/host'])
    expect(moved({ host: 'b' }, { host: '' })).toEqual(['/c/host'])
    expect(moved({ host: '' }, { host: 'a' })).toEqual(['/c/host'])
    for (const before of [{}, { host: '' }]) expect(moved({ host: MASK }, before)).toEqual(['/c/host'])
  })

  test('one whose secret was left out by an import has changed where it is sent in clear', () => {
    const left = { config: { password: MASK, host: MASK }, secrets: null }
    const paths = (host: string) => movedPlaces(clear({ password: MASK, host }), left, '').map(({ path }) => path)
    expect([paths('b'), paths(MASK)]).toEqual([['/host'], []])
  })

  test('nothing is said where no secret is the mask, and a hundred times at most', () => {
    expect(movedPlaces(clear({ password: 'new', url: 'b' }), clear({ password: 'hush', url: 'a' }), '')).toEqual([])
    const many = (text: string) => ({ urls: Array.from({ length: 101 }, () => text) })
    expect(moved(many('a'), many('b'))).toHaveLength(100)
  })
})
