import fs from 'node:fs'
import path from 'node:path'

/**
 * How journals are opened: what is written goes to the end, wherever that is. Made if there is none, for its owner alone.
 */
export function openForAppend(file: string): number {
  return fs.openSync(file, 'a+', 0o600)
}

/** Appends all of it. Into the page cache, which takes a few microseconds: the wait is in the sync. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += fs.writeSync(fd, bytes, at, bytes.length - at, null)
}

export function datasync(fd: number): Promise<void> {
  return new Promise((resolve, reject) => fs.fdatasync(fd, (error) => (error === null ? resolve() : reject(error))))
}

/**
 * A new or renamed file is safe only when the directory it stands in is on disk too. Windows has no such call and needs
 * none; network and foreign file systems that have none say so in many ways, and then there is nothing to wait for.
 */
export async function syncDirectory(file: string): Promise<void> {
  if (process.platform === 'win32') return
  try {
    const fd = fs.openSync(path.dirname(file), 'r')
    try {
      await new Promise<void>((resolve, reject) =>
        fs.fsync(fd, (error) => (error === null ? resolve() : reject(error))),
      )
    } finally {
      fs.closeSync(fd)
    }
  } catch (cause) {
    if (!NOT_SUPPORTED.includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause
  }
}

const NOT_SUPPORTED: readonly string[] = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EPERM', 'EISDIR', 'EBADF']
