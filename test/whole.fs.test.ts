import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { addDrop, addHeader, addMark, addPut, type Lines, noLines } from '../adapters/fs/line.js'
import type { Lock } from '../adapters/fs/lock.js'
import { readJournal } from '../adapters/fs/open.js'
import { openedFile } from '../adapters/fs/opened.js'
import { noLock } from '../adapters/fs/reader.js'
import { temporaryDirectory } from './catalogue.js'

/* D1, D2, D13: a journal is read into its index in blocks, and what is opened is on disk as it is. */

const failure = (code: string) => Object.assign(new Error(`${code}: the test says so`), { code })

let directory: string
let file: string
beforeEach(() => {
  directory = temporaryDirectory()
  file = path.join(directory, 'f.jsonl')
})
afterEach(() => {
  vi.restoreAllMocks()
})

const bytesOf = (...adds: readonly ((lines: Lines) => unknown)[]) => {
  const lines = noLines()
  for (const add of adds) add(lines)
  return Buffer.from(lines.bytes.subarray(0, lines.length))
}
const header = (to: Lines) => addHeader(to, 'f')
const put =
  (name: string, { length = 1, synced = true, nth = 1 } = {}) =>
  (to: Lines) => {
    const front = { id: `id ${name}`, name, fullyQualifiedName: name, version: nth / 10, deleted: false }
    const service = { ...front, description: 'x'.repeat(length) }
    addPut(to, { service, sealed: null, beside: null, revision: nth } as never, synced)
  }

async function reading(content: Buffer, end?: number) {
  fs.writeFileSync(file, content)
  const fd = fs.openSync(file, 'r')
  try {
    return await readJournal(fd, file, 'f', end)
  } finally {
    fs.closeSync(fd)
  }
}
const read = async (...given: Parameters<typeof reading>) => {
  const { index, ...rest } = await reading(...given)
  const at = [...index].map(([name, { offset, length }]) => [
    name,
    JSON.parse(String(given[0].subarray(offset, offset + length))).service.name,
  ])
  expect(at.every(([name, there]) => name === there)).toBe(true)
  return { names: at.map(([name]) => name), ...rest }
}

describe('D1 a journal is read', () => {
  const MB = 1 << 20

  test('whole, however many blocks it has and wherever a line ends in one', async () => {
    const names = Array.from({ length: 11 }, (_, at) => `s${at}`)
    const content = bytesOf(header, ...names.map((name) => put(name, { length: MB })))
    expect(await read(content)).toEqual({ names, size: content.length, cut: undefined, marked: false })
  })

  test('with lines that are longer than a block, or than two', async () => {
    const adds = [header, put('a'), put('b', { length: 5 * MB }), put('c'), put('d', { length: 9 * MB }), put('e')]
    const content = bytesOf(...adds)
    expect(await read(content)).toMatchObject({
      names: ['a', 'b', 'c', 'd', 'e'],
      size: content.length,
      cut: undefined,
    })
  })

  test('up to where it ended when somebody asked', async () => {
    const [first, whole] = [bytesOf(header, put('a')), bytesOf(header, put('a'), put('b'))]
    expect(await read(whole, first.length)).toMatchObject({ names: ['a'], size: first.length, cut: undefined })
    const cut = { file, line: 3, byte: first.length, bytes: 7 }
    expect(await read(whole, first.length + 7)).toMatchObject({ names: ['a'], size: first.length, cut })
  })

  test('to the last line that counts: a drop takes away, a lower version takes the higher ones with it', async () => {
    const versions = [put('a'), put('a', { nth: 2 }), put('a', { nth: 3 }), put('a', { nth: 2 })]
    const { index, marked } = await reading(
      bytesOf(header, put('gone'), ...versions, (to) => addDrop(to, 'gone', true), addMark),
    )
    expect([[...index.keys()], marked]).toEqual([['a'], true])
    const chain: number[] = []
    for (let node = index.get('a') ?? null; node !== null; node = node.older) chain.push(node.tenths)
    expect(chain).toEqual([2, 1])
  })

  test('and a line with anything behind its checksum is no line with CRLF', async () => {
    const [before, after] = [bytesOf(header), bytesOf(put('b'))]
    const bad = bytesOf(put('a', { synced: false })).subarray(0, -1)
    const joined = (...parts: readonly (Buffer | string)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)))
    const at = `${file}:2 (byte ${before.length}) is damaged`
    await expect(reading(joined(before, bad, 'x\n', after))).rejects.toThrow(`${at}, and lines that were written after`)
    await expect(reading(joined(before, bad, '\r\n', after))).rejects.toThrow(`${at}: its line break is CRLF`)
    await expect(reading(joined(before, bad, '\r\n'))).rejects.toThrow(`${at}: its line break is CRLF`)
    expect(await read(joined(before, bad, 'x\n'))).toMatchObject({ names: [], cut: { line: 2, bytes: bad.length + 2 } })
    expect(await read(joined(before, '\n'))).toMatchObject({ names: [], cut: { line: 2, bytes: 1 } })
  })
})

