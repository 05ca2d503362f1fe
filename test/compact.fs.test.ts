import fs from 'node:fs'
import path from 'node:path'
import type { Service, Stored } from 'servicebook'
import { type FsStore, fsStore } from 'servicebook/fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { FAMILY, stateOf, temporaryDirectory } from './catalogue.js'

/* D3, D8: commits that are under way while others are decided, and while a journal is compacted, on a store that remembers nothing. */

const failure = (code: string) => Object.assign(new Error(`${code}: the test says so`), { code })
const { fdatasync, write } = fs
const MARK = '{"synced":true,"crc"'

let directory: string
let store: FsStore
beforeEach(async () => {
  directory = temporaryDirectory()
  store = fsStore(directory, { memory: 0 })
  await store.load(FAMILY, ['none'])
})
afterEach(async () => {
  vi.restoreAllMocks()
  await store.close()
})

const file = () => path.join(directory, `${FAMILY}.jsonl`)
const text = () => fs.readFileSync(file(), 'utf8')

/** The nth version of a service, each a revision later than the one before. */
function version(name: string, nth = 1, id = `id of ${name}`, description = `${name} ${nth}`): Stored {
  const front = { id, name, fullyQualifiedName: name, version: nth / 10, deleted: false }
  const service = { ...front, serviceType: 'Sklearn', tags: [], description } as unknown as Service
  return { service, sealed: null, beside: null, revision: nth }
}
const create = async (stored: Stored) => store.commit(FAMILY, [{ before: null, after: stored }])
const change = async (before: Stored, after: Stored | null) => store.commit(FAMILY, [{ before, after }])
const loaded = async (name: string) => (await store.load(FAMILY, [name])).get(name)?.service.description
const older = async (name: string) =>
  (await store.versions(FAMILY, name, `id of ${name}`, { limit: 100 })).map(({ description }) => description)

/** Syncs of the journal wait until they are let go. */
function heldSyncs() {
  const waiting: ((error?: Error) => void)[] = []
  vi.spyOn(fs, 'fdatasync').mockImplementation((fd, done) => {
    waiting.push((error) => (error ? done(error as never) : fdatasync(fd, done)))
  })
  return async (error?: Error) => {
    while (waiting.length === 0) await new Promise(setImmediate)
    waiting.shift()?.(error)
  }
}
const turns = async () => {
  for (let at = 0; at < 5; at++) await new Promise(setImmediate)
}

describe('D3 what is on its way to disk', () => {
  test('is waited for by whoever asks for it, and by nobody else', async () => {
    await create(version('a'))
    const next = heldSyncs()
    const creating = create(version('b'))
    const loading = store.load(FAMILY, ['a', 'b'])
    expect(loading).toBeInstanceOf(Promise)
    expect(store.load(FAMILY, ['a'])).toBeInstanceOf(Map)
    let isThere = false
    const asked = Promise.resolve(loading).then((found) => {
      isThere = true
      return [...found.keys()]
    })
    await turns()
    expect(isThere).toBe(false)
    expect(await store.find(FAMILY, 'id of b')).toBeUndefined()
    await next()
    expect([await creating, await asked]).toEqual([[], ['a', 'b']])
  })

  test('is what the next change is decided on, however many there are', async () => {
    const next = heldSyncs()
    const [first, second, third] = [version('a'), version('a', 2), version('a', 3)]
    const creating = create(first)
    await turns()
    const changing = change(first, second)
    await next()
    expect(await creating).toEqual([])
    // The second version is not there yet, and yet the first one is no more.
    const [late, taken, again] = [change(first, third), create(version('b', 1, 'id of a')), create(first)]
    await next()
    expect([await changing, await late, await taken, await again]).toEqual([[], ['a'], ['b'], ['a']])
    const last = [change(second, third), create(version('c')), create(version('d', 1, 'id of c'))]
    await next()
    expect(await Promise.all(last)).toEqual([[], [], ['d']])
    expect([await loaded('a'), await older('a')]).toEqual(['a 3', ['a 2', 'a 1']])
  })

  test('and is lost is as if it had never been: name and id are free, and whoever waited finds what is there', async () => {
    await create(version('a'))
    vi.spyOn(fs, 'writeSync').mockImplementationOnce(() => {
      throw failure('ENOSPC')
    })
    const creating = store.commit(FAMILY, [
      { before: null, after: version('b') },
      { before: version('a'), after: version('a', 2) },
    ])
    const asked = store.load(FAMILY, ['a', 'b'])
    await expect(creating).rejects.toMatchObject({ applied: false })
    expect(await create(version('b'))).toEqual([])
    expect(await change(version('a'), version('a', 2))).toEqual([])
    expect([...(await asked).values()].map(({ service }) => service.description)).toEqual(['a 1'])
    vi.spyOn(fs, 'writeSync').mockImplementationOnce(() => {
      throw failure('ENOSPC')
    })
    await expect(create(version('c'))).rejects.toMatchObject({ applied: false })
    expect(await create(version('d', 1, 'id of c'))).toEqual([])
  })
})

