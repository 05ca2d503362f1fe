import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { createService, getService, upsertService } from 'servicebook'
import { type FsStore, fsStore } from 'servicebook/fs'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { thisThread } from '../adapters/fs/holder.js'
import { PATIENCE } from '../adapters/fs/lock.js'
import type { Request } from './arbitraries.js'
import { FAMILY, openTestBook, temporaryDirectory } from './catalogue.js'
import { teller } from './teller.js'

// What is loaded keeps its timers; here it has those of the tests.
vi.mock('../adapters/fs/pace.js', () => ({
  pause: (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  every: (milliseconds: number, work: () => void) => {
    const timer = setInterval(work, milliseconds)
    return () => clearInterval(timer)
  },
}))

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const fileIn = (directory: string) => path.join(directory, `${FAMILY}.jsonl`)
const locksIn = (directory: string) => fs.readdirSync(directory).filter((name) => name.endsWith('.lock'))
const head = (directory: string) => JSON.parse(fs.readFileSync(fileIn(directory), 'utf8').split('\n')[0] as string)

// The clock of beats and waits is in the hands of the tests.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** What comes of it, and after how much of the tests' time. */
async function inTestTime<T>(work: Promise<T>): Promise<{ waited: number; value?: T; error?: string }> {
  let answer: { value?: T; error?: string } | undefined
  work.then(
    (value) => {
      answer = { value }
    },
    (error: Error) => {
      answer = { error: error.message }
    },
  )
  let waited = 0
  for (; answer === undefined; waited += 100) {
    await vi.advanceTimersByTimeAsync(100)
    await new Promise(setImmediate)
  }
  return { waited, ...answer }
}

/** Puts down a lock as if by somebody else. */
function lockOf(directory: string, change: Partial<ReturnType<typeof thisThread>>): string {
  const file = path.join(directory, `${randomUUID()}.lock`)
  fs.writeFileSync(file, JSON.stringify({ ...thisThread(), beat: '0', ...change }))
  return file
}

/** From now on this process finds itself in another container. */
function elsewhere(): void {
  const { readlinkSync } = fs
  vi.spyOn(fs, 'readlinkSync').mockImplementation(((file: string) =>
    file === '/proc/self/ns/pid' ? 'pid:[1]' : readlinkSync(file)) as never)
}

async function close(...opened: FsStore[]) {
  await Promise.all(opened.map((store) => store.close()))
}

/** From here on the code is another copy, which knows nothing of what this one holds: as in a process of its own. */
function inAnotherProcess(): void {
  vi.resetModules()
  Reflect.deleteProperty(globalThis, Symbol.for('servicebook/directories/1'))
}

/** A holder with one service that sleeps from here on, and a store elsewhere that is not open yet. */
async function asleep() {
  const directory = temporaryDirectory()
  const sleeper = fsStore(directory)
  const book = openTestBook({ store: sleeper })
  await createService(book, row('before'))
  vi.clearAllTimers()
  elsewhere()
  inAnotherProcess()
  const taker = (await import('servicebook/fs')).fsStore(directory)
  return { directory, sleeper, book, taker }
}

describe('D4 where death is proved the directory is free at once', () => {
  test('a pid that is gone, one that started at another time, a thread that is gone', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid
    for (const change of [{ pid: gone }, { started: '1' }, { thread: 2 ** 22 + 1 }, { threadStarted: '1' }]) {
      const directory = temporaryDirectory()
      lockOf(directory, change)
      const store = fsStore(directory)
      // The tests' time stands still here: whatever waits never ends.
      expect(await store.open()).toMatchObject({ services: 0 })
      expect(locksIn(directory)).toHaveLength(1)
      await close(store)
    }
  })

  test('a zombie', async () => {
    const directory = temporaryDirectory()
    const { readFileSync } = fs
    const one = fs.readFileSync('/proc/1/stat', 'latin1')
    const started = one.slice(one.lastIndexOf(')') + 2).split(' ')[19] as string
    lockOf(directory, { pid: 1, started, thread: 1, threadStarted: started })
    const store = fsStore(directory)
    expect((await inTestTime(store.open())).error).toContain('in use by process 1')
    vi.spyOn(fs, 'readFileSync').mockImplementation(((file: string, ...rest: [never]) => {
      const text = readFileSync(file, ...rest) as unknown as string
      return file === '/proc/1/stat' ? text.replace(/\) \w /, ') Z ') : text
    }) as never)
    expect((await inTestTime(store.open())).value).toMatchObject({ services: 0 })
    await close(store)
  })

  test('a worker thread that was terminated while it held the directory', async () => {
    const directory = temporaryDirectory()
    const program = `
      import { parentPort } from 'node:worker_threads'
      import { fsStore } from 'servicebook/fs'
      await fsStore(${JSON.stringify(directory)}).open()
      parentPort.on('message', () => {}) // stays
      parentPort.postMessage('open')`
    const file = path.resolve(`test/${randomUUID()}.mjs`) // beside the package, so that its name is known
    onTestFinished(() => fs.rmSync(file, { force: true }))
    fs.writeFileSync(file, program)
    const worker = new Worker(file)
    await new Promise((resolve) => worker.once('message', resolve))
    const store = fsStore(directory)
    expect((await inTestTime(store.open())).error).toContain(`in use by process ${process.pid}`)
    await worker.terminate()
    expect(await store.open()).toMatchObject({ services: 0 })
    await close(store)
  })

  test('a lock whose removal failed when its store was closed', async () => {
    const directory = temporaryDirectory()
    const store = fsStore(directory)
    await store.open()
    const spy = vi.spyOn(fs, 'rmSync').mockImplementation(() => {
      throw new Error('EBUSY: resource busy or locked, rm')
    })
    await store.close()
    expect(locksIn(directory)).toHaveLength(1)
    const again = fsStore(directory)
    expect(await again.open()).toMatchObject({ services: 0 })
    spy.mockRestore()
    await close(again)
  })
})

