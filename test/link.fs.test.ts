import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { createService, deleteService } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { FAMILY, openTestBook, temporaryDirectory } from './catalogue.js'

// What is loaded keeps its timers; here it has those of the tests.
vi.mock('../adapters/fs/pace.js', () => ({
  pause: (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  every: (milliseconds: number, work: () => void) => {
    const timer = setInterval(work, milliseconds)
    return () => clearInterval(timer)
  },
}))

const row = (name: string): Request => ({ name, serviceType: 'Sklearn' }) as Request
const fileIn = (directory: string) => path.join(directory, `${FAMILY}.jsonl`)

afterEach(() => {
  vi.restoreAllMocks()
})

/** A journal that is a link, by way of a second one, to a file of another name in another directory; both relative. */
function linked(content?: string) {
  const root = temporaryDirectory()
  const [here, there] = [path.join(root, 'here'), path.join(root, 'there')]
  for (const directory of [here, there]) fs.mkdirSync(directory)
  const target = path.join(there, 'data')
  fs.symlinkSync('../there/second', fileIn(here))
  fs.symlinkSync('data', path.join(there, 'second'))
  if (content !== undefined) fs.writeFileSync(target, content)
  const isLink = () => {
    expect(fs.readlinkSync(fileIn(here))).toBe('../there/second')
    expect(fs.readlinkSync(path.join(there, 'second'))).toBe('data')
    expect(fs.lstatSync(target).isFile()).toBe(true)
    expect(fs.readdirSync(there).sort()).toEqual(['data', 'second'])
  }
  return { here, there, target, isLink }
}

describe('D10 a journal that is a link stays one, and its target is the journal', () => {
  test.each(['a file that is empty', 'nothing'])('one that leads to %s', async (what) => {
    const { here, target, isLink } = linked(what === 'nothing' ? undefined : '')
    const store = fsStore(here)
    expect((await createService(openTestBook({ store }), row('a'))).isOk()).toBe(true)
    isLink()
    await store.close()
    isLink()
    expect(fs.readFileSync(target, 'utf8').split('\n')).toHaveLength(4)
  })

  test('when it is compacted, put in a new file after a crash, cut, or taken over', async () => {
    const { here, there, target, isLink } = linked('')
    const store = fsStore(here)
    const book = openTestBook({ store })
    for (const name of ['a', 'b']) (await createService(book, row(name)))._unsafeUnwrap()
    ;(await deleteService(book, 'b', { hard: true }))._unsafeUnwrap()
    const synced: string[] = []
    const { fsync } = fs
    const spy = vi.spyOn(fs, 'fsync').mockImplementation((fd, done) => {
      synced.push(fs.readlinkSync(`/proc/self/fd/${fd}`))
      fsync(fd, done)
    })
    const { before, after } = await store.compact()
    spy.mockRestore()
    expect(synced).toEqual([fs.realpathSync(there)])
    expect(after).toBeLessThan(before)
    expect(fs.statSync(target).size).toBe(after)
    isLink()
    await store.close()
    fs.appendFileSync(target, '{"op":')
    expect(await store.open()).toMatchObject({ services: 1, cut: [{ bytes: 6 }] })
    isLink()
    await store.close()
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    fs.writeFileSync(path.join(here, `${randomUUID()}.lock`), '') // of whom nothing is known
    let opened: unknown
    store.open().then((answer) => {
      opened = answer
    })
    while (opened === undefined) {
      await vi.advanceTimersByTimeAsync(1000)
      await new Promise(setImmediate)
    }
    vi.useRealTimers()
    expect(opened).toEqual({ services: 1, cut: [] })
    expect(fs.readFileSync(target, 'utf8')).toContain('"epoch":1')
    isLink()
    await store.close()
  })

  test('one that leads to itself is refused', async () => {
    const directory = temporaryDirectory()
    fs.symlinkSync(`${FAMILY}.jsonl`, fileIn(directory))
    const store = fsStore(directory)
    expect((await createService(openTestBook({ store }), row('a')))._unsafeUnwrapErr()).toMatchObject({
      applied: false,
      message: expect.stringMatching(/ELOOP.*mlmodelService/),
    })
    fs.rmSync(fileIn(directory))
    fs.symlinkSync('events.jsonl', path.join(directory, 'events.jsonl')) // nobody said that this is ours
    expect(await store.open()).toEqual({ services: 0, cut: [] })
    await store.close()
  })
})

describe('D10 a directory that cannot be synced', () => {
  const answers = (call: 'fsync' | 'openSync', directory: string, code: string) => {
    const { openSync } = fs
    const failure = () => Object.assign(new Error(`${code}: the test says so`), { code })
    if (call === 'fsync') return vi.spyOn(fs, 'fsync').mockImplementation((_, done) => done(failure()))
    return vi.spyOn(fs, 'openSync').mockImplementation((file, ...rest) => {
      if (file === directory) throw failure()
      return openSync(file, ...rest)
    })
  }

  const UNSUPPORTED = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EPERM', 'EISDIR', 'EBADF']

  test('because its file system has no such call is no failure', async () => {
    for (const call of ['fsync', 'openSync'] as const) {
      for (const code of UNSUPPORTED) {
        const directory = fs.realpathSync(temporaryDirectory())
        const spy = answers(call, directory, code)
        const store = fsStore(directory)
        expect((await createService(openTestBook({ store }), row('a'))).isOk(), code).toBe(true)
        await store.compact()
        await store.close()
        spy.mockRestore()
      }
    }
  })

  test.each(['EIO', 'ENOSPC', 'EDQUOT', 'ESTALE'])('because of %s is one', async (code) => {
    const directory = temporaryDirectory()
    const store = fsStore(directory)
    const book = openTestBook({ store })
    answers('fsync', directory, code)
    expect((await createService(book, row('a')))._unsafeUnwrapErr()).toMatchObject({
      applied: false,
      message: expect.stringContaining(code),
    })
    vi.restoreAllMocks()
    expect((await createService(book, row('a'))).isOk()).toBe(true)
    answers('fsync', directory, code)
    await expect(store.compact()).rejects.toThrow(code)
    vi.restoreAllMocks()
    await store.close()
  })
})
