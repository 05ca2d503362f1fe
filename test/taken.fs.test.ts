import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { thisThread } from '../adapters/fs/holder.js'
import { lock, mustHold } from '../adapters/fs/lock.js'
import { temporaryDirectory } from './catalogue.js'
import { dead, ELSEWHERE, filesIn, inTestTime, other, SILENCE, saidIn } from './directories.js'

/* D4: how a directory is taken and let go, with the time in the hands of the test. */

let time: ReturnType<typeof inTestTime>

beforeEach(() => {
  time = inTestTime()
})
afterEach(() => {
  vi.restoreAllMocks()
})

const failure = (code: string) => Object.assign(new Error(`${code}: the test says so`), { code })

describe('D4 what a process that has a directory puts down', () => {
  test('is one file for its owner alone that says who it is, and goes when the directory is let go', async () => {
    const directory = temporaryDirectory()
    const held = await lock(directory)
    const [file, ...more] = filesIn(directory) as [string]
    expect(more).toEqual([])
    expect(path.basename(file)).toMatch(/^[0-9a-f-]{36}\.lock$/)
    expect(fs.statSync(file).mode & 0o777).toBe(0o600)
    expect(fs.readFileSync(file, 'utf8')).toBe(`${JSON.stringify({ ...thisThread(), beat: '0'.repeat(16) })}\n`)
    expect([held.guessed, held.isHeld(), time.waits]).toEqual([false, true, []])
    mustHold(held)
    held.release()
    expect([held.isHeld(), time.beats, filesIn(directory)]).toEqual([false, [], []])
    expect(() => mustHold(held)).toThrow('it was taken by another process, which found no sign of life in this one')
  })

  test('changes with each sign of life, in place, and is never made anew', async () => {
    const directory = temporaryDirectory()
    const held = await lock(directory)
    const [file] = filesIn(directory) as [string]
    const { ino, size } = fs.statSync(file)
    const calls = (['openSync', 'closeSync', 'fsyncSync'] as const).map((call) => vi.spyOn(fs, call))
    time.beats[0]?.()
    time.beats[0]?.()
    expect(calls.map(({ mock }) => mock.calls.length)).toEqual([2, 2, 0])
    expect(saidIn(file)).toEqual({ ...thisThread(), beat: '2'.padStart(16, '0') })
    expect(fs.statSync(file)).toMatchObject({ ino, size })
    fs.rmSync(file)
    time.beats[0]?.()
    expect(filesIn(directory)).toEqual([])
    expect(() => mustHold(held)).toThrow('it was taken')
    held.release()
  })

  test.each(['writeFileSync', 'renameSync'] as const)('leaves nothing where %s fails half-way', async (call) => {
    const directory = temporaryDirectory()
    const real = fs[call] as (...args: unknown[]) => void
    vi.spyOn(fs, call).mockImplementationOnce((...args: unknown[]) => {
      if (call === 'writeFileSync') real(...args)
      throw failure('EIO')
    })
    await expect(lock(directory)).rejects.toThrow('EIO')
    expect([filesIn(directory), time.beats]).toEqual([[], []])
  })

  test('is removed where it cannot be told who else has the directory', async () => {
    const directory = temporaryDirectory()
    const stranger = other(directory, ELSEWHERE)
    vi.spyOn(fs, 'readFileSync').mockImplementation(() => {
      throw failure('EIO')
    })
    await expect(lock(directory)).rejects.toThrow(`it cannot be told whose ${path.basename(stranger)} is: EIO`)
    expect([filesIn(directory), time.beats]).toEqual([[stranger], []])
  })
})

describe('D4 somebody who is proved alive', () => {
  test('is named after four tries, between which a little is waited, a little more each time', async () => {
    const directory = temporaryDirectory()
    const held = await lock(directory)
    const files = filesIn(directory)
    await expect(lock(directory)).rejects.toThrow(`in use by process ${process.pid}, this one`)
    expect([time.waits, filesIn(directory)]).toEqual([[10, 20, 30], files])
    held.release()
  })

  test('and lets go meanwhile is no obstacle', async () => {
    const directory = temporaryDirectory()
    const held = await lock(directory)
    time.meanwhile = () => held.release()
    const next = await lock(directory)
    expect([time.waits, next.guessed, filesIn(directory).length]).toEqual([[10], false, 1])
    next.release()
  })

  test('may be another process, or another thread of this one; nobody time.waits for a sign of life, and no lock goes', async () => {
    const directory = temporaryDirectory()
    const [gone, silent] = [other(directory, dead()), other(directory, ELSEWHERE)]
    const startOf = (file: string) => fs.readFileSync(file, 'latin1').split(') ').at(-1)?.split(' ')[19]
    const thread = fs.readdirSync('/proc/self/task').map(Number)
    const mine = { ...thisThread(), thread: thread.find((one) => one !== thisThread().thread) }
    const living = [
      { ...thisThread(), pid: 1, started: startOf('/proc/1/stat'), thread: null, threadStarted: null },
      { ...mine, threadStarted: startOf(`/proc/self/task/${mine.thread}/stat`) },
    ]
    for (const one of living) {
      const alive = other(directory, one)
      await expect(lock(directory)).rejects.toThrow(`in use by process ${one.pid}`)
      expect([time.waits.splice(0), filesIn(directory).sort()]).toEqual([[10, 20, 30], [gone, silent, alive].sort()])
      fs.rmSync(alive)
    }
  })
})

