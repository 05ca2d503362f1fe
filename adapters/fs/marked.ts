import { checksumIn, isWhole } from './front.js'

const MARKED = /^\{(?:"op":"put","revision":[0-9]+,"synced":true,|"op":"drop","synced":true,|"synced":true,"crc":)/

/** So many places of one bad line are looked at that may be a mark. */
const MANY = 100

/**
 * Whether a line that need not be whole has the mark where a line has it, at its beginning. Inside a service's content
 * the same text says nothing.
 */
export function beginsSynced(bytes: Buffer, from: number, to: number): boolean {
  return MARKED.test(bytes.toString('latin1', from, Math.min(to, from + 64)))
}

/**
 * Whether a whole line with the mark hangs on the end of a bad one, the line break between them being damaged. Each place
 * that may be a mark costs a checksum of all behind it: a line with very many of them is taken for such a one, refused
 * rather than cut, so that no content makes opening slow.
 */
export function endsSynced(bytes: Buffer, from: number, to: number): boolean {
  if (checksumIn(bytes, from, to) === undefined) return false
  let marks = 0
  for (let at = bytes.lastIndexOf('{"', to - 1); at > from; at = bytes.lastIndexOf('{"', at - 1)) {
    if (!beginsSynced(bytes, at, to)) continue
    if (isWhole(bytes, at, to) || ++marks > MANY) return true
  }
  return false
}
