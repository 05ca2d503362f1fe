import fs from 'node:fs'
import path from 'node:path'
import { createService } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { FAMILY, openTestBook, temporaryDirectory } from './catalogue.js'
import { teller } from './teller.js'

/* D4: whoever takes a directory from somebody who may wake up, and ends before every journal is elsewhere, hands that on. */

const row = (name: string): Request => ({ name, serviceType: 'Sklearn' }) as Request
const fileIn = (directory: string) => path.join(directory, `${FAMILY}.jsonl`)
const locksIn = (directory: string) => fs.readdirSync(directory).filter((name) => name.endsWith('.lock'))
const epochOf = (directory: string) =>
  JSON.parse(fs.readFileSync(fileIn(directory), 'utf8').split('\n')[0] as string).epoch

afterEach(() => {
  vi.restoreAllMocks()
})

/** A process with the store of a directory, which runs `before` on `fs` first, and creates what it is told. */
function processIn(directory: string, before: string) {
  const program = `
    import fs from 'node:fs'
    import { createInterface } from 'node:readline'
    ${before}
    const { createService, mlmodelServices, openBook } = await import('servicebook')
    const { fsStore } = await import('servicebook/fs')
    const store = fsStore(${JSON.stringify(directory)})
    const book = openBook({ family: mlmodelServices, store })
    console.log(await store.open().then(() => 'open', (error) => error.message))
    for await (const name of createInterface({ input: process.stdin })) {
      const made = await createService(book, { name, serviceType: 'Sklearn' })
      console.log(made.isOk() ? 'created' : String(made.error.applied))
    }
    await store.close()`
  return teller(process.execPath, ['--input-type=module', '-e', program])
}

/** Finds itself in another container: nobody can tell whether it lives. */
const ELSEWHERE = `
  const { readlinkSync } = fs
  fs.readlinkSync = (file, ...rest) => (file === '/proc/self/ns/pid' ? 'pid:[1]' : readlinkSync(file, ...rest))`
/** Waits for nobody. */
const AT_ONCE = `
  const { setTimeout: later } = globalThis
  globalThis.setTimeout = (work) => later(work, 0)`
/** Killed behind the call whose first argument says so. */
const killedAfter = (call: 'rmSync' | 'renameSync' | 'fdatasync', isIt: string) => `
  const { ${call} } = fs
  fs.${call} = (first, ...rest) => {
    ${call}(first, ...rest)
    if (${isIt}) process.kill(process.pid, 'SIGKILL')
  }`
const removesLock = (lock: string | undefined) => killedAfter('rmSync', `first.endsWith(${JSON.stringify(lock)})`)
const CANNOT_SYNC = `
  fs.fdatasync = (fd, done) => done(new Error('EIO: the test says so'))`

/** A journal that was closed in order, and whoever has it now stopped. */
async function stopped(directory: string) {
  const store = fsStore(directory)
  ;(await createService(openTestBook({ store }), row('before')))._unsafeUnwrap()
  await store.close()
  const sleeper = processIn(directory, ELSEWHERE)
  expect(await sleeper.answer()).toBe('open')
  sleeper.child.kill('SIGSTOP')
  return sleeper
}

/** The sleeper wakes up after somebody else has the directory: nothing it does counts, and nothing it does harms. */
async function woken(directory: string, { child, tell }: ReturnType<typeof processIn>, epoch = 1, services = 1) {
  const store = fsStore(directory)
  expect(await store.open()).toEqual({ services, cut: [] })
  expect(epochOf(directory)).toBe(epoch)
  const book = openTestBook({ store })
  child.kill('SIGCONT')
  expect(await tell('late')).toBe('unknown')
  expect(await tell('later')).toBe('false')
  expect((await createService(book, row('late'))).isOk()).toBe(true)
  await store.close()
  expect(fs.readdirSync(directory)).toEqual([`${FAMILY}.jsonl`])
  expect(await store.open()).toEqual({ services: services + 1, cut: [] })
  expect(epochOf(directory)).toBe(epoch)
  await store.close()
}

describe('D4 whoever opens after a taker that did not come to its end finds the sleeper harmless', () => {
  test('one that was killed when it had removed the lock of the sleeper, and one that was killed when it had removed his', async () => {
    const directory = temporaryDirectory()
    const sleeper = await stopped(directory)
    for (let taker = 0; taker < 2; taker++) {
      const [lock] = locksIn(directory)
      const { ended } = processIn(directory, AT_ONCE + removesLock(lock))
      expect(await ended).toBe('SIGKILL')
      expect(locksIn(directory)).toHaveLength(1)
      expect(locksIn(directory)).not.toContain(lock)
      expect(epochOf(directory)).toBeUndefined()
    }
    await woken(directory, sleeper)
  })

  test('one that was killed while it put the journal in a new file', async () => {
    const directory = temporaryDirectory()
    const sleeper = await stopped(directory)
    const { ended } = processIn(directory, AT_ONCE + killedAfter('fdatasync', 'true'))
    expect(await ended).toBe('SIGKILL')
    expect(epochOf(directory)).toBeUndefined()
    await woken(directory, sleeper)
  })

  test('one that lives and could not put the journal in a new file, one that ended in order after that, and one in this process', async () => {
    const directory = temporaryDirectory()
    const sleeper = await stopped(directory)
    const failed = processIn(directory, AT_ONCE + CANNOT_SYNC)
    expect(await failed.answer()).toContain('EIO')
    const second = processIn(directory, CANNOT_SYNC)
    expect(await second.answer()).toContain('EIO')
    second.child.stdin.end()
    expect(await second.ended).toBe(null)
    const spy = vi.spyOn(fs, 'fdatasync').mockImplementation((_, done) => done(new Error('EIO: the test says so')))
    await expect(fsStore(directory).open()).rejects.toThrow('EIO')
    spy.mockRestore()
    expect(epochOf(directory)).toBeUndefined()
    await woken(directory, sleeper)
  })

  test('one that was killed right behind the rename: what the sleeper wrote up to then is there', async () => {
    const directory = temporaryDirectory()
    const sleeper = await stopped(directory)
    const waits = `
      const { fdatasync } = fs
      fs.fdatasync = (fd, done) => {
        console.log('copied')
        process.stdin.once('data', () => fdatasync(fd, done))
      }`
    const killed = killedAfter('renameSync', `rest[0].endsWith('.jsonl')`)
    const taker = processIn(directory, AT_ONCE + waits + killed)
    expect(await taker.answer()).toBe('copied')
    sleeper.child.kill('SIGCONT')
    expect(await sleeper.tell('last')).toBe('created')
    taker.child.stdin.write('go on\n')
    expect(await taker.ended).toBe('SIGKILL')
    expect(epochOf(directory)).toBe(1)
    await woken(directory, sleeper, 2, 2)
  })
})
