import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { databaseUrl, emptySchema, pool } from './database.js'
import { type Ask, MODELS } from './edge.js'
import { connect, head, MiB, named, row, SERVE, sending, start, TOKEN } from './hosting.js'

/*
 * What every host of the handler answers, the examples and the command alike, and what the examples do besides.
 */

const examples = ['http/node.mjs', 'http/hono.mjs', 'http/fastify.mjs', 'http/express.mjs']

const NAME = 'a/b.c ü'
const long = 'ü'.repeat(256)

/** Who has a token of an example beside the admin. */
const USERS = { theirs: { name: 'bob', id: '11111111-1111-4111-8111-111111111111' } }

/** What every host must answer, one after the other. */
const steps: readonly (readonly [status: number, ...Parameters<Ask>])[] = [
  [201, 'POST', MODELS, row(NAME)],
  [409, 'POST', MODELS, row(NAME)],
  [200, 'PUT', MODELS, row(NAME, { description: 'x' })],
  [201, 'PUT', MODELS, row(long)],
  [200, 'GET', named(NAME)],
  [200, 'GET', named(`"${NAME}"`)],
  [200, 'GET', named(long)],
  [404, 'GET', named('a/b')],
  [200, 'HEAD', named(NAME)],
  [404, 'HEAD', named('nobody')],
  [204, 'OPTIONS', named(NAME)],
  [200, 'PATCH', named(NAME), [{ op: 'add', path: '/displayName', value: 'AB' }]],
  [412, 'PATCH', named(NAME), [{ op: 'test', path: '/displayName', value: 'no' }]],
  [415, 'PATCH', named(NAME), [], { 'content-type': 'application/json' }],
  [200, 'PUT', `${MODELS}/bulk`, [row('c'), row('d::e')]],
  [200, 'GET', `${MODELS}?limit=2&fields=owners,tags`],
  [400, 'GET', `${MODELS}?limit=many`],
  [405, 'DELETE', MODELS],
  [406, 'GET', MODELS, undefined, { accept: 'text/html' }],
  [412, 'DELETE', named(NAME), undefined, { 'if-match': '"0.9-1"' }],
  [200, 'DELETE', named(NAME)],
  [404, 'GET', named(NAME)],
  [200, 'GET', `${named(NAME)}?include=deleted`],
  [200, 'DELETE', `${named(NAME)}?include=deleted&hardDelete=true`],
  [404, 'DELETE', named(NAME)],
  [400, 'POST', MODELS, '{"name":'],
  [400, 'POST', MODELS, ''],
  [415, 'POST', MODELS, row('f'), { 'content-type': 'text/plain' }],
  [413, 'POST', MODELS, ' '.repeat(9 * MiB)],
  [400, 'GET', `${MODELS}/name/%zz`],
  [404, 'GET', '/v1/services/nowhere'],
  [404, 'GET', '/nowhere'],
  [200, 'GET', '/v1/system/version'],
  [200, 'GET', '/openapi.json'],
]

