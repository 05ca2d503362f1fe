import http from 'node:http'
import { createService, deleteService, upsertService } from 'servicebook'
import { mlmodelServices } from 'servicebook/families'
import { type StandIn, type StandInOptions, standIn } from 'servicebook/stand-in'
import { expect, onTestFinished, test } from 'vitest'

const MODELS = '/v1/services/mlmodelServices'
const row = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn' as const, ...rest })
const asJson = (method: string, body: unknown, headers: Record<string, string> = {}) => ({
  method,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
})

async function start(options: StandInOptions = {}): Promise<StandIn> {
  const om = await standIn(options)
  onTestFinished(() => om.close())
  return om
}

test('all families answer behind one handler, over a socket and without one, and are the books', async () => {
  const om = await start()
  expect(om.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api$/)
  expect((await fetch(`${om.url}/v1/system/version`)).status).toBe(200)
  expect((await fetch(`${om.url}${MODELS}`, asJson('POST', row('a')))).status).toBe(201)
  expect((await om.fetch(`${MODELS}/name/a`)).status).toBe(200)
  expect((await om.fetch(`${om.url}${MODELS}/name/a`)).status).toBe(200)
  const faked = await om.fetch(new Request(`https://om.example/api${MODELS}/name/a`))
  expect(await faked.json()).toMatchObject({ href: expect.stringMatching(/^https:\/\/om\.example\/api\//) })
  expect((await createService(om.book('databaseServices'), { name: 'q', serviceType: 'QueryLog' })).isOk()).toBe(true)
  expect((await om.fetch('/v1/services/databaseServices/name/q')).status).toBe(200)
  expect((await om.services()).map(({ name }) => name)).toEqual(['q', 'a'])
  expect(() => om.book('noServices')).toThrow('There is no book of noServices')
})

test('ids are the same from run to run, and times with a clock', async () => {
  const run = async () => {
    const om = await start({ port: false, clock: '2025-06-01T00:00:00Z', seed: { mlmodelServices: [row('s')] } })
    await createService(om.book('mlmodelServices'), row('a'))
    om.clock.advance(60_000)
    await upsertService(om.book('mlmodelServices'), row('a', { description: 'x' }))
    return om
  }
  const [one, other] = [await run(), await run()]
  const then = await one.services()
  expect(then).toEqual(await other.services())
  expect(then.map(({ updatedAt }) => updatedAt)).toEqual([Date.UTC(2025, 5, 1, 0, 1), Date.UTC(2025, 5, 1)])
  one.reset()
  expect((await one.services()).map(({ name }) => name)).toEqual(['s'])
  await createService(one.book('mlmodelServices'), row('b'))
  expect((await one.services()).map(({ id }) => id)).toEqual(then.map(({ id }) => id))
  expect(one.clock.now()).toBe(Date.UTC(2025, 5, 1))
})

test('snapshot and restore: services, history, ids and clock', async () => {
  const om = await start({ port: false, clock: 0 })
  const book = om.book('mlmodelServices')
  await createService(book, row('a'))
  const first = om.snapshot()
  const was = await om.services()
  await upsertService(book, row('a', { description: 'x' }))
  const second = om.snapshot()
  await deleteService(book, 'a', { hard: true })
  om.clock.advance(5)
  om.restore()
  expect((await om.services()).map(({ version }) => version)).toEqual([0.2])
  expect(om.clock.now()).toBe(0)
  om.restore(first)
  expect(await om.services()).toEqual(was)
  await createService(book, row('b'))
  om.restore()
  expect(await om.services()).toEqual(was)
  om.restore(second)
  expect((await om.services()).map(({ version }) => version)).toEqual([0.2])
  for (const wrong of [7, -1, 'length']) expect(() => om.restore(wrong as never)).toThrow('no such snapshot')
  om.reset()
  expect(await om.services()).toEqual([])
  expect(() => om.restore(second)).toThrow('no such snapshot')
})

test('§8 what was sent is told without secrets, whatever it was and whatever came of it', async () => {
  const om = await start()
  const config = {
    type: 'SageMaker',
    awsConfig: { awsRegion: 'eu', awsSecretAccessKey: 'hush-1', strange: 'hush-2' },
    more: ['hush-3'],
  }
  const request = { name: 'm', serviceType: 'SageMaker', connection: { config }, description: 'a://b:hush-4@c' }
  const headers = { authorization: 'Bearer hush-5' }
  await om.fetch(`${MODELS}?token=hush-6`, asJson('POST', request, headers))
  await om.fetch(`${MODELS}/bulk`, asJson('PUT', [request, { ...request, serviceType: 'No' }]))
  await om.fetch(
    `${MODELS}/name/m`,
    asJson('PATCH', [{ op: 'add', path: '/connection/config/x', value: 'hush-7' }], {
      'content-type': 'application/json-patch+json',
    }),
  )
  await om.fetch(MODELS, { method: 'POST', body: 'hush-8', headers: { 'content-type': 'application/json' } })
  await om.fetch('/v1/elsewhere', asJson('POST', request))
  const text = JSON.stringify(om.requests)
  expect(text).not.toContain('hush')
  expect(om.requests.map(({ method, status, hasToken }) => [method, status, hasToken])).toEqual([
    ['POST', 400, true],
    ['PUT', 200, false],
    ['PATCH', 404, false],
    ['POST', 400, false],
    ['POST', 404, false],
  ])
  expect(om.requests[0]).toMatchObject({
    path: `${MODELS}?token=*********`,
    body: { name: 'm', connection: { config: { type: 'SageMaker', awsConfig: { awsRegion: 'eu' } } } },
  })
  om.forget()
  expect(om.requests).toEqual([])
})

test('a token, where some are given, lets in; a JWT says who it is, and a bot sees secrets', async () => {
  const claims = Buffer.from(JSON.stringify({ sub: 'ingestion-bot', isBot: true })).toString('base64url')
  const jwt = `x.${claims}.y`
  const om = await start({ port: false, token: ['t', jwt] })
  const ask = (token?: string) =>
    om.fetch(MODELS, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } })
  expect((await ask()).status).toBe(401)
  expect((await ask('wrong')).status).toBe(401)
  expect((await ask('t')).status).toBe(200)
  const connection = { config: { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: 'hush' } } }
  const request = { name: 'm', serviceType: 'SageMaker', connection }
  const made = await om.fetch(MODELS, asJson('POST', request, { authorization: `Bearer ${jwt}` }))
  expect(await made.json()).toMatchObject({ updatedBy: 'ingestion-bot' })
  const shown = async (token: string) =>
    (await om.fetch(`${MODELS}/name/m`, { headers: { authorization: `Bearer ${token}` } })).text()
  expect(await shown(jwt)).toContain('hush')
  expect(await shown('t')).not.toContain('hush')
})

