import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { removeBeside } from '../adapters/fs/beside.js'
import { copyBytes, copyFrom } from '../adapters/fs/copy.js'
import { keptBeside } from '../adapters/fs/kept.js'
import { temporaryDirectory } from './catalogue.js'

/* D1: what is cut off a journal is kept in a file of its own first, and no file of anybody's is lost for it. */

const failure = (code: string) => Object.assign(new Error(`${code}: the test says so`), { code })
const MANY = (1 << 20) + 1000

let directory: string
let file: string
beforeEach(() => {
  directory = temporaryDirectory()
  file = path.join(directory, 'a.jsonl')
})
afterEach(() => {
  vi.restoreAllMocks()
})

const read = (name: string) => fs.readFileSync(path.join(directory, name), 'latin1')
const filesOf = (dir = directory) => fs.readdirSync(dir).sort()

/** Keeps so many bytes of the file from one on, and answers under which name. */
async function keep(content: string, byte: number, bytes = content.length - byte): Promise<string> {
  fs.writeFileSync(file, content)
  const fd = fs.openSync(file, 'r')
  try {
    return path.basename(await keptBeside(fd, file, byte, bytes))
  } finally {
    fs.closeSync(fd)
  }
}

describe('D1 what is cut', () => {
  test('is kept beside under a name with its place, for the owner alone, synced, and the journal is as it was', async () => {
    const synced = [vi.spyOn(fs, 'fdatasync'), vi.spyOn(fs, 'fsync')]
    const [opened, closed] = [vi.spyOn(fs, 'openSync'), vi.spyOn(fs, 'closeSync')]
    expect(await keep('whole\ntorn', 6)).toBe('a.jsonl.cut-6')
    expect([read('a.jsonl'), read('a.jsonl.cut-6')]).toEqual(['whole\ntorn', 'torn'])
    expect(fs.statSync(path.join(directory, 'a.jsonl.cut-6')).mode & 0o777).toBe(0o600)
    expect(synced.map(({ mock }) => mock.calls.length)).toEqual([1, 1])
    expect(closed.mock.calls.length).toBe(opened.mock.calls.length)
  })

  test.each<[string, string]>([
    ['the same', 'torn'],
    ['its beginning', 'to'],
    ['nothing', ''],
  ])('takes the place of what an earlier try left of it: %s', async (_, left) => {
    fs.writeFileSync(`${file}.cut-6`, left)
    const [opened, closed] = [vi.spyOn(fs, 'openSync'), vi.spyOn(fs, 'closeSync')]
    expect(await keep('whole\ntorn', 6)).toBe('a.jsonl.cut-6')
    expect(read('a.jsonl.cut-6')).toBe('torn')
    expect(closed.mock.calls.length).toBe(opened.mock.calls.length)
  })

  test.each<[string, string, number?]>([
    ['holds something else', 'town'],
    ['holds more', 'torn and more'],
    ['holds more than is cut now, and no other bytes', 'torn', 3],
  ])('gets another name where a file %s', async (_, left, bytes) => {
    fs.writeFileSync(`${file}.cut-6`, left)
    fs.writeFileSync(`${file}.cut-6-2`, 'of somebody')
    expect(await keep('whole\ntorn', 6, bytes)).toBe('a.jsonl.cut-6-3')
    expect(['', '-2', '-3'].map((end) => read(`a.jsonl.cut-6${end}`))).toEqual([
      left,
      'of somebody',
      'torn'.slice(0, bytes),
    ])
  })

  test('gets another name where there is a directory or a link, whatever that leads to', async () => {
    fs.mkdirSync(`${file}.cut-6`)
    fs.writeFileSync(path.join(directory, 'target'), 'torn')
    fs.symlinkSync('target', `${file}.cut-6-2`)
    fs.symlinkSync('nowhere', `${file}.cut-6-3`)
    expect(await keep('whole\ntorn', 6)).toBe('a.jsonl.cut-6-4')
    expect(filesOf()).not.toContain('nowhere')
    expect(read('target')).toBe('torn')
  })

  test('may be long: all of what an earlier try left is looked at', async () => {
    const long = 'x'.repeat(MANY)
    fs.writeFileSync(`${file}.cut-6`, long)
    fs.writeFileSync(`${file}.cut-7`, `${long.slice(0, -1)}y`)
    expect(await keep(`whole\n${long}torn`, 6)).toBe('a.jsonl.cut-6')
    expect(read('a.jsonl.cut-6')).toBe(`${long}torn`)
    expect(await keep(`whole\n\n${long}torn`, 7)).toBe('a.jsonl.cut-7-2')
    expect(read('a.jsonl.cut-7-2')).toBe(`${long}torn`)
  })

  test('gets another name where what was left, or the journal, becomes shorter while one looks', async () => {
    const { readSync } = fs
    for (const shorter of [1, 2]) {
      fs.rmSync(`${file}.cut-6-2`, { force: true })
      fs.writeFileSync(`${file}.cut-6`, 'torn')
      let looks = 0
      vi.spyOn(fs, 'readSync').mockImplementation(((...given: Parameters<typeof readSync>) =>
        ++looks === shorter ? 0 : readSync(...given)) as never)
      expect(await keep('whole\ntorn', 6)).toBe('a.jsonl.cut-6-2')
      vi.restoreAllMocks()
    }
  })

  test('leaves nothing where it cannot be kept, and the reason is told', async () => {
    const gone = () => fs.rmSync(`${file}.cut-6`)
    for (const before of [() => {}, gone]) {
      vi.spyOn(fs, 'fdatasync').mockImplementation((_, done) => {
        before()
        done(failure('EIO'))
      })
      await expect(keep('whole\ntorn', 6)).rejects.toThrow('EIO')
      vi.restoreAllMocks()
      expect(filesOf()).toEqual(['a.jsonl'])
    }
  })

  test('is not tried under other names where no file can be made', async () => {
    const { openSync } = fs
    let tries = 0
    vi.spyOn(fs, 'openSync').mockImplementation((name, flags, ...rest) => {
      if (flags === 'wx' && ++tries < 4) throw failure('ENOSPC')
      return openSync(name, flags, ...rest)
    })
    await expect(keep('whole\ntorn', 6)).rejects.toThrow('ENOSPC')
    expect(filesOf()).toEqual(['a.jsonl'])
  })
})

