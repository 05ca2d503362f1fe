import fs from 'node:fs'
import path from 'node:path'
import { createService } from 'servicebook'
import { type FsStore, fsStore } from 'servicebook/fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { FAMILY, openTestBook, temporaryDirectory } from './catalogue.js'

/* D13: after a failed sync nothing builds on what was not known to be on disk. */

const row = (name: string): Request => ({ name, serviceType: 'Sklearn' }) as Request
const fileIn = (directory: string) => path.join(directory, `${FAMILY}.jsonl`)
const real = { ...fs }
const failure = (code: string) => Object.assign(new Error(`${code}: the test says so`), { code })

afterEach(() => {
  vi.restoreAllMocks()
})

/** A file under the page cache: what was written, what is on disk, and what the system only shows since a sync failed. */
interface Platter {
  onDisk: Buffer
  dirty: [number, number][]
  lost: [number, number][]
}

/**
 * A disk whose syncs fail as told. A sync that fails loses what was written before it, and says so once: the system goes
 * on showing it, and the next sync succeeds without it.
 */
function disk(fails: (call: number) => boolean) {
  const platters = new Map<string, Platter>()
  let calls = 0
  let running = true

  const platterOf = ({ ino, birthtimeNs }: fs.BigIntStats): Platter => {
    const key = `${ino} ${birthtimeNs}`
    const known = platters.get(key) ?? { onDisk: Buffer.alloc(0), dirty: [], lost: [] }
    platters.set(key, known)
    return known
  }
  const open = (fd: number) => platterOf(real.fstatSync(fd, { bigint: true }))
  const without = (ranges: [number, number][], from: number, to: number): [number, number][] =>
    ranges
      .flatMap(([a, b]): [number, number][] => [
        [a, Math.min(b, from)],
        [Math.max(a, to), b],
      ])
      .filter(([a, b]) => a < b)

  const write = (fd: number, length: number) => {
    const { size } = real.fstatSync(fd)
    const platter = open(fd)
    platter.lost = without(platter.lost, size - length, size)
    platter.dirty.push([size - length, size])
  }

  vi.spyOn(fs, 'writeSync').mockImplementation(((fd: number, ...rest: [never]) => {
    const count = real.writeSync(fd, ...rest)
    write(fd, count)
    return count
  }) as never)
  vi.spyOn(fs, 'write').mockImplementation(((fd: number, ...rest: unknown[]) => {
    const done = rest.pop() as (error: Error | null, count: number) => void
    const [bytes, at, length] = rest as [Buffer, number, number]
    real.write(fd, bytes, at, length, null, (error, count) => {
      if (error === null) write(fd, count)
      done(error, count)
    })
  }) as never)
  vi.spyOn(fs, 'ftruncateSync').mockImplementation((fd, length = 0) => {
    real.ftruncateSync(fd, length as number)
    const platter = open(fd)
    platter.dirty = without(platter.dirty, length as number, Number.POSITIVE_INFINITY)
    platter.lost = without(platter.lost, length as number, Number.POSITIVE_INFINITY)
  })
  vi.spyOn(fs, 'fdatasync').mockImplementation((fd, done) => {
    const platter = open(fd)
    if (running && fails(++calls)) {
      platter.lost.push(...platter.dirty.splice(0))
      done(failure('EIO'))
      return
    }
    const shown = real.readFileSync(`/proc/self/fd/${fd}`)
    for (const [from, to] of platter.lost) {
      shown.fill(0, from, to)
      platter.onDisk.subarray(from, to).copy(shown, from)
    }
    platter.onDisk = shown
    platter.dirty = []
    done(null)
  })

  return {
    calls: () => calls,
    /** What is there when the machine starts again. */
    async afterPowerFailure<T>(directory: string, look: (store: FsStore) => Promise<T>): Promise<T> {
      running = false
      const next = temporaryDirectory()
      const found = real.statSync(fileIn(directory), { bigint: true, throwIfNoEntry: false })
      if (found !== undefined) real.writeFileSync(fileIn(next), platterOf(found).onDisk)
      const store = fsStore(next)
      try {
        return await look(store)
      } finally {
        await store.close()
        running = true
      }
    },
  }
}

