import fs from 'node:fs'
import path from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { opened } from '../adapters/command/stores.js'
import { exportTo, importFrom } from '../adapters/command/transfer.js'
import { temporaryDirectory } from './catalogue.js'
import { lines, written } from './command.js'
import { bar, drawn, env, filled, onTerminal, red, says, signalled, told } from './rooms.js'

const exported = (options: Partial<Parameters<typeof exportTo>[0]>) =>
  told(() => exportTo({ secrets: 'sealed', ...options }, env))
const imported = (file: string, options: Partial<Parameters<typeof importFrom>[1]>, keys: object = env) =>
  told(() => importFrom(file, { by: 'ada', ...options }, { ...keys }))

/** Lines of what was exported of the directory of the tests: the database, a model of two versions, one with a secret. */
async function dumped(): Promise<readonly [string, string, string]> {
  const { stdout } = await exported({ directory: await filled() })
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => `${line}\n`) as unknown as readonly [string, string, string]
}

const bare = (text: string) => text.replace(/"sealed":"[^"]*"/g, '"sealed"')

describe('export', () => {
  test('writes a line for each service, with its history, and secrets as they are kept', async () => {
    const directory = await filled()
    const { code, stdout, stderr } = await exported({ directory })
    expect([code, stderr]).toEqual([0, ''])
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { family: 'databaseService', service: { name: 'q' }, history: [] },
      { family: 'mlmodelService', service: { name: 'a', version: 0.2 }, history: [{ version: 0.1 }] },
      { family: 'mlmodelService', service: { name: 's' } },
    ])
    expect(stdout).toContain('aes256gcm:')
    expect((await exported({ directory, secrets: 'none' })).stdout).not.toContain('aes256gcm:')
    expect((await exported({ directory, families: ['databaseServices'] })).stdout).toMatch(/^[^\n]*"name":"q"[^\n]*\n$/)
    const refused = await exported({ directory, secrets: 'clear' })
    expect(refused).toEqual({ code: 2, stdout: '', stderr: '--secrets must be sealed or none\n' })
  })

  test('makes a new file that its owner alone may read, and writes over none', async () => {
    const directory = await filled()
    const output = path.join(temporaryDirectory(), 'all.jsonl')
    const done = await exported({ directory, output })
    expect(done).toEqual({ code: 0, stdout: `3 services exported to ${output}\n`, stderr: '' })
    expect(fs.statSync(output).mode & 0o777).toBe(0o600)
    const text = fs.readFileSync(output, 'utf8')
    expect(text).toBe((await exported({ directory })).stdout)
    const again = await exported({ directory, output })
    expect(again).toEqual({ code: 1, stdout: '', stderr: `${output}: is there already\n` })
    expect(fs.readFileSync(output, 'utf8')).toBe(text)
  })

  test('goes beside whoever writes, and waits for whoever reads slowly', async () => {
    const directory = await filled()
    const writer = await opened({ directory }, env)
    onTestFinished(() => writer.close())
    let printed = ''
    let isFull = false
    const full = vi.spyOn(process.stdout, 'write')
    onTestFinished(() => full.mockRestore())
    full.mockImplementation((text) => {
      expect(isFull).toBe(false)
      isFull = true
      printed += text
      void turn().then(() => {
        isFull = false
        process.stdout.emit('drain')
      })
      return false
    })
    await exportTo({ secrets: 'none', directory }, env)
    expect(printed.split('\n')).toHaveLength(4)
  })

  test('tells how far it is on a terminal', async () => {
    const directory = await filled()
    onTerminal()
    const output = path.join(temporaryDirectory(), 'all.jsonl')
    const { stderr } = await exported({ directory, output })
    expect(drawn(stderr)).toEqual([1, 2, 3].map((at) => `exported ${bar((100 * at) / 3)} ${at}`).concat(''))
  })

  test('ends at Ctrl+C', async () => {
    const directory = await filled()
    const { code, stdout, stderr } = await told(
      () => exportTo({ secrets: 'none', directory }, env),
      () => signalled('SIGINT'),
    )
    expect([code, stdout.split('\n').length, stderr]).toEqual([130, 2, 'Interrupted\n'])
  })
})

