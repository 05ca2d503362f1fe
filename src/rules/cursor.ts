import { ID_PATTERN } from '../model/service.js'
import type { Place } from '../ports/store.js'

/*
 * Cursors of lists: the place of a service as base64url of JSON, which hosts pass on and do not look into. Source:
 * OpenMetadata's paging.
 */

export function cursorOf({ name, id }: Place): string {
  const bytes = new TextEncoder().encode(JSON.stringify({ name, id }))
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** The place a cursor stands for; `undefined` when it is none. */
export function placeOf(cursor: string): Place | undefined {
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    const place: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    const { name, id } = (place ?? {}) as { name?: unknown; id?: unknown }
    const isPlace = typeof name === 'string' && name.isWellFormed() && !name.includes('\0') && typeof id === 'string'
    return isPlace && ID.test(id) ? { name, id } : undefined
  } catch {
    return undefined
  }
}

const ID = new RegExp(ID_PATTERN)
