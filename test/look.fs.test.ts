import fs from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { addMark, noLines } from '../adapters/fs/line.js'
import { isSame, sightOf, strayed } from '../adapters/fs/look.js'
import { distrust } from '../adapters/fs/mark.js'
import { temporaryDirectory } from './catalogue.js'

/* D6: what a look at the path of an open journal tells. */

const failure = (code: string) => Object.assign(new Error(`${code}: the test says so`), { code })
const { openSync } = fs

afterEach(() => {
  vi.restoreAllMocks()
})

/** An open file, and what a look at its path says when this much was written to it. */
function opened(content = '{"format":"x"}\nline\n') {
  const file = path.join(temporaryDirectory(), 'a.jsonl')
  fs.writeFileSync(file, content)
  const fd = fs.openSync(file, 'a+')
  const sight = sightOf(fd)
  return { file, fd, sight, look: (change = {}, size = content.length) => strayed(file, { ...sight, ...change }, size) }
}

describe('D6 a look at the path', () => {
  test('finds nothing where it leads to the open file, of the size and first line that it had', () => {
    const { sight, look, fd } = opened()
    expect(String(sight.head)).toBe('{"format":"x"}')
    expect(look()).toBeUndefined()
    fs.closeSync(fd)
  })

  test('opens the file and asks that for its state, since that is when a network file system asks its server', () => {
    const { look, fd } = opened()
    const closed = vi.spyOn(fs, 'closeSync')
    const state = vi.spyOn(fs, 'statSync')
    expect(look()).toBeUndefined()
    expect([closed.mock.calls.length, state.mock.calls.length]).toEqual([1, 0])
    fs.closeSync(fd)
  })

  test('says what is wrong', () => {
    const { file, sight, look, fd } = opened()
    const another = 'is another file than the one that was opened'
    expect(look({ dev: sight.dev + 1n })).toBe(another)
    expect(look({ ino: sight.ino + 1n })).toBe(another)
    expect(look({ head: Buffer.from('{"format":"y"}') })).toBe('begins with another line than when it was opened')
    expect(look({}, 7)).toBe('has 20 bytes instead of 7: something else wrote to it')
    fs.renameSync(file, `${file}.old`)
    expect(look()).toBe('is gone')
    fs.copyFileSync(`${file}.old`, file)
    const closed = vi.spyOn(fs, 'closeSync')
    expect(look()).toBe(another)
    expect(closed).toHaveBeenCalledOnce()
    fs.closeSync(fd)
  })

  test.each(['EMFILE', 'ENFILE', 'EACCES', 'EPERM'])('goes by the state alone where it may not open: %s', (code) => {
    const { file, look, fd } = opened()
    vi.spyOn(fs, 'openSync').mockImplementation(() => {
      throw failure(code)
    })
    expect(look()).toBeUndefined()
    expect(look({ head: Buffer.from('other') })).toBeUndefined()
    expect(look({}, 7)).toContain('has 20 bytes instead of 7')
    fs.rmSync(file)
    expect(look()).toMatch(/^cannot be looked at: ENOENT/)
    fs.closeSync(fd)
  })

  test.each(['EIO', 'ESTALE', 'ELOOP'])('finds that nothing can be told for any other reason: %s', (code) => {
    const { look, fd } = opened()
    vi.spyOn(fs, 'openSync').mockImplementation(() => {
      throw failure(code)
    })
    expect(look()).toBe(`cannot be looked at: ${code}: the test says so`)
    fs.closeSync(fd)
  })

  test('finds the same where the state of the file cannot be had', () => {
    const { look, fd } = opened()
    vi.spyOn(fs, 'fstatSync').mockImplementation(() => {
      throw failure('EIO')
    })
    expect(look()).toBe('cannot be looked at: EIO: the test says so')
    fs.closeSync(fd)
  })

  test('takes a first line that never ends for one of the first 512 bytes', () => {
    const { sight, look, fd } = opened('x'.repeat(600))
    expect(sight.head).toHaveLength(512)
    expect(look()).toBeUndefined()
    fs.closeSync(fd)
    const short = opened('x')
    expect(String(short.sight.head)).toBe('x')
    fs.closeSync(short.fd)
  })
})

test('D7 whether two files are one is told where it can be known', () => {
  const { file, sight, fd } = opened()
  expect(isSame(file, sight)).toBe(true)
  expect(isSame(file, { ...sight, dev: sight.dev + 1n })).toBe(false)
  expect(isSame(file, { ...sight, ino: sight.ino + 1n })).toBe(false)
  expect(isSame(`${file}.gone`, sight)).toBeUndefined()
  fs.closeSync(fd)
})

describe('D13 a mark that is not trusted', () => {
  const lines = noLines()
  addMark(lines)
  const MARK = lines.bytes.toString('utf8', 0, lines.length)
  const left = (content: string, truncates = true) => {
    const file = path.join(temporaryDirectory(), 'a.jsonl')
    fs.writeFileSync(file, content)
    const fd = openSync(file, 'a+')
    if (!truncates)
      vi.spyOn(fs, 'ftruncateSync').mockImplementation(() => {
        throw failure('EIO')
      })
    distrust(fd)
    fs.closeSync(fd)
    return fs.readFileSync(file, 'utf8')
  }

  test('is taken off the end, and nothing else is', () => {
    expect(left(`line\n${MARK}`)).toBe('line\n')
    expect(left(MARK)).toBe('')
    expect(left(MARK + MARK)).toBe(MARK)
    for (const content of ['', 'line\n', 'x'.repeat(100), `${MARK}x`, MARK.slice(1)])
      expect(left(content)).toBe(content)
  })

  test('has an empty line behind it where it cannot be taken off', () => {
    expect(left(`line\n${MARK}`, false)).toBe(`line\n${MARK}\n`)
  })

  test('stays where nothing can be changed any more', () => {
    vi.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw failure('EIO')
    })
    expect(left(`line\n${MARK}`, false)).toBe(`line\n${MARK}`)
  })
})
