import fs from 'node:fs'
import { NEWLINE } from './line.js'
import { reason } from './reason.js'

/** What tells an open journal from any other file that may come to stand at its path. */
export interface Sight {
  readonly dev: bigint
  readonly ino: bigint
  /** The first line, which says the epoch: some file systems number their files by path. */
  readonly head: Buffer
}

export function sightOf(fd: number): Sight {
  const { dev, ino } = fs.fstatSync(fd, { bigint: true })
  return { dev, ino, head: headOf(fd) }
}

/**
 * Why the path no longer leads to the open file with just what was written to it, or `undefined` when it does. Opens it
 * instead of asking for its state alone: that is when a network file system asks its server.
 */
export function strayed(file: string, { dev, ino, head }: Sight, size: number): string | undefined {
  let fd: number | undefined
  try {
    fd = fs.openSync(file, 'r')
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return 'is gone'
    // Too many open files, or no right to open it again: its state alone tells of all that local disks know. Whatever else
    // keeps it from being opened may be that it is another file by now.
    if (!STATE_WILL_DO.includes(code)) return `cannot be looked at: ${reason(cause)}`
  }
  try {
    const found = fd === undefined ? fs.statSync(file, { bigint: true }) : fs.fstatSync(fd, { bigint: true })
    if (found.dev !== dev || found.ino !== ino) return 'is another file than the one that was opened'
    if (found.size !== BigInt(size)) return `has ${found.size} bytes instead of ${size}: something else wrote to it`
    if (fd !== undefined && !headOf(fd).equals(head)) return 'begins with another line than when it was opened'
    return undefined
  } catch (cause) {
    return `cannot be looked at: ${reason(cause)}`
  } finally {
    if (fd !== undefined) fs.closeSync(fd)
  }
}

const STATE_WILL_DO: readonly string[] = ['EMFILE', 'ENFILE', 'EACCES', 'EPERM']

/** Whether two files are one, when it can be known. */
export function isSame(file: string, { dev, ino }: Pick<Sight, 'dev' | 'ino'>): boolean | undefined {
  try {
    const found = fs.statSync(file, { bigint: true })
    return found.dev === dev && found.ino === ino
  } catch {
    return undefined
  }
}

const HEAD = 512

function headOf(fd: number): Buffer {
  const bytes = Buffer.alloc(HEAD)
  const read = bytes.subarray(0, fs.readSync(fd, bytes, 0, HEAD, 0))
  const end = read.indexOf(NEWLINE)
  return end === -1 ? read : read.subarray(0, end)
}
