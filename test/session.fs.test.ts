import fs from 'node:fs'
import path from 'node:path'
import type { Stored } from 'servicebook'
import { createService } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { FAMILY, openTestBook, storedIn, temporaryDirectory } from './catalogue.js'

/* From the opening of a directory to its closing, and what comes between in no good order. */

const failure = (code: string) => Object.assign(new Error(`${code}: the test says so`), { code })
const row = (name: string): Request => ({ name, serviceType: 'Sklearn' }) as Request
const { mkdirSync, read } = fs

let directory: string
beforeEach(() => {
  directory = temporaryDirectory()
})
afterEach(() => {
  vi.restoreAllMocks()
})

const files = () => fs.readdirSync(directory).sort()
const fileOf = (family = FAMILY) => path.join(directory, `${family}.jsonl`)
/** What a call that may throw or reject says. */
const told = async (call: () => unknown) => {
  try {
    return await call()
  } catch (error) {
    return error
  }
}
const closed = () => ({ message: `The store in ${directory} is closed`, applied: false })

/** A directory with one service, closed in order. */
async function written() {
  const store = fsStore(directory)
  ;(await createService(openTestBook({ store }), row('a')))._unsafeUnwrap()
  const [stored] = (await storedIn(store)) as [Stored]
  await store.close()
  return { bytes: fs.readFileSync(fileOf(), 'utf8'), stored }
}

describe('a store that is open', () => {
  test('says that it lasts, answers at once, and reads nothing that it wrote or read before', async () => {
    await written()
    const store = fsStore(directory)
    expect([store.durable, store.chunk]).toEqual([true, 250])
    await store.open()
    const reads = vi.spyOn(fs, 'readSync')
    const first = store.load(FAMILY, ['a'])
    expect(first).toBeInstanceOf(Map)
    expect(reads).toHaveBeenCalledOnce()
    expect(store.load(FAMILY, ['a'])).toEqual(first)
    expect(reads).toHaveBeenCalledOnce()
    await store.close()
    const forgetful = fsStore(directory, { memory: 0 })
    ;(await createService(openTestBook({ store: forgetful }), row('b')))._unsafeUnwrap()
    reads.mockClear()
    for (const name of ['a', 'b', 'a']) await forgetful.load(FAMILY, [name])
    expect(reads).toHaveBeenCalledTimes(3)
    await forgetful.close()
  })

  test('takes no family whose name is none, and makes no file for it', async () => {
    const store = fsStore(directory)
    await store.open()
    const before = files()
    for (const family of ['', '../x', 'a.b', '1a', 'a b']) {
      const error = await told(() => store.load(family, ['a']))
      expect(error, family).toMatchObject({ applied: false })
      expect(String(error)).toContain('A family is named by letters and digits')
    }
    expect(files()).toEqual(before)
    await store.close()
  })

  test('opens a family that could not be opened when it is asked again, and says which and why until then', async () => {
    const store = fsStore(directory)
    await store.open()
    fs.writeFileSync(fileOf(), 'hello\n')
    for (let tries = 0; tries < 2; tries++) {
      const error = await told(() => store.load(FAMILY, ['a']))
      expect(error).toMatchObject({ applied: false, cause: { message: expect.stringContaining('is not the header') } })
      expect(String(error)).toContain(`${fileOf()} cannot be opened: ${fileOf()}:1 (byte 0) is not the header`)
    }
    fs.rmSync(fileOf())
    expect((await store.load(FAMILY, ['a'])).size).toBe(0)
    await store.close()
  })

  test('tells how large its files were and are when they are compacted, all together', async () => {
    await written()
    const store = fsStore(directory)
    for (const family of [FAMILY, 'otherService', 'thirdService']) await store.load(family, ['a'])
    const size = () => files().reduce((sum, name) => sum + fs.statSync(path.join(directory, name)).size, 0)
    const locked =
      size() - [FAMILY, 'otherService', 'thirdService'].reduce((sum, f) => sum + fs.statSync(fileOf(f)).size, 0)
    const before = size() - locked
    expect(await store.compact()).toEqual({ before, after: size() - locked })
    await store.close()
  })
})

