import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { besideOf, removeBeside } from './beside.js'
import { copyBytes } from './copy.js'
import { keptBeside } from './kept.js'
import { addHeader, noLines } from './line.js'
import { type Lock, mustHold } from './lock.js'
import { distrust } from './mark.js'
import { type Cut, readJournal } from './open.js'
import { placeOf } from './place.js'
import { renew } from './renew.js'
import { isUnfinished } from './second.js'
import { datasync, openForAppend, syncDirectory, writeAll } from './sync.js'

/** The file with its index; made if there is none, cut back to its last whole line, and on disk as it is. */
export async function openedFile(file: string, family: string, lock: Lock) {
  const place = placeOf(file)
  // Asked so that whatever keeps it from being known is an error: what is taken for missing is replaced.
  const found = fs.statSync(file, { throwIfNoEntry: false })
  if (found === undefined || found.size === 0) await made(place, family, lock)
  else if (lock.guessed || isUnfinished(place)) await renew(file, family, lock)
  let fd = openForAppend(file)
  try {
    removeBeside(place) // left by a process that ended in the midst of compacting
    const { size, index, cut: torn, marked } = await readJournal(fd, file, family)
    const cut: Cut | undefined = torn && { ...torn, kept: await keptBeside(fd, file, torn.byte, torn.bytes) }
    if (!marked || cut !== undefined) fd = await rewritten(fd, place, size, lock)
    else await synced(fd)
    // From here on everything in the file is on disk, as the next synced line will say.
    await syncDirectory(place)
    // Whoever lost the directory before this line must not go on; whoever loses it later is told by his next look.
    mustHold(lock)
    return { fd, size, index, cut, marked }
  } catch (cause) {
    fs.closeSync(fd)
    throw cause
  }
}

/** A new journal, in place only when its header is on disk: a file without one is never what a crash left of ours. */
async function made(place: string, family: string, lock: Lock): Promise<void> {
  const header = noLines()
  addHeader(header, family)
  const beside = besideOf(place, randomUUID())
  const fd = fs.openSync(beside, 'wx', 0o600)
  try {
    writeAll(fd, header.bytes.subarray(0, header.length))
    await datasync(fd)
    mustHold(lock)
    fs.renameSync(beside, place)
  } catch (cause) {
    fs.rmSync(beside, { force: true })
    throw cause
  } finally {
    fs.closeSync(fd)
  }
}

/** Whoever put the mark may have ended before it was synced. */
async function synced(fd: number): Promise<void> {
  try {
    await datasync(fd)
  } catch (cause) {
    distrust(fd)
    throw cause
  }
}

/**
 * The lines of a file that was not closed, in a new file. After a failed sync the system may show what it never put on
 * disk, and a second sync of the same file says nothing; whoever opens it cannot know, so what it shows is written again.
 */
async function rewritten(fd: number, place: string, size: number, lock: Lock): Promise<number> {
  const beside = besideOf(place, randomUUID())
  const copy = fs.openSync(beside, 'ax+', fs.fstatSync(fd).mode & 0o777)
  try {
    copyBytes(fd, 0, copy, size)
    await datasync(copy)
    mustHold(lock)
    fs.renameSync(beside, place)
  } catch (cause) {
    fs.closeSync(copy)
    fs.rmSync(beside, { force: true })
    throw cause
  }
  fs.closeSync(fd)
  return copy
}
