import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryDirectory } from './catalogue.js'
import { KEY, lines, NEXT, run, serve, written } from './command.js'
import { databaseUrl, emptySchema } from './database.js'
import { asking, MODELS } from './edge.js'

const model = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn', ...rest })
const secretive = (name: string, hush: string) => ({
  name,
  serviceType: 'SageMaker',
  connection: { config: { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: hush } } },
})

/** A directory with a service of two versions, one with a secret, and one of another family. */
async function filled(): Promise<string> {
  const directory = temporaryDirectory()
  const first = written(
    lines(
      { family: 'mlmodelServices', ...model('a') },
      { family: 'mlmodelServices', ...secretive('s', 'hush-1') },
      { family: 'databaseServices', name: 'q', serviceType: 'QueryLog' },
    ),
  )
  expect(await run(['apply', first, '--directory', directory])).toMatchObject({ code: 0, stderr: '' })
  const second = written(lines(model('a', { description: 'x' })))
  expect(await run(['apply', second, '--directory', directory, '--families', 'mlmodelServices'])).toMatchObject({
    code: 0,
  })
  return directory
}

describe('servicebook serve', () => {
  test('all families in memory, ready by a line of JSON, versions, status, health, and a good end', async () => {
    const { ready, ask, stop } = await serve([])
    expect(ready).toMatchObject({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api$/), store: 'memory' })
    expect(ready.families).toHaveLength(13)
    expect((await ask('GET', '/v1/system/version')).body).toMatchObject({ revision: 'servicebook' })
    expect((await ask('GET', '/v1/system/status')).body).toMatchObject({ database: { passed: true } })
    expect((await fetch(new URL('/healthcheck', ready.url))).status).toBe(200)
    const documents = ['/swagger.json', '/api/swagger.json'].map((at) => fetch(new URL(at, ready.url)))
    const [atRoot, below] = await Promise.all(documents.map(async (one) => (await one).json()))
    expect(atRoot).toMatchObject({ openapi: '3.0.3', servers: [{ url: '/api' }] })
    expect(atRoot).toEqual(below)
    for (const collection of ready.families) expect((await ask('GET', `/v1/services/${collection}`)).status).toBe(200)
    expect((await fetch(new URL('/__admin/services', ready.url))).status).toBe(404)
    expect(await stop()).toMatchObject({ code: 0, stderr: '' })
  })

  test('tokens, a seed, some families, and /__admin where it is asked for', async () => {
    const seed = written(`[${JSON.stringify(model('a'))}]`)
    const { ready, ask } = await serve([
      '--families',
      'mlmodelServices',
      '--seed',
      seed,
      '--admin',
      '--token',
      't',
      'u',
    ])
    expect(ready.families).toEqual(['mlmodelServices'])
    expect((await ask('GET', MODELS)).status).toBe(401)
    const authorization = 'Bearer u'
    expect((await ask('GET', MODELS, undefined, { authorization })).body.paging.total).toBe(1)
    const admin = asking(fetch, new URL('/__admin', ready.url).href)
    await ask('PUT', MODELS, model('b'), { authorization })
    expect((await admin('GET', '/services')).body.services).toHaveLength(2)
    expect((await admin('POST', '/reset')).status).toBe(204)
    expect((await ask('GET', MODELS, undefined, { authorization })).body.paging.total).toBe(1)
  })

  test('PostgreSQL, whose tables it makes', async () => {
    const { schema, close } = await emptySchema()
    onTestFinished(close)
    const url = new URL(databaseUrl)
    url.searchParams.set('options', `-c search_path=${schema}`)
    const { ready, ask, stop } = await serve(['--postgres'], { DATABASE_URL: url.href })
    expect(ready.store).not.toContain(url.password)
    expect((await ask('PUT', MODELS, model('a'))).status).toBe(201)
    expect(await stop()).toMatchObject({ code: 0, stderr: '' })
    const listed = await run(['history', 'a', '--postgres', url.href])
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^mlmodelService 0\.1 {2}2\d{3}-/) })
    expect(await run(['migrate', '--postgres', url.href])).toMatchObject({ code: 0 })

    const directory = await filled()
    const dump = await run(['export', '--directory', directory])
    expect(await run(['import', '-', '--postgres', url.href], {}, dump.stdout)).toMatchObject({
      code: 3,
      stdout: expect.stringMatching(/^! line \d a: .*\n2 imported, 0 unchanged, 1 failed\n$/),
    })
    expect((await run(['verify', '--postgres', url.href])).stdout).toBe('3 services read, 0 wrong\n')

    for (const description of ['1', '2']) {
      const file = written(lines(model('a', { description })))
      expect((await run(['apply', file, '--postgres', url.href, '--families', 'mlmodelServices'])).code).toBe(0)
    }
    const client = new pg.Client(url.href)
    await client.connect()
    onTestFinished(() => client.end())
    await client.query('delete from servicebook_versions where version = 0.2')
    await client.query(
      `update servicebook_services set service = replace(service::text, '"updatedBy":"servicebook"', '"updatedBy":7')::json where fqn = 'q'`,
    )
    const told = await run(['verify', '--postgres', url.href])
    expect([told.code, told.stdout.split('\n')]).toEqual([
      3,
      [
        '! databaseService q: /service/updatedBy must be a text',
        '! mlmodelService a: has no version 0.2, which was before 0.3',
        '3 services read, 2 wrong',
        '',
      ],
    ])
  })

  test('what it cannot do ends it with one line and an exit code', async () => {
    const said = async (...args: readonly string[]) => {
      const { code, stdout, stderr } = await run(args)
      expect([stdout, stderr.split('\n')]).toEqual(['', [expect.any(String), '']])
      return [code, stderr]
    }
    expect(await said('serve', '--families', 'models')).toEqual([2, expect.stringContaining('models is no family')])
    expect(await said('serve', '--admin', '--directory', 'x')).toEqual([2, expect.stringContaining('--admin needs')])
    expect(await said('serve', '--postgres')).toEqual([2, expect.stringContaining('DATABASE_URL')])
    expect(await said('serve', '--seed', '/nowhere')).toEqual([1, expect.stringContaining('no such file')])
    expect(await said('serve', '--seed', written('{'))).toEqual([1, expect.stringContaining('line 1: is not JSON')])
    expect(await said('verify')).toEqual([2, expect.stringContaining('Say where')])
    const [code, message] = await said('verify', '--postgres', 'postgres://u:hush@127.0.0.1:1/x')
    expect([code, message]).toEqual([1, expect.not.stringContaining('hush')])
  })
})

