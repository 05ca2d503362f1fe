import { crc32 } from 'node:zlib'
import type { Stored } from 'servicebook'
import { frozen } from '../frozen.js'
import { CRC_LENGTH } from './line.js'
import { tenthsOf } from './node.js'

/* Reading the lines that `line.ts` writes: whether one is whole, and what stands at its front, without parsing the rest. */

/** What the front of a line says. */
export type Front =
  | { readonly kind: 'header'; readonly format: string; readonly family: string }
  | { readonly kind: 'mark'; readonly synced: true }
  | { readonly kind: 'drop'; readonly synced: boolean; readonly fqn: string }
  | {
      readonly kind: 'put'
      readonly synced: boolean
      readonly revision: number
      readonly id: string
      readonly fqn: string
      readonly tenths: number
      readonly deleted: boolean
    }

/** Whether the bytes from `from` to `to`, without the line break, are a whole line. */
export function isWhole(bytes: Buffer, from: number, to: number): boolean {
  const crc = checksumIn(bytes, from, to)
  return crc !== undefined && crc32(bytes.subarray(from, to - CRC_LENGTH)) === Number.parseInt(crc, 16)
}

/** The checksum at the end of a line, right or wrong; `undefined` where there is none. */
export function checksumIn(bytes: Buffer, from: number, to: number): string | undefined {
  const end = to - CRC_LENGTH
  return end <= from ? undefined : CHECKSUM.exec(bytes.toString('latin1', end, to))?.[1]
}

const CHECKSUM = /^,"crc":"([0-9a-f]{8})"\}$/

const PUT = '{"op":"put","revision":'
const SYNCED = '"synced":true,'
const ID = '"service":{"id":"'
const NAME = '","name":"'
const FQN = ',"fullyQualifiedName":"'
const VERSION = ',"version":'
const DELETED = ',"deleted":'
const COMMA = 44
const QUOTE = 34
const BACKSLASH = 92

/** Reads the front of a whole line; `undefined` when it is none that this version writes. Parses no service. */
export function frontOf(bytes: Buffer, from: number, to: number): Front | undefined {
  return quickFront(bytes, from, to) ?? parsedFront(bytes, from, to)
}

/** A put in exactly the form that `addPut` gives it; `undefined` for anything else. Rests on quotes, not on widths. */
function quickFront(bytes: Buffer, from: number, to: number): Front | undefined {
  if (!startsWith(bytes, from, PUT)) return undefined
  let at = bytes.indexOf(COMMA, from + PUT.length)
  const revision = Number(bytes.toString('latin1', from + PUT.length, at))
  at += 1
  const synced = startsWith(bytes, at, SYNCED)
  if (synced) at += SYNCED.length
  if (!startsWith(bytes, at, ID)) return undefined
  const id = at + ID.length
  const idEnd = endOfText(bytes, id)
  if (!startsWith(bytes, idEnd, NAME)) return undefined
  const nameEnd = endOfText(bytes, idEnd + NAME.length)
  if (!startsWith(bytes, nameEnd + 1, FQN)) return undefined
  const fqn = nameEnd + 1 + FQN.length
  const fqnEnd = endOfText(bytes, fqn)
  if (!startsWith(bytes, fqnEnd + 1, VERSION)) return undefined
  const version = fqnEnd + 1 + VERSION.length
  const versionEnd = bytes.indexOf(COMMA, version)
  if (!startsWith(bytes, versionEnd, DELETED) || versionEnd > to) return undefined
  const tenths = tenthsOf(Number(bytes.toString('latin1', version, versionEnd)))
  if (!Number.isInteger(revision) || !Number.isInteger(tenths)) return undefined
  const deleted = bytes[versionEnd + DELETED.length] === 116
  // A slice of a longer string would keep all of it in memory; this makes a string of its own.
  return {
    kind: 'put',
    synced,
    revision,
    id: textAt(bytes, id, idEnd),
    fqn: textAt(bytes, fqn, fqnEnd),
    tenths,
    deleted,
  }
}

function parsedFront(bytes: Buffer, from: number, to: number): Front | undefined {
  let line: Record<string, unknown> | null
  try {
    line = JSON.parse(bytes.toString('utf8', from, to))
  } catch {
    return undefined
  }
  if (typeof line !== 'object' || line === null) return undefined
  const synced = line.synced === true
  if (line.op === 'put') return putFront(line, synced)
  if (line.op === 'drop') {
    const fqn = line.fullyQualifiedName
    return typeof fqn === 'string' ? { kind: 'drop', synced, fqn } : undefined
  }
  if (line.op !== undefined) return undefined
  if (typeof line.format === 'string') return { kind: 'header', format: line.format, family: String(line.family) }
  return synced ? { kind: 'mark', synced } : undefined
}

function putFront({ revision, service }: Record<string, unknown>, synced: boolean): Front | undefined {
  const { id, fullyQualifiedName: fqn, version, deleted } = (service ?? {}) as Record<string, unknown>
  if (typeof id !== 'string' || typeof fqn !== 'string') return undefined
  if (!Number.isInteger(revision) || !Number.isFinite(version)) return undefined
  const tenths = tenthsOf(version as number)
  return { kind: 'put', synced, revision: revision as number, id, fqn, tenths, deleted: deleted === true }
}

function startsWith(bytes: Buffer, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text.charCodeAt(index)) return false
  return true
}

/** The closing quote of the JSON string that begins behind the quote before `at`. */
function endOfText(bytes: Buffer, at: number): number {
  let end = bytes.indexOf(QUOTE, at)
  for (;;) {
    let escapes = 0
    while (bytes[end - 1 - escapes] === BACKSLASH) escapes++
    if (escapes % 2 === 0) return end
    end = bytes.indexOf(QUOTE, end + 1)
  }
}

function textAt(bytes: Buffer, from: number, to: number): string {
  const text = bytes.toString('utf8', from, to)
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text
}

/** The service of a whole put line, frozen. */
export function storedOf(line: Buffer): Stored {
  // Lines of services that nothing stands beside say nothing of it.
  const { revision, service, sealed, beside = null } = JSON.parse(line.toString('utf8')) as Stored
  return Object.freeze({ service: frozen(service), sealed, beside: frozen(beside), revision })
}

/** How often a journal was taken over from a process that might have been alive; none said is 0. */
export function epochIn(head: Buffer): number {
  try {
    const { epoch = 0 } = JSON.parse(head.toString('utf8')) as { epoch?: number }
    return epoch
  } catch {
    return 0 // a file that is empty, or whose first line was never finished
  }
}
