import { tracingChannel } from 'node:diagnostics_channel'
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { appender } from '../adapters/fs/appender.js'
import type { Lines } from '../adapters/fs/line.js'
import { temporaryDirectory } from './catalogue.js'

/* D3: many writes share one append and one sync, and what fails takes with it all that was taken behind it. */

const failure = (code: string) => Object.assign(new Error(`${code}: the test says so`), { code })

afterEach(() => {
  vi.restoreAllMocks()
})

/** Adds a text, marked where it is the first of its append. */
const line = (text: string) => (lines: Lines, synced: boolean) => {
  lines.length += lines.bytes.write(`${synced ? '*' : ''}${text}\n`, lines.length)
}

function opened(content = 'head\n') {
  const file = path.join(temporaryDirectory(), 'a.jsonl')
  fs.writeFileSync(file, content)
  const fd = fs.openSync(file, 'a+')
  const written: string[][] = []
  const lost = vi.fn()
  const lines = appender<string>(file, { fd, size: content.length }, (entries) => written.push([...entries]), lost)
  const take = (text: string) => lines.take(text, line(text))
  return { file, fd, lines, written, lost, take, read: () => fs.readFileSync(file, 'utf8') }
}

/** Syncs that wait until they are let go, in their order. */
function heldSyncs() {
  const { fdatasync } = fs
  const waiting: (() => void)[] = []
  const syncs = vi.spyOn(fs, 'fdatasync').mockImplementation((fd, done) => {
    waiting.push(() => fdatasync(fd, done))
  })
  const next = async () => {
    while (waiting.length === 0) await new Promise(setImmediate)
    waiting.shift()?.()
  }
  return { next, count: () => syncs.mock.calls.length }
}
const turns = async () => {
  for (let at = 0; at < 5; at++) await new Promise(setImmediate)
}

describe('D3 lines', () => {
  test('that are taken at once go to disk together, the first of them with the mark', async () => {
    const { lines, take, written, read, fd } = opened()
    const syncs = vi.spyOn(fs, 'fdatasync')
    for (const text of ['a', 'b', 'c']) take(text)
    expect([lines.end(), lines.size(), read()]).toEqual(['head\n*a\nb\nc\n'.length, 5, 'head\n'])
    await lines.settled()
    expect([read(), written, syncs.mock.calls.length]).toEqual(['head\n*a\nb\nc\n', [['a', 'b', 'c']], 1])
    expect([lines.size(), lines.end(), String(lines.read(5, 100))]).toEqual([12, 12, '*a\nb\nc\n'])
    await lines.settled()
    take('d')
    await lines.settled()
    expect([read(), lines.end()]).toEqual(['head\n*a\nb\nc\n*d\n', 15])
    fs.closeSync(fd)
  })

  test('that are taken while others are under way wait, and go with the next append', async () => {
    const { lines, take, written, read, fd } = opened()
    const { next, count } = heldSyncs()
    take('a')
    await turns()
    const first = lines.settled()
    for (const text of ['b', 'c']) {
      take(text)
      await turns()
    }
    expect([read(), count(), written]).toEqual(['head\n*a\n', 1, []])
    const rest = lines.settled()
    await next()
    await first
    expect(written).toEqual([['a']])
    await next()
    await rest
    expect([read(), count(), written]).toEqual(['head\n*a\n*b\nc\n', 2, [['a'], ['b', 'c']]])
    fs.closeSync(fd)
  })

  test('of a large append leave no large buffer behind', async () => {
    const { lines, fd } = opened()
    const used: Buffer[] = []
    const add = (length: number) => {
      lines.take('x', (to) => {
        used.push(to.bytes)
        if (to.bytes.length < length) to.bytes = Buffer.alloc(length)
        to.length += to.bytes.write('x\n', to.length)
      })
      return lines.settled()
    }
    for (const length of [1, 1 << 20, 1, 1 << 25, 1, 1, 1]) await add(length)
    expect(used.map(({ length }) => length)).not.toContain(1 << 25)
    expect(used.map(({ length }) => length)).toContain(1 << 20)
    fs.closeSync(fd)
  })

  test('are seen on a channel, with how much they are', async () => {
    const channel = tracingChannel('servicebook.append')
    const seen: unknown[] = []
    const note = (message: unknown) => seen.push(structuredClone(message))
    const nobody = () => {}
    const subscribers = { start: note, asyncEnd: note, end: nobody, asyncStart: nobody, error: nobody }
    channel.subscribe(subscribers as never)
    onTestFinished(() => void channel.unsubscribe(subscribers as never))
    const { file, lines, take, read, fd } = opened()
    for (const text of ['a', 'b']) take(text)
    await lines.settled()
    expect(read()).toBe('head\n*a\nb\n')
    expect(seen).toMatchObject([
      { file, bytes: 5, lines: 2 },
      { file, bytes: 5, lines: 2, outcomes: { lines: 2 } },
    ])
    fs.closeSync(fd)
  })
})