test('export | import moves all there is, and once more nothing; without secrets when asked', async () => {
  const directory = await filled()
  const file = path.join(temporaryDirectory(), 'all.jsonl')
  expect(await run(['export', '--directory', directory, '--output', file])).toEqual({
    code: 0,
    stdout: `3 services exported to ${file}\n`,
    stderr: '',
  })
  expect(fs.statSync(file).mode & 0o777).toBe(0o600)
  expect((await run(['export', '--directory', directory, '--output', file])).code).toBe(1)
  const dump = fs.readFileSync(file, 'utf8')
  expect(dump).not.toContain('hush')
  const other = temporaryDirectory()
  expect((await run(['import', file, '--directory', other, '--dry-run'])).stdout).toBe(
    '3 would be imported, 0 unchanged, 0 failed\n',
  )
  expect((await run(['import', file, '--directory', other])).stdout).toBe('3 imported, 0 unchanged, 0 failed\n')
  expect((await run(['import', '-', '--directory', other], {}, dump)).stdout).toBe(
    '0 imported, 3 unchanged, 0 failed\n',
  )
  const bare = (text: string) => text.replace(/"sealed":"[^"]*"/g, '"sealed"')
  expect(bare((await run(['export', '--directory', other])).stdout)).toBe(bare(dump))
  expect((await run(['export', '--directory', other, '--secrets', 'none'])).stdout).not.toContain('aes256gcm')
  const keyless = await run(['import', file, '--directory', temporaryDirectory()], { SERVICEBOOK_KEY: undefined })
  expect(keyless).toMatchObject({ code: 3, stdout: expect.stringMatching(/! line \d s: .* set SERVICEBOOK_KEY/) })
  expect(await run(['import', written('{"family":"x"}'), '--directory', other])).toMatchObject({ code: 1, stdout: '' })
})

