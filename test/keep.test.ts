import {
  bulkUpsert,
  createService,
  type Family,
  MASK,
  openBook,
  patchService,
  revealConnection,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, test } from 'vitest'

const text = { type: 'string' }
const password = { type: 'string', format: 'password' }
const login = { type: 'object', properties: { user: text, password, uris: { type: 'array', items: text } } }
const properties = {
  uri: text,
  uris: { type: 'array', items: text },
  logins: { type: 'array', items: login },
  passwords: { type: 'array', items: password },
  map: { type: 'object' },
}
const family = {
  entityType: 'aService',
  collection: 'as',
  serviceTypes: { A: { type: 'object', properties } },
} as unknown as Family
const request = (config: object) => ({ name: 'a', serviceType: 'A', connection: { config } }) as never
const u = (user: string, secret: string, host = 'h') => `http://${user}:${secret}@${host}`

/** What each verb that takes a config makes of one, on a service that has another. */
async function answers(stored: object, given: object) {
  const verbs = {
    upsert: (book: ReturnType<typeof opened>) => upsertService(book, request(given)),
    bulk: async (book: ReturnType<typeof opened>) => {
      const [row] = (await bulkUpsert(book, [request(given)]))._unsafeUnwrap().rows
      if (row === undefined) throw new Error('no row')
      return { isErr: () => 'error' in row, _unsafeUnwrapErr: () => ('error' in row ? row.error : undefined) }
    },
    patch: (book: ReturnType<typeof opened>) =>
      patchService(book, 'a', [{ op: 'replace', path: '/connection/config', value: given }]),
  }
  const found: unknown[] = []
  for (const verb of Object.values(verbs)) {
    const book = opened()
    await createService(book, request(stored))
    const answer = await verb(book)
    const config = (await revealConnection(book, 'a'))._unsafeUnwrap()?.config
    if (answer.isErr()) {
      expect(config, 'nothing was written').toEqual({ type: 'A', ...stored })
      found.push(answer._unsafeUnwrapErr())
    } else found.push(config)
  }
  return found
}

const opened = () => openBook({ family, store: memoryStore() })

describe('S5 §8 a mask that comes back keeps the secret it stands for', () => {
  test.each<[string, object, object, object]>([
    ['a list as it was', { passwords: ['one', 'two'] }, { passwords: [MASK, MASK] }, { passwords: ['one', 'two'] }],
    [
      'beside another change',
      { uri: 'x', passwords: ['one', 'two'] },
      { uri: 'y', passwords: [MASK, MASK] },
      { uri: 'y', passwords: ['one', 'two'] },
    ],
    [
      'the first removed',
      { uris: [u('a', 'one'), u('b', 'two')] },
      { uris: [u('b', MASK)] },
      { uris: [u('b', 'two')] },
    ],
    [
      'in another order',
      { uris: [u('a', 'one'), u('b', 'two')] },
      { uris: [u('b', MASK), u('a', MASK)] },
      { uris: [u('b', 'two'), u('a', 'one')] },
    ],
    [
      'one more in front',
      { uris: [u('a', 'one')] },
      { uris: [u('b', 'new'), u('a', MASK)] },
      { uris: [u('b', 'new'), u('a', 'one')] },
    ],
    [
      'one in clear',
      { uris: [u('a', 'one'), u('b', 'two')] },
      { uris: [u('a', 'new'), u('b', MASK)] },
      { uris: [u('a', 'new'), u('b', 'two')] },
    ],
    [
      'objects that moved',
      {
        logins: [
          { user: 'a', password: 'one' },
          { user: 'b', password: 'two', uris: [u('x', 'three')] },
        ],
      },
      { logins: [{ user: 'b', password: MASK, uris: [u('x', MASK)] }] },
      { logins: [{ user: 'b', password: 'two', uris: [u('x', 'three')] }] },
    ],
    [
      'twins in their order',
      { uris: [u('a', 'one'), u('a', 'two')] },
      { uris: [u('a', MASK), u('a', MASK)] },
      { uris: [u('a', 'one'), u('a', 'two')] },
    ],
    ['a single one in a text', { uri: u('a', 'one') }, { uri: u('a', MASK, 'other') }, { uri: u('a', 'one', 'other') }],
    [
      'several in a text, one removed',
      { uri: `${u('a', 'one')},${u('b', 'two')}` },
      { uri: u('b', MASK) },
      { uri: u('b', 'two') },
    ],
    [
      'several in a text, in another order',
      { uri: 'password=one;token=two' },
      { uri: 'token=*********;password=*********' },
      { uri: 'token=two;password=one' },
    ],
    [
      'a key of a map',
      { map: { [u('a', 'one')]: u('b', 'two') } },
      { map: { [u('a', MASK)]: u('b', MASK) } },
      { map: { [u('a', 'one')]: u('b', 'two') } },
    ],
  ])('%s', async (_, stored, given, wanted) => {
    for (const config of await answers(stored, given)) expect(config).toEqual({ type: 'A', ...wanted })
  })

  test.each<[string, object, object, string[]]>([
    ['secrets alone, one removed', { passwords: ['one', 'two'] }, { passwords: [MASK] }, ['/passwords/0']],
    [
      'one more that looks the same',
      { passwords: ['one', 'two'] },
      { passwords: [MASK, MASK, 'new'] },
      ['/passwords/0', '/passwords/1', '/passwords/2'].slice(0, 2),
    ],
    ['twins, one removed', { uris: [u('a', 'one'), u('a', 'two')] }, { uris: [u('a', MASK)] }, ['/uris/0']],
    [
      'an element that changed',
      { uris: [u('a', 'one'), u('b', 'two')] },
      { uris: [u('a', MASK, 'other'), u('b', MASK)] },
      ['/uris/0'],
    ],
    [
      'an object that changed',
      { logins: [{ user: 'a', password: 'one' }] },
      { logins: [{ user: 'b', password: MASK }] },
      ['/logins/0/password'],
    ],
    [
      'a text that has lost what tells them apart',
      { uri: `${u('a', 'one')},${u('a', 'two')}` },
      { uri: u('a', MASK) },
      ['/uri'],
    ],
    ['a key that was renamed', { map: { a: u('a', 'one') } }, { map: { b: u('a', MASK) } }, ['/map/b']],
    [
      'a masked key that was renamed',
      { map: { [u('a', 'one')]: 1 } },
      { map: { [u('b', MASK)]: 1 } },
      [`/map/http:~1~1b:${MASK}@h`],
    ],
    ['a secret of another kind', { uri: u('a', 'one') }, { uri: MASK }, ['/uri']],
    ['nothing there', {}, { passwords: [MASK] }, ['/passwords/0']],
  ])('and is refused where that cannot be told: %s', async (_, stored, given, paths) => {
    const issues = paths.map((path) => ({
      path: `/connection/config${path}`,
      message: expect.stringMatching(/^is the mask/),
    }))
    for (const error of await answers(stored, given)) expect(error).toMatchObject({ code: 'BAD_REQUEST', issues })
  })
})
