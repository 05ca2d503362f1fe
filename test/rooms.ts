import { expect, onTestFinished, vi } from 'vitest'
import { applyFile } from '../adapters/command/apply.js'
import { temporaryDirectory } from './catalogue.js'
import { KEY, lines, written } from './command.js'
import { aws, row } from './edge.js'
// The rooms import it when they need it: not in the time of a test.
import 'servicebook/families'

/* The rooms of the command, called in this process: what they print, and how they end. */

export const env = { SERVICEBOOK_KEY: KEY }

/** What a room has printed, and the exit code; `onPrint` is called at each line, with all that was printed until then. */
export async function told(room: () => Promise<unknown>, onPrint: (stdout: string) => void = () => {}) {
  const printed = { stdout: '', stderr: '' }
  const onto = (stream: 'stdout' | 'stderr', end: string) => (text: unknown) => {
    printed[stream] += `${text}${end}`
    if (stream === 'stdout') onPrint(printed.stdout)
    return true
  }
  const spies = [
    vi.spyOn(console, 'log').mockImplementation(onto('stdout', '\n')),
    vi.spyOn(console, 'error').mockImplementation(onto('stderr', '\n')),
    vi.spyOn(process.stdout, 'write').mockImplementation(onto('stdout', '')),
    vi.spyOn(process.stderr, 'write').mockImplementation(onto('stderr', '')),
  ]
  const { exitCode } = process
  process.exitCode = undefined
  try {
    await room()
    return { code: Number(process.exitCode ?? 0), ...printed }
  } catch (error) {
    const { message, exitCode: code = 1 } = error as Error & { exitCode?: number }
    return { code, ...printed, stderr: `${printed.stderr}${message}\n` }
  } finally {
    process.exitCode = exitCode
    for (const spy of spies) spy.mockRestore()
  }
}

/** What stdin says, for the rest of a test: a piece whenever it is asked for the next one. */
export function says(pieces: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>) {
  async function* bytes() {
    for await (const piece of pieces) yield Buffer.from(piece)
  }
  const destroy = vi.fn()
  const stdin = Object.assign(bytes(), { destroy })
  const spy = vi.spyOn(process, 'stdin', 'get').mockReturnValue(stdin as never)
  onTestFinished(() => spy.mockRestore())
  return { destroy }
}

type Signal = 'SIGINT' | 'SIGTERM'

const others = new Set([...process.listeners('SIGINT'), ...process.listeners('SIGTERM')])

/** Who hears a signal that nobody heard before. */
export const listening = (signal: Signal) => process.listeners(signal).filter((one) => !others.has(one))

/** A signal that only they hear. */
export function signalled(signal: Signal): void {
  for (const one of listening(signal)) one(signal)
}

/** For the rest of a test this is a terminal with colours, on which a bar is drawn whenever it is asked for. */
export function onTerminal(): void {
  for (const stream of [process.stdout, process.stderr]) {
    const { isTTY } = stream
    stream.isTTY = true
    onTestFinished(() => {
      stream.isTTY = isTTY
    })
  }
  vi.stubEnv('NO_COLOR', undefined)
  vi.stubEnv('FORCE_COLOR', undefined)
  onTestFinished(() => void vi.unstubAllEnvs())
  let now = Date.now()
  const spy = vi.spyOn(Date, 'now').mockImplementation(() => {
    now += 1000
    return now
  })
  onTestFinished(() => spy.mockRestore())
}

/** What was drawn on a terminal, one after the other; nothing for what wipes it. */
export const drawn = (text: string) => text.split('\r\u001b[K').slice(1)

/** A line in red, as far as it is known. */
export const red = (text: string) => expect.stringContaining(`\u001b[31m${text}`)

export const bar = (percent: number) => {
  const filled = Math.round((24 * percent) / 100)
  return `${'█'.repeat(filled)}${'░'.repeat(24 - filled)} ${Math.floor(percent)} %`
}

/** What `apply` says of rows, done by ada. */
export const applied = (
  rows: readonly object[],
  options: Partial<Parameters<typeof applyFile>[1]>,
  keys: object = env,
) => told(() => applyFile(written(lines(...rows)), { by: 'ada', ...options }, { ...keys }))

/** A directory with a service of two versions, one with a secret, and one of another family. */
export async function filled(): Promise<string> {
  const directory = temporaryDirectory()
  const all = [
    { family: 'mlmodelServices', ...row('a') },
    { family: 'mlmodelServices', ...aws('s', 'hush-1') },
    { family: 'databaseServices', name: 'q', serviceType: 'QueryLog' },
  ]
  for (const rows of [all, [{ family: 'mlmodelServices', ...row('a', { description: 'x' }) }]])
    expect(await applied(rows, { directory })).toMatchObject({ code: 0, stderr: '' })
  return directory
}