describe('bytes of one file are appended to another', () => {
  /** What stands behind `before` when the copy is made. */
  function copied(content: string, copy: (from: number, to: number) => unknown) {
    fs.writeFileSync(file, content)
    const [from, to] = [fs.openSync(file, 'r'), fs.openSync(`${file}.copy`, 'w')]
    try {
      fs.writeSync(to, 'before ')
      const answer = copy(from, to)
      return [answer, read('a.jsonl.copy').slice('before '.length)]
    } finally {
      for (const fd of [from, to]) fs.closeSync(fd)
    }
  }
  const long = `${'x'.repeat(MANY)}end`

  test('as many as are asked for', () => {
    expect(copied('0123456789', (from, to) => copyBytes(from, 2, to, 5))).toEqual([undefined, '23456'])
    expect(copied('0123', (from, to) => copyBytes(from, 2, to, 0))).toEqual([undefined, ''])
    expect(copied(`0${long}9`, (from, to) => copyBytes(from, 1, to, long.length))).toEqual([undefined, long])
    expect(() => copied('0123', (from, to) => copyBytes(from, 2, to, 3))).toThrow('became shorter while it was read')
  })

  test('or all to the end, wherever that is by then', () => {
    expect(copied('0123456789', (from, to) => copyFrom(from, 2, to))).toEqual([10, '23456789'])
    expect(copied('0123', (from, to) => copyFrom(from, 4, to))).toEqual([4, ''])
    expect(copied(`0${long}`, (from, to) => copyFrom(from, 1, to))).toEqual([long.length + 1, long])
  })
})

describe('D12 what processes left that ended while they put a journal in the place of another', () => {
  const UUID = '01234567-89ab-4cde-8f01-23456789abcd'

  test('is removed, but not what is about to be put there, and nothing of anybody else', () => {
    const others = [
      ...['a.jsonl', 'a.jsonl.before', 'a.jsonl.cut-6', 'a.jsonl.compact.old', `a.jsonl.${UUID}.compacted`, 'compact'],
      ...[`b.jsonl.${UUID}.compact`, `xa.jsonl.${UUID}.compact`, `a.jsonl.${UUID.toUpperCase()}.compact`],
      ...[`a.jsonl.${UUID}0.compact`, 'a.jsonl.x.compact', `a.jsonl.${UUID}`, `a.jsonlx${UUID}.compact`],
    ]
    const mine = `a.jsonl.${UUID.replace('0', 'f')}.compact`
    for (const name of [...others, mine, 'a.jsonl.compact', `a.jsonl.${UUID}.compact`])
      fs.writeFileSync(path.join(directory, name), '')
    removeBeside(file, path.join(directory, mine))
    expect(filesOf()).toEqual([...others, mine].sort())
    removeBeside(file)
    expect(filesOf()).toEqual(others.sort())
  })

  test('may be gone when it is to be removed', () => {
    vi.spyOn(fs, 'readdirSync').mockReturnValue([`a.jsonl.${UUID}.compact`] as never)
    expect(() => removeBeside(file)).not.toThrow()
  })
})
