import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { thisThread } from '../adapters/fs/holder.js'
import { type Lock, lock } from '../adapters/fs/lock.js'
import { temporaryDirectory } from './catalogue.js'
import { dead, ELSEWHERE, filesIn, inTestTime, other, SILENCE, saidIn } from './directories.js'

/* D4: that a directory was taken on a guess outlives whoever guessed, until every journal is in a new file. */

const { readFileSync } = fs
let time: ReturnType<typeof inTestTime>

beforeEach(() => {
  time = inTestTime()
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** A directory that was taken from somebody who gave no sign of life. */
async function guessed(): Promise<{ directory: string; held: Lock; file: string }> {
  const directory = temporaryDirectory()
  other(directory, ELSEWHERE)
  const held = await lock(directory)
  const [file] = filesIn(directory) as [string]
  time.waits = []
  return { directory, held, file }
}

describe('D4 a guess', () => {
  test('stands in the lock from then on, whatever is said beside, and the file only grows', async () => {
    const { held, file } = await guessed()
    expect(saidIn(file)).toEqual({ ...thisThread(), beat: '0'.repeat(16), guessed: true })
    const { size } = fs.statSync(file)
    time.beats[0]?.()
    expect(saidIn(file)).toMatchObject({ beat: '1'.padStart(16, '0'), guessed: true })
    expect(fs.statSync(file).size).toBe(size)
    held.release()
    expect(saidIn(file)).toMatchObject({ guessed: true, over: true })
  })

  test('that was not carried out stays when the directory is let go, on disk, and whoever comes next has it at once', async () => {
    const { directory, held, file } = await guessed()
    const synced = vi.spyOn(fs, 'fsyncSync')
    held.release()
    expect([synced.mock.calls.length, filesIn(directory), time.beats]).toEqual([1, [file], []])
    const next = await lock(directory)
    expect([next.guessed, time.waits, filesIn(directory).length]).toEqual([true, [], 1])
    expect(fs.existsSync(file)).toBe(false)
    const last = filesIn(directory)[0] as string
    expect(saidIn(last).guessed).toBe(true)
    next.renewed()
    next.release()
    expect(filesIn(directory)).toEqual([])
  })

  test('that cannot be said any more keeps nobody from letting go', async () => {
    const { directory, held, file } = await guessed()
    fs.rmSync(file)
    held.release()
    expect(filesIn(directory)).toEqual([])
  })

  test.each<[string, object]>([
    ['is dead', { ...dead(), guessed: true }],
    ['is dead, and knew of nothing but a guess', { ...dead(), guessed: true, over: true }],
    ['let go elsewhere', { ...ELSEWHERE, guessed: true, over: true }],
  ])('of somebody who %s is made his own by whoever removes his lock', async (_, said) => {
    const directory = temporaryDirectory()
    other(directory, said)
    other(directory, dead())
    const held = await lock(directory)
    expect([held.guessed, time.waits]).toEqual([true, []])
    expect(filesIn(directory).map((file) => saidIn(file).guessed)).toEqual([true])
    held.renewed()
    held.release()
  })

  test('that somebody made between the first look and his end is found by the look behind it', async () => {
    for (const makes of ['a guess', 'room'] as const) {
      const directory = temporaryDirectory()
      const file = other(directory, dead())
      let looks = 0
      vi.spyOn(fs, 'readFileSync').mockImplementation(((read: string, ...rest: [never]) => {
        const text = readFileSync(read, ...rest)
        if (read === file && ++looks === 1) {
          if (makes === 'room') fs.rmSync(file)
          else fs.writeFileSync(file, JSON.stringify({ ...dead(), guessed: true }))
        }
        return text
      }) as never)
      const held = await lock(directory)
      expect([held.guessed, fs.existsSync(file)]).toEqual([makes === 'a guess', false])
      held.renewed()
      held.release()
    }
  })

  test('is no news where nobody made one: the next lock says nothing of it', async () => {
    const directory = temporaryDirectory()
    other(directory, { ...dead(), guessed: 'yes' })
    const held = await lock(directory)
    expect([held.guessed, Object.keys(saidIn(filesIn(directory)[0] as string))]).toEqual([
      false,
      [...Object.keys(thisThread()), 'beat'],
    ])
    held.release()
  })
})

describe('D4 two copies of this code in one thread', () => {
  test('know of each other, as ESM and CommonJS of one package do', async () => {
    const url = '../adapters/fs/lock.js?copy'
    const copy = (await import(url)) as { lock: typeof lock }
    expect(copy.lock).not.toBe(lock)
    const directory = temporaryDirectory()
    const held = await lock(directory)
    await expect(copy.lock(directory)).rejects.toThrow(`in use by process ${process.pid}, this one`)
    held.release()
    const theirs = await copy.lock(directory)
    await expect(lock(directory)).rejects.toThrow(`in use by process ${process.pid}, this one`)
    theirs.release()
    expect(time.waits).not.toContain(SILENCE[0])
  })
})

describe('D5 a file that is none of ours', () => {
  test.each([
    ['yarn.lock', '# yarn lockfile v1\n'],
    ['00000000-0000-4000-8000-000000000000.lock.new', JSON.stringify(ELSEWHERE)],
    ['x00000000-0000-4000-8000-000000000000.lock', JSON.stringify(ELSEWHERE)],
    ['00000000-0000-4000-8000-000000000000.lock', JSON.stringify({ packages: [] })],
    ['00000000-0000-4000-8000-000000000001.lock', JSON.stringify({ host: 'far', pid: '7' })],
    ['00000000-0000-4000-8000-000000000002.lock', JSON.stringify({ host: 7, pid: 7 })],
    ['00000000-0000-4000-8000-000000000003.lock', '{"host":"far"'],
    ['00000000-0000-4000-8000-000000000004.lock', 'null'],
  ])('is left alone: %s', async (name, text) => {
    const directory = temporaryDirectory()
    fs.writeFileSync(path.join(directory, name), text)
    const held = await lock(directory)
    held.release()
    expect([time.waits, fs.readdirSync(directory)]).toEqual([[], [name]])
    expect(fs.readFileSync(path.join(directory, name), 'utf8')).toBe(text)
  })

  test('is left alone where it is a directory', async () => {
    const directory = temporaryDirectory()
    const name = '00000000-0000-4000-8000-000000000000.lock'
    fs.mkdirSync(path.join(directory, name))
    ;(await lock(directory)).release()
    expect(fs.readdirSync(directory)).toEqual([name])
  })
})
