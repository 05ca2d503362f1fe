import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { applyFile } from '../adapters/command/apply.js'
import { history } from '../adapters/command/history.js'
import { opened } from '../adapters/command/stores.js'
import { temporaryDirectory } from './catalogue.js'
import { lines, written } from './command.js'
import { aws, row } from './edge.js'
import { applied, env, filled, onTerminal, says, signalled, told } from './rooms.js'

const models = { families: ['mlmodelServices'] }
const ofModels = (...rows: readonly object[]) => rows.map((one) => ({ family: 'mlmodelServices', ...one }))
const database = (name: string) => ({ family: 'databaseServices', name, serviceType: 'QueryLog' })
const counts = (created: number, updated = 0, restored = 0, unchanged = 0, deleted = 0, failed = 0) =>
  `${created} created, ${updated} updated, ${restored} restored, ${unchanged} unchanged, ${deleted} deleted, ${failed} failed`

/** The versions of a service, the newest first. */
async function versions(directory: string, name: string): Promise<readonly string[]> {
  const { stdout } = await told(() => history(name, { directory }, env))
  return stdout.match(/^\w+ [\d.]+/gm) ?? []
}

describe('the plan', () => {
  test('is what would be created, changed, restored, deleted; with --dry-run nothing of it is done', async () => {
    const directory = await filled()
    const rows = [row('a', { description: 'y', displayName: 'A' }), aws('s', 'hush-2'), row('n')]
    const plan = `~ mlmodelService a 0.3
    displayName: + "A"
    description: "x" → "y"
~ mlmodelService s 0.2
    connection: a secret is another
+ mlmodelService n 0.1
`
    const would = { code: 0, stderr: '', stdout: `${plan}would be: ${counts(1, 2)}\n` }
    expect(await applied(rows, { directory, ...models, dryRun: true })).toEqual(would)
    expect(await versions(directory, 'a')).toEqual(['mlmodelService 0.2', 'mlmodelService 0.1'])
    const done = { code: 0, stderr: '', stdout: `${plan}${counts(1, 2)}\n` }
    expect(await applied(rows, { directory, ...models })).toEqual(done)
    const same = { code: 0, stderr: '', stdout: `${counts(0, 0, 0, 3)}\n` }
    expect(await applied(rows, { directory, ...models, prune: true })).toEqual(same)
    expect((await versions(directory, 'a'))[0]).toBe('mlmodelService 0.3')
  })

  test('makes no directory, and is what a new one would have', async () => {
    const directory = path.join(temporaryDirectory(), 'new')
    const { stdout } = await applied([row('n')], { directory, ...models, dryRun: true })
    expect(stdout).toBe(`+ mlmodelService n 0.1\nwould be: ${counts(1)}\n`)
    expect(fs.existsSync(directory)).toBe(false)
    expect((await applied([row('n')], { directory, ...models })).code).toBe(0)
    expect(await versions(directory, 'n')).toEqual(['mlmodelService 0.1'])
  })

  test('has colours on a terminal', async () => {
    const directory = await filled()
    onTerminal()
    const rows = ofModels(row('n'), row('a', { description: 'y' }))
    const { stdout } = await applied(rows, { directory, prune: true, dryRun: true })
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      '\u001b[32m+ mlmodelService n 0.1\u001b[39m',
      '\u001b[33m~ mlmodelService a 0.3\u001b[39m',
      '    description: "x" → "y"',
      '\u001b[31m- mlmodelService s 0.2\u001b[39m',
    ])
    const refused = await applied(ofModels(row('b::c')), { directory })
    expect(refused.stdout).toContain('\u001b[31m! mlmodelService ? (line 1): /name ')
  })
})

describe('--prune', () => {
  test('deletes what is not in the file within the families in it, and what comes again is restored', async () => {
    const directory = await filled()
    const less = await applied(ofModels(row('n')), { directory, prune: true })
    expect(less.stdout).toBe(
      `+ mlmodelService n 0.1\n- mlmodelService a 0.3\n- mlmodelService s 0.2\n${counts(1, 0, 0, 0, 2)}\n`,
    )
    expect(await versions(directory, 'q')).toEqual(['databaseService 0.1'])
    const again = await applied(ofModels(row('a')), { directory })
    expect(again.stdout).toContain('~ mlmodelService a 0.4\n')
    expect(again.stdout).toContain(`${counts(0, 0, 1)}\n`)
  })

  test('reaches the families that are named, also where the file has nothing of them', async () => {
    const directory = await filled()
    const nothing = await applied([], { directory, families: ['databaseServices'], prune: true })
    expect(nothing.stdout).toBe(`- databaseService q 0.2\n${counts(0, 0, 0, 0, 1)}\n`)
    const none = await applied([], { directory, prune: true })
    expect(none).toEqual({ code: 0, stderr: '', stdout: `${counts(0)}\n` })
    expect((await applied([row('a', { description: 'x' })], { directory, ...models })).stdout).toBe(
      `${counts(0, 0, 0, 1)}\n`,
    )
  })
})

