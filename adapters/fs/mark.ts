import fs from 'node:fs'
import { addMark, noLines } from './line.js'
import { reason } from './reason.js'
import { datasync, writeAll } from './sync.js'

/** The line that says: everything before it is on disk. */
const MARK = markLine()

function markLine(): Buffer {
  const lines = noLines()
  addMark(lines)
  return Buffer.from(lines.bytes.subarray(0, lines.length))
}

/** Adds lines as they are to a file that ends at `at`, and a mark, which holds as soon as it is synced; answers where it ends then. */
export function addTail(fd: number, at: number, tail: Buffer): number {
  writeAll(fd, tail)
  writeAll(fd, MARK)
  return at + tail.length + MARK.length
}

/**
 * Ends a file of which everything is on disk with a mark. One for which there is no room is done without: then opening
 * copies the file, no more. One that could not be synced must not stay.
 */
export async function endWithMark(file: string, fd: number, size: number): Promise<void> {
  try {
    writeAll(fd, MARK)
  } catch {
    cutBack(fd, size)
    return
  }
  try {
    await datasync(fd)
  } catch (cause) {
    cutBack(fd, size)
    const why = `${file} could not be synced when it was closed: ${reason(cause)}`
    throw new Error(`${why}; what was answered before was synced, and opening it puts all of it in a new file`, {
      cause,
    })
  }
}

/**
 * Takes the mark off the end of a file when a sync has failed: what the file shows may not be on disk, and the next sync
 * says nothing of it. Without the mark, whoever opens the file puts all of it in a new one.
 */
export function distrust(fd: number): void {
  const { size } = fs.fstatSync(fd)
  const end = Buffer.alloc(MARK.length)
  if (size < MARK.length || fs.readSync(fd, end, 0, end.length, size - end.length) < end.length) return
  if (end.equals(MARK)) cutBack(fd, size - MARK.length)
}

/** Where it cannot be cut, an empty line behind the mark makes it a torn end, which is not trusted either. */
function cutBack(fd: number, size: number): void {
  try {
    fs.ftruncateSync(fd, size)
  } catch {
    try {
      writeAll(fd, Buffer.from('\n'))
    } catch {
      // Nothing can be changed any more on this disk.
    }
  }
}
