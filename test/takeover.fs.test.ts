import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { createService, listServices } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { describe, expect, test, vi } from 'vitest'
import { addHeader, noLines } from '../adapters/fs/line.js'
import type { Request } from './arbitraries.js'
import { FAMILY, openTestBook, temporaryDirectory } from './catalogue.js'

/* D4: what has a journal's second name is the sleeper's journal or nobody's, and nothing of it is lost or comes back. */

const row = (name: string): Request => ({ name, serviceType: 'Sklearn' }) as Request
const fileIn = (directory: string) => path.join(directory, `${FAMILY}.jsonl`)
const secondIn = (directory: string) => `${fileIn(directory)}.before`

/** Writes services into a directory and closes it in order. */
async function written(directory: string, ...names: readonly string[]) {
  const store = fsStore(directory)
  const book = openTestBook({ store })
  for (const name of names) (await createService(book, row(name)))._unsafeUnwrap()
  await store.close()
}

/** The lock of somebody who ended with a guess that he did not carry out. */
function guess(directory: string) {
  const holder = { host: 'elsewhere', pid: 1, guessed: true, over: true }
  fs.writeFileSync(path.join(directory, `${randomUUID()}.lock`), JSON.stringify(holder))
}

async function namesIn(directory: string, readOnly = false) {
  const store = fsStore(directory, { readOnly })
  try {
    const { services } = (await listServices(openTestBook({ store })))._unsafeUnwrap()
    return services.map(({ name }) => name)
  } finally {
    await store.close()
  }
}

/** A takeover that ended right behind its rename: what the sleeper wrote last stands only in what has the second name. */
async function unfinished(directory: string) {
  await written(directory, 'a', 'b')
  fs.renameSync(fileIn(directory), secondIn(directory))
  const header = noLines()
  addHeader(header, FAMILY, 1)
  const [, first] = fs.readFileSync(secondIn(directory), 'utf8').split('\n')
  fs.writeFileSync(fileIn(directory), `${header.bytes.toString('utf8', 0, header.length)}${first}\n`)
}

describe('D4 the second name', () => {
  test('a journal put back from a copy is not overwritten by what was written after the copy was made', async () => {
    const directory = temporaryDirectory()
    await written(directory, 'a')
    const copy = fs.readFileSync(fileIn(directory))
    await written(directory, 'b')
    fs.renameSync(fileIn(directory), secondIn(directory))
    fs.writeFileSync(fileIn(directory), copy)
    guess(directory)
    expect(await namesIn(directory)).toEqual(['a'])
  })

  test('a takeover that was not finished is finished by whoever comes next, whatever became of the locks', async () => {
    const directory = temporaryDirectory()
    await unfinished(directory)
    expect(await namesIn(directory)).toEqual(['a', 'b'])
    expect(fs.readdirSync(directory)).toEqual([`${FAMILY}.jsonl`])
    expect(await namesIn(directory)).toEqual(['a', 'b'])
  })

  test('whoever only reads sees all of it before it is finished, and finishes nothing', async () => {
    const directory = temporaryDirectory()
    await unfinished(directory)
    const files = fs.readdirSync(directory)
    expect(await namesIn(directory, true)).toEqual(['a', 'b'])
    expect(fs.readdirSync(directory)).toEqual(files)
  })

  test("a file of somebody's own that has the name keeps its bytes", async () => {
    const directory = temporaryDirectory()
    await written(directory, 'a')
    const own = 'not of this library\n'
    fs.writeFileSync(secondIn(directory), own)
    guess(directory)
    expect(await namesIn(directory)).toEqual(['a'])
    const [, kept, ...more] = fs.readdirSync(directory).sort()
    expect(more).toEqual([])
    expect(fs.readFileSync(path.join(directory, kept as string), 'utf8')).toBe(own)
  })

  test.each(['EPERM', 'EACCES', 'EISDIR'])(
    'a file system that has none, and says %s, keeps nobody out',
    async (code) => {
      const directory = temporaryDirectory()
      await written(directory, 'a')
      guess(directory)
      const spy = vi.spyOn(fs, 'linkSync').mockImplementation(() => {
        throw Object.assign(new Error(code), { code })
      })
      expect(await namesIn(directory)).toEqual(['a'])
      expect(spy).toHaveBeenCalledOnce()
      spy.mockRestore()
    },
  )
})