describe('a store that is closed', () => {
  test('while a family is being opened opens it no more: nothing is made in a directory that was let go', async () => {
    const store = fsStore(directory)
    await store.open()
    const loading = told(() => store.load('otherService', ['a']))
    await store.close()
    expect(await loading).toMatchObject(closed())
    expect(files()).toEqual([])
  })

  test('while it is being opened lets the directory go, and answers nothing more until it is opened again', async () => {
    await written()
    const store = fsStore(directory)
    const opening = store.open()
    await store.close()
    expect(await opening).toEqual({ services: 1, cut: [] })
    expect(files()).toEqual([path.basename(fileOf())])
    for (const call of [() => store.load(FAMILY, ['a']), () => store.compact(), () => store.find(FAMILY, 'x')])
      expect(await told(call)).toMatchObject(closed())
    await store.close()
    expect(await store.open()).toEqual({ services: 1, cut: [] })
    expect((await store.load(FAMILY, ['a'])).size).toBe(1)
    await store.close()
  })

  test('right behind its opening is closed, and what was asked for in between too', async () => {
    await written()
    const store = fsStore(directory)
    await store.open()
    const compacting = told(() => store.compact())
    const closing = store.close()
    expect(await compacting).toMatchObject(closed())
    await closing
    expect(files()).toEqual([path.basename(fileOf())])
  })

  test('after an opening that failed, and opened once more, still lets the directory go', async () => {
    vi.spyOn(fs, 'mkdirSync').mockImplementationOnce(() => {
      throw failure('EIO')
    })
    const store = fsStore(directory)
    const first = told(() => store.open())
    const closing = store.close()
    const again = store.open()
    expect(await first).toMatchObject({ applied: false, cause: { code: 'EIO' } })
    await closing
    expect(await again).toEqual({ services: 0, cut: [] })
    await store.close()
    expect(files()).toEqual([])
  })
})

test('an opening that fails lets go of every file, also of those that fail later, and of the directory', async () => {
  const { bytes } = await written()
  fs.writeFileSync(fileOf('aService'), 'hello\n')
  fs.writeFileSync(fileOf('bService'), 'hello\n')
  const late = fs.statSync(fileOf('bService')).ino
  // The second one is read when the first has failed long ago.
  vi.spyOn(fs, 'read').mockImplementation(((fd: number, ...given: [never]) => {
    let turns = fs.fstatSync(fd).ino === late ? 50 : 0
    const wait = () => (turns-- > 0 ? setImmediate(wait) : read(fd, ...given))
    wait()
  }) as never)
  const store = fsStore(directory)
  const before = fs.readdirSync('/proc/self/fd').length
  const error = await told(() => store.open())
  expect(error).toMatchObject({ applied: false, cause: { message: expect.stringContaining('aService.jsonl:1') } })
  expect(fs.readdirSync('/proc/self/fd').length).toBe(before)
  expect(files()).toEqual(['aService.jsonl', 'bService.jsonl', `${FAMILY}.jsonl`])
  expect(fs.readFileSync(fileOf(), 'utf8')).toBe(bytes)
  fs.rmSync(fileOf('aService'))
  fs.rmSync(fileOf('bService'))
  expect(await store.open()).toEqual({ services: 1, cut: [] })
  await store.close()
})

describe('D11 a store that only reads', () => {
  test('changes nothing in the directory, refuses every write, and sees no family that comes later', async () => {
    const { bytes, stored } = await written()
    const made = vi.spyOn(fs, 'mkdirSync').mockImplementation(mkdirSync)
    const reader = fsStore(directory, { readOnly: true })
    expect(await reader.open()).toEqual({ services: 1, cut: [] })
    expect((await reader.load(FAMILY, ['a'])).get('a')?.service.id).toBe(stored.service.id)
    expect([made.mock.calls.length, files()]).toEqual([0, [`${FAMILY}.jsonl`]])
    const refused = { message: `The store in ${directory} is open for reading only`, applied: false }
    expect(await told(() => reader.commit(FAMILY, [{ before: stored, after: null }]))).toMatchObject(refused)
    expect(await told(() => reader.compact())).toMatchObject(refused)
    const writer = fsStore(directory)
    const [later] = (await (async () => {
      ;(await createService(openTestBook({ store: writer }), row('b')))._unsafeUnwrap()
      return storedIn(writer)
    })()) as [Stored]
    expect(await writer.commit('otherService', [{ before: null, after: later }])).toEqual([])
    expect((await reader.load('otherService', [later.service.fullyQualifiedName])).size).toBe(0)
    expect((await reader.load(FAMILY, ['b'])).size).toBe(0)
    await writer.close()
    await reader.close()
    expect(fs.readFileSync(fileOf(), 'utf8').startsWith(bytes)).toBe(true)
  })

  test('makes no directory: that there is none is an error', async () => {
    const missing = path.join(directory, 'missing')
    const error = await told(() => fsStore(missing, { readOnly: true }).open())
    expect(error).toMatchObject({ applied: false, cause: { code: 'ENOENT' } })
    expect(files()).toEqual([])
    expect(await fsStore(directory, { readOnly: true }).open()).toEqual({ services: 0, cut: [] })
  })
})