describe('D8 a compaction', () => {
  /** Reads everything from the file, as it is now and after it was opened again. */
  async function isWhole(expected: Record<string, [string, ...string[]]>) {
    for (const again of [false, true]) {
      if (again) {
        await store.close()
        expect((await store.open()).cut).toEqual([])
      }
      for (const [name, [now, ...before]] of Object.entries(expected))
        expect([name, await loaded(name), await older(name)]).toEqual([name, now, before])
      expect((await stateOf(store)).current).toHaveLength(Object.keys(expected).length)
    }
  }

  test('goes on beside commits, at whatever moment they come: each is read where it stands then', async () => {
    const [a, a2, a3, a4] = [version('a'), version('a', 2), version('a', 3), version('a', 4)]
    await create(a)
    await create(version('gone'))
    await change(version('gone'), null)
    await change(a, a2)
    const commits: Promise<unknown>[] = []
    const isCopy = (fd: number) => fs.readlinkSync(`/proc/self/fd/${fd}`).endsWith('.compact')
    // Under way when it begins, while it copies, and while the copy is synced.
    vi.spyOn(fs, 'fdatasync').mockImplementation((fd, done) => {
      if (isCopy(fd)) commits.push(change(a3, a4), create(version('d')))
      fdatasync(fd, done)
    })
    vi.spyOn(fs, 'write').mockImplementation(((fd: number, ...given: unknown[]) => {
      const commit = create(version('c'))
      commits.push(commit)
      commit.then(() => (write as (...all: unknown[]) => void)(fd, ...given))
    }) as never)
    const before = fs.statSync(file()).size
    const first = create(version('b'))
    const compacting = store.compact()
    await turns()
    commits.push(first, change(a2, a3))
    const sizes = await compacting
    expect(await Promise.all(commits)).toEqual([[], [], [], [], []])
    vi.restoreAllMocks()
    expect(sizes.before).toBeGreaterThan(before)
    await isWhole({ a: ['a 4', 'a 3', 'a 2', 'a 1'], b: ['b 1'], c: ['c 1'], d: ['d 1'] })
    expect(text()).not.toContain('"gone"')
    await store.compact()
    await isWhole({ a: ['a 4', 'a 3', 'a 2', 'a 1'], b: ['b 1'], c: ['c 1'], d: ['d 1'] })
  })

  test('of more than a block keeps every line where it is looked for, and tells the sizes before and after', async () => {
    const long = 'x'.repeat(300_000)
    const expected: Record<string, [string]> = {}
    for (let at = 0; at < 9; at++) {
      await create(version(`s${at}`, 1, `id of s${at}`, `${long}${at}`))
      expected[`s${at}`] = [`${long}${at}`]
    }
    await change(version('s0', 1, 'id of s0', `${long}0`), null)
    delete expected.s0
    const before = fs.statSync(file()).size
    expect(await store.compact()).toEqual({ before, after: fs.statSync(file()).size })
    expect(fs.statSync(file()).size).toBeLessThan(before - long.length)
    await isWhole(expected)
  })

  test('ends with a mark, and closing adds no second one', async () => {
    await create(version('a'))
    await store.compact()
    const compacted = text()
    expect(compacted.split(MARK)).toHaveLength(2)
    await store.close()
    expect(text()).toBe(compacted)
    await store.open()
    await create(version('b'))
    await store.close()
    expect(text().split(MARK)).toHaveLength(3)
  })

  test('whose directory cannot be synced is told, and breaks the store until it is opened again', async () => {
    await create(version('a'))
    vi.spyOn(fs, 'fsync').mockImplementation((_, done) => done(failure('EIO')))
    const why = 'was compacted, but its directory could not be synced: EIO'
    await expect(store.compact()).rejects.toThrow(why)
    const error = await create(version('b')).catch((error: Error) => error)
    expect(error).toMatchObject({ applied: false, message: expect.stringContaining(why), cause: { code: 'EIO' } })
    vi.restoreAllMocks()
    await store.close() // of each file once, or it would not end in order
    expect(text()).not.toContain(MARK) // which is not known to be on disk
    await store.open()
    await isWhole({ a: ['a 1'] })
  })

  test('that fails leaves the journal as it was, no copy, and no open file', async () => {
    await create(version('a'))
    const [before, open] = [text(), fs.readdirSync('/proc/self/fd').length]
    vi.spyOn(fs, 'write').mockImplementation(((...given: unknown[]) =>
      (given.at(-1) as (error: Error) => void)(failure('ENOSPC'))) as never)
    await expect(store.compact()).rejects.toThrow('ENOSPC')
    vi.restoreAllMocks()
    expect([text(), fs.readdirSync('/proc/self/fd').length]).toEqual([before, open])
    expect(fs.readdirSync(directory).filter((name) => name.includes('compact'))).toEqual([])
    await isWhole({ a: ['a 1'] })
  })
})
