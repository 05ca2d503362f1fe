import fs from 'node:fs'
import type { Journal } from './journal.js'
import type { Lock } from './lock.js'
import type { Index, recent } from './node.js'
import { readJournal } from './open.js'
import { placeOf } from './place.js'
import { readsOf } from './reads.js'
import { nothingApplied } from './reason.js'
import { sourceOf } from './second.js'

/** Whoever only reads keeps nobody out. */
export const noLock: Lock = { guessed: false, renewed: () => {}, isHeld: () => true, release: () => {} }

export function readOnlyIn(directory: string): Error {
  return nothingApplied(new Error(`The store in ${directory} is open for reading only`))
}

/**
 * One family's file as it is at this moment, for reading alone: its bytes up to where it ends now. Whoever writes goes on
 * behind them, and a compaction puts another file in its place, while this one stays open. A torn end is passed over.
 */
export async function openReader(file: string, family: string, memory: ReturnType<typeof recent>): Promise<Journal> {
  const fd = openedWhole(file)
  try {
    const { size } = fs.fstatSync(fd)
    const { index } = await readJournal(fd, file, family, size)
    return readerOf(file, index, memory, fd)
  } catch (cause) {
    fs.closeSync(fd)
    throw cause
  }
}

/** Of a journal that is being taken over, or whose takeover was not finished, the file that has all of it. */
function openedWhole(file: string): number {
  const { source } = sourceOf(placeOf(file))
  try {
    return fs.openSync(source, 'r')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
    return fs.openSync(file, 'r') // the takeover was finished meanwhile
  }
}

/** A family that has no file yet. */
export function emptyReader(file: string, memory: ReturnType<typeof recent>): Journal {
  return readerOf(file, new Map(), memory)
}

function readerOf(file: string, index: Index, memory: ReturnType<typeof recent>, fd?: number): Journal {
  let open = fd
  const reads = readsOf(file, index, memory, (offset, length) => {
    const bytes = Buffer.allocUnsafe(length)
    return open === undefined ? bytes.subarray(0, 0) : bytes.subarray(0, fs.readSync(open, bytes, 0, length, offset))
  })
  const refused = async () => {
    throw readOnlyIn(file)
  }
  return {
    ...reads,
    index,
    cut: undefined,
    commit: refused,
    compact: refused,
    async close() {
      if (open !== undefined) fs.closeSync(open)
      open = undefined
    },
  }
}
