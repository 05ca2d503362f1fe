import { crc32 } from 'node:zlib'
import type { Service, Stored } from 'servicebook'

/*
 * The lines of a journal. Each is JSON; the last key is the CRC-32 of the bytes before it, so that a line can be checked
 * without being parsed and yet be read by any tool that reads JSON Lines.
 *
 *   {"format":"servicebook/1","family":"mlmodelService","crc":"b4494eeb"}
 *   {"op":"put","revision":3,"synced":true,"service":{"id":…,"name":…},"sealed":null,"crc":"82308c20"}
 *   {"op":"put","revision":4,"service":{…},"sealed":null,"beside":{"followers":[…]},"crc":"…"}
 *   {"op":"drop","synced":true,"fullyQualifiedName":"a","crc":"1e0dc6a4"}
 *   {"synced":true,"crc":"4d1c2a7f"}
 *
 * `"synced":true` says: everything before this line was on disk when it was written. It stands on the first line of every
 * append, and alone where a file was closed or compacted. It is read where it stands in these forms, nowhere else.
 *
 * What a file is; the reader, the cutter and the tests follow this:
 *
 *   ours      its first line is a whole header, of this format and of the family that the file is named for. A file without
 *             one is nobody's torn write, since a journal is put in place with its header on disk: it is refused where it
 *             has a family's name, and left alone elsewhere. An empty file holds nothing and becomes a journal.
 *   whole     a header, then whole puts, drops and marks, each ended by a line feed alone.
 *   torn      behind the header: bytes from the first line that is not whole to the end, none of which is a line with a
 *             mark behind that first one. So much one interrupted append can leave, and nothing else: an append has one
 *             mark, on its first line, and the next one begins when it is on disk. It is kept in a file beside, and cut.
 *   damaged   anything else: a line with a mark, whole or not, behind one that is not whole; a line break that became
 *             something else before such a line; CRLF; a right checksum on what is no line of ours; a second header. It is
 *             refused with file, line and byte, and nothing is changed.
 */

export const FORMAT = 'servicebook/1'
const CRC = ',"crc":"'
export const CRC_LENGTH = CRC.length + 8 + '"}'.length
export const NEWLINE = 10

/** Lines to be written, as bytes; the buffer is used again for the next ones. */
export interface Lines {
  bytes: Buffer
  length: number
}

export function noLines(): Lines {
  return { bytes: Buffer.allocUnsafe(1 << 16), length: 0 }
}

/** Adds a line; answers its length without the line break. `text` is the line up to its checksum. */
function addLine(lines: Lines, text: string): number {
  const from = lines.length
  const room = from + text.length * 3 + CRC_LENGTH + 1
  if (room > lines.bytes.length) {
    const larger = Buffer.allocUnsafe(Math.max(room, lines.bytes.length * 2))
    lines.bytes.copy(larger, 0, 0, from)
    lines.bytes = larger
  }
  const to = from + lines.bytes.write(text, from, 'utf8')
  const crc = crc32(lines.bytes.subarray(from, to)).toString(16).padStart(8, '0')
  lines.length = to + lines.bytes.write(`${CRC}${crc}"}\n`, to, 'latin1')
  return lines.length - 1 - from
}

export function addHeader(lines: Lines, family: string, epoch = 0): void {
  addLine(lines, `{"format":"${FORMAT}","family":"${family}"${epoch === 0 ? '' : `,"epoch":${epoch}`}`)
}

export function addPut(lines: Lines, { service, sealed, beside, revision }: Stored, synced: boolean): number {
  const mark = synced ? '"synced":true,' : ''
  const more = beside === null ? '' : `,"beside":${JSON.stringify(beside)}`
  const rest = `"service":${JSON.stringify(inLineOrder(service))},"sealed":${JSON.stringify(sealed)}${more}`
  return addLine(lines, `{"op":"put","revision":${revision},${mark}${rest}`)
}

export function addDrop(lines: Lines, fqn: string, synced: boolean): void {
  addLine(lines, `{"op":"drop",${synced ? '"synced":true,' : ''}"fullyQualifiedName":${JSON.stringify(fqn)}`)
}

export function addMark(lines: Lines): void {
  addLine(lines, '{"synced":true')
}

/** The verbs make services with these keys in front; anybody else's are put there, since opening reads only the front. */
function inLineOrder(service: Service): Service {
  const front = ['id', 'name', 'fullyQualifiedName', 'version', 'deleted']
  let at = 0
  for (const key in service) {
    if (key !== front[at++]) {
      const { id, name, fullyQualifiedName, version, deleted, ...rest } = service
      return { id, name, fullyQualifiedName, version, deleted, ...rest } as Service
    }
    if (at === front.length) break
  }
  return service
}