test('fail: the status, the route, how often, after how many, with its effect or without', async () => {
  const om = await start({ port: false })
  const put = async (name: string) => (await om.fetch(MODELS, asJson('PUT', row(name)))).status
  om.fail({ route: `PUT ${MODELS}`, status: 503, times: 2, after: 1 })
  expect([await put('a'), await put('b'), await put('c'), await put('d')]).toEqual([201, 503, 503, 201])
  expect((await om.services()).map(({ name }) => name)).toEqual(['a', 'd'])
  om.fail({ route: '*', status: 502, applied: true })
  expect([await put('e'), await put('e')]).toEqual([502, 200])
  om.fail({ route: 'GET /v1/services/*/name/a' })
  expect((await om.fetch(`${MODELS}/name/d`)).status).toBe(200)
  const failed = await om.fetch(`${MODELS}/name/a`)
  expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, '1'])
  om.fail()
  om.heal()
  expect(await put('f')).toBe(201)
  for (const wrong of [{ status: 200 }, { times: 0 }, { after: -1 }, { route: 'x' }, { often: 3 }, { drop: 1 }])
    expect(() => om.fail(wrong as never), JSON.stringify(wrong)).toThrow(TypeError)
})

test('a delay answers late, a dropped connection not at all, in process and over a socket', async () => {
  const om = await start()
  om.fail({ delay: 1 })
  expect((await om.fetch(MODELS)).status).toBe(200)
  om.fail({ drop: true, times: 2 })
  await expect(om.fetch(MODELS)).rejects.toThrow('fetch failed')
  const error = await new Promise<NodeJS.ErrnoException>((resolve) =>
    http.get(om.url + MODELS, () => {}).on('error', resolve),
  )
  expect(error.code).toBe('ECONNRESET')
  expect((await fetch(om.url + MODELS)).status).toBe(200)
})

