import fs from 'node:fs'
import { writeAll } from './sync.js'

const BLOCK = 1 << 20

/** Appends so many bytes of one file, from one on, to another. */
export function copyBytes(from: number, at: number, to: number, length: number): void {
  const block = Buffer.allocUnsafe(Math.min(BLOCK, length))
  for (let done = 0; done < length; ) {
    const count = fs.readSync(from, block, 0, Math.min(block.length, length - done), at + done)
    if (count === 0) throw new Error('a file became shorter while it was read')
    writeAll(to, block.subarray(0, count))
    done += count
  }
}

/** Appends what stands in one file from a byte on to another; answers where that ended. */
export function copyFrom(from: number, start: number, to: number): number {
  const bytes = Buffer.allocUnsafe(BLOCK)
  for (let at = start; ; ) {
    const count = fs.readSync(from, bytes, 0, BLOCK, at)
    if (count === 0) return at
    writeAll(to, bytes.subarray(0, count))
    at += count
  }
}
