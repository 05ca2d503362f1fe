/** Bounds on what is taken in, adjustable per book. Source: `semantics.md` §1. */
export interface Limits {
  /** Bytes of UTF-8 in a description. Default 4 MiB. */
  readonly description: number
  /** Bytes of a request as JSON text in UTF-8. Default 8 MiB. */
  readonly request: number
  /** Levels of nesting. Default 32. */
  readonly depth: number
  /** Elements of a list, and keys of an object. Default 1,000. */
  readonly elements: number
}

export const defaultLimits: Limits = { description: 4 * 2 ** 20, request: 8 * 2 ** 20, depth: 32, elements: 1000 }

/** `size` is as `Copied` in `copy.ts` has it: only near the limit is the text made, of the value that `whole` answers. */
export function isTooLarge(whole: () => unknown, size: number, { request }: Limits): boolean {
  return size > request || (size * 6 > request && utf8Length(JSON.stringify(whole())) > request)
}

/** Of a JSON value, as `Copied` in `copy.ts` has it: never more than the bytes of its JSON text, and never less than a sixth of them. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 2 + value.length
  let size = sizeOfLeaf(value)
  if (typeof value !== 'object' || value === null) return size
  if (Array.isArray(value)) for (const element of value) size += sizeOf(element)
  else for (const key in value) size += sizeUnder(key, (value as Record<string, unknown>)[key])
  return size
}

/** Of what has no parts; for a text and for what has parts, that of the signs around them. */
export const sizeOfLeaf = (value: unknown) => (typeof value === 'number' ? String(value).length : 2)

/** The same of a field, which is no part of the text where it is `undefined`. */
export function sizeUnder(key: string, field: unknown): number {
  return field === undefined ? 0 : key.length + sizeOf(field)
}

/** Bytes of a text in UTF-8, without an encoder: not every test environment has one, and a copy would be as large again. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) continue
    bytes += unit < 0x800 ? 1 : 2
    // A pair of surrogates is four bytes, a lone one the three of U+FFFD.
    if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) at++
  }
  return bytes
}