/** Writes, closes, opens and compacts; when something fails, the store is closed and opened again, as it asks for. */
async function life(fails: (call: number) => boolean): Promise<number> {
  const { calls, afterPowerFailure } = disk(fails)
  const directory = temporaryDirectory()
  const store = fsStore(directory)
  const book = openTestBook({ store })
  const acknowledged: string[] = []
  const reopened = async () => {
    await store.close().catch(() => {})
    for (let tries = 0; ; tries++) {
      const failed = await store.open().then(
        () => undefined,
        (error: Error) => error,
      )
      if (failed === undefined) return
      if (tries === 3) throw failed
      expect(failed.message).toContain('EIO')
    }
  }
  const create = async (name: string) => {
    if ((await createService(book, row(name))).isOk()) acknowledged.push(name)
    else await reopened()
    const held = await afterPowerFailure(directory, (next) => Promise.resolve(next.load(FAMILY, acknowledged)))
    expect([...held.keys()].sort()).toEqual([...acknowledged].sort())
  }
  await reopened()
  for (const name of ['a', 'b']) await create(name)
  await reopened()
  await create('c')
  await store.compact().catch(reopened)
  await reopened()
  await reopened()
  for (const name of ['d', 'e']) await create(name)
  await reopened()
  expect((await store.load(FAMILY, acknowledged)).size).toBe(acknowledged.length)
  await store.close()
  expect(fs.readdirSync(directory)).toEqual([`${FAMILY}.jsonl`])
  vi.restoreAllMocks()
  return calls()
}

test('whichever sync fails, what was acknowledged outlives a power failure', async () => {
  const calls = await life(() => false)
  expect(calls).toBeGreaterThan(10)
  for (let at = 1; at <= calls; at++) await life((call) => call === at)
})

/** A store that was written to and not closed yet. */
async function opened(directory: string) {
  const store = fsStore(directory)
  const book = openTestBook({ store })
  ;(await createService(book, row('a')))._unsafeUnwrap()
  return { store, book }
}

/** Keeps the number of the file at a path from being given to another, and tells whether it still is there. */
function hold(file: string) {
  const fd = fs.openSync(file, 'r')
  return () => {
    const same = fs.fstatSync(fd).ino === fs.statSync(file).ino
    fs.closeSync(fd)
    return same
  }
}

