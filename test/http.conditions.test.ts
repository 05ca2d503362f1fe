import { etag } from 'servicebook'
import { describe, expect, test, vi } from 'vitest'
import { conditioned } from '../adapters/http/conditions.js'
import { stateOf, testCipher } from './catalogue.js'
import { type Ask, MODELS, openEdge } from './edge.js'

/*
 * H1 conditional requests over HTTP. RFC 9110 §13; §7 etag.
 */

const row = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn', ...rest })
const ADA = '11111111-1111-4111-8111-111111111111'
/** Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110. */
const THEN = 784_111_777_000
const dates = ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994']
const earlier = ['Sun, 06 Nov 1994 08:49:36 GMT', 'Sunday, 06-Nov-94 08:49:36 GMT', 'Sun Nov  6 08:49:36 1994']

describe('writes', () => {
  const changes: Record<string, (ask: Ask, id: string, headers: Record<string, string>) => ReturnType<Ask>> = {
    PUT: (ask, _, headers) => ask('PUT', MODELS, row('a', { description: 'x' }), headers),
    PATCH: (ask, _, headers) =>
      ask('PATCH', `${MODELS}/name/a`, [{ op: 'add', path: '/description', value: 'x' }], headers),
    'PATCH by id': (ask, id, headers) =>
      ask('PATCH', `${MODELS}/${id}`, [{ op: 'add', path: '/description', value: 'x' }], headers),
    DELETE: (ask, id, headers) => ask('DELETE', `${MODELS}/${id}`, undefined, headers),
    'hard DELETE': (ask, _, headers) => ask('DELETE', `${MODELS}/name/a?hardDelete=true`, undefined, headers),
    restore: (ask, id, headers) => ask('PUT', `${MODELS}/restore`, { id }, headers),
  }

  test.each(Object.entries(changes))('%s does nothing where a condition is not met', async (_, change) => {
    const { ask, book } = openEdge({}, { now: () => THEN })
    const { body, headers } = await ask('POST', MODELS, row('a'))
    const tag = headers.get('etag') as string
    const before = await stateOf(book.store)
    const unmet: Record<string, string>[] = [
      { 'if-match': '"other"' },
      { 'if-match': `W/${tag}` },
      { 'if-none-match': '*' },
      { 'if-none-match': tag },
      { 'if-none-match': `"other", W/${tag}` },
      ...earlier.map((date) => ({ 'if-unmodified-since': date })),
      { 'if-match': tag, 'if-none-match': tag },
    ]
    for (const headers of unmet) {
      const { body: refused } = await change(ask, body.id, headers)
      expect(refused, JSON.stringify(headers)).toMatchObject({ code: 412, errorType: 'PRECONDITION_FAILED' })
      expect(await stateOf(book.store)).toEqual(before)
    }
    const unreadable = await change(ask, body.id, { 'if-none-match': tag.slice(1, -1) })
    expect(unreadable.body).toMatchObject({ code: 400, issues: [{ path: '/ifNoneMatch' }] })
    expect(await stateOf(book.store)).toEqual(before)
  })

  test.each(Object.entries(changes))('%s is done where all are met, or are none', async (_, change) => {
    const met: ((tag: string) => Record<string, string>)[] = [
      (tag) => ({ 'if-match': `"other", ${tag}`, 'if-unmodified-since': earlier[0] as string }),
      () => ({ 'if-match': '*', 'if-none-match': '"other"' }),
      ...dates.map((date) => () => ({ 'if-unmodified-since': date })),
      // No dates: ignored, as they must be.
      () => ({ 'if-unmodified-since': `${earlier[0]}, ${earlier[0]}` }),
      () => ({ 'if-unmodified-since': 'Sun, 31 Feb 1993 08:49:36 GMT' }),
      () => ({ 'if-unmodified-since': '1993-01-01' }),
      () => ({ 'if-modified-since': dates[0] as string }),
    ]
    for (const headers of met) {
      const { ask } = openEdge({}, { now: () => THEN })
      const { body, headers: made } = await ask('POST', MODELS, row('a'))
      const given = headers(made.get('etag') as string)
      expect((await change(ask, body.id, given)).status, JSON.stringify(given)).toBe(200)
    }
  })

  test('PUT with If-None-Match: * creates, and overwrites nothing', async () => {
    const { ask } = openEdge()
    const put = (description: string) => ask('PUT', MODELS, row('a', { description }), { 'if-none-match': '*' })
    expect((await put('first')).status).toBe(201)
    expect((await put('second')).status).toBe(412)
    expect((await ask('GET', `${MODELS}/name/a`)).body.description).toBe('first')
    await ask('DELETE', `${MODELS}/name/a`)
    expect((await put('third')).status).toBe(412)
  })

  test('what has no single state is not written under a condition; an error stays the error it is', async () => {
    const { ask, book } = openEdge()
    expect((await ask('POST', MODELS, row('a'), { 'if-match': '*' })).status).toBe(412)
    for (const header of ['if-match', 'if-none-match', 'if-unmodified-since'])
      expect((await ask('PUT', `${MODELS}/bulk`, [row('a')], { [header]: '*' })).status).toBe(412)
    expect((await stateOf(book.store)).current).toEqual([])
    expect((await ask('POST', MODELS, row('a'), { 'if-none-match': '*' })).status).toBe(201)
    expect((await ask('POST', MODELS, row('a::'), { 'if-match': '*' })).status).toBe(412)
    expect((await ask('PUT', MODELS, row('a::'), { 'if-match': '"other"' })).status).toBe(400)
    expect((await ask('DELETE', `${MODELS}/name/b`, undefined, { 'if-match': '*' })).status).toBe(404)
  })
})

