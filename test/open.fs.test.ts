import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { createService } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { FAMILY, openTestBook, temporaryDirectory } from './catalogue.js'

/* Opening where something stands in the way: a reason, nothing destroyed, and usable when the reason is gone. */

const row = (name: string): Request => ({ name, serviceType: 'Sklearn' }) as Request
const fileIn = (directory: string) => path.join(directory, `${FAMILY}.jsonl`)
const linesIn = (directory: string) => fs.readFileSync(fileIn(directory), 'utf8').match(/^\{"op".*\n/gm)
const failure = (code: string) => Object.assign(new Error(`${code}: the test says so`), { code })

afterEach(() => {
  vi.restoreAllMocks()
})

async function written(torn: string) {
  const directory = temporaryDirectory()
  const store = fsStore(directory)
  const book = openTestBook({ store })
  for (const name of ['a', 'b']) (await createService(book, row(name)))._unsafeUnwrap()
  await store.close()
  fs.appendFileSync(fileIn(directory), torn)
  return directory
}

const CALLS = {
  answers: [
    'mkdirSync',
    'readdirSync',
    'writeFileSync',
    'renameSync',
    'readFileSync',
    'statSync',
    'lstatSync',
    'realpathSync',
    'openSync',
    'readSync',
    'fstatSync',
    'writeSync',
    'rmSync',
  ],
  calls: ['read', 'fdatasync', 'fsync'],
} as const

/** Has the nth call to the disk fail; answers how many calls there were. The system's own files are not on this disk. */
function failing(nth: number, code: string) {
  let count = 0
  const isHit = (first: unknown) => !String(first).startsWith('/proc') && ++count === nth
  for (const call of CALLS.answers) {
    const real = fs[call] as (...args: unknown[]) => unknown
    vi.spyOn(fs, call as 'rmSync').mockImplementation(((...args: unknown[]) => {
      if (isHit(args[0])) throw failure(code)
      return real(...args)
    }) as never)
  }
  for (const call of CALLS.calls) {
    const real = fs[call] as (...args: unknown[]) => unknown
    vi.spyOn(fs, call as 'fsync').mockImplementation(((...args: unknown[]) => {
      if (isHit(args[0])) return (args.at(-1) as (error: Error) => void)(failure(code))
      return real(...args)
    }) as never)
  }
  const { existsSync } = fs // which has no errors: what cannot be known is not there
  vi.spyOn(fs, 'existsSync').mockImplementation((file) => !isHit(file) && existsSync(file))
  return () => count
}

const CODES = ['EINTR', 'EMFILE', 'EAGAIN', 'ENOSPC', 'EACCES', 'EIO'] as const

test.each([
  ['closed in order', ''],
  ['torn', '{"op":"put","rev'],
])('a journal %s: whichever call fails once, nothing is destroyed, and it opens the next time', async (_, torn) => {
  for (let nth = 1; ; nth++) {
    const code = CODES[nth % CODES.length] as string
    const directory = await written(torn)
    const lines = linesIn(directory)
    const store = fsStore(directory)
    const calls = failing(nth, code)
    const opened = await store.open().catch((error: Error) => error)
    vi.restoreAllMocks()
    if (opened instanceof Error) {
      expect(opened, `${nth} ${code}`).toMatchObject({ applied: false })
      expect(opened.message).toMatch(new RegExp(`${directory} cannot be opened: .*(${code}|taken by another)`))
    } else expect(opened.services, `${nth} ${code}`).toBe(2)
    expect(linesIn(directory), `${nth} ${code}`).toEqual(lines)
    await store.close()
    expect(await store.open(), `${nth} ${code}`).toMatchObject({ services: 2 })
    await store.close()
    expect(linesIn(directory)).toEqual(lines)
    if (calls() < nth) break
  }
})

test('a journal of any name that cannot be looked at just now is an error, and not left out', async () => {
  const directory = temporaryDirectory()
  const store = fsStore(directory)
  await store.load('runs', ['a'])
  await store.close()
  for (const code of ['EMFILE', 'EIO']) {
    const { openSync } = fs
    vi.spyOn(fs, 'openSync').mockImplementation((file, ...rest) => {
      if (String(file).endsWith('runs.jsonl')) throw failure(code)
      return openSync(file, ...rest)
    })
    await expect(store.open()).rejects.toThrow(`${directory} cannot be opened: ${code}`)
    vi.restoreAllMocks()
  }
  expect(await store.open()).toEqual({ services: 0, cut: [] })
  await store.close()
})

describe('as somebody who may not', () => {
  /** What a process that is not the owner of anything is told when it opens, and when it writes. */
  function stranger(directory: string, before = '') {
    const program = `
      import fs from 'node:fs'
      import { createService, mlmodelServices, openBook } from 'servicebook'
      import { fsStore } from 'servicebook/fs'
      if (process.getuid() === 0) process.seteuid(65534)
      ${before}
      const store = fsStore(${JSON.stringify(directory)})
      const opened = await store.open().catch(({ message, applied }) => ({ message, applied }))
      const made = await createService(openBook({ family: mlmodelServices, store }), { name: 'c', serviceType: 'Sklearn' })
      console.log(JSON.stringify({ opened, made: made.isOk() || made.error }))`
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
    expect(run.stderr).toBe('')
    return JSON.parse(run.stdout)
  }

  const modes: Record<string, [file: number, directory: number]> = {
    'a journal that may only be read': [0o444, 0o777],
    'a journal that may not be read': [0o000, 0o777],
    'a directory in which nothing may be made': [0o666, 0o555],
    'a directory that may not be entered': [0o666, 0o000],
  }

  test.each(Object.entries(modes))('%s', async (_, [ofFile, ofDirectory]) => {
    const directory = await written('')
    const bytes = fs.readFileSync(fileIn(directory))
    fs.chmodSync(path.dirname(directory), 0o755)
    fs.chmodSync(fileIn(directory), ofFile)
    fs.chmodSync(directory, ofDirectory)
    const { opened, made } = stranger(directory)
    fs.chmodSync(directory, 0o777)
    fs.chmodSync(fileIn(directory), 0o666)
    const message = expect.stringMatching(/cannot be opened: .*EACCES/)
    expect(opened).toEqual({ message, applied: false })
    expect(made).toMatchObject({ code: 'STORE_FAILED', applied: false, message })
    expect(fs.readFileSync(fileIn(directory))).toEqual(bytes)
    expect(fs.readdirSync(directory)).toEqual([`${FAMILY}.jsonl`])
    expect(stranger(directory)).toMatchObject({ opened: { services: 2, cut: [] }, made: true })
  })
})
