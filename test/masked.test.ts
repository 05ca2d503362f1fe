import { describe, expect, test } from 'vitest'
import { everywhere, nowhere, type SecretPlaces } from '../src/families/places.js'
import { MASK } from '../src/model/credentials.js'
import { maskConfig, revealConfig } from '../src/rules/masked.js'

/* §8 a config without its secrets, and with them again. */

const under = (key: string, places: SecretPlaces = everywhere): SecretPlaces => ({
  ...nowhere,
  keys: new Map([[key, places]]),
})
const each = (places: SecretPlaces = everywhere): SecretPlaces => ({ ...nowhere, each: places })
const uri = (user: string, secret: string) => `http://${user}:${secret}@h`
const secrets = (given: object) => JSON.stringify(given)

describe('§8 a config is masked, and its secrets are in the shape of it', () => {
  test.each<[string, object, SecretPlaces | null, object, object]>([
    ['a text that is secret', { a: 'hush', b: 'x' }, under('a'), { a: MASK, b: 'x' }, { in: { a: { at: ['hush'] } } }],
    [
      'beside what is no text',
      { a: 'hush', b: null, c: [null, 7], d: 8 },
      under('a'),
      { a: MASK, b: null, c: [null, 7], d: 8 },
      { in: { a: { at: ['hush'] } } },
    ],
    [
      'deep in an object',
      { a: { b: 'x', c: 'hush' } },
      under('a', under('c')),
      { a: { b: 'x', c: MASK } },
      { in: { a: { in: { c: { at: ['hush'] } } } } },
    ],
    [
      'elements of a list',
      { a: ['one', '', 'two'] },
      under('a', each()),
      { a: [MASK, '', MASK] },
      { in: { a: { in: { '0': { at: ['one'] }, '2': { at: ['two'] } } } } },
    ],
    [
      'one element of many',
      { a: ['x', uri('u', 'hush'), 'y'] },
      null,
      { a: ['x', uri('u', MASK), 'y'] },
      { in: { a: { in: { '1': { at: ['hush'] } } } } },
    ],
    [
      'values of a map, but for a key that is said apart',
      { a: { b: 'hush', c: 'x' } },
      under('a', { ...each(), keys: new Map([['c', nowhere]]) }),
      { a: { b: MASK, c: 'x' } },
      { in: { a: { in: { b: { at: ['hush'] } } } } },
    ],
    [
      'credentials in a text',
      { a: `${uri('u', 'one')},${uri('v', 'two')}` },
      null,
      { a: `${uri('u', MASK)},${uri('v', MASK)}` },
      { in: { a: { at: ['one', 'two'] } } },
    ],
    [
      'credentials in a key',
      { first: 1, [uri('u', 'hush')]: 2, last: 3 },
      null,
      { first: 1, [uri('u', MASK)]: 2, last: 3 },
      { keys: { [uri('u', MASK)]: ['hush'] } },
    ],
    [
      'a secret under such a key',
      { [uri('u', 'one')]: uri('v', 'two') },
      null,
      { [uri('u', MASK)]: uri('v', MASK) },
      { keys: { [uri('u', MASK)]: ['one'] }, in: { [uri('u', MASK)]: { at: ['two'] } } },
    ],
  ])('%s', (_, config, places, masked, kept) => {
    const found = maskConfig(config as never, places)
    expect(found).toEqual({ config: masked, secrets: secrets(kept), keeps: false, issues: [] })
    expect(Object.keys(found.config)).toEqual(Object.keys(masked))
    expect(revealConfig(found.config, secrets(kept))).toEqual(config)
    expect(found.config).toSatisfy(Object.isFrozen)
  })

  test.each<[string, object, SecretPlaces | null]>([
    ['no text', { a: 1, b: null, c: [true], d: {} }, under('a')],
    ['an empty text, which keeps nothing from anybody', { a: '' }, under('a')],
    ['an empty text in a list', { a: ['', 1] }, under('a', each())],
    ['what only looks like one', { a: 'x=1', 'y=2': 'z@' }, null],
    ['in no place', { b: 'hush' }, under('a')],
  ])('one that holds no secret is the very same: %s', (_, config, places) => {
    const found = maskConfig(config as never, places)
    expect(found).toEqual({ config, secrets: null, keeps: false, issues: [] })
    expect(found.config).toBe(config)
  })

  test('what has no secret in it stays the very same object', () => {
    const config = { a: { x: 1 }, b: ['x=1'], c: 'hush' }
    const { config: masked } = maskConfig(config, under('c'))
    expect(masked.a).toBe(config.a)
    expect(masked.b).toBe(config.b)
    expect([masked, (maskConfig({ a: ['x'] }, under('a', each())).config as typeof config).a]).toSatisfy(
      (parts: object[]) => parts.every(Object.isFrozen),
    )
  })
})

