import fs from 'node:fs'
import { frontOf, isWhole } from './front.js'
import { FORMAT, NEWLINE } from './line.js'
import { beginsSynced, endsSynced } from './marked.js'
import { type Index, keptBelow } from './node.js'

/** Bytes of an unfinished write that were cut off the end of a file, and kept beside it. No answer was ever given for what they held. */
export interface Cut {
  readonly file: string
  /** The first line that was cut, from 1. */
  readonly line: number
  /** Where it began. */
  readonly byte: number
  readonly bytes: number
  /** The file that holds them now. Nothing reads it; remove it when you have seen it. */
  readonly kept: string
}

interface Read {
  readonly index: Index
  /** Length of the file up to its last whole line. */
  readonly size: number
  readonly cut: Omit<Cut, 'kept'> | undefined
  /** Whether the last whole line says that everything before it is on disk. */
  readonly marked: boolean
}

const BLOCK = 1 << 22

/**
 * Reads a journal into its index, up to `end` if that is given: checks every line, parses none. What is whole, torn and
 * damaged says `line.ts`.
 */
export async function readJournal(
  fd: number,
  file: string,
  family: string,
  end = Number.POSITIVE_INFINITY,
): Promise<Read> {
  const index: Index = new Map()
  let lines = 0
  let marked = false
  let torn: { line: number; byte: number } | undefined

  const refused = (what: string, line: number, byte: number) => new Error(`${file}:${line} (byte ${byte}) ${what}`)

  const takeHeader = (bytes: Buffer, from: number, to: number) => {
    const header = isWhole(bytes, from, to) ? frontOf(bytes, from, to) : undefined
    if (header?.kind !== 'header') throw refused(`is not the header of a journal${broken(bytes, from, to)}`, 1, 0)
    const { format, family: held } = header
    if (format !== FORMAT) throw refused(`is in format ${format}; this version reads ${FORMAT}`, 1, 0)
    if (held !== family) throw refused(`holds ${held}, not ${family}`, 1, 0)
  }

  const takeTorn = (bytes: Buffer, from: number, to: number, byte: number) => {
    const first = torn === undefined
    torn ??= { line: lines, byte }
    const { line, byte: at } = torn
    if (broken(bytes, from, to)) throw refused(`is damaged${broken(bytes, from, to)}`, line, at)
    if ((!first && beginsSynced(bytes, from, to)) || endsSynced(bytes, from, to)) {
      throw refused('is damaged, and lines that were written after it follow', line, at)
    }
  }

  const take = (bytes: Buffer, from: number, to: number, byte: number) => {
    lines++
    if (lines === 1) return takeHeader(bytes, from, to)
    if (torn !== undefined || !isWhole(bytes, from, to)) return takeTorn(bytes, from, to, byte)
    const front = frontOf(bytes, from, to)
    if (front === undefined) throw refused(`is no line of format ${FORMAT}`, lines, byte)
    if (front.kind === 'header') throw refused('is a second header', lines, byte)
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
    const count = await readSome(fd, bytes, filled, start + filled, end)
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
  if (filled > 0) {
    lines++
    if (lines === 1) takeHeader(bytes.subarray(0, filled), 0, 0)
    takeTorn(bytes, 0, filled, start)
  }
  if (torn === undefined) return { index, size: start, cut: undefined, marked }
  return { index, size: torn.byte, cut: { file, ...torn, bytes: start + filled - torn.byte }, marked }
}

/** What to say of a line whose only fault is how it ends. */
function broken(bytes: Buffer, from: number, to: number): string {
  const carriage = to > from && bytes[to - 1] === CARRIAGE_RETURN && isWhole(bytes, from, to - 1)
  return carriage ? ': its line break is CRLF' : ''
}

const CARRIAGE_RETURN = 13

function readSome(fd: number, bytes: Buffer, at: number, position: number, end: number): Promise<number> {
  const most = Math.min(bytes.length - at, end - position)
  if (most === 0) return Promise.resolve(0)
  return new Promise((resolve, reject) => {
    fs.read(fd, bytes, at, most, position, (error, count) => (error ? reject(error) : resolve(count)))
  })
}