describe.each([...examples, SERVE])('%s', (file) => {
  /** One process for all of these: each test looks only at what it makes. */
  let host: Awaited<ReturnType<typeof start>>
  const cleanups: (() => Promise<void>)[] = []
  beforeAll(async () => {
    const directory = fs.mkdtempSync(path.join(tmpdir(), 'servicebook-'))
    cleanups.push(async () => fs.rmSync(directory, { recursive: true, force: true }))
    const args = file === SERVE ? [directory] : []
    host = await start(file, args, { USERS: JSON.stringify(USERS) }, (cleanup) => cleanups.unshift(cleanup))
  })
  afterAll(async () => {
    for (const cleanup of cleanups) await cleanup()
  })
  const totalOf = async () => (await host.ask('GET', `${MODELS}?limit=0`)).body.paging.total

  test('gives the status of every request as every host does', async () => {
    const { url, ask, printed } = host
    const answered: unknown[] = []
    for (const [, ...request] of steps) answered.push([(await ask(...request)).status, request[0], request[1]])
    expect(answered).toEqual(steps.map(([status, method, below]) => [status, method, below]))

    // H4: the Host header never decides the path, and is a host.
    const at = async (target: string, host: string) => {
      const { send, next } = await connect(url)
      const authorization = `Authorization: Bearer ${TOKEN}`
      await send(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${authorization}\r\nConnection: close\r\n\r\n`)
      return Number((await next()).slice(9, 12))
    }
    const authority = new URL(url).host
    expect(await at(`/api${MODELS}`, authority)).toBe(200)
    // What is for one machine says first that such a host is not this one.
    const refused = file === SERVE ? 401 : 400
    for (const wrong of [`h/api${MODELS}?x=`, 'h:65536', 'h:x', 'u@h', 'h?', 'a b', '[::g]'])
      expect([wrong, await at('/api/nowhere', wrong)]).toEqual([wrong, refused])
    expect(await at('/nowhere', `h/api${MODELS}?x=`)).toBeGreaterThanOrEqual(400)
    // An absolute form is the same as its path.
    expect(await at(`${url}${MODELS}`, authority)).toBe(200)
    expect(printed.stderr).toBe('')
  })

  test('loses nothing on the way: paths, bodies, headers', async () => {
    const { url, ask } = host
    const before = await totalOf()
    const made = await ask('POST', MODELS, row(NAME, { description: 'é\u{1F600}' }))
    expect(made.headers.get('location')).toBe(`${url}${MODELS}/${made.body.id}`)
    expect(made.body).toMatchObject({ name: NAME, fullyQualifiedName: `"${NAME}"`, description: 'é\u{1F600}' })
    const shown = 'fields=owners,tags,domains,dataProducts'
    const found = await ask('GET', `${made.headers.get('location')?.slice(url.length)}?${shown}`)
    expect(found.body).toEqual(made.body)
    expect((await ask('GET', `${named(NAME)}?${shown}`)).body).toEqual(made.body)

    const headed = await ask('HEAD', named(NAME))
    expect(headed.body).toBe(undefined)
    expect(headed.headers.get('etag')).toBe(made.headers.get('etag'))
    const options = await ask('OPTIONS', named(NAME))
    expect(options.body).toBe(undefined)
    expect(options.headers.get('allow')).toBe('GET, PATCH, DELETE, HEAD, OPTIONS')

    const etag = made.headers.get('etag') as string
    const patched = await ask('PATCH', named(NAME), [{ op: 'add', path: '/displayName', value: 'AB' }], {
      'if-match': etag,
    })
    expect(patched.body).toMatchObject({ version: 0.2, displayName: 'AB' })
    expect(patched.headers.get('x-openmetadata-change')).toBe('entityUpdated')

    const rows = Array.from({ length: 3000 }, (_, at) => row(`b${at}`, { description: 'x'.repeat(1000) }))
    const { body } = await ask('PUT', `${MODELS}/bulk`, rows)
    expect(body).toMatchObject({ status: 'success', numberOfRowsPassed: 3000 })
    const { body: page } = await ask('GET', `${MODELS}?limit=1000`)
    expect(page.data).toHaveLength(1000)
    expect(page.paging.total).toBe(before + 3001)
  })

  if (file !== SERVE)
    test('§9 knows who calls: an owner edits what is theirs and makes nothing, others only read', async () => {
      const { ask } = host
      const owners = [{ id: USERS.theirs.id, type: 'user' }]
      expect((await ask('POST', MODELS, row('own', { owners }))).status).toBe(201)
      expect((await ask('POST', MODELS, row('other'))).status).toBe(201)
      const patch = [{ op: 'add', path: '/displayName', value: 'B' }]
      const asBob = async (...[method, below, body]: Parameters<Ask>) => {
        const { status, body: answer } = await ask(method, below, body, { authorization: 'Bearer theirs' })
        return [status, answer?.updatedBy]
      }
      expect(await asBob('PATCH', named('own'), patch)).toEqual([200, 'bob'])
      expect(await asBob('PATCH', named('other'), patch)).toEqual([403, undefined])
      expect(await asBob('POST', MODELS, row('new'))).toEqual([403, undefined])
      expect(await asBob('GET', named('other'))).toEqual([200, 'ada'])
      expect((await ask('GET', MODELS, undefined, { authorization: 'Bearer nobody' })).status).toBe(401)
    })

  test('answers the next client when one goes in the middle of a body, of a bulk, or of an answer', async () => {
    const { url, ask, printed } = host
    const body = JSON.stringify(row('half'))
    // Every row fails and is told with what it asked for: more than the buffers hold.
    const bulk = JSON.stringify(Array.from({ length: 200 }, () => row('a::b', { description: 'x'.repeat(60_000) })))
    const leave = {
      async inBody(how: 'destroy' | 'resetAndDestroy') {
        const { socket, send } = await sending(url, body)
        await send(body.slice(0, 10))
        socket[how]()
      },
      async inBulk(how: 'destroy' | 'resetAndDestroy') {
        const { socket, send } = await connect(url)
        await send(head(url, 'PUT', `${MODELS}/bulk`, Buffer.byteLength(bulk)) + bulk)
        socket[how]()
      },
      async inAnswer(how: 'destroy' | 'resetAndDestroy') {
        const { socket, send, next } = await connect(url)
        await send(head(url, 'PUT', `${MODELS}/bulk`, Buffer.byteLength(bulk)) + bulk)
        expect(await next()).toMatch(/^HTTP\/1\.1 200 /)
        socket[how]()
      },
    }
    for (const how of ['destroy', 'resetAndDestroy'] as const) {
      for (const go of Object.values(leave)) {
        await go(how)
        // By the second answer the server knows of the one that has gone.
        for (let time = 0; time < 2; time++) expect((await ask('GET', named('half'))).status).toBe(404)
      }
    }
    expect((await ask('POST', MODELS, row('half'))).status).toBe(201)
    expect(printed.stderr).toBe('')
  })

  test('refuses a body that is too large, also of a client that sends it to the end before it looks for an answer', async () => {
    const { url } = host
    const before = await totalOf()
    const client = await connect(url)
    // More than the buffers between the two hold, so that somebody has to read it.
    await client.send(head(url, 'POST', MODELS, 32 * MiB) + ' '.repeat(32 * MiB))
    expect(await client.next()).toMatch(/^HTTP\/1\.1 413 /)
    const pieces = ReadableStream.from(new Array(9).fill(new Uint8Array(MiB)))
    const init = { method: 'POST', body: pieces, duplex: 'half' } as const
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` }
    const { status } = await fetch(`${url}${MODELS}`, { ...init, headers })
    expect(status).toBe(413)
    expect(await totalOf()).toBe(before)
  })

  test('prints its URL and no warning, an example nothing else', async () => {
    host.child.kill()
    const { stdout, stderr } = await host.ended
    expect([stdout.slice(0, host.url.length), stderr]).toEqual([host.url, ''])
    if (file !== SERVE) expect(stdout).toBe(`${host.url}\n`)
  })
})

test('http/express.mjs keeps its services in PostgreSQL, secrets sealed', async () => {
  const { schema, close } = await emptySchema()
  onTestFinished(close)
  const env = {
    DATABASE_URL: databaseUrl,
    DATABASE_SCHEMA: schema,
    SERVICEBOOK_KEY: Buffer.alloc(32, 7).toString('base64'),
  }
  const request = {
    name: 'a',
    serviceType: 'SageMaker',
    connection: { config: { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: 'hush' } } },
  }
  const first = await start('http/express.mjs', [], env)
  expect((await first.ask('POST', MODELS, request)).status).toBe(201)
  first.child.kill()
  await first.ended
  const { ask } = await start('http/express.mjs', [], env)
  expect((await ask('PUT', MODELS, request)).headers.get('x-openmetadata-change')).toBe('entityNoChange')
  const { rows } = await pool.query(`select row_to_json(it)::text as held from ${schema}.servicebook_services it`)
  expect(rows).toHaveLength(1)
  expect(rows[0].held).not.toContain('hush')
})

describe('http/node.mjs', () => {
  const statusOf = async (ask: Ask, authorization: string) =>
    (await ask('POST', MODELS, row('a'), { authorization })).status

  test('§9 lets in whoever has the token, and nobody else', async () => {
    const { url, ask } = await start('http/node.mjs')
    for (const wrong of ['', 'Bearer', `bearer${TOKEN}`, TOKEN, `Bearer ${TOKEN}!`, 'Bearer secret'])
      expect(await statusOf(ask, wrong), wrong).toBe(401)
    expect((await fetch(`${url}${MODELS}`)).status).toBe(401)
    const made = await ask('POST', MODELS, row('a'))
    expect([made.status, made.body.updatedBy]).toEqual([201, 'ada'])
  })

  test.each([undefined, ''])('§9 lets in nobody when TOKEN is %j', async (token) => {
    const { ask } = await start('http/node.mjs', [], { TOKEN: token })
    for (const guess of ['Bearer', 'Bearer undefined', 'Bearer secret', 'undefined'])
      expect(await statusOf(ask, guess), guess).toBe(401)
  })
})
