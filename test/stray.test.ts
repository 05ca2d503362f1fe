import fs from 'node:fs'
import path from 'node:path'
import { createService, getService, upsertService } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { describe, expect, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { FAMILY, openTestBook, stateOf, temporaryDirectory } from './catalogue.js'

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const fileIn = (directory: string) => path.join(directory, `${FAMILY}.jsonl`)

async function opened(directory: string, ...names: string[]) {
  const store = fsStore(directory)
  const book = openTestBook({ store })
  for (const name of names) (await createService(book, row(name)))._unsafeUnwrap()
  return { store, book }
}

test('D3 a relative path is meant from where the process was when the store was made', async () => {
  const [here, there] = [temporaryDirectory(), temporaryDirectory()]
  const home = process.cwd()
  try {
    const other = await opened(path.join(there, 'services'), 'theirs')
    await other.store.close()
    const theirs = fs.readFileSync(fileIn(path.join(there, 'services')))
    process.chdir(here)
    const early = fsStore('./services')
    const { store, book } = await opened('./services', 'ours')
    process.chdir(there)
    await store.compact()
    await createService(book, row('later'))
    await store.close()
    expect(await early.open()).toMatchObject({ services: 2 })
    await early.close()
    expect(fs.readFileSync(fileIn(path.join(there, 'services')))).toEqual(theirs)
    expect(fs.readdirSync(path.join(there, 'services'))).toEqual([`${FAMILY}.jsonl`])
    expect(fs.readdirSync(path.join(here, 'services'))).toEqual([`${FAMILY}.jsonl`])
  } finally {
    process.chdir(home)
  }
})

describe('D6 nothing is acknowledged on a file that is no longer the journal', () => {
  /** What may happen to a file under a running store. */
  const strays: Record<string, (file: string) => void> = {
    'is removed': (file) => fs.rmSync(file),
    'is moved away': (file) => fs.renameSync(file, `${file}.old`),
    'is replaced by a copy of itself': (file) => {
      fs.copyFileSync(file, `${file}.copy`)
      fs.renameSync(`${file}.copy`, file)
    },
    'is cut to nothing': (file) => fs.truncateSync(file, 0),
    'is cut by a line': (file) => fs.truncateSync(file, fs.statSync(file).size - 10),
    'is written to by something else': (file) => fs.appendFileSync(file, 'x\n'),
    'goes with its directory': (file) => fs.renameSync(path.dirname(file), `${path.dirname(file)}.old`),
    'gets another first line of the same length': (file) => {
      const fd = fs.openSync(file, 'r+')
      fs.writeSync(fd, 'X', 30)
      fs.closeSync(fd)
    },
  }

  test.each(Object.entries(strays))('a file that %s', async (_, happens) => {
    const directory = path.join(temporaryDirectory(), 'services')
    const { store, book } = await opened(directory, 'before')
    happens(fileIn(directory))
    const first = (await upsertService(book, row('a')))._unsafeUnwrapErr()
    expect(first).toMatchObject({ code: 'STORE_FAILED', during: 'commit', applied: 'unknown' })
    expect(first.message).toContain(fileIn(directory))
    expect(first.message).toContain('open it again')
    for (const next of [await upsertService(book, row('b')), await getService(book, 'before')])
      expect(next._unsafeUnwrapErr()).toMatchObject({
        code: 'STORE_FAILED',
        applied: false,
        message: expect.stringContaining('open it again'),
      })
    await expect(store.compact()).rejects.toThrow('open it again')
    await store.close()
  })

  test.each(Object.entries(strays))('a compaction puts nothing in the place of a file that %s', async (_, happens) => {
    const directory = path.join(temporaryDirectory(), 'services')
    const { store } = await opened(directory, 'before')
    happens(fileIn(directory))
    const all = () => (fs.existsSync(fileIn(directory)) ? fs.readFileSync(fileIn(directory)) : undefined)
    const left = all()
    await expect(store.compact()).rejects.toThrow('open it again')
    await store.close()
    expect(all()).toEqual(left)
  })

  describe('a file that cannot be opened to be looked at', () => {
    const cannotOpen = (code: string) =>
      vi.spyOn(fs, 'openSync').mockImplementation(() => {
        throw Object.assign(new Error(`${code}: the test says so`), { code })
      })

    test.each(['EMFILE', 'ENFILE', 'EACCES', 'EPERM'])(
      'for want of files or rights (%s): by its state',
      async (code) => {
        const directory = temporaryDirectory()
        const { store, book } = await opened(directory, 'before')
        const spy = cannotOpen(code)
        const first = await upsertService(book, row('a'))
        fs.copyFileSync(fileIn(directory), `${fileIn(directory)}.copy`)
        fs.renameSync(`${fileIn(directory)}.copy`, fileIn(directory))
        const second = await upsertService(book, row('b'))
        spy.mockRestore()
        expect(first.isOk()).toBe(true)
        expect(second._unsafeUnwrapErr().message).toContain('is another file')
        await store.close()
      },
    )

    test.each(['ESTALE', 'EIO', 'ELOOP', 'ENOTDIR'])(
      'for another reason (%s): nothing is acknowledged',
      async (code) => {
        const { store, book } = await opened(temporaryDirectory(), 'before')
        const spy = cannotOpen(code)
        const answer = await upsertService(book, row('a'))
        spy.mockRestore()
        expect(answer._unsafeUnwrapErr()).toMatchObject({
          applied: 'unknown',
          message: expect.stringMatching(`cannot be looked at: ${code}`),
        })
        await store.close()
        expect(await store.open()).toMatchObject({ services: 2 })
        await store.close()
      },
    )
  })

  test('closing puts no mark behind what something else wrote, so that it is cut off and not taken for damage', async () => {
    const directory = temporaryDirectory()
    const { store } = await opened(directory, 'before')
    fs.appendFileSync(fileIn(directory), 'half a li')
    await store.close()
    const again = fsStore(directory)
    expect(await again.open()).toMatchObject({ services: 1, cut: [{ bytes: 9 }] })
    await again.close()
  })

  test('one look an append, however many share it', async () => {
    const { store, book } = await opened(temporaryDirectory(), 'before')
    const looks = vi.spyOn(fs, 'openSync')
    const syncs = vi.spyOn(fs, 'fdatasync')
    await Promise.all(Array.from({ length: 100 }, (_, at) => upsertService(book, row(`s${at}`))))
    const counts = [looks.mock.calls.length, syncs.mock.calls.length]
    vi.restoreAllMocks()
    expect(counts[0]).toBe(counts[1])
    await store.close()
  })
})

describe('D7 a step that took effect but answered an error', () => {
  const { renameSync, statSync } = fs
  const fails = () => {
    throw Object.assign(new Error('ENOENT: no such file or directory, rename'), { code: 'ENOENT' })
  }

  async function compactedWith(step: (from: fs.PathLike, to: fs.PathLike) => void) {
    const directory = temporaryDirectory()
    const { store, book } = await opened(directory, 'a', 'b')
    const spy = vi.spyOn(fs, 'renameSync').mockImplementationOnce((from, to) => step(from, to))
    const compacted = await store.compact().then(
      () => 'compacted',
      (error: Error) => error.message,
    )
    spy.mockRestore()
    return { directory, store, book, compacted }
  }

  test('a rename that happened is one: what is written from then on is there at the next start', async () => {
    const { directory, store, book, compacted } = await compactedWith((from, to) => {
      renameSync(from, to)
      fails()
    })
    expect(compacted).toBe('compacted')
    expect((await createService(book, row('after'))).isOk()).toBe(true)
    const state = await stateOf(store)
    await store.close()
    const again = fsStore(directory)
    expect(await again.open()).toEqual({ services: 3, cut: [] })
    expect(await stateOf(again)).toEqual(state)
    await again.close()
  })

  test('a rename that did not happen changes nothing', async () => {
    const { directory, store, book, compacted } = await compactedWith(fails)
    expect(compacted).toContain('ENOENT')
    expect((await createService(book, row('after'))).isOk()).toBe(true)
    await store.close()
    expect(fs.readdirSync(directory)).toEqual([`${FAMILY}.jsonl`])
    const again = fsStore(directory)
    expect(await again.open()).toEqual({ services: 3, cut: [] })
    await again.close()
  })

  test.each([true, false])('where it cannot be known nothing more is answered (it happened: %s)', async (happened) => {
    const spy = vi.spyOn(fs, 'statSync')
    const { directory, store, book, compacted } = await compactedWith((from, to) => {
      if (happened) renameSync(from, to)
      spy.mockImplementation(() => {
        throw new Error('EIO: i/o error, stat')
      })
      fails()
    })
    spy.mockImplementation(statSync as never)
    expect(compacted).toContain('open it again')
    expect((await createService(book, row('after')))._unsafeUnwrapErr()).toMatchObject({ applied: false })
    vi.restoreAllMocks()
    await store.close()
    const again = fsStore(directory)
    expect(await again.open()).toEqual({ services: 2, cut: [] })
    await again.close()
    expect(fs.readdirSync(directory)).toEqual([`${FAMILY}.jsonl`])
  })
})