test.each<[string, object, boolean]>([
  ['a secret text', { a: MASK }, true],
  ['a credential in a text', { b: uri('u', MASK) }, true],
  ['one of two in a text', { b: `${uri('u', 'x')},${uri('v', MASK)}` }, true],
  ['a credential in a key', { [uri('u', MASK)]: 1 }, true],
  ['none of them', { a: 'x', b: uri('u', 'y'), [uri('u', 'z')]: 1 }, false],
])('§8 a mask that came in is told: %s', (_, config, keeps) => {
  expect(maskConfig(config as never, under('a')).keeps).toBe(keeps)
})

describe('§8 two keys that are the same once they are masked', () => {
  const path = (user: string) => `/http:~1~1${user}:${MASK}@h`
  test('are refused at their path', () => {
    const { issues } = maskConfig({ a: { [uri('u', 'one')]: 1, [uri('u', 'two')]: 2, [uri('v', 'two')]: 3 } }, null)
    expect(issues.map((issue) => issue.path)).toEqual([`/a${path('u')}`])
    const plain = maskConfig({ [uri('u', 'one')]: 1, [uri('u', MASK)]: 2 }, null)
    expect(plain.issues.map((issue) => issue.path)).toEqual([path('u')])
  })
  test('are told a hundred times, and fewer where their paths are long', () => {
    const many = (count: number, length = 1) =>
      Array.from({ length: count }, () => ({
        [uri('u'.repeat(length), 'one')]: 1,
        [uri('u'.repeat(length), 'two')]: 2,
      }))
    expect(maskConfig({ a: many(100) }, null).issues).toHaveLength(100)
    expect(maskConfig({ a: many(101) }, null).issues).toHaveLength(100)
    expect(maskConfig({ a: many(5, 40_000) }, null).issues).toHaveLength(2)
  })
})

describe('§8 a config with its secrets again', () => {
  test('what is stored of none stays, and is frozen at every depth', () => {
    const config = { a: MASK, b: [{ c: MASK }], d: 'x', e: null }
    const revealed = revealConfig(config, secrets({ in: { b: { in: { '0': { in: { c: { at: ['hush'] } } } } } } }))
    expect(revealed).toEqual({ a: MASK, b: [{ c: 'hush' }], d: 'x', e: null })
    const { b } = revealed as { b: object[] }
    expect([revealed, b, b[0]].every(Object.isFrozen)).toBe(true)
  })
  test('a key that all objects have is no secret', () => {
    const config = { toString: 'x', constructor: { a: 'y' } }
    expect(revealConfig(config as never, secrets({ in: { a: { at: ['z'] } }, keys: {} }))).toEqual(config)
  })
  test('a key that was stored when fewer forms were known has its secrets, too', () => {
    const stored = { [uri('u', 'hush')]: MASK }
    expect(revealConfig(stored, secrets({ in: { [uri('u', MASK)]: { at: ['x'] } } }))).toEqual({
      [uri('u', 'hush')]: 'x',
    })
  })
  test('secrets for what is neither text, list nor object change nothing', () => {
    for (const a of [7, null, true]) expect(revealConfig({ a }, secrets({ in: { a: { at: ['x'] } } }))).toEqual({ a })
    expect(revealConfig({ a: 'y' }, secrets({ in: { a: { in: { b: { at: ['x'] } } } } }))).toEqual({ a: 'y' })
  })
})
