import fs from 'node:fs'
import { channelOf, isSeen, seen, type TracingChannel } from '../../src/channels.js'
import { type Lines, noLines } from './line.js'
import { type Sight, sightOf, strayed } from './look.js'
import { nothingApplied, reason } from './reason.js'
import { datasync, writeAll } from './sync.js'

export { nothingApplied, reason }

const channel = channelOf('servicebook.append')

/** Lines that go to disk together, and what each of them stands for. */
interface Batch<T> {
  readonly lines: Lines
  readonly entries: T[]
  readonly done: Promise<void>
  readonly settle: (failure?: unknown) => void
}

/** A file, open for reading and appending, and how much of it is on disk. */
export interface Opened {
  readonly fd: number
  readonly size: number
}

/**
 * Group commit: lines are taken at once and written with one append and one `fdatasync`; what is taken while those are
 * under way goes down with the next. `written` is told what is on disk, in order; `lost` that everything that was taken
 * and not written is gone. Before an append is acknowledged the path is looked at: what was written to a file that is no
 * longer the journal is written nowhere. The bytes go to the end of the file, wherever that is, so that one look tells
 * of anything else that cut it or wrote to it.
 */
export function appender<T>(file: string, opened: Opened, written: (entries: readonly T[]) => void, lost: () => void) {
  let { fd, size } = opened
  let sight: Sight = sightOf(fd)
  let end = size
  let spare = noLines()
  let collecting = emptyBatch<T>(noLines())
  let inFlight: Batch<T> | undefined
  let running = false
  let gate: Promise<void> | undefined
  /** Why nothing is taken any more, once what is on disk is no longer known. */
  let broken: Error | undefined

  async function run(): Promise<void> {
    while (collecting.entries.length > 0) {
      while (gate !== undefined) await gate
      const batch = collecting
      inFlight = batch
      collecting = emptyBatch(spare)
      try {
        await (isSeen(channel) ? seenAppend(batch) : append(batch.lines))
        written(batch.entries)
        batch.settle()
      } catch (failure) {
        // What was taken behind it was decided on what is now not there.
        const behind = collecting
        collecting = emptyBatch(noLines())
        end = size
        lost()
        batch.settle(failure)
        behind.settle(failure)
      }
      spare = batch.lines
      inFlight = undefined
    }
    running = false
  }

  /** Seen at work on `tracing:servicebook.append:*`. */
  function seenAppend({ lines, entries }: Batch<T>): Promise<void> {
    const message = { file, bytes: lines.length, lines: entries.length }
    return seen(
      channel as TracingChannel,
      message,
      () => append(lines),
      (told) => {
        told.outcomes = { lines: entries.length }
      },
    )
  }

  /** All of it on disk, or the file as it was: what fails half-way is cut off again. */
  async function append({ bytes, length }: Lines): Promise<void> {
    usable()
    try {
      writeAll(fd, bytes.subarray(0, length))
    } catch (cause) {
      try {
        fs.ftruncateSync(fd, size)
        await datasync(fd)
      } catch (second) {
        throw breaks('could not be cut back after a failed write', second)
      }
      throw nothingApplied(new Error(`${file} cannot be written: ${reason(cause)}`, { cause }))
    }
    try {
      await datasync(fd)
    } catch (cause) {
      throw breaks('could not be synced', cause)
    }
    look(size + length)
    size += length
  }

  /** Breaks unless the path leads to the open file, of just this size. */
  function look(expected = size): void {
    const why = strayed(file, sight, expected)
    if (why !== undefined) throw breaks(why)
  }

  function breaks(what: string, cause?: unknown): Error {
    const why = cause === undefined ? what : `${what}: ${reason(cause)}`
    broken ??= new Error(`${file} ${why}; close the store and open it again`, { cause })
    return broken
  }

  function usable(): void {
    if (broken !== undefined) throw nothingApplied(new Error(broken.message, { cause: broken.cause }))
  }

  return {
    usable,
    isBroken: () => broken !== undefined,

    /** How much is on disk. */
    size: () => size,

    /** Where the next line will begin. */
    end: () => end,

    /** Takes a line. `add` writes it, and whether it is the first of its append, behind everything that is on disk. */
    take(entry: T, add: (lines: Lines, synced: boolean) => void): void {
      const { lines, entries } = collecting
      const before = lines.length
      add(lines, before === 0)
      end += lines.length - before
      entries.push(entry)
      if (running) return
      running = true
      Promise.resolve().then(run) // when all lines of the same call are in
    },

    /** Settles when everything taken so far is on disk or lost. */
    settled(): Promise<void> {
      if (collecting.entries.length > 0) return collecting.done
      return inFlight?.done ?? Promise.resolve()
    },

    /** Work on the file between two appends. `replace` says at once what the file is from then on: reads do not wait. */
    async alone(work: (opened: Opened, replace: (next: Opened) => void) => Promise<void>): Promise<void> {
      let open = () => {}
      gate = new Promise((resolve) => {
        open = resolve
      })
      try {
        await inFlight?.done.catch(() => {})
        await work({ fd, size }, (next) => {
          end += next.size - size
          ;({ fd, size } = next)
          sight = sightOf(fd)
        })
      } finally {
        gate = undefined
        open()
      }
    },

    breaks,
    look,
    isInPlace: () => strayed(file, sight, size) === undefined,

    read(offset: number, length: number): Buffer {
      const bytes = Buffer.allocUnsafe(length)
      const count = fs.readSync(fd, bytes, 0, length, offset)
      return bytes.subarray(0, count)
    },

    /** Its number may be another file's from then on: nothing is read or written by it any more. */
    close(): void {
      broken ??= new Error(`${file} is closed`)
      fs.closeSync(fd)
    },
  }
}

const KEPT_BUFFER = 1 << 24

function emptyBatch<T>(used: Lines): Batch<T> {
  const lines = used.bytes.length > KEPT_BUFFER ? noLines() : used
  lines.length = 0
  let settle: Batch<T>['settle'] = () => {}
  const done = new Promise<void>((resolve, reject) => {
    settle = (failure) => (failure === undefined ? resolve() : reject(failure))
  })
  done.catch(() => {}) // whoever waits is told; a batch that nobody waits for must not end the process
  return { lines, entries: [], done, settle }
}
