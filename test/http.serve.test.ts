import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryDirectory } from './catalogue.js'
import { asking, MODELS } from './edge.js'
import { connect, idle, named, row, run, SERVE, sending, start } from './hosting.js'

/*
 * The command on a directory: how it begins and ends, what it refuses, and who reaches it.
 */

/** What such a command asks for, also where there is no curl; what it has besides fails. */
function asCurl(command: string): Promise<Response> {
  const [, method = '', url = '', name = '', value = '', body = ''] =
    /^curl -X (\w+) (\S+) -H '([\w-]+): ([^']+)' -d '([^']+)'$/.exec(command) ?? []
  return fetch(url, { method, headers: { [name]: value }, body })
}

describe(SERVE, () => {
  test('prints a command that works, again and again; SIGTERM and SIGINT end it in order, and all is there after', async () => {
    const directory = temporaryDirectory()
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const { child, url, printed, ended } = await start(SERVE, [directory])
      await connect(url) // and says nothing
      const [command = ''] = /^curl .*$/m.exec(printed.stdout) ?? []
      const answer = await asCurl(command)
      expect(await answer.json()).toMatchObject({ name: 'churn', version: 0.1 })
      child.kill(signal)
      expect(await ended).toMatchObject({ code: 0, stderr: '' })
      expect(fs.readdirSync(directory)).toEqual(['mlmodelService.jsonl'])
    }
    const { ask } = await start(SERVE, [directory])
    expect((await ask('GET', named('churn'))).status).toBe(200)
  })

  test('finishes what is under way, takes nothing new, and waits for no connection that only stands open', async () => {
    const directory = temporaryDirectory()
    const { child, url, ended } = await start(SERVE, [directory])
    const body = JSON.stringify(row('a'))
    const silent = await connect(url)
    silent.socket.resume()
    const done = await idle(url)
    const client = await sending(url, body)
    child.kill('SIGTERM')
    await done.closed
    await expect(fetch(`${url}/v1/system/version`)).rejects.toThrow('fetch failed')
    await client.send(body)
    expect(await client.next()).toMatch(/^HTTP\/1\.1 201 /)
    await silent.closed
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
    const { ask } = await start(SERVE, [directory])
    expect((await ask('GET', named('a'))).status).toBe(200)
  })

  test('a second signal ends it at once, and the folder can be had again', async () => {
    const directory = temporaryDirectory()
    const { child, url, ended } = await start(SERVE, [directory])
    await sending(url, 'never sent')
    const { closed } = await idle(url)
    child.kill('SIGTERM')
    await closed
    child.kill('SIGTERM')
    expect(await ended).toMatchObject({ code: null, signal: 'SIGTERM' })
    await start(SERVE, [directory])
  })

  test('a port that is taken, a folder that is, a key that is none: one line, and exit code 1; what is not understood: 2', async () => {
    const directory = temporaryDirectory()
    const { child, url } = await start(SERVE, [directory])
    const { port } = new URL(url)
    const other = temporaryDirectory()
    const failures = [
      [[other], { PORT: port }, new RegExp(`Port ${port} is taken`)],
      [[directory], {}, new RegExp(`in use by process ${child.pid}`)],
      [[other], { PORT: 'http' }, /port/, 2],
      [[other, '--memory'], {}, /--memory and --directory do not go together/, 2],
      [[other, '--nothing'], {}, /unknown option '--nothing'/, 2],
      [[other], { SERVICEBOOK_KEY: 'dG9vIHNob3J0' }, /SERVICEBOOK_KEY must be 32 bytes/],
    ] as const
    for (const [args, env, message, exitCode = 1] of failures) {
      const { code, stdout, stderr } = await run(SERVE, args, env).ended
      expect([code, stdout]).toEqual([exitCode, ''])
      expect(stderr).toMatch(message)
      expect(stderr).toMatch(/^[^\n]+\n$/)
    }
    expect(fs.readdirSync(other)).toEqual([])
  })

  test('§8 with a key secrets are sealed, without one they are refused', async () => {
    const directory = temporaryDirectory()
    const config = { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: 'hush' } }
    const request = { name: 'a', serviceType: 'SageMaker', connection: { config } }
    const open = await start(SERVE, [directory])
    expect((await open.ask('POST', MODELS, request)).status).toBe(400)
    expect(open.printed.stdout).toContain('SERVICEBOOK_KEY')
    open.child.kill()
    await open.ended
    const SERVICEBOOK_KEY = Buffer.alloc(32, 7).toString('base64')
    const { ask, printed } = await start(SERVE, [directory], { SERVICEBOOK_KEY })
    expect((await ask('POST', MODELS, request)).status).toBe(201)
    expect(printed.stdout).not.toContain('SERVICEBOOK_KEY')
    expect((await ask('PUT', MODELS, request)).headers.get('x-openmetadata-change')).toBe('entityNoChange')
    expect(fs.readFileSync(path.join(directory, 'mlmodelService.jsonl'), 'utf8')).not.toContain('hush')
  })

  test('a page that reaches this machine by another name gets nothing', async () => {
    const { url, ask } = await start(SERVE)
    await ask('POST', MODELS, row('a'))
    const { send, next } = await connect(url)
    await send(`GET /api${MODELS} HTTP/1.1\r\nHost: rebound.example:${new URL(url).port}\r\n\r\n`)
    expect(await next()).toMatch(/^HTTP\/1\.1 401 /)
    expect((await asking(fetch, url.replace('127.0.0.1', 'localhost'))('GET', MODELS)).status).toBe(200)
  })
})
