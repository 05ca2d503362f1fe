import { rolePolicy } from 'servicebook'
import { aesCipher } from 'servicebook/cipher'
import { serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'
import { openTestBook } from './catalogue.js'

/* A mistake in the program is said at once, in a sentence, by name (V8). */

const key = Buffer.alloc(32, 7)
const keys = { k: key }

test.each<readonly [string, (given: never) => unknown, readonly (readonly [unknown, RegExp])[]]>([
  [
    'serviceHandler',
    (given) => serviceHandler(openTestBook(), given),
    [
      [null, /options must be an object/],
      [7, /options must be an object/],
      [{ basepath: '/api' }, /basepath is no option of serviceHandler: it takes .*basePath/],
      [{ toString: 1 }, /toString is no option/],
      [{ authenticate: 'ada' }, /authenticate must be a function/],
      [{ describe: {} }, /describe must be a function/],
      [{ onError: true }, /onError must be a function/],
      [{ basePath: 7 }, /basePath must be a text/],
      [{ version: 1.12 }, /version must be a text/],
      [{ publicUrl: new URL('http://a/b') }, /publicUrl must be a text/],
      [{ shape: null }, /shape must be/],
      [{ bodyLimit: '8' }, /bodyLimit must be a positive integer/],
    ],
  ],
  [
    'a handler of books',
    (given) => serviceHandler(given),
    [
      [undefined, /books must be books from openBook/],
      [memoryStore(), /books must be books from openBook/],
      [[openTestBook(), {}], /books must be books from openBook/],
    ],
  ],
  [
    'aesCipher',
    aesCipher,
    [
      [undefined, /aesCipher\(\{ keys, current \}\)/],
      [{ keys, current: 'k', algorithm: 'x' }, /algorithm is no option of aesCipher: it takes keys, current/],
      [{ key, current: 'k' }, /key is no option/],
      [{ current: 'k' }, /keys must be an object/],
      [{ keys: key.toString('base64'), current: 'k' }, /keys must be an object/],
      [{ keys }, /current must be the id/],
      [{ keys, current: 'other' }, /current must be the id/],
    ],
  ],
  [
    'rolePolicy',
    rolePolicy,
    [
      [null, /rolePolicy takes an object/],
      [{ name: 'ada' }, /name is no option of rolePolicy: it takes botsViewSecrets/],
      [{ botsViewSecrets: 'yes' }, /botsViewSecrets must be a boolean/],
    ],
  ],
])('V8 %s names the option that is unknown, or is not what it must be', (_name, made, bad) => {
  for (const [given, message] of bad) {
    expect(() => made(given as never), String(message)).toThrow(TypeError)
    expect(() => made(given as never), String(message)).toThrow(message)
    expect(() => made(given as never)).not.toThrow(key.toString('base64'))
  }
})
