import fs from 'node:fs'
import { storedOf } from './front.js'
import { addHeader, addPut, type Lines, noLines } from './line.js'
import { chainOf, type Node } from './node.js'

/** The size of a journal before and after it was compacted, in bytes. */
export interface Compacted {
  readonly before: number
  readonly after: number
}

const BLOCK = 1 << 20

/**
 * Copies the lines that still count, in the order in which they stand: of each service the newest, and the versions it
 * superseded, those without their secrets and without what stood beside them. `move` makes the index point at the copies.
 */
export async function copyLive(
  heads: Iterable<Node>,
  read: (offset: number, length: number) => Buffer,
  copy: number,
  family: string,
  epoch: number,
): Promise<{ size: number; move: () => void }> {
  const current = new Set(heads)
  const live = [...current].flatMap(chainOf).sort((a, b) => a.offset - b.offset)
  const places: { offset: number; length: number }[] = []
  const lines = noLines()
  addHeader(lines, family, epoch)
  let size = 0
  for (const node of live) {
    const stored = storedOf(read(node.offset, node.length))
    const offset = size + lines.length
    const length = addPut(lines, current.has(node) ? stored : { ...stored, sealed: null, beside: null }, true)
    places.push({ offset, length })
    if (lines.length > BLOCK) size += await flushed(copy, lines)
  }
  size += await flushed(copy, lines)
  const move = () => {
    for (const [at, node] of live.entries()) Object.assign(node, places[at])
  }
  return { size, move }
}

/** Without blocking: appends go on meanwhile. */
function flushed(copy: number, lines: Lines): Promise<number> {
  const { bytes, length } = lines
  return new Promise((resolve, reject) => {
    const from = (done: number): void => {
      if (done === length) {
        lines.length = 0
        resolve(length)
        return
      }
      fs.write(copy, bytes, done, length - done, null, (error, count) => (error ? reject(error) : from(done + count)))
    }
    from(0)
  })
}
