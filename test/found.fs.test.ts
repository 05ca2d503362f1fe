import fs from 'node:fs'
import path from 'node:path'
import { fsStore } from 'servicebook/fs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { recent } from '../adapters/fs/node.js'
import { familiesIn } from '../adapters/fs/ours.js'
import { placeOf } from '../adapters/fs/place.js'
import { temporaryDirectory } from './catalogue.js'

/* D1: which files of a directory are journals, where they stand, and how much of them is kept in memory. */

const failure = (code: string) => Object.assign(new Error(`${code}: the test says so`), { code })
const HEADER = '{"format":"servicebook/1","family":"x","crc":"00000000"}\n'
const { openSync, statSync } = fs

let directory: string
beforeEach(() => {
  directory = fs.realpathSync(temporaryDirectory())
})
afterEach(() => {
  vi.restoreAllMocks()
})

const at = (name: string) => path.join(directory, name)
const put = (name: string, content = HEADER) => fs.writeFileSync(at(name), content)

describe('D1 of the files of a directory', () => {
  test('those are journals that are named for services, or for a family and begin as one', () => {
    for (const name of ['runs.jsonl', 'a1.jsonl']) put(name)
    put('mlmodelService.jsonl', 'hello')
    put('databaseService.jsonl', '')
    const opened = vi.spyOn(fs, 'openSync')
    const closed = vi.spyOn(fs, 'closeSync')
    expect([...familiesIn(directory)].sort()).toEqual(['a1', 'databaseService', 'mlmodelService', 'runs'])
    expect(closed.mock.calls.length).toBe(opened.mock.calls.length)
  })

  test('no other is, whatever is in it', () => {
    for (const name of ['runs', 'mlmodelService', 'runs.json', 'runs.jsonl.before', 'mlmodelService.jsonl.cut-7'])
      put(name)
    for (const name of ['my runs.jsonl', '-runs.jsonl', '1runs.jsonl', 'runs-1.jsonl', '.jsonl', 'a.b.jsonl']) put(name)
    for (const content of ['', '{"a":1}\n', ` ${HEADER}`, HEADER.slice(0, 10)]) put(`e${content.length}.jsonl`, content)
    fs.mkdirSync(at('aService.jsonl'))
    for (const name of ['bService.jsonl', 'runs.jsonl']) fs.symlinkSync('nowhere', at(name))
    expect(familiesIn(directory)).toEqual([])
  })

  test('none is a journal because of what the directory is called', () => {
    directory = at('mlmodelService.jsonl')
    fs.mkdirSync(directory)
    put('events.jsonl', '{"a":1}\n')
    expect(familiesIn(directory)).toEqual([])
  })

  test.each(['EACCES', 'EPERM', 'ENOENT', 'ELOOP'])(
    'one that may not be looked at, or is gone (%s), is left alone, unless its name says that it is ours',
    (code) => {
      const fails = () => {
        vi.spyOn(fs, 'openSync').mockImplementation(() => {
          throw failure(code)
        })
        vi.spyOn(fs, 'statSync').mockImplementation(((...given: Parameters<typeof statSync>) => {
          if (String(given[0]).endsWith('Service.jsonl')) throw failure(code)
          return statSync(...given)
        }) as never)
      }
      put('runs.jsonl')
      fails()
      expect(familiesIn(directory)).toEqual([])
      put('mlmodelService.jsonl')
      fails()
      expect(() => familiesIn(directory)).toThrow(code)
    },
  )

  test('one that cannot be looked at for another reason is an error', () => {
    put('runs.jsonl')
    for (const error of [failure('EIO'), new Error('without a code')]) {
      vi.spyOn(fs, 'openSync').mockImplementation(() => {
        throw error
      })
      expect(() => familiesIn(directory)).toThrow(error)
      vi.restoreAllMocks()
    }
  })

  test('the beginning of one is read and no more', () => {
    put('runs.jsonl', HEADER + 'x'.repeat(100_000))
    const fd = openSync(at('runs.jsonl'), 'r')
    const reads = vi.spyOn(fs, 'readSync')
    expect(familiesIn(directory)).toEqual(['runs'])
    expect(reads.mock.calls.map((given: unknown[]) => Number(given[3]) < 100)).toEqual([true])
    fs.closeSync(fd)
  })
})