describe('D3 an append that fails', () => {
  test('for want of room is cut off, with all that was taken behind it; the next one is written', async () => {
    const { file, lines, take, lost, written, read, fd } = opened()
    const { writeSync } = fs
    vi.spyOn(fs, 'writeSync').mockImplementationOnce((to) => {
      writeSync(to, '*a')
      lines.take('b', line('b')) // on what is about to be gone
      throw failure('ENOSPC')
    })
    take('a')
    const first = lines.settled()
    const error = await first.catch((error: Error) => error)
    expect(error).toMatchObject({ applied: false, cause: { code: 'ENOSPC' } })
    expect(String(error)).toContain(`${file} cannot be written: ENOSPC`)
    expect([read(), written, lost.mock.calls.length, lines.end(), lines.size()]).toEqual(['head\n', [], 1, 5, 5])
    expect(lines.isBroken()).toBe(false)
    take('c')
    await lines.settled()
    expect([read(), written]).toEqual(['head\n*c\n', [['c']]])
    fs.closeSync(fd)
  })

  test.each<[string, () => void, string]>([
    [
      'could not be synced',
      () => vi.spyOn(fs, 'fdatasync').mockImplementationOnce((_, done) => done(failure('EIO'))),
      'could not be synced: EIO: the test says so',
    ],
    [
      'could not be cut back',
      () => {
        vi.spyOn(fs, 'writeSync').mockImplementationOnce(() => {
          throw failure('ENOSPC')
        })
        vi.spyOn(fs, 'ftruncateSync').mockImplementationOnce(() => {
          throw failure('EIO')
        })
      },
      'could not be cut back after a failed write: EIO: the test says so',
    ],
  ])('and %s breaks the file: nothing is taken any more, and why is told each time', async (_, fails, why) => {
    const { file, lines, take, fd } = opened()
    fails()
    take('a')
    const message = `${file} ${why}; close the store and open it again`
    const unknown = await lines.settled().catch((error: Error) => error)
    expect(unknown).toMatchObject({ message, cause: { code: 'EIO' } })
    expect(unknown).not.toHaveProperty('applied')
    expect(lines.isBroken()).toBe(true)
    take('b')
    for (const refused of [await lines.settled().catch((error: Error) => error), thrown(lines.usable)])
      expect(refused).toMatchObject({ message, applied: false, cause: { code: 'EIO' } })
    // The first reason stays.
    expect(lines.breaks('is something else').message).toBe(message)
    fs.closeSync(fd)
  })

  test('since the path leads elsewhere by then breaks it too', async () => {
    const { file, lines, take, written, fd } = opened()
    expect(lines.isInPlace()).toBe(true)
    fs.renameSync(file, `${file}.old`)
    expect(lines.isInPlace()).toBe(false)
    take('a')
    await expect(lines.settled()).rejects.toThrow(`${file} is gone; close the store and open it again`)
    expect([written, lines.isBroken()]).toEqual([[], true])
    fs.closeSync(fd)
  })
})

function thrown(call: () => void): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  return undefined
}

describe('D3 work between two appends', () => {
  test('waits for the one under way, and what is taken meanwhile waits for it and goes to the file that took the place', async () => {
    const { file, lines, take, written, read, fd } = opened()
    const { next } = heldSyncs()
    take('a')
    await turns()
    const steps: string[] = []
    const work = lines.alone(async ({ size }, replace) => {
      steps.push(`work at ${size}`)
      take('b')
      expect(lines.end()).toBe(size + 3)
      await turns()
      steps.push(read())
      fs.writeFileSync(`${file}.new`, 'new head\n')
      fs.renameSync(`${file}.new`, file)
      fs.closeSync(fd)
      replace({ fd: fs.openSync(file, 'a+'), size: 9 })
    })
    await turns()
    expect(steps).toEqual([])
    await next()
    await work
    expect([steps, lines.size(), lines.end()]).toEqual([['work at 8', 'head\n*a\n'], 9, 12])
    await next()
    await lines.settled()
    expect([read(), written, lines.isInPlace()]).toEqual(['new head\n*b\n', [['a'], ['b']], true])
    lines.close()
  })

  test('that fails lets what was taken behind it go on', async () => {
    const { lines, take, read, fd } = opened()
    const work = lines.alone(async () => {
      take('a')
      await turns()
      throw failure('EIO')
    })
    await expect(work).rejects.toThrow('EIO')
    await lines.settled()
    expect(read()).toBe('head\n*a\n')
    fs.closeSync(fd)
  })
})

test('a closed file is read and written no more', () => {
  const { file, lines } = opened()
  lines.close()
  expect(thrown(lines.usable)).toMatchObject({ message: `${file} is closed`, applied: false })
})