describe('a closing mark that is not on disk does not count', () => {
  const failing = () => vi.spyOn(fs, 'fdatasync').mockImplementationOnce((_, done) => done(failure('EIO')))

  test('one whose sync fails is cut off, close says so, and the next opening puts all in a new file', async () => {
    const directory = temporaryDirectory()
    const { store } = await opened(directory)
    const unmarked = fs.readFileSync(fileIn(directory))
    failing()
    await expect(store.close()).rejects.toThrow('could not be synced when it was closed: EIO')
    expect(fs.readFileSync(fileIn(directory))).toEqual(unmarked)
    const isSame = hold(fileIn(directory))
    expect(await store.open()).toEqual({ services: 1, cut: [] })
    expect(isSame()).toBe(false)
    await store.close()
  })

  test('one that cannot be cut off either is not trusted', async () => {
    const directory = temporaryDirectory()
    const { store } = await opened(directory)
    failing()
    vi.spyOn(fs, 'ftruncateSync').mockImplementationOnce(() => {
      throw failure('EIO')
    })
    await expect(store.close()).rejects.toThrow('EIO')
    const isSame = hold(fileIn(directory))
    expect(await store.open()).toMatchObject({ services: 1, cut: [{ bytes: 1 }] })
    expect(isSame()).toBe(false)
    await store.close()
  })

  test('one for which there is no room is done without', async () => {
    const directory = temporaryDirectory()
    const { store } = await opened(directory)
    const unmarked = fs.readFileSync(fileIn(directory))
    vi.spyOn(fs, 'writeSync').mockImplementationOnce((fd) => {
      real.writeSync(fd, '{"syn')
      throw failure('ENOSPC')
    })
    await store.close()
    expect(fs.readFileSync(fileIn(directory))).toEqual(unmarked)
    expect(await store.open()).toEqual({ services: 1, cut: [] })
    await store.close()
  })

  test('one that whoever opens the file cannot sync is cut off, so that the next try does not trust it', async () => {
    const directory = temporaryDirectory()
    const { store } = await opened(directory)
    await store.close()
    const isSame = hold(fileIn(directory))
    failing()
    await expect(store.open()).rejects.toThrow('EIO')
    expect(await store.open()).toEqual({ services: 1, cut: [] })
    expect(isSame()).toBe(false)
    await store.close()
  })

  test('one before which a failed write could not be cut back for certain is taken off', async () => {
    const directory = temporaryDirectory()
    const { store, book } = await opened(directory)
    await store.close()
    await store.open()
    vi.spyOn(fs, 'writeSync').mockImplementationOnce((fd) => {
      real.writeSync(fd, '{"op":"put"')
      throw failure('ENOSPC')
    })
    failing()
    expect((await createService(book, row('b')))._unsafeUnwrapErr()).toMatchObject({ applied: 'unknown' })
    const isSame = hold(fileIn(directory))
    await store.close()
    expect(await store.open()).toEqual({ services: 1, cut: [] })
    expect(isSame()).toBe(false)
    await store.close()
  })
})

describe('a torn end', () => {
  async function torn() {
    const directory = temporaryDirectory()
    const { store } = await opened(directory)
    await store.close()
    fs.appendFileSync(fileIn(directory), '{"op":"put","revi')
    const copies = () => fs.readdirSync(directory).filter((name) => name.includes('.cut-'))
    return { directory, store, copies }
  }

  test('is kept once, however often opening fails behind it', async () => {
    for (const call of ['fdatasync', 'renameSync', 'fsync'] as const) {
      const { directory, store, copies } = await torn()
      for (let tries = 0; tries < 3; tries++) {
        const spy = vi.spyOn(fs, call as 'fsync').mockImplementation(((...[first, done]: [unknown, unknown]) => {
          // The lock is not what fails here, and the copy of the torn end is on disk.
          if (call === 'renameSync' && String(first).includes('.lock'))
            return real.renameSync(first as string, done as string)
          if (call === 'fdatasync' && /cut-/.test(fs.readlinkSync(`/proc/self/fd/${first}`)))
            return (done as (error: null) => void)(null)
          if (typeof done === 'function') return done(failure('EIO'))
          throw failure('EIO')
        }) as never)
        await expect(store.open()).rejects.toThrow('EIO')
        spy.mockRestore()
      }
      expect(copies().length, call).toBe(1)
      expect(await store.open()).toMatchObject({ services: 1 })
      expect(copies().map((name) => fs.readFileSync(path.join(directory, name), 'utf8'))).toEqual(['{"op":"put","revi'])
      await store.close()
    }
  })

  test('that cannot be kept is not cut, and leaves no half copy', async () => {
    const { directory, store, copies } = await torn()
    const bytes = fs.readFileSync(fileIn(directory))
    vi.spyOn(fs, 'writeSync').mockImplementationOnce((fd) => {
      real.writeSync(fd, '{"o')
      throw failure('ENOSPC')
    })
    await expect(store.open()).rejects.toThrow('ENOSPC')
    expect(fs.readFileSync(fileIn(directory))).toEqual(bytes)
    expect(copies()).toEqual([])
    fs.writeFileSync(`${fileIn(directory)}.cut-${bytes.length - 17}`, '{"op"') // as a crash leaves it
    expect(await store.open()).toMatchObject({ services: 1, cut: [{ bytes: 17 }] })
    expect(copies()).toHaveLength(1)
    await store.close()
  })
})
