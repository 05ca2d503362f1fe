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
  try {
    fs.rmSync(second, { force: true }) // of a takeover that came no further, or to its end
    fs.linkSync(place, second)
  } catch (cause) {
    if (!NO_LINKS.includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause
  }
}

const NO_LINKS: readonly string[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

/**
 * The file to take over, and the highest epoch there was. It is the one with the second name where somebody ended between
 * the rename and the end of his copy: what is in place then has nothing, behind its header, that the other has not.
 */
export function sourceOf(place: string): { source: string; epoch: number } {
  const second = secondOf(place)
  const copy = fs.openSync(place, 'r')
  try {
    const sight = sightOf(copy)
    const epoch = epochIn(sight.head)
    if (!fs.statSync(second, { throwIfNoEntry: false }) || isSame(second, sight) === true)
      return { source: place, epoch }
    const isUnfinished = beginsWith(second, copy, sight.head.length + 1)
    return { source: isUnfinished ? second : place, epoch }
  } finally {
    fs.closeSync(copy)
  }
}

const BLOCK = 1 << 20

/** Whether a journal has, behind its header, all that stands in the other from a byte on. */
function beginsWith(second: string, copy: number, from: number): boolean {
  const fd = fs.openSync(second, 'r')
  try {
    const at = sightOf(fd).head.length + 1
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