describe('D4 where nothing is proved a sign of life is waited for', () => {
  const strangers: Record<string, Partial<ReturnType<typeof thisThread>>> = {
    'another container or another start of the machine': { place: 'another boot, another namespace' },
    'a system that does not say': { place: null, started: null, thread: null, threadStarted: null },
  }

  test.each(Object.entries(strangers))('none from %s: the directory is taken, the epoch rises', async (_, change) => {
    const directory = temporaryDirectory()
    const first = fsStore(directory)
    const book = openTestBook({ store: first })
    await createService(book, row('a'))
    await close(first)
    lockOf(directory, change)
    const { ino } = fs.statSync(fileIn(directory))
    const store = fsStore(directory)
    const { waited, value } = await inTestTime(store.open())
    expect(value).toEqual({ services: 1, cut: [] })
    expect(waited).toBeGreaterThanOrEqual(PATIENCE)
    expect(fs.statSync(fileIn(directory)).ino).not.toBe(ino)
    expect(head(directory)).toMatchObject({ epoch: 1 })
    await store.compact()
    expect(head(directory)).toMatchObject({ epoch: 1 })
    await close(store)
    expect(fs.readdirSync(directory)).toEqual([`${FAMILY}.jsonl`])
    const again = fsStore(directory)
    expect(await again.open()).toEqual({ services: 1, cut: [] })
    expect(head(directory)).toMatchObject({ epoch: 1 })
    await close(again)
  })

  test('one: it is in use', async () => {
    const directory = temporaryDirectory()
    const holder = fsStore(directory)
    await holder.open()
    elsewhere()
    inAnotherProcess()
    const other = (await import('servicebook/fs')).fsStore(directory)
    const { error } = await inTestTime(other.open())
    expect(error).toContain(`in use by process ${process.pid} on `)
    await close(holder, other)
  })

  test('a holder that was asleep and wakes up acknowledges nothing, compacts nothing, and opens no other file', async () => {
    const { directory, sleeper, book, taker } = await asleep()
    expect((await inTestTime(taker.open())).value).toEqual({ services: 1, cut: [] })
    expect((await createService(openTestBook({ store: taker }), row('taken'))).isOk()).toBe(true)
    const held = fs.readFileSync(fileIn(directory))

    await expect((async () => sleeper.load('otherService', ['a']))()).rejects.toThrow('was taken by another process')
    expect((await upsertService(book, row('late')))._unsafeUnwrapErr()).toMatchObject({ applied: 'unknown' })
    expect((await getService(book, 'before'))._unsafeUnwrapErr().message).toContain('open it again')
    await expect(sleeper.compact()).rejects.toThrow('open it again')
    await sleeper.close()
    expect(fs.readFileSync(fileIn(directory))).toEqual(held)
    expect((await createService(openTestBook({ store: taker }), row('later'))).isOk()).toBe(true)
    await close(taker)
    const again = fsStore(directory)
    expect(await again.open()).toEqual({ services: 3, cut: [] })
    await close(again)
  })

  test('what it acknowledged up to the very moment is taken over too', async () => {
    const { sleeper, book, taker } = await asleep()
    const opening = inTestTime(taker.open())
    // Between the copy and the rename, the sleeper is quick: one write is acknowledged whole.
    let acknowledged: unknown
    const { fdatasync } = fs
    const spy = vi.spyOn(fs, 'fdatasync').mockImplementationOnce((fd, done) => {
      spy.mockRestore()
      upsertService(book, row('last')).then((answer) => {
        acknowledged = answer._unsafeUnwrap().outcome
        fdatasync(fd, done)
      })
    })
    expect((await opening).value).toEqual({ services: 2, cut: [] })
    expect(acknowledged).toBe('created')
    await close(taker)
    await sleeper.close()
  })

  test.each(['its sleeping holder', 'anything else'])(
    'a journal that %s would replace while it is copied: nothing is lost',
    async (who) => {
      const { directory, sleeper, book, taker } = await asleep()
      const opening = inTestTime(taker.open())
      const outcomes: unknown[] = []
      const { fdatasync } = fs
      const spy = vi.spyOn(fs, 'fdatasync').mockImplementationOnce(async (fd, done) => {
        spy.mockRestore()
        if (who === 'anything else') {
          fs.copyFileSync(fileIn(directory), `${fileIn(directory)}.copy`)
          fs.renameSync(`${fileIn(directory)}.copy`, fileIn(directory))
        } else {
          outcomes.push(await sleeper.compact().catch((error: Error) => error.message))
          outcomes.push((await createService(book, row('last'))).isOk())
        }
        fdatasync(fd, done)
      })
      const opened = await opening
      if (who === 'anything else') expect(opened.error).toContain('was replaced while it was taken over')
      else {
        expect(outcomes).toEqual([expect.stringContaining('was taken by another process'), true])
        expect(opened.value).toEqual({ services: 2, cut: [] })
      }
      await close(taker, sleeper)
    },
  )

  test('an empty lock, as a power failure leaves it, is one that gives no sign', async () => {
    const directory = temporaryDirectory()
    fs.writeFileSync(path.join(directory, `${randomUUID()}.lock`), '')
    const store = fsStore(directory)
    const { waited, value } = await inTestTime(store.open())
    expect(value).toMatchObject({ services: 0 })
    expect(waited).toBeGreaterThanOrEqual(PATIENCE)
    await close(store)
  })
})

