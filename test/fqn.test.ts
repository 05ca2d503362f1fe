import fc from 'fast-check'
import { fqn } from 'servicebook'
import { expect, test } from 'vitest'
import { fqnOf } from '../src/model/fqn.js'
import { anyName } from './arbitraries.js'

test('§2 split(build(parts)).map(unquote) ≡ parts', () => {
  fc.assert(
    fc.property(fc.array(anyName, { minLength: 1, maxLength: 5 }), (parts) => {
      expect(fqn.split(fqn.build(parts))._unsafeUnwrap().map(fqn.unquote)).toEqual(parts)
    }),
    { numRuns: 1000 },
  )
})

test('§2 build(split(fqn).map(unquote)) ≡ fqn, root and parent are its ends', () => {
  fc.assert(
    fc.property(fc.array(anyName, { minLength: 2, maxLength: 5 }), (names) => {
      const whole = fqn.build(names)
      expect(fqn.build(fqn.split(whole)._unsafeUnwrap().map(fqn.unquote))).toBe(whole)
      expect(fqn.root(whole)._unsafeUnwrap()).toBe(fqn.quote(names[0] as string))
      expect(fqn.parent(whole)._unsafeUnwrap()).toBe(fqn.build(names.slice(0, -1)))
    }),
    { numRuns: 500 },
  )
})

test('§2 any text is split or refused, never a throw, and what is split is put together again', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '.', '"', ' ', '\n', '😀'), maxLength: 12 }), (text) => {
      const parts = fqn.split(text)
      if (parts.isOk()) expect(parts.value.join('.')).toBe(text)
      else expect(parts.error).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: '' }] })
    }),
    { numRuns: 2000 },
  )
})

test('§2 quoting, as OpenMetadata does it', () => {
  expect(['a', 'a.b', 'a"b', '"a', '"a"'].map(fqn.quote)).toEqual(['a', '"a.b"', '"a""b"', '"""a"', '"""a"""'])
  expect(['a', '"a.b"', '"a""b"'].map(fqn.unquote)).toEqual(['a', 'a.b', 'a"b'])
  expect(fqn.build(['a.1', 'b', 'c.3', 'd'])).toBe('"a.1".b."c.3".d')
  expect(fqn.split('a."b.2".c')._unsafeUnwrap()).toEqual(['a', '"b.2"', 'c'])
  for (const bad of ['..a', 'a..', '""', 'a."".b', '', 'a"b', '"a"b', 'a.', '.'])
    expect(fqn.split(bad).isErr(), bad).toBe(true)
  expect(fqn.parent('a."b.c".d')._unsafeUnwrap()).toBe('a."b.c"')
  expect([fqn.parent('a')._unsafeUnwrap(), fqn.root('a')._unsafeUnwrap()]).toEqual([null, null])
})

test('§2 a string that parses as one part is an FQN, any other a raw name', () => {
  expect(['a', 'a.b', '"a.b"', '"a"', 'a"b', '"', '""'].map(fqnOf)).toEqual([
    'a',
    '"a.b"',
    '"a.b"',
    'a',
    '"a""b"',
    '""""',
    '""""""',
  ])
})

test('§2 a megabyte of quotes is refused or split like any other text', () => {
  expect(fqn.split('"'.repeat(1_000_001)).isErr()).toBe(true)
  expect(fqn.split(`"${'""'.repeat(500_000)}"`).isOk()).toBe(true)
})