describe('D13 a journal that is opened', () => {
  const lockOf = (change: Partial<Lock> = {}): Lock => ({ ...noLock, ...change })
  const open = async (lock = lockOf()) => {
    const { fd, ...rest } = await openedFile(file, 'f', lock)
    fs.closeSync(fd)
    return rest
  }
  const besides = () => fs.readdirSync(directory).filter((name) => name !== 'f.jsonl')

  test('is made where there is none, and put in a new file where nobody closed it', async () => {
    expect(await open()).toMatchObject({ size: bytesOf(header).length, marked: false, cut: undefined })
    expect(fs.readFileSync(file)).toEqual(bytesOf(header))
    fs.chmodSync(file, 0o640)
    fs.appendFileSync(file, bytesOf(put('a')))
    const old = fs.openSync(file, 'r')
    expect((await open()).size).toBe(fs.statSync(file).size)
    expect(fs.fstatSync(old).ino).not.toBe(fs.statSync(file).ino)
    fs.closeSync(old)
    expect([fs.statSync(file).mode & 0o777, besides()]).toEqual([0o640, []])
  })

  test('in order stays the file that it is', async () => {
    fs.writeFileSync(file, bytesOf(header, put('a'), addMark))
    const old = fs.openSync(file, 'r')
    expect(await open()).toMatchObject({ marked: true, cut: undefined })
    expect(fs.fstatSync(old).ino).toBe(fs.statSync(file).ino)
    fs.closeSync(old)
  })

  test('on a guess, or after a takeover that was not finished, goes to a new file with a higher epoch', async () => {
    for (const [guessed, unfinished] of [
      [true, false],
      [false, true],
    ] as const) {
      fs.writeFileSync(file, bytesOf(header, put('a'), addMark))
      if (unfinished) {
        fs.renameSync(file, `${file}.before`)
        fs.writeFileSync(
          file,
          bytesOf((to) => addHeader(to, 'f', 1)),
        )
      }
      expect((await open(lockOf({ guessed }))).index.size).toBe(1)
      const { epoch } = JSON.parse(fs.readFileSync(file, 'utf8').split('\n')[0] as string)
      expect([epoch, besides()]).toEqual([unfinished ? 2 : 1, []])
    }
  })

  test.each<[string, () => void]>([
    ['there was none', () => {}],
    ['it was not closed', () => fs.writeFileSync(file, bytesOf(header, put('a')))],
    ['it was taken on a guess', () => fs.writeFileSync(file, bytesOf(header, put('a'), addMark))],
  ])('by somebody who lost the directory meanwhile stays as it was, where %s', async (what, prepare) => {
    prepare()
    const content = fs.existsSync(file) ? fs.readFileSync(file) : undefined
    const lost = lockOf({ guessed: what.includes('guess'), isHeld: () => false })
    await expect(open(lost)).rejects.toThrow('it was taken by another process')
    expect(fs.existsSync(file) ? fs.readFileSync(file) : undefined).toEqual(content)
    expect(besides()).toEqual([])
  })

  test.each<[string, () => void]>([
    ['there was none', () => {}],
    ['it was not closed', () => fs.writeFileSync(file, bytesOf(header, put('a')))],
  ])('and cannot be synced says why, even if its new file is gone by then: %s', async (_, prepare) => {
    prepare()
    vi.spyOn(fs, 'fdatasync').mockImplementation((_fd, done) => {
      for (const name of besides()) fs.rmSync(path.join(directory, name))
      done(failure('EIO'))
    })
    const open0 = fs.readdirSync('/proc/self/fd').length
    await expect(open()).rejects.toThrow('EIO')
    expect([besides(), fs.readdirSync('/proc/self/fd').length]).toEqual([[], open0])
  })
})
