import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { besideOf, removeBeside } from './beside.js'
import { addHeader, noLines } from './line.js'
import type { Lock } from './lock.js'
import { type Cut, readJournal } from './open.js'
import { renew } from './renew.js'
import { datasync, openForAppend, syncDirectory, writeAll } from './sync.js'

/** The file with its index; made if there is none, cut back to its last whole line, and on disk as it is. */
export async function openedFile(file: string, family: string, lock: Lock) {
  if (!fs.existsSync(file) || fs.statSync(file).size === 0) await made(file, family)
  else if (lock.guessed) await renew(file, family)
  let fd = openForAppend(file)
  try {
    removeBeside(file) // left by a process that ended in the midst of compacting
    const { size, index, cut: torn, marked } = await readJournal(fd, file, family)
    let cut: Cut | undefined
    if (torn !== undefined) cut = { ...torn, kept: await keptBeside(fd, file, torn.byte, torn.bytes) }
    if (!marked) fd = await rewritten(fd, file, size)
    else if (cut !== undefined) fs.ftruncateSync(fd, size)
    // From here on everything in the file is on disk, as the next synced line will say.
    await datasync(fd)
    await syncDirectory(file)
    // Whoever lost the directory before this line must not go on; whoever loses it later is told by his next look.
    if (!lock.isHeld()) throw new Error('it was taken by another process, which found no sign of life in this one')
    return { fd, size, index, cut, marked }
  } catch (cause) {
    fs.closeSync(fd)
    throw cause
  }
}

/** A new journal, in place only when its header is on disk: a file without one is never what a crash left of ours. */
async function made(file: string, family: string): Promise<void> {
  const header = noLines()
  addHeader(header, family)
  const beside = besideOf(file, randomUUID())
  const fd = fs.openSync(beside, 'wx', 0o600)
  try {
    writeAll(fd, header.bytes.subarray(0, header.length))
    await datasync(fd)
  } finally {
    fs.closeSync(fd)
  }
  fs.renameSync(beside, file)
}

/**
 * The lines of a file that was not closed, in a new file. After a failed sync the system may show what it never put on
 * disk, and a second sync of the same file says nothing; whoever opens it cannot know, so what it shows is written again.
 */
async function rewritten(fd: number, file: string, size: number): Promise<number> {
  const place = fs.realpathSync(file)
  const beside = besideOf(file, randomUUID())
  const copy = fs.openSync(beside, 'ax+', fs.fstatSync(fd).mode & 0o777)
  try {
    copyBytes(fd, 0, copy, size)
    await datasync(copy)
    fs.renameSync(beside, place)
  } catch (cause) {
    fs.closeSync(copy)
    fs.rmSync(beside, { force: true })
    throw cause
  }
  fs.closeSync(fd)
  return copy
}

/** Nothing is ever erased: what will be cut is on disk in a file of its own before. */
async function keptBeside(fd: number, file: string, byte: number, bytes: number): Promise<string> {
  const [kept, copy] = newBeside(`${file}.cut-${byte}`)
  try {
    copyBytes(fd, byte, copy, bytes)
    await datasync(copy)
  } finally {
    fs.closeSync(copy)
  }
  await syncDirectory(kept)
  return kept
}

function newBeside(name: string): [string, number] {
  for (let at = 1; ; at++) {
    const kept = at === 1 ? name : `${name}-${at}`
    try {
      return [kept, fs.openSync(kept, 'wx', 0o600)]
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
    }
  }
}

const BLOCK = 1 << 20

function copyBytes(from: number, at: number, to: number, length: number): void {
  const block = Buffer.allocUnsafe(Math.min(BLOCK, length))
  for (let done = 0; done < length; ) {
    const count = fs.readSync(from, block, 0, Math.min(block.length, length - done), at + done)
    if (count === 0) throw new Error('a file became shorter while it was read')
    writeAll(to, block.subarray(0, count))
    done += count
  }
}
