import fs from 'node:fs'
import { FORMAT, frontOf, isWhole, NEWLINE } from './line.js'
import { type Index, keptBelow } from './node.js'

/** Bytes of an unfinished write that were cut off the end of a file. No answer was ever given for what they held. */
export interface Cut {
  readonly file: string
  /** The first line that was cut, from 1. */
  readonly line: number
  /** Where it began. */
  readonly byte: number
  readonly bytes: number
}

interface Read {
  readonly index: Index
  /** Length of the file up to its last whole line. */
  readonly size: number
  readonly cut: Cut | undefined
  /** Whether the last whole line says that everything before it is on disk. */
  readonly marked: boolean
}

const BLOCK = 1 << 22

/**
 * Reads a journal into its index: checks every line, parses none. A line that is not whole and is followed by a synced
 * line was on disk and is damaged: that is refused. Otherwise it is the torn end of a write that nobody was told of.
 */
export async function readJournal(fd: number, file: string, family: string): Promise<Read> {
  const index: Index = new Map()
  let lines = 0
  let marked = false
  let torn: { line: number; byte: number } | undefined

  const damaged = ({ line, byte }: { line: number; byte: number }) =>
    new Error(`${file}:${line} (byte ${byte}) is damaged, and whole lines follow it`)

  const take = (bytes: Buffer, from: number, to: number, byte: number) => {
    lines++
    if (!isWhole(bytes, from, to)) {
      torn ??= { line: lines, byte }
      if (endsSynced(bytes, from, to)) throw damaged(torn)
      return
    }
    const front = frontOf(bytes, from, to)
    if (front === undefined) throw new Error(`${file}:${lines} (byte ${byte}) is a line of a newer format`)
    if (front.kind === 'header') {
      if (front.format !== FORMAT) throw new Error(`${file} is in format ${front.format}; this version reads ${FORMAT}`)
      if (front.family !== family) throw new Error(`${file} holds ${front.family}, not ${family}`)
      return
    }
    if (torn !== undefined) {
      if (front.synced) throw damaged(torn)
      return
    }
    marked = front.kind === 'mark'
    if (front.kind === 'drop') index.delete(front.fqn)
    if (front.kind !== 'put') return
    const { id, revision, tenths, deleted, fqn } = front
    const older = keptBelow(tenths, index.get(fqn))
    index.set(fqn, { id, revision, tenths, deleted, offset: byte, length: to - from, older, stored: undefined })
  }

  let bytes = Buffer.allocUnsafe(BLOCK)
  let filled = 0
  let start = 0
  for (;;) {
    const count = await readSome(fd, bytes, filled, start + filled)
    filled += count
    let from = 0
    for (let to = bytes.indexOf(NEWLINE); to !== -1 && to < filled; to = bytes.indexOf(NEWLINE, from)) {
      take(bytes, from, to, start + from)
      from = to + 1
    }
    start += from
    bytes.copyWithin(0, from, filled)
    filled -= from
    if (count === 0) break
    if (filled === bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2)
  }
  if (filled > 0) torn ??= { line: lines + 1, byte: start }
  if (torn === undefined) return { index, size: start, cut: undefined, marked }
  return { index, size: torn.byte, cut: { file, ...torn, bytes: start + filled - torn.byte }, marked }
}

/** Whether a synced line hangs on the end of a bad one, the line break between them being what is damaged. */
function endsSynced(bytes: Buffer, from: number, to: number): boolean {
  return ['{"op":"', '{"synced":'].some((beginning) => {
    const at = bytes.subarray(from, to).lastIndexOf(beginning)
    if (at <= 0 || !isWhole(bytes, from + at, to)) return false
    const front = frontOf(bytes, from + at, to)
    return front !== undefined && front.kind !== 'header' && front.synced
  })
}

function readSome(fd: number, bytes: Buffer, at: number, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.read(fd, bytes, at, bytes.length - at, position, (error, count) => (error ? reject(error) : resolve(count)))
  })
}