describe('D4 somebody who is dead is no obstacle', () => {
  test.each<[string, object]>([
    ['since it is proved', dead()],
    ['since he said that he is done', { ...ELSEWHERE, over: true }],
  ])('%s', async (_, said) => {
    const directory = temporaryDirectory()
    const stranger = other(directory, said)
    const held = await lock(directory)
    expect([time.waits, held.guessed, filesIn(directory).length]).toEqual([[], false, 1])
    expect(filesIn(directory)).not.toContain(stranger)
    held.release()
    expect(filesIn(directory)).toEqual([])
  })

  test('in this thread, even if his file could not be removed; what is let go is forgotten', async () => {
    const directory = temporaryDirectory()
    const known = (globalThis as unknown as Record<symbol, Map<string, string>>)[
      Symbol.for('servicebook/directories/1')
    ] as Map<string, string>
    const before = known.size
    const held = await lock(directory)
    const [file] = filesIn(directory) as [string]
    expect(known.get(path.basename(file))).toBe('held')
    const spy = vi.spyOn(fs, 'rmSync').mockImplementation(() => {
      throw failure('EBUSY')
    })
    held.release()
    spy.mockRestore()
    expect(known.get(path.basename(file))).toBe('released')
    const next = await lock(directory)
    expect([time.waits, next.guessed, filesIn(directory).length]).toEqual([[], false, 1])
    next.release()
    expect([filesIn(directory), known.size]).toEqual([[], before + 1])
  })
})

describe('D4 of whom nothing is known', () => {
  test.each<[string, object | '']>([
    ['who is elsewhere', ELSEWHERE],
    ['whose file a power failure left empty', ''],
    ['who has the numbers of this thread, since it may be another copy of this code', thisThread()],
  ])('one %s gives no sign for thirty steps: the directory is taken on a guess, on disk first', async (_, said) => {
    const directory = temporaryDirectory()
    const silent = other(directory, said)
    other(directory, dead())
    const { fsyncSync, rmSync } = fs
    const steps: string[] = []
    vi.spyOn(fs, 'fsyncSync').mockImplementation((fd) => {
      steps.push('synced')
      fsyncSync(fd)
    })
    vi.spyOn(fs, 'rmSync').mockImplementation((file, options) => {
      steps.push(file === silent ? 'silent' : 'dead')
      rmSync(file, options)
    })
    const held = await lock(directory)
    expect([time.waits, steps]).toEqual([SILENCE, ['synced', 'silent', 'dead']])
    const [own, ...more] = filesIn(directory) as [string]
    expect([held.guessed, saidIn(own).guessed, more]).toEqual([true, true, []])
    held.renewed()
    held.release()
    expect(filesIn(directory)).toEqual([])
  })

  test('one gives a sign: it is in use, and nothing goes', async () => {
    const directory = temporaryDirectory()
    const files = [other(directory, ELSEWHERE), other(directory, { ...ELSEWHERE, pid: 8 }), other(directory, dead())]
    time.meanwhile = (count) => {
      if (time.waits.at(-1) === 1000)
        fs.writeFileSync(files[1] as string, JSON.stringify({ ...ELSEWHERE, pid: 8, count }))
    }
    await expect(lock(directory)).rejects.toThrow('in use by process 8 on far')
    expect(time.waits).toEqual([1000, 10, 1000, 20, 1000, 30, 1000])
    expect(filesIn(directory).sort()).toEqual(files.sort())
  })

  test('one goes by himself, and the other is waited for to the end, or goes too', async () => {
    for (const isLast of [true, false]) {
      const directory = temporaryDirectory()
      const files = [other(directory, ELSEWHERE), other(directory, { ...ELSEWHERE, pid: 8 })].sort()
      time.waits = []
      time.meanwhile = (count) => {
        if (count === 3) fs.rmSync(files[0] as string)
        if (count === 5 && isLast) fs.rmSync(files[1] as string)
      }
      const held = await lock(directory)
      expect([time.waits, held.guessed]).toEqual([isLast ? SILENCE.slice(0, 5) : SILENCE, !isLast])
      held.renewed()
      held.release()
    }
  })
})