describe('import', () => {
  test('writes what was exported, and once more nothing; with --dry-run it says what it would write', async () => {
    const dump = (await dumped()).join('')
    const file = written(dump)
    const directory = path.join(temporaryDirectory(), 'new')
    const plan = await imported(file, { directory, dryRun: true })
    expect(plan).toEqual({ code: 0, stderr: '', stdout: '3 would be imported, 0 unchanged, 0 failed\n' })
    expect(fs.existsSync(directory)).toBe(false)
    const done = await imported(file, { directory })
    expect(done).toEqual({ code: 0, stderr: '', stdout: '3 imported, 0 unchanged, 0 failed\n' })
    expect(bare((await exported({ directory })).stdout)).toBe(bare(dump))
    const stdin = says([dump])
    const again = await imported('-', { directory })
    expect(again).toEqual({ code: 0, stderr: '', stdout: '0 imported, 3 unchanged, 0 failed\n' })
    // Whoever holds the other end open does not keep this process waiting.
    expect(stdin.destroy).toHaveBeenCalled()
    await (await opened({ directory }, env)).close()
  })

  test('names what is refused by its line and every reason, and imports the rest', async () => {
    const [q, a, s] = await dumped()
    const file = written(`\n${a}\n${q}  \n${s}${a.replace('"name":"a"', '"name":"\u009b"')}`)
    const { code, stdout, stderr } = await imported(file, { directory: temporaryDirectory() }, {})
    expect([code, stderr]).toEqual([3, ''])
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^! line 6 s: .* set SERVICEBOOK_KEY/),
      expect.stringMatching(/^! line 7 /),
      '2 imported, 0 unchanged, 2 failed',
      '',
    ])
    expect(stdout).not.toContain('\u009b')
  })

  test('stops at what is no service, and goes on where it was stopped', async () => {
    const [q, a, s] = await dumped()
    const directory = temporaryDirectory()
    const types = 'mlmodelService, databaseService'
    let done = '2 imported, 0 unchanged, 0 failed'
    for (const [wrong, reason] of [
      ['{"hush', 'is not JSON'],
      ['{"family":"models"}', `"family" must be one of ${types}`],
      ['null', `"family" must be one of ${types}`],
    ] as const) {
      const file = written(`${q}\n${a}${wrong}\n${s}`)
      const { code, stdout, stderr } = await imported(file, { directory, families: ['mlmodelService,databaseService'] })
      expect(code).toBe(1)
      expect(stdout).toBe(`${done}; run it again to go on\n`)
      done = '0 imported, 2 unchanged, 0 failed'
      expect(stderr).toContain(`${file}, line 4: ${reason}`)
      expect(stderr).not.toContain('hush')
    }
    const none = await imported(written('[]'), { directory })
    expect(none).toMatchObject({ code: 1, stdout: '' })
    const rest = await imported(written(`${q}${a}${s}`), { directory })
    expect(rest.stdout).toBe('1 imported, 2 unchanged, 0 failed\n')
    expect(await imported(written(' \n'), { directory })).toMatchObject({
      code: 0,
      stdout: '0 imported, 0 unchanged, 0 failed\n',
    })
  })

  test('takes no file that is not there, or is none, and no writer without a name', async () => {
    const here = temporaryDirectory()
    const nowhere = path.join(here, 'nowhere')
    const directory = path.join(here, 'services')
    const none = (file: string, why: string) => ({ code: 1, stdout: '', stderr: `${file}: ${why}\n` })
    expect(await imported(nowhere, { directory })).toEqual(none(nowhere, 'there is no such file or directory'))
    expect(await imported(here, { directory })).toEqual(none(here, 'is a directory'))
    expect(fs.readdirSync(here)).toEqual([])
    const nameless = await imported(written((await dumped())[0]), { directory, by: '' })
    expect(nameless).toEqual({
      code: 1,
      stdout: '',
      stderr: '/by/name must be the name of a principal, 1 to 256 characters\n',
    })
  })

  test('tells how far it is on a terminal: a part of a file, a count of stdin', async () => {
    const [q, a, s] = await dumped()
    const long = a.replace('"description":"x"', `"description":"${'x'.repeat(200_000)}"`)
    const file = written(`${s}${q}${long}`)
    onTerminal()
    const read = (100 * 65_536) / fs.statSync(file).size
    const { stdout, stderr } = await imported(file, { directory: temporaryDirectory() })
    expect(drawn(stderr)).toEqual([
      `imported ${bar(read)} 1`,
      '',
      `imported ${bar(100)} 2`,
      '',
      `imported ${bar(100)} 3`,
      '',
    ])
    expect(stdout).toBe('3 imported, 0 unchanged, 0 failed\n')
    says([lines(JSON.parse(q), JSON.parse(s))])
    const counted = await imported('-', { directory: temporaryDirectory() })
    expect(drawn(counted.stderr)).toEqual(['imported 1', '', 'imported 2', ''])
    const refused = await imported(written(s), { directory: temporaryDirectory() }, {})
    expect(refused.stdout).toEqual(red('! line 1 s: '))
  })

  test('ends at Ctrl+C while it waits for the rest, and the same again goes on', async () => {
    const [q, a, s] = await dumped()
    const directory = temporaryDirectory()
    async function* input() {
      yield `${q}${a}`
      signalled('SIGTERM')
      await new Promise(() => {})
    }
    says(input())
    const { code, stdout, stderr } = await imported('-', { directory })
    expect([code, stderr]).toEqual([130, 'Interrupted\n'])
    expect(stdout).toBe('2 imported, 0 unchanged, 0 failed; run it again to go on\n')
    const rest = await imported(written(`${q}${a}${s}`), { directory })
    expect(rest.stdout).toBe('1 imported, 2 unchanged, 0 failed\n')
  })
})
