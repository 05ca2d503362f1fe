import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { createService, getService, listServices, patchService } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { laws, type Open } from 'servicebook/testing'
import { describe, expect, test } from 'vitest'
import type { Request } from './arbitraries.js'
import { FAMILY, openTestBook, stateOf, temporaryDirectory } from './catalogue.js'

const row = (name: string): Request => ({ name, serviceType: 'Sklearn' }) as Request
const fileIn = (directory: string) => path.join(directory, `${FAMILY}.jsonl`)

async function written(directory: string) {
  const store = fsStore(directory)
  const book = openTestBook({ store })
  for (const name of ['a', 'b']) (await createService(book, row(name)))._unsafeUnwrap()
  const described = [{ op: 'add' as const, path: '/description', value: 'x' }]
  ;(await patchService(book, 'a', described, { by: { name: 'ada' } }))._unsafeUnwrap()
  return { store, book }
}

/** Every file with its bytes and its time, to see that nothing was written. */
const all = (directory: string) =>
  fs.readdirSync(directory).map((name) => {
    const file = path.join(directory, name)
    return [name, fs.statSync(file).mtimeMs, fs.readFileSync(file, 'latin1')]
  })

describe('D11 readOnly', () => {
  test('beside the process that writes: one moment, whatever it writes and compacts; opened again, the next', async () => {
    const directory = temporaryDirectory()
    const { store, book } = await written(directory)
    const before = await stateOf(store)
    const held = all(directory)
    const reader = fsStore(directory, { readOnly: true, memory: 0 })
    const reading = openTestBook({ store: reader })
    expect(await reader.open()).toEqual({ services: 2, cut: [] })
    expect(await stateOf(reader)).toEqual(before)
    expect(all(directory)).toEqual(held)
    const [a] = [...(await store.load(FAMILY, ['a'])).values()]
    if (a === undefined) throw new Error('a is gone')
    expect(await store.commit(FAMILY, [{ before: a, after: null }])).toEqual([])
    await createService(book, row('c'))
    await store.compact()
    await store.load('otherService', ['a'])
    await store.close()
    expect(await stateOf(reader)).toEqual(before)
    expect((await reader.load('otherService', ['a'])).size).toBe(0)
    expect((await getService(reading, 'a'))._unsafeUnwrap().name).toBe('a')
    expect((await listServices(reading))._unsafeUnwrap().services).toHaveLength(2)
    await reader.close()
    expect((await getService(reading, 'a'))._unsafeUnwrapErr().message).toContain('is closed')
    expect(await reader.open()).toEqual({ services: 2, cut: [] })
    expect((await stateOf(reader)).current.map(({ name }) => name)).toEqual(['b', 'c'])
    await reader.close()
  })

  test('every write is refused with nothing applied, a compaction too', async () => {
    const directory = temporaryDirectory()
    await (await written(directory)).store.close()
    const held = all(directory)
    const reader = fsStore(directory, { readOnly: true })
    const book = openTestBook({ store: reader })
    const refused = {
      code: 'STORE_FAILED',
      applied: false,
      message: expect.stringContaining('is open for reading only'),
    }
    expect((await createService(book, row('c')))._unsafeUnwrapErr()).toMatchObject(refused)
    const patch = [{ op: 'add' as const, path: '/description', value: 'y' }]
    expect((await patchService(book, 'a', patch))._unsafeUnwrapErr()).toMatchObject(refused)
    await expect(reader.compact()).rejects.toMatchObject({ applied: false })
    await reader.close()
    expect(all(directory)).toEqual(held)
  })

  test('a torn end is passed over and stays; damage is refused; an empty file holds nothing; no directory is an error', async () => {
    const directory = temporaryDirectory()
    await (await written(directory)).store.close()
    fs.appendFileSync(fileIn(directory), '{"op":"put","rev')
    fs.writeFileSync(path.join(directory, 'emptyService.jsonl'), '')
    const held = all(directory)
    const reader = fsStore(directory, { readOnly: true })
    expect(await reader.open()).toEqual({ services: 2, cut: [] })
    expect((await reader.load('emptyService', ['a'])).size).toBe(0)
    await reader.close()
    expect(all(directory)).toEqual(held)
    const bytes = fs.readFileSync(fileIn(directory))
    bytes[200] = (bytes[200] as number) ^ 1
    fs.writeFileSync(fileIn(directory), bytes)
    await expect(reader.open()).rejects.toThrow(`${fileIn(directory)}:2`)
    const nowhere = path.join(directory, 'nowhere')
    await expect(fsStore(nowhere, { readOnly: true }).open()).rejects.toThrow(`${nowhere} cannot be opened: ENOENT`)
    expect(fs.existsSync(nowhere)).toBe(false)
  })

  test('where nothing may be written', async () => {
    const directory = temporaryDirectory()
    await (await written(directory)).store.close()
    fs.chmodSync(fileIn(directory), 0o444)
    fs.chmodSync(directory, 0o555)
    const program = `
      import { getService, mlmodelServices, openBook } from 'servicebook'
      import { fsStore } from 'servicebook/fs'
      if (process.getuid() === 0) process.seteuid(65534)
      const get = (options) => getService(openBook({ family: mlmodelServices, store: fsStore(${JSON.stringify(directory)}, options) }), 'a')
      console.log((await get()).isOk(), (await get({ readOnly: true })).isOk())`
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
    fs.chmodSync(directory, 0o755)
    expect(run.stdout + run.stderr).toBe('false true\n')
  })
})

test.each([
  [() => fsStore('x', { readonly: true } as never), 'readonly is no option of fsStore: it takes memory, readOnly'],
  [() => fsStore('x', { memory: '1' } as never), 'memory must be'],
  [() => fsStore('x', { memory: Number.NaN }), 'memory must be'],
  [() => fsStore('x', { readOnly: 'no' } as never), 'readOnly must be'],
  [() => fsStore('x', null as never), 'options of fsStore must be an object'],
  [() => fsStore(undefined as never), 'the directory must be a path'],
  [() => fsStore(''), 'the directory must be a path'],
])('V8 a mistake in the options is said at once and by name: %s', (make, message) => {
  expect(make).toThrow(TypeError)
  expect(make).toThrow(message)
})

describe('D11 what is read passes the law book', () => {
  const open: Open = () => {
    const directory = temporaryDirectory()
    fs.writeFileSync(path.join(directory, 'a-file'), '')
    const writer = fsStore(directory)
    /** Each read by a reader of its own, while the writer has the directory. */
    const read = async <T>(answer: (reader: ReturnType<typeof fsStore>) => T | Promise<T>): Promise<T> => {
      const reader = fsStore(directory, { readOnly: true })
      try {
        return await answer(reader)
      } finally {
        await reader.close()
      }
    }
    const store = {
      ...writer,
      load: (...query: Parameters<typeof writer.load>) => read((reader) => reader.load(...query)),
      find: (...query: Parameters<typeof writer.find>) => read((reader) => reader.find(...query)),
      list: (...query: Parameters<typeof writer.list>) => read((reader) => reader.list(...query)),
      versions: (...query: Parameters<typeof writer.versions>) => read((reader) => reader.versions(...query)),
    }
    return {
      store,
      again: () => store,
      fails: () => fsStore(path.join(directory, 'a-file', 'below'), { readOnly: true }),
      close: () => writer.close(),
    }
  }
  // A handle is a reader at each question, so that two of them are no other case than one, and ten thousand names are ten
  // thousand of a reader that has read the same file.
  for (const { number, name, run } of laws) {
    if (number !== 20 && !name.includes('ten thousand')) test(`law ${number}: ${name}`, () => run(open))
  }
})