describe('reads', () => {
  test('are 304 with their tag and no body while nothing has changed, and 412 where that was demanded', async () => {
    let now = THEN
    const { ask } = openEdge({}, { now: () => now })
    const { headers } = await ask('POST', MODELS, row('a', { owners: [{ id: ADA, type: 'user' }] }))
    const tag = headers.get('etag') as string
    const status = async (headers: Record<string, string>, query = '', method = 'GET') =>
      (await ask(method, `${MODELS}/name/a${query}`, undefined, headers)).status
    const same = await ask('GET', `${MODELS}/name/a`, undefined, { 'if-none-match': tag })
    expect([same.status, same.body, same.headers.get('etag')]).toEqual([304, undefined, tag])
    expect(same.headers.has('content-type')).toBe(false)
    for (const method of ['GET', 'HEAD']) {
      for (const tags of ['*', `W/${tag}`, `"other" ,${tag}`])
        expect(await status({ 'if-none-match': tags }, '?fields=owners,tags', method)).toBe(304)
      for (const date of dates) expect(await status({ 'if-modified-since': date }, '', method)).toBe(304)
      for (const date of earlier) expect(await status({ 'if-modified-since': date }, '', method)).toBe(200)
      for (const tags of ['"other"', tag.slice(1, -1), `"W/${tag.slice(1)}`, ''])
        expect(await status({ 'if-none-match': tags }, '', method), tags).toBe(200)
      // A tag counts more than a date.
      expect(await status({ 'if-none-match': '"other"', 'if-modified-since': dates[0] as string }, '', method)).toBe(
        200,
      )
      expect(await status({ 'if-match': '"other"' }, '', method)).toBe(412)
      expect(await status({ 'if-match': `W/${tag}` }, '', method)).toBe(412)
      expect(await status({ 'if-match': tag, 'if-none-match': tag }, '', method)).toBe(304)
      expect(await status({ 'if-unmodified-since': earlier[0] as string }, '', method)).toBe(412)
      expect(await status({ 'if-unmodified-since': dates[0] as string }, '', method)).toBe(200)
    }
    now += 1000
    await ask('PUT', MODELS, row('a', { description: 'x' }))
    expect(await status({ 'if-none-match': tag })).toBe(200)
    expect(await status({ 'if-match': tag })).toBe(412)
    expect((await ask('GET', `${MODELS}/name/b`, undefined, { 'if-none-match': '*' })).status).toBe(404)
  })

  test('are never 304 where the tag does not cover all that is shown', async () => {
    const aws = { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: 'hush' } }
    const described = { describe: async (references: readonly unknown[]) => references.map(() => undefined) }
    const { ask } = openEdge(
      { ...described, authenticate: ({ headers }) => ({ name: 'x', isBot: headers.get('x-bot') === 'yes' }) },
      { cipher: testCipher() },
    )
    const owned = await ask('POST', MODELS, row('a', { owners: [{ id: ADA, type: 'user' }] }))
    await ask('POST', MODELS, { name: 'b', serviceType: 'SageMaker', connection: { config: aws } })
    const status = async (path: string, headers: Record<string, string> = {}) =>
      (await ask('GET', MODELS + path, undefined, { 'if-none-match': '*', ...headers })).status
    expect(await status('/name/a')).toBe(304)
    expect(await status('/name/b')).toBe(304)
    for (const path of ['/name/a?fields=owners', '/name/b?fields=followers', '/name/b?fields=*', '', '?limit=0'])
      expect(await status(path), path).toBe(200)
    expect(await status('/name/b', { 'x-bot': 'yes' })).toBe(200)
    for (const path of ['/versions', '/versions/0.1']) expect(await status(`/${owned.body.id}${path}`)).toBe(200)
    await ask('PUT', `${MODELS}/${owned.body.id}/testConnectionResult`, { steps: [] })
    expect(await status('/name/a')).toBe(200)
  })
})

test('a year of two digits is at most fifty years ahead; a day that no month has is no date', () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 5, 1), toFake: ['Date'] })
  try {
    const sent = (date: string) => new Request('http://x', { headers: { 'if-modified-since': date } })
    const service = { id: ADA, version: 0.1, updatedAt: Date.UTC(2030, 0, 1) }
    const answer = { status: 200, state: { etag: etag(service), updatedAt: service.updatedAt, covers: true } }
    const status = (date: string) => conditioned(sent(date), answer).status
    expect(status('Friday, 31-Jan-76 08:49:37 GMT')).toBe(304)
    expect(status('Monday, 31-Jan-77 08:49:37 GMT')).toBe(200)
    expect(status('Tue, 31 Dec 2030 23:59:60 GMT')).toBe(304)
    for (const none of [
      'Tue, 31 Apr 2031 08:49:37 GMT',
      'Tue, 01 Jan 2031 24:00:00 GMT',
      'Tue, 1 Jan 2031 08:49:37 GMT',
    ])
      expect(status(none), none).toBe(200)
  } finally {
    vi.useRealTimers()
  }
})