describe('a row that is refused', () => {
  test('is named by family, name and line, with every reason, and nothing is done, in no family', async () => {
    const directory = await filled()
    const rows = [database('d'), ...ofModels(row('b::c'), row('e', { '\u001b': 1 }), row('n'))]
    const { code, stdout, stderr } = await applied(rows, { directory, prune: true })
    expect([code, stderr]).toEqual([3, ''])
    const said = stdout.split('\n')
    expect(said.filter((line) => !line.startsWith('!')).join('\n')).toBe(
      `+ databaseService d 0.1\n- databaseService q 0.2\n+ mlmodelService n 0.1\n${counts(2, 0, 0, 0, 1, 2)}; nothing was done\n`,
    )
    expect(stdout).toMatch(/^! mlmodelService \? \(line 2\): \/name /m)
    expect(stdout).toMatch(/^! mlmodelService e \(line 3\): \/\\u\{1b\} /m)
    expect(await versions(directory, 'd')).toEqual([])
  })

  test('for want of a key says which', async () => {
    const { code, stdout } = await applied([aws('k', 'hush')], { directory: await filled(), ...models }, {})
    expect(code).toBe(3)
    expect(stdout).toMatch(
      /^! mlmodelService k \(line 1\): .* set SERVICEBOOK_KEY, 32 bytes in base64, to seal it with$/m,
    )
  })
})

test('rows by stdin, by whoever is named; nobody holds the directory afterwards', async () => {
  const directory = temporaryDirectory()
  says([lines(row('a'))])
  const by = { directory, ...models, by: 'grace' }
  expect((await told(() => applyFile('-', by, env))).code).toBe(0)
  expect((await told(() => history('a', { directory }, env))).stdout).toMatch(/ {2}grace\n$/)
  await (await opened({ directory }, env)).close()
  const nobody = await applied([row('b')], { directory, ...models, by: '' })
  expect(nobody).toEqual({
    code: 1,
    stdout: '',
    stderr: '/by/name must be the name of a principal, 1 to 256 characters\n',
  })
  await (await opened({ directory }, env)).close()
})

test('Ctrl+C while it reads or tells the plan: nothing is done', async () => {
  const directory = await filled()
  const interrupted = { code: 130, stderr: 'Interrupted\n' }
  async function* input() {
    yield lines(row('n'))
    signalled('SIGINT')
  }
  says(input())
  const reading = await told(() => applyFile('-', { directory, ...models, by: 'ada' }, env))
  expect(reading).toEqual({ ...interrupted, stdout: '' })
  const file = written(lines(...ofModels(row('n'))))
  const telling = await told(
    () => applyFile(file, { directory, by: 'ada' }, env),
    () => signalled('SIGINT'),
  )
  expect(telling).toEqual({ ...interrupted, stdout: `+ mlmodelService n 0.1\n${counts(0)}\n` })
  expect(await versions(directory, 'n')).toEqual([])
})

test('a disk that fails after the plan: what could not be done is told, and the rest is done', async () => {
  const directory = temporaryDirectory()
  const file = written(lines(database('d'), ...ofModels(row('n'))))
  const write = fs.writeSync
  const spy = vi.spyOn(fs, 'writeSync').mockImplementation(((to: number, bytes: Buffer, ...rest: number[]) => {
    if (bytes.toString().includes('"name":"n"')) throw new Error('ENOSPC: no space left on device')
    return (write as (...given: unknown[]) => number)(to, bytes, ...rest)
  }) as never)
  onTestFinished(() => spy.mockRestore())
  const { code, stdout, stderr } = await told(() => applyFile(file, { directory, by: 'ada' }, env))
  expect([code, stderr, stdout.split('\n')]).toEqual([
    3,
    '',
    [
      '+ databaseService d 0.1',
      '+ mlmodelService n 0.1',
      expect.stringMatching(/^! mlmodelService n \(line 2\): /),
      counts(1, 0, 0, 0, 0, 1),
      '',
    ],
  ])
  expect(await versions(directory, 'd')).toEqual(['databaseService 0.1'])
})