test('apply: the plan with its changes, then what it says; nothing of it where a row is refused', async () => {
  const directory = await filled()
  const file = written(lines(model('a', { description: 'y', displayName: 'A' }), secretive('s', 'hush-2'), model('n')))
  const args = ['apply', file, '--directory', directory, '--families', 'mlmodelServices', '--prune']
  const plan = await run([...args, '--dry-run'])
  expect(plan).toEqual({
    code: 0,
    stderr: '',
    stdout: `~ mlmodelService a 0.3
    displayName: + "A"
    description: "x" → "y"
~ mlmodelService s 0.2
    connection: a secret is another
+ mlmodelService n 0.1
would be: 1 created, 2 updated, 0 restored, 0 unchanged, 0 deleted, 0 failed
`,
  })
  const wrong = written(lines(model('a'), model('b::c'), model('d', { '\u001b[31m': 1 })))
  const refused = await run(['apply', wrong, '--directory', directory, '--families', 'mlmodelServices', '--prune'])
  expect(refused).toMatchObject({ code: 3, stdout: expect.stringContaining('0 deleted, 2 failed; nothing was done\n') })
  expect(refused.stdout).toMatch(/^! mlmodelService \? \(line 2\): \/name /m)
  expect(refused.stdout).not.toContain('\u001b')
  const unsure = await run(['apply', wrong, '--directory', directory])
  expect(unsure).toMatchObject({ code: 1, stderr: expect.stringContaining('name the family by --families') })
  const keyless = await run([...args, '--dry-run'], { SERVICEBOOK_KEY: undefined })
  expect(keyless).toMatchObject({ code: 3, stdout: expect.stringMatching(/ s \(line 2\): .* set SERVICEBOOK_KEY.*$/m) })
  expect(keyless.stdout).not.toContain('openBook')
  expect((await run(args)).code).toBe(0)
  expect((await run(args)).stdout).toBe('0 created, 0 updated, 0 restored, 3 unchanged, 0 deleted, 0 failed\n')
  const less = await run([
    'apply',
    written(lines(model('n'))),
    '--directory',
    directory,
    '--families',
    'mlmodelServices',
    '--prune',
  ])
  expect(less.stdout).toContain('- mlmodelService a 0.4\n')
  // Only within the families named.
  expect((await run(['history', 'q', '--directory', directory])).stdout).toMatch(/^databaseService 0\.1 /)
})

test('history tells each version and what it changed, as text and as JSON', async () => {
  const directory = await filled()
  const told = await run(['history', 'a', '--directory', directory])
  expect(told.stdout).toMatch(
    /^mlmodelService 0\.2 {2}\S+ {2}servicebook\n {4}description: \+ "x"\nmlmodelService 0\.1 {2}\S+ {2}servicebook\n$/,
  )
  const json = (await run(['history', 'a', '--directory', directory, '--json'])).stdout.trim().split('\n')
  expect(json.map((line) => JSON.parse(line).version)).toEqual([0.2, 0.1])
  expect(await run(['history', 'nobody', '--directory', directory])).toMatchObject({
    code: 1,
    stderr: 'There is no service nobody\n',
  })
})

test('verify finds what is wrong, compact and reseal keep what is right', async () => {
  const directory = await filled()
  const verify = (env = {}) => run(['verify', '--directory', directory], env)
  expect(await verify()).toEqual({ code: 0, stdout: '3 services read, 0 wrong\n', stderr: '' })
  expect((await verify({ SERVICEBOOK_KEY: undefined })).stdout).toContain('secrets were not opened')
  expect(await verify({ SERVICEBOOK_KEY: NEXT })).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/^! mlmodelService s: /),
  })
  const rotated = { SERVICEBOOK_KEY: NEXT, SERVICEBOOK_OLD_KEYS: KEY }
  expect((await run(['reseal', '--directory', directory], rotated)).stdout).toBe(
    '3 services checked, 1 sealed anew, 0 failed\n',
  )
  expect((await run(['compact', '--directory', directory])).code).toBe(0)
  expect(await verify({ SERVICEBOOK_KEY: NEXT })).toMatchObject({ code: 0 })
  const file = path.join(directory, 'mlmodelService.jsonl')
  const text = fs.readFileSync(file, 'utf8')
  fs.writeFileSync(file, text.replace('"name":"a"', '"name":"b"'))
  expect(await verify({ SERVICEBOOK_KEY: NEXT })).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/mlmodelService\.jsonl:\d+ \(byte \d+\) is damaged/),
  })
  fs.writeFileSync(file, text.slice(0, -5))
  expect(await verify({ SERVICEBOOK_KEY: NEXT })).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/^! .*mlmodelService\.jsonl: ends within a line/),
  })
  const written = await run(['compact', '--directory', directory])
  expect(written).toMatchObject({ code: 0, stderr: '' })
  expect(await verify({ SERVICEBOOK_KEY: NEXT })).toMatchObject({ code: 0 })
})
