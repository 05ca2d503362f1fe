import { Command } from 'commander'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { told } from './rooms.js'

/* What is typed, understood: each word calls its room with its options. The rooms are not there. */

const ROOMS = {
  apply: ['applyFile'],
  history: ['history'],
  serve: ['serve'],
  transfer: ['exportTo', 'importFrom'],
  upkeep: ['migrateTables', 'compact', 'reseal'],
  verify: ['verify'],
}

afterEach(() => {
  for (const room of Object.keys(ROOMS)) vi.doUnmock(`../adapters/command/${room}.js`)
})

const outputs = [process.stdout, process.stderr]

/** What comes of a line of the shell: what is printed, the exit code, and the calls of rooms, which fail with `error`. */
async function typed(line: string, error?: unknown) {
  const calls: unknown[][] = []
  const called =
    (name: string) =>
    async (...given: readonly unknown[]) => {
      calls.push([name, ...given])
      if (error !== undefined) throw error
    }
  for (const [room, names] of Object.entries(ROOMS)) {
    const functions = Object.fromEntries(names.map((name) => [name, called(name)]))
    vi.doMock(`../adapters/command/${room}.js`, () => functions)
  }
  vi.resetModules()
  const { argv } = process
  process.argv = ['node', 'servicebook', ...line.split(' ').filter((word) => word !== '')]
  const parse = vi.spyOn(Command.prototype, 'parseAsync')
  const before = outputs.map((output) => new Set(output.listeners('error')))
  const end = () => outputs.map((output, at) => output.listeners('error').filter((one) => !before[at]?.has(one)))
  const printed = await told(async () => {
    await import('../adapters/command/main.js')
    await parse.mock.results[0]?.value.catch(() => {})
    await new Promise(setImmediate)
  })
  const listeners = end()
  for (const [at, output] of outputs.entries())
    for (const one of listeners[at] ?? []) output.off('error', one as () => void)
  parse.mockRestore()
  process.argv = argv
  return { ...printed, calls, listeners }
}

test.each<[line: string, ...call: unknown[]]>([
  ['serve', 'serve', { port: '8585' }],
  [
    'serve --memory --port 0 --token t u --seed s.jsonl --admin --json --families a b',
    'serve',
    { memory: true, port: '0', token: ['t', 'u'], seed: 's.jsonl', admin: true, json: true, families: ['a', 'b'] },
  ],
  ['serve --directory d', 'serve', { port: '8585', directory: 'd' }],
  ['export --directory d', 'exportTo', { directory: 'd', secrets: 'sealed' }],
  ['export --postgres --output o --secrets none', 'exportTo', { postgres: true, output: 'o', secrets: 'none' }],
  ['import - --postgres postgres://h/x', 'importFrom', '-', { postgres: 'postgres://h/x', by: 'servicebook' }],
  ['import f --directory d --dry-run --by ada', 'importFrom', 'f', { directory: 'd', dryRun: true, by: 'ada' }],
  ['apply f --directory d', 'applyFile', 'f', { directory: 'd', by: 'servicebook' }],
  ['apply f --dry-run --prune --by ada', 'applyFile', 'f', { dryRun: true, prune: true, by: 'ada' }],
  ['history n --directory d --json', 'history', 'n', { directory: 'd', json: true }],
  ['migrate --postgres', 'migrateTables', { postgres: true }],
  ['compact --directory d', 'compact', { directory: 'd' }],
  ['verify --directory d --families a', 'verify', { directory: 'd', families: ['a'] }],
  ['reseal --directory d', 'reseal', { directory: 'd' }],
])('servicebook %s', async (line, ...call) => {
  expect(await typed(line)).toMatchObject({ code: 0, stdout: '', stderr: '', calls: [call] })
})

describe('the manual', () => {
  const kept = ['--directory', '--postgres']

  test.each([
    ['serve', ['--memory', ...kept]],
    ...['export', 'import', 'apply', 'history', 'verify', 'reseal'].map((verb) => [verb, kept] as const),
    ['migrate', ['--postgres']],
    ['compact', ['--directory']],
  ] as const)('of %s has the stores it works on, examples, and what its exit codes say', async (verb, places) => {
    const { code, stdout, stderr, calls } = await typed(`${verb} --help`)
    expect([code, stderr, calls]).toEqual([0, '', []])
    for (const part of [`Usage: servicebook ${verb} [options]`, `$ servicebook ${verb}`, '\nExit codes:\n'])
      expect(stdout).toContain(part)
    const options = stdout.slice(stdout.indexOf('Options:'), stdout.indexOf('--help'))
    expect(options.match(/--(memory|directory|postgres)\b(?= [[<]| +\w)/g)).toEqual(places)
    expect(options.includes('--families')).toBe(places.length > 1)
  })

  test('of all has a page for each word', async () => {
    const { code, stdout } = await typed('--help')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Usage: servicebook \[options\] \[command\]\n/)
    expect([...stdout.matchAll(/^ {2}([a-z]+) \[options\]/gm)]).toHaveLength(9)
    for (const part of ['Stores:', 'Environment:', 'Exit codes:']) expect(stdout).toContain(`\n${part}\n`)
  })
})

test.each([
  ['', 'Usage: servicebook'],
  ['verifi', 'Did you mean verify?'],
  ['serve --nothing', "unknown option '--nothing'"],
  ['import', "missing required argument 'file'"],
  ['apply', "missing required argument 'file'"],
  ['history', "missing required argument 'name'"],
])('%j is not understood: 2', async (line, message) => {
  expect(await typed(line)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message), calls: [] })
})

test('what fails says why in a line, and has its exit code, else 1', async () => {
  const failed = (error: unknown) => typed('verify --directory d', error)
  expect(await failed(new Error('no\nat all'))).toMatchObject({ code: 1, stdout: '', stderr: 'no\n' })
  const interrupted = Object.assign(new Error('Interrupted'), { exitCode: 130 })
  expect(await failed(interrupted)).toMatchObject({ code: 130, stderr: 'Interrupted\n' })
  expect(await failed('odd')).toMatchObject({ code: 1, stderr: 'odd\n' })
})

test('whoever reads a pipe may stop', async () => {
  const { listeners } = await typed('verify --directory d')
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as never)
  const { exitCode } = process
  expect(listeners.map(({ length }) => length)).toEqual([1, 1])
  for (const [one] of listeners) {
    one?.({ code: 'EIO' })
    expect(exit).not.toHaveBeenCalled()
    for (const code of [undefined, 3]) {
      process.exitCode = code
      one?.({ code: 'EPIPE' })
      expect(exit).toHaveBeenLastCalledWith(code ?? 0)
    }
    exit.mockClear()
  }
  process.exitCode = exitCode
  exit.mockRestore()
})