test('D5 a file that is named like a lock but is none of ours is left alone', async () => {
  const directory = temporaryDirectory()
  const foreign = {
    'yarn.lock': '# yarn lockfile v1\n',
    'Cargo.lock': 'version = 3\n',
    'x.lock': JSON.stringify({ host: 'h', boot: null, pid: 1, started: null }),
    'composer.lock': JSON.stringify({ pid: 4194305, host: 'elsewhere' }),
    [`${randomUUID()}.lock`]: JSON.stringify({ packages: [] }),
  }
  for (const [name, text] of Object.entries(foreign)) fs.writeFileSync(path.join(directory, name), text)
  fs.mkdirSync(path.join(directory, `${randomUUID()}.lock`))
  const store = fsStore(directory)
  expect(await store.open()).toMatchObject({ services: 0 })
  await close(store)
  for (const [name, text] of Object.entries(foreign))
    expect(fs.readFileSync(path.join(directory, name), 'utf8')).toBe(text)
  expect(fs.readdirSync(directory)).toHaveLength(6)
})

describe('D4 with real processes in namespaces of their own', () => {
  const unshare = ['--pid', '--fork', '--kill-child', '--mount-proc']
  const allowed = spawnSync('unshare', [...unshare, 'true']).status === 0

  /** A process that creates a service for each name it is told, and says what came of it. */
  function holder(directory: string) {
    const program = `
      import { createInterface } from 'node:readline'
      import { createService, mlmodelServices, openBook } from 'servicebook'
      import { fsStore } from 'servicebook/fs'
      const store = fsStore(${JSON.stringify(directory)})
      const book = openBook({ family: mlmodelServices, store })
      await store.open()
      console.log('open ' + process.pid)
      for await (const name of createInterface({ input: process.stdin })) {
        const made = await createService(book, { name, serviceType: 'Sklearn' })
        console.log(made.isOk() ? 'created' : String(made.error.applied))
      }`
    const run = [process.execPath, '--input-type=module', '-e', program]
    const [command, ...rest] = allowed ? ['unshare', ...unshare, ...run] : run
    return teller(command as string, rest)
  }

  test('whoever is taken for dead and lives acknowledges nothing more', async () => {
    const directory = temporaryDirectory()
    const { answer, tell } = holder(directory)
    expect(await answer()).toContain('open')
    expect(await tell('a')).toBe('created')
    const store = fsStore(directory)
    // The tests' time runs away from the holder's: no sign of life comes in time.
    const { value, error } = await inTestTime(store.open())
    if (!allowed) {
      // Without namespaces the holder is seen to live; the same law is shown above with another identity.
      expect(error).toContain('in use by process')
      return
    }
    expect(value).toEqual({ services: 1, cut: [] })
    expect(await tell('b')).toBe('unknown')
    expect(await tell('c')).toBe('false')
    const book = openTestBook({ store })
    expect((await createService(book, row('b'))).isOk()).toBe(true)
    await close(store)
    const again = fsStore(directory)
    expect(await again.open()).toEqual({ services: 2, cut: [] })
    await close(again)
  })

  test('whoever was killed is no obstacle for ever, and all it acknowledged is there', async () => {
    const directory = temporaryDirectory()
    const { child, ended, answer, tell } = holder(directory)
    await answer()
    expect(await tell('a')).toBe('created')
    child.kill('SIGKILL')
    await ended
    const store = fsStore(directory)
    expect((await inTestTime(store.open())).value).toEqual({ services: 1, cut: [] })
    await close(store)
  })
})