describe('D10 a journal stands', () => {
  test('where links lead to in the end, be it to nothing yet', () => {
    fs.mkdirSync(at('there'))
    fs.symlinkSync('there', at('also'))
    fs.symlinkSync('also/second.jsonl', at('a.jsonl'))
    fs.symlinkSync('data', at('there/second.jsonl'))
    expect(placeOf(at('a.jsonl'))).toBe(at('there/data'))
    fs.writeFileSync(at('there/data'), '')
    expect(placeOf(at('a.jsonl'))).toBe(at('there/data'))
    expect(placeOf(at('also/data'))).toBe(at('there/data'))
    expect(placeOf(at('none.jsonl'))).toBe(at('none.jsonl'))
  })

  test('nowhere where links lead to themselves; as many as a system follows are followed', () => {
    fs.symlinkSync('b', at('a'))
    fs.symlinkSync('a', at('b'))
    expect(() => placeOf(at('a'))).toThrow(`${at('a')} is a link that leads to itself`)
    for (let link = 1; link < 40; link++) fs.symlinkSync(`l${link + 1}`, at(`l${link}`))
    expect(placeOf(at('l1'))).toBe(at('l40'))
  })
})

describe('what was read or written last is kept in memory', () => {
  const nodes = (count: number) => Array.from({ length: count }, () => ({ length: 10, stored: undefined }) as never)
  type Kept = { stored: unknown }
  const held = (all: readonly Kept[]) => all.map(({ stored }) => Number(stored !== undefined)).join('')

  test('up to so many bytes: when the younger half is full, what has not been asked for again is let go', () => {
    const memory = recent(100)
    const all = nodes(12) as Kept[]
    const keep = (...places: number[]) => {
      for (const place of places) memory.keep(all[place] as never, { place } as never)
      return held(all)
    }
    expect(keep(0, 1, 2, 3)).toBe('111100000000')
    expect(keep(3, 3, 3, 3, 3, 3)).toBe('111100000000') // counts once
    expect(keep(4)).toBe('111110000000')
    expect(keep(0, 5, 6, 7)).toBe('111111110000')
    expect(keep(8)).toBe('100001111000')
    expect(keep(9, 10, 11, 0, 5)).toBe('100001000111')
    expect(all[0]?.stored).toEqual({ place: 0 })
  })

  test('and of nothing but what was asked for last where nothing may be kept', () => {
    const memory = recent(0)
    const all = nodes(3) as Kept[]
    for (const node of all) memory.keep(node as never, {} as never)
    expect(held(all)).toBe('001')
  })
})

test.each<[unknown, unknown, string]>([
  ['', {}, 'the directory must be a path'],
  [undefined, {}, 'the directory must be a path'],
  [7, {}, 'the directory must be a path'],
  ['x', null, 'the options of fsStore must be an object'],
  ['x', 'readOnly', 'the options of fsStore must be an object'],
  ['x', 7, 'the options of fsStore must be an object'],
  ['x', { readonly: true }, 'readonly is no option of fsStore: it takes memory, readOnly'],
  ['x', { memory: '1' }, 'memory must be a number of bytes'],
  ['x', { memory: -1 }, 'memory must be a number of bytes'],
  ['x', { memory: Number.NaN }, 'memory must be a number of bytes'],
  ['x', { readOnly: 1 }, 'readOnly must be true or false'],
  ['x', { readOnly: null }, 'readOnly must be true or false'],
])('fsStore(%j, %j) is a TypeError: %s', (where, options, why) => {
  const made = () => fsStore(where as never, options as never)
  expect(made).toThrow(TypeError)
  expect(made).toThrow(why)
})

test('every option of fsStore may be given', () => {
  for (const options of [{}, { memory: 0 }, { memory: 1, readOnly: false }, { readOnly: true }])
    expect(fsStore(at('missing'), options)).toHaveProperty('open')
  expect(fs.existsSync(at('missing'))).toBe(false)
})
