import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cursorOf, placeOf } from '../src/rules/cursor.js'

/* §7: a cursor goes through a URL as it is, and nothing but a place of a list comes out of one. */

const id = '11111111-1111-4111-8111-111111111111'

test('§7 a cursor is the place it was made of, and needs no escape in a URL', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
      const cursor = cursorOf({ name, id })
      expect(placeOf(cursor)).toEqual({ name, id })
      expect(cursor).toMatch(/^[\w-]+$/)
    }),
  )
  // Their bytes fall so that base64 has its two other signs, and fills up its end.
  for (const name of ['a?', 'ab?', 'abc?', 'a~', 'ab~', 'abc~', 'ÿÿÿ', 'a', 'ab', 'abc'])
    expect(cursorOf({ name, id })).toMatch(/^[\w-]+$/)
})

test.each([
  ['half a character', '{"name":"\\ud800","id":"ID"}'],
  ['a NUL', '{"name":"a\\u0000","id":"ID"}'],
  ['no name', '{"id":"ID"}'],
  ['a name that is no text', '{"name":["a"],"id":"ID"}'],
  ['an id that is only shown as one', '{"name":"a","id":["ID"]}'],
])('§7 a cursor with %s is none', (_what, text) => {
  expect(placeOf(btoa(text.replace('ID', id)))).toBeUndefined()
})
