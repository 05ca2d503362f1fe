import { ID_PATTERN } from '../model/fields.js'
import type { Place } from '../ports/store.js'

/*
 * Cursors of lists: the place of a service as base64url of JSON, which hosts pass on and do not look into. Source:
 * OpenMetadata's paging. Without an encoder of UTF-8: not every test environment has one.
 */

export function cursorOf({ name, id }: Place): string {
  const binary = encodeURIComponent(JSON.stringify({ name, id }).toWellFormed()).replace(/%(..)/g, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** The place a cursor stands for; `undefined` when it is none. */
export function placeOf(cursor: string): Place | undefined {
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))
    const hex = Array.from(binary, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')
    const place: unknown = JSON.parse(decodeURIComponent(hex))
    const { name, id } = (place ?? {}) as { name?: unknown; id?: unknown }
    const isPlace = typeof name === 'string' && name.isWellFormed() && !name.includes('\0') && typeof id === 'string'
    return isPlace && ID.test(id) ? { name, id } : undefined
  } catch {
    return undefined
  }
}

const ID = new RegExp(ID_PATTERN)
