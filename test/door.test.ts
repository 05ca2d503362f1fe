import { expect, test } from 'vitest'
import { door, forHere } from '../adapters/door.js'

/* Who is let in by what serves one machine. */

const ORIGIN = 'http://localhost:8585'
const asking = (headers: Record<string, string> = {}, url = `${ORIGIN}/api`) => new Request(url, { headers })
const withToken = (authorization: string) => asking({ Authorization: authorization })
const jwt = (claims: unknown) => `Bearer x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`

test('without tokens any and none will do; none is nobody in particular', () => {
  const lets = door(undefined)
  expect(lets(asking())).toBeUndefined()
  expect(lets(withToken('Basic YTpi'))).toBeUndefined()
  expect(lets(withToken('Bearer any'))).toEqual({ name: 'admin', isAdmin: true, isBot: false })
})

test('with tokens only whoever has one of them is let in', () => {
  const lets = door(['one', 'two words'])
  for (const authorization of ['Bearer one', 'bearer one', 'BEARER   one', 'Bearer two words'])
    expect(lets(withToken(authorization)), authorization).toMatchObject({ name: 'admin' })
  for (const authorization of ['Bearer', 'Bearer other', 'Bearer one more', 'one', 'X Bearer one', 'Basic one'])
    expect(lets(withToken(authorization)), authorization).toBe('unauthenticated')
  expect(lets(asking())).toBe('unauthenticated')
  expect(door([])(withToken('Bearer one'))).toBe('unauthenticated')
})

test.each([
  [{ sub: 'ada' }, { name: 'ada', isBot: false }],
  [{ sub: 'id', preferred_username: 'ada' }, { name: 'ada' }],
  [{ sub: 'ada', preferred_username: '' }, { name: 'ada' }],
  [{ sub: 'ada', preferred_username: 7 }, { name: 'ada' }],
  [{ sub: '' }, { name: 'admin' }],
  [
    { sub: 'bot', isBot: true },
    { name: 'bot', isBot: true },
  ],
  [
    { sub: 'bot', isBot: 'true' },
    { name: 'bot', isBot: false },
  ],
  [null, { name: 'admin', isBot: false }],
  ['ada', { name: 'admin' }],
  [[], { name: 'admin' }],
])('whoever the claims %j of a JWT say is %j, an admin', (claims, principal) => {
  expect(door(undefined)(withToken(jwt(claims)))).toMatchObject({ ...principal, isAdmin: true })
})

test('a token that looks like a JWT and is none is admin', () => {
  for (const token of ['a.b', 'a.%%%.c', 'a..c', `a.${Buffer.from('{').toString('base64url')}.c`])
    expect(door(undefined)(withToken(`Bearer ${token}`)), token).toMatchObject({ name: 'admin' })
})

test('what was sent to another host, or by a page from elsewhere, is answered 401 and reaches nobody', async () => {
  const reached: string[] = []
  const guarded = forHere(async ({ url, headers }) => {
    reached.push(`${url} ${headers.get('Host')} ${headers.get('Origin')}`)
    return new Response('here')
  })
  const here = [
    asking(),
    asking({}, 'http://127.0.0.1:1/'),
    asking({}, 'http://[::1]:1/'),
    asking({ Host: 'localhost' }),
    asking({ Host: '[::1]:8585' }),
    asking({ Host: '127.0.0.1:8585', Origin: ORIGIN }),
  ]
  for (const request of here) expect((await guarded(request)).status, request.url).toBe(200)
  expect(reached).toHaveLength(here.length)
  const elsewhere = [
    asking({}, 'http://books.example/'),
    asking({ Host: 'books.example' }),
    asking({ Host: 'localhost.example' }),
    asking({ Host: 'localhost:port' }),
    asking({ Origin: 'http://books.example' }),
    asking({ Origin: 'null' }),
    asking({ Host: 'localhost', Origin: 'http://localhost.example' }),
  ]
  for (const request of elsewhere) {
    const refused = await guarded(request)
    expect([refused.status, await refused.json()]).toEqual([
      401,
      { code: 401, errorType: 'UNAUTHORIZED', message: 'Only what is sent to localhost from there is answered' },
    ])
  }
  expect(reached).toHaveLength(here.length)
})