test('/__admin does the same over HTTP, for whoever asked for it, on this machine', async () => {
  const om = await start({ admin: true, clock: 0 })
  const admin = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(new URL(`/__admin${path}`, om.url), { method, ...(body ? asJson(method, body) : {}) })
    const text = await answer.text()
    return [answer.status, ...(text === '' ? [] : [JSON.parse(text)])]
  }
  await om.fetch(MODELS, asJson('PUT', row('a')))
  expect(await admin('GET', '/requests')).toMatchObject([
    200,
    { requests: [{ method: 'PUT', path: MODELS, status: 201 }] },
  ])
  expect(await admin('POST', '/snapshot')).toEqual([200, { snapshot: 1 }])
  await om.fetch(MODELS, asJson('PUT', row('b')))
  expect(await admin('GET', '/services')).toMatchObject([200, { services: [{ name: 'a' }, { name: 'b' }] }])
  expect(await admin('POST', '/restore', { snapshot: 1 })).toEqual([204])
  expect(await om.services()).toHaveLength(1)
  expect(await admin('POST', '/fail', { status: 500 })).toEqual([204])
  expect((await om.fetch(MODELS)).status).toBe(500)
  expect(await admin('POST', '/fail', { drop: true, times: 5 })).toEqual([204])
  expect(await admin('DELETE', '/fail')).toEqual([204])
  expect((await om.fetch(MODELS)).status).toBe(200)
  expect(await admin('POST', '/clock', { advance: 5 })).toEqual([200, { now: 5 }])
  expect(await admin('POST', '/clock', { now: '2025-01-01T00:00:00Z' })).toEqual([200, { now: Date.UTC(2025) }])
  expect(await admin('DELETE', '/requests')).toEqual([204])
  expect(await admin('GET', '/requests')).toEqual([200, { requests: [] }])
  expect(await admin('POST', '/reset')).toEqual([204])
  expect(await admin('GET', '/services')).toEqual([200, { services: [] }])
  expect(await admin('POST', '/restore', { snapshot: 7 })).toMatchObject([400, { message: expect.any(String) }])
  expect(await admin('POST', '/fail', { status: 1 })).toMatchObject([400, { message: expect.any(String) }])
  expect((await admin('GET', '/nothing'))[0]).toBe(404)

  const [rebound] = await new Promise<[number]>((resolve) =>
    http.get(new URL('/__admin/services', om.url), { headers: { host: 'rebound.example' } }, (answer) => {
      answer.resume()
      resolve([answer.statusCode ?? 0])
    }),
  )
  expect(rebound).toBe(401)
  const foreign = { method: 'POST', headers: { origin: 'https://elsewhere.example' } }
  await om.fetch(MODELS, asJson('PUT', row('z')))
  expect((await fetch(new URL('/__admin/reset', om.url), foreign)).status).toBe(401)
  expect(await om.services()).toHaveLength(1)
  const without = await start()
  expect((await fetch(new URL('/__admin/services', without.url))).status).toBe(404)
})

test('what it cannot do is said at once', async () => {
  await expect(standIn({ seeds: {} } as never)).rejects.toThrow('seeds is no option of standIn')
  await expect(standIn({ port: -1 })).rejects.toThrow('port must be')
  await expect(standIn({ token: '' })).rejects.toThrow('token must be')
  await expect(standIn({ clock: 'noon' })).rejects.toThrow('an instant is')
  await expect(standIn({ seed: { models: [] } })).rejects.toThrow('seed has models')
  await expect(standIn({ seed: { mlmodelServices: [row('a::b')] } })).rejects.toThrow(
    /The seed of mlmodelServices is refused: row 0: \/name/,
  )
  const om = await start({ families: [mlmodelServices] })
  const port = Number(new URL(om.url).port)
  await expect(standIn({ port })).rejects.toThrow('EADDRINUSE')
  expect((await om.fetch('/v1/services/databaseServices')).status).toBe(404)
})
