import fs from 'node:fs'
import { copyBytes } from './copy.js'
import { datasync, syncDirectory } from './sync.js'

/**
 * Nothing is ever erased: what will be cut is on disk in a file of its own before. Answers its name. Where it cannot be
 * written nothing of it stays, and one that an earlier try left, which holds no more than this one, is replaced.
 */
export async function keptBeside(fd: number, file: string, byte: number, bytes: number): Promise<string> {
  const [kept, copy] = newBeside(`${file}.cut-${byte}`, fd, byte, bytes)
  try {
    copyBytes(fd, byte, copy, bytes)
    await datasync(copy)
  } catch (cause) {
    fs.rmSync(kept, { force: true })
    throw cause
  } finally {
    fs.closeSync(copy)
  }
  await syncDirectory(kept)
  return kept
}

function newBeside(name: string, fd: number, byte: number, bytes: number): [string, number] {
  for (let at = 1; ; at++) {
    const kept = at === 1 ? name : `${name}-${at}`
    try {
      if (holdsNoMore(kept, fd, byte, bytes)) fs.rmSync(kept)
      return [kept, fs.openSync(kept, 'wx', 0o600)]
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    }
  }
}

const BLOCK = 1 << 20

/** Whether there is a file whose bytes are the first of those that will be cut. */
function holdsNoMore(kept: string, fd: number, byte: number, bytes: number): boolean {
  const found = fs.lstatSync(kept, { throwIfNoEntry: false })
  if (!found?.isFile() || found.size > bytes) return false
  const copy = fs.openSync(kept, 'r')
  try {
    const [theirs, ours] = [Buffer.alloc(BLOCK), Buffer.alloc(BLOCK)]
    for (let at = 0; at < found.size; ) {
      const count = fs.readSync(copy, theirs, 0, Math.min(BLOCK, found.size - at), at)
      if (count === 0 || fs.readSync(fd, ours, 0, count, byte + at) !== count) return false
      if (!theirs.subarray(0, count).equals(ours.subarray(0, count))) return false
      at += count
    }
    return true
  } finally {
    fs.closeSync(copy)
  }
}
