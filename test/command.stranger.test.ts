import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { progress } from '../adapters/command/say.js'
import { temporaryDirectory } from './catalogue.js'
import { lines, run, start, written } from './command.js'

/* What somebody sees who does something else than was meant. */

const model = (name: string) => ({ name, serviceType: 'Sklearn' })
const models = ['--families', 'mlmodelServices']

/** Exit code and the only line on stderr; nothing on stdout. */
async function said(args: readonly string[], input = ''): Promise<readonly [number, string]> {
  const { code, stdout, stderr } = await run(args, {}, input)
  expect([stdout, stderr.split('\n').length]).toEqual(['', 2])
  return [code, stderr.trimEnd()]
}

test('a file or directory that is not there, is another kind, or is there already: its name and why, and nothing is made', async () => {
  const here = temporaryDirectory()
  const nowhere = path.join(here, 'nowhere')
  const noSuch = `${nowhere}: there is no such file or directory`
  const file = written('')
  const all: readonly (readonly [string, ...string[]])[] = [
    ...[['export'], ['verify'], ['compact'], ['reseal'], ['history', 'a']].map(
      (verb) => [noSuch, ...verb, '--directory', nowhere] as const,
    ),
    [noSuch, 'import', nowhere, '--directory', nowhere],
    [noSuch, 'apply', nowhere, '--directory', nowhere],
    [`${here}: is a directory`, 'import', here, '--directory', nowhere],
    [`${file}: is there already`, 'export', '--directory', path.dirname(file), '--output', file],
  ]
  await Promise.all(all.map(async ([reason, ...args]) => expect(await said(args), args.join(' ')).toEqual([1, reason])))
  const plan = await run(['apply', written(lines(model('a'))), ...models, '--directory', nowhere, '--dry-run'])
  expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining('1 created') })
  expect(fs.readdirSync(here)).toEqual([])
})

test('files as editors elsewhere write them: a byte order mark and CRLF are taken, what is no UTF-8 is not', async () => {
  const text = `\ufeff${lines(model('é'), model('b')).replaceAll('\n', '\r\n')}\r\n`
  const directory = temporaryDirectory()
  const applied = await run(['apply', '-', ...models, '--directory', directory], {}, text)
  expect(applied).toMatchObject({ code: 0, stdout: expect.stringContaining('2 created') })
  const { stdout } = await run(['export', '--directory', directory])
  const marked = `\ufeff${stdout.replaceAll('\n', '\r\n')}`
  const imported = await run(['import', '-', '--directory', temporaryDirectory()], {}, marked)
  expect(imported).toMatchObject({ code: 0, stdout: '2 imported, 0 unchanged, 0 failed\n' })
  for (const verb of ['apply', 'import'])
    for (const bytes of [Buffer.from(text, 'utf16le'), Buffer.from('{"name":"é"}', 'latin1')]) {
      const file = written(bytes)
      expect(await said([verb, file, '--directory', directory])).toEqual([1, `${file}: is not UTF-8`])
    }
})

test('a line that is wrong is named by file and line, and nothing of it is shown', async () => {
  const file = written(`${lines(model('a'))}\n{"name":"hush\n`)
  for (const args of [
    ['apply', file, ...models],
    ['serve', '--seed', file, ...models, '--port', '0'],
  ]) {
    const where = args[0] === 'serve' ? [] : ['--directory', temporaryDirectory()]
    expect(await said([...args, ...where])).toEqual([1, `${file}, line 3: is not JSON`])
  }
  expect(await said(['apply', written('[1]'), ...models, '--directory', temporaryDirectory()])).toEqual([
    1,
    expect.stringMatching(/, element 1: is no object$/),
  ])
})

test('a port that is taken', async () => {
  const server = http.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  expect(await said(['serve', '--port', String(port)])).toEqual([1, `Port ${port} is taken; --port 0 is any free one`])
})

test('whoever reads a pipe may stop: no error, as for any command', async () => {
  const { child, ended } = start(['--help'])
  child.stdout.destroy()
  expect(await ended).toMatchObject({ code: 0, stderr: '' })
})

test('Ctrl+C: what was read is written, the store is closed, and the same again goes on', async () => {
  const from = temporaryDirectory()
  await run(['apply', written(lines(model('a'), model('b'))), ...models, '--directory', from])
  const { stdout } = await run(['export', '--directory', from])
  const directory = temporaryDirectory()
  const watcher = fs.watch(directory)
  const opened = once(watcher, 'change')
  const { child, ended } = start(['import', '-', '--directory', directory])
  child.stdin.write(stdout.split('\n')[0] ?? '')
  await opened
  watcher.close()
  // It waits for the rest of the line.
  child.kill('SIGINT')
  expect(await ended).toMatchObject({ code: 130, stderr: 'Interrupted\n' })
  // Nobody holds it any more.
  expect(fs.readdirSync(directory).filter((name) => name.endsWith('.lock'))).toEqual([])
  const again = await run(['import', '-', '--directory', directory], {}, stdout)
  expect(again).toMatchObject({ code: 0, stdout: '2 imported, 0 unchanged, 0 failed\n' })
})

test('progress is a bar on a terminal, a count where nobody knows how much there is, and nothing in a pipe', () => {
  const drawn = (isTTY: boolean, part?: number) => {
    const written: string[] = []
    const bar = progress('imported', { isTTY, write: (text: string) => written.push(text) } as never)
    bar.at(1500, part)
    bar.end()
    return written.join('').replaceAll('\r\u001b[K', '|')
  }
  expect(drawn(true, 0.5)).toBe(`|imported ${'█'.repeat(12)}${'░'.repeat(12)} 50 % 1,500|`)
  expect(drawn(true)).toBe('|imported 1,500|')
  expect(drawn(false, 0.5)).toBe('')
})

test('each word has a manual page, with an example and what its exit codes say', async () => {
  const { stdout } = await run(['--help'])
  const verbs = [...stdout.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, verb]) => verb as string)
  expect(verbs).toHaveLength(9)
  await Promise.all(
    verbs.map(async (verb) => {
      const page = await run([verb, '--help'])
      expect(page.code).toBe(0)
      for (const part of [`Usage: servicebook ${verb}`, `$ servicebook ${verb}`, 'Exit codes'])
        expect(page.stdout, verb).toContain(part)
    }),
  )
  expect(await run([])).toMatchObject({ code: 2, stdout: '' })
  expect(await run(['verifi'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean verify?') })
})

test('the page of a word has the stores that it works on, and whoever names another is told why not', async () => {
  const kept = ['--directory', '--postgres']
  const places = {
    serve: ['--memory', ...kept],
    apply: kept,
    verify: kept,
    migrate: ['--postgres'],
    compact: ['--directory'],
  }
  await Promise.all(
    Object.entries(places).map(async ([verb, expected]) => {
      const { stdout } = await run([verb, '--help'])
      const options = stdout.slice(stdout.indexOf('Options:'), stdout.indexOf('--help'))
      expect(
        options.match(/^ {2}--(memory|directory|postgres)/gm)?.map((one) => one.trim()),
        verb,
      ).toEqual(expected)
      expect(options.includes('--families'), verb).toBe(expected.length > 1)
    }),
  )
  expect(await said(['verify', '--memory'])).toEqual([2, expect.stringContaining('--directory or --postgres')])
  expect(await said(['migrate', '--directory', 'x'])).toEqual([2, expect.stringContaining('is for --postgres')])
  expect(await said(['compact', '--postgres'])).toEqual([2, expect.stringContaining('is for --directory')])
})
