import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import { epochIn } from './front.js'
import { isSame, sightOf } from './look.js'

/** The other name that a journal has while it is taken over, until all of it stands in the file that took its place. */
export function secondOf(place: string): string {
  return `${place}.before`
}

/** Where the file system has no second names, what comes at the very moment of the rename hangs on one process. */
export function keepSecond(place: string): void {
  const second = secondOf(place)
  clear(place, second)
  try {
    fs.linkSync(place, second)
  } catch (cause) {
    if (!NO_LINKS.includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause
  }
}

/** Android and Windows have two more ways to say it. */
const NO_LINKS: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES', 'EISDIR']

/** Takes the second name off the journal, where a takeover came no further. Any other file keeps its bytes under another name. */
function clear(place: string, second: string): void {
  const found = fs.lstatSync(second, { bigint: true, throwIfNoEntry: false })
  if (found === undefined) return
  if (isSame(place, found) === true) fs.rmSync(second)
  else fs.renameSync(second, `${second}-${randomUUID()}`)
}

/**
 * The file to take over, and the highest epoch there was. It is the one with the second name where somebody ended between
 * the rename and the end of his copy: what is in place then has a higher epoch and nothing, behind its header, that the
 * other has not. A journal that was put back from a copy has no higher one.
 */
export function sourceOf(place: string): { source: string; epoch: number } {
  const second = secondOf(place)
  const copy = fs.openSync(place, 'r')
  try {
    const sight = sightOf(copy)
    const epoch = epochIn(sight.head)
    if (!fs.statSync(second, { throwIfNoEntry: false }) || isSame(second, sight) === true)
      return { source: place, epoch }
    const isUnfinished = beginsWith(second, copy, sight.head.length + 1, epoch)
    return { source: isUnfinished ? second : place, epoch }
  } finally {
    fs.closeSync(copy)
  }
}

/** Whether somebody ended in the midst of taking a journal over, be it that nobody remembers a guess. */
export function isUnfinished(place: string): boolean {
  return sourceOf(place).source !== place
}

const BLOCK = 1 << 20

/** Whether a journal of a lower epoch has, behind its header, all that stands in the other from a byte on. */
function beginsWith(second: string, copy: number, from: number, epoch: number): boolean {
  const fd = fs.openSync(second, 'r')
  try {
    const { head } = sightOf(fd)
    if (epochIn(head) >= epoch) return false
    const at = head.length + 1
    const [theirs, ours] = [Buffer.allocUnsafe(BLOCK), Buffer.allocUnsafe(BLOCK)]
    for (let done = 0; ; ) {
      const count = fs.readSync(copy, ours, 0, BLOCK, from + done)
      if (count === 0) return true
      if (fs.readSync(fd, theirs, 0, count, at + done) !== count) return false
      if (!ours.subarray(0, count).equals(theirs.subarray(0, count))) return false
      done += count
    }
  } finally {
    fs.closeSync(fd)
  }
}
