/*
 * Percent-encoding, once or more. Source: RFC 3986 §2.1.
 */

/** A text with every character decoded, so that each stands in one place, and how often each was encoded, three at most. */
export interface Decoded {
  readonly text: string
  readonly levels: Uint8Array | undefined
  readonly offsets: Uint32Array | undefined
}

/** Deeper than this is as deep as this. */
export const DEEPEST = 3

export function decoded(text: string): Decoded {
  if (!text.includes('%')) return { text, levels: undefined, offsets: undefined }
  const levels = new Uint8Array(text.length)
  const offsets = new Uint32Array(text.length + 1)
  const parts: string[] = []
  let count = 0
  for (let at = 0; at < text.length; ) {
    const percent = text.indexOf('%', at)
    const end = percent === -1 ? 0 : encodedEnd(text, percent)
    const plain = end > 0 ? percent : percent === -1 ? text.length : percent + 1
    parts.push(text.slice(at, plain))
    for (; at < plain; at++) offsets[count++] = at
    if (end === 0) continue
    parts.push(String.fromCharCode(Number.parseInt(text.slice(end - 2, end), 16)))
    levels[count] = Math.min((end - at - 1) >> 1, DEEPEST)
    offsets[count++] = at
    at = end
  }
  offsets[count] = text.length
  return { text: parts.join(''), levels, offsets }
}

const HEX = /^[0-9a-fA-F]{2}$/

/** The end of `%3D`, `%253D` and so on; 0 where there is none. */
function encodedEnd(text: string, at: number): number {
  let end = at + 1
  while (text.startsWith('25', end) && HEX.test(text.slice(end + 2, end + 4))) end += 2
  return HEX.test(text.slice(end, end + 2)) ? end + 2 : 0
}
