import { type BadRequest, badRequest, type PreconditionFailed, preconditionFailed } from '../model/errors.js'
import { sameValue } from './same.js'
import { maskedPath } from './secrets.js'

/*
 * JSON Patch on any document, judged by the public suite. Source: RFC 6902; RFC 6901 for paths.
 */

/** An operation of RFC 6902. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string }
  | { readonly op: 'move' | 'copy'; readonly from: string; readonly path: string }

/** The raw keys that a JSON Pointer names, one below the other. */
export const tokensOf = (pointer: string) =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))

/**
 * Applies a patch to a document, which it changes on the way. `room` is how many characters it may copy in all: a list that
 * is copied into itself is twice as large each time.
 */
export function applyPatch(
  given: unknown,
  patch: readonly PatchOperation[],
  room: number,
): { readonly document: unknown } | { readonly failure: BadRequest | PreconditionFailed } {
  let document = given
  let left = room
  for (const [at, operation] of patch.entries()) {
    if (operation.op === 'copy') left -= JSON.stringify(found(document, operation.from).value)?.length ?? 0
    if (left < 0) return { failure: badRequest([{ path: `/${at}`, message: `copies more than ${room} characters` }]) }
    const result = applied(document, operation)
    if ('fault' in result) {
      const path = result.fault === NO_INDEX || result.fault === LEADING_ZERO ? `/${at}/${result.key}` : `/${at}`
      return { failure: badRequest([{ path, message: `its ${result.key} ${result.fault}` }]) }
    }
    // Neither value is told: a test, or an operation before it, may carry a secret.
    if ('differs' in result)
      return {
        failure: preconditionFailed(`the value of the test at /${at}`, `another one at ${maskedPath(operation.path)}`),
      }
    document = result.document
  }
  return { document }
}

/** `key` is the part of the operation that is wrong. */
type Applied =
  | { readonly document: unknown }
  | { readonly differs: true }
  | { readonly fault: string; readonly key: 'path' | 'from' }

function applied(document: unknown, operation: PatchOperation): Applied {
  switch (operation.op) {
    case 'add':
      return inserted(document, operation.path, copyOf(operation.value))
    case 'replace':
      return replaced(document, operation.path, copyOf(operation.value))
    case 'remove':
      return removed(document, operation.path)
    case 'copy': {
      const { fault, value } = found(document, operation.from)
      if (fault !== undefined || value === undefined) return { fault: fault ?? NOTHING, key: 'from' }
      return inserted(document, operation.path, copyOf(value))
    }
    case 'move': {
      if (operation.path.startsWith(`${operation.from}/`)) return { fault: 'leads into what is moved', key: 'path' }
      const { value } = found(document, operation.from)
      const rest = removed(document, operation.from)
      return 'document' in rest ? inserted(rest.document, operation.path, value) : { ...rest, key: 'from' }
    }
    case 'test': {
      const { fault, value } = found(document, operation.path)
      if (fault !== undefined) return { fault, key: 'path' }
      return sameValue(value, operation.value) ? { document } : { differs: true }
    }
  }
}

function inserted(document: unknown, path: string, value: unknown): Applied {
  const { fault, parent, key } = found(document, path)
  if (fault !== undefined)
    return { fault: fault === NOTHING ? 'leads to nothing that could be added to' : fault, key: 'path' }
  if (parent === undefined) return { document: value }
  if (!Array.isArray(parent)) parent[key] = value
  else if (Number(key) > parent.length) return { fault: 'is beyond the end of the list', key: 'path' }
  else parent.splice(Number(key), 0, value)
  return { document }
}

function replaced(document: unknown, path: string, value: unknown): Applied {
  const { fault, parent, key, value: before } = found(document, path)
  if (fault !== undefined || before === undefined) return { fault: fault ?? NOTHING, key: 'path' }
  if (parent === undefined) return { document: value }
  ;(parent as Record<string, unknown>)[key] = value
  return { document }
}

function removed(
  document: unknown,
  path: string,
): { readonly document: unknown } | { readonly fault: string; readonly key: 'path' } {
  const { fault, parent, key, value } = found(document, path)
  if (fault !== undefined || value === undefined) return { fault: fault ?? NOTHING, key: 'path' }
  if (parent === undefined) return { document: null }
  if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else delete parent[key]
  return { document }
}

const NOTHING = 'leads to nothing'
const NO_INDEX = 'has an index that is none'
const LEADING_ZERO = 'has an index with a leading zero' // RFC 6901 §4

interface Found {
  /** What has, or would have, what the pointer names; nothing for the document itself. */
  readonly parent?: Record<string, unknown> | unknown[]
  readonly key: string
  /** What is there. JSON has no `undefined`, which is nothing. */
  readonly value?: unknown
  /** Why the pointer cannot be followed to a place where something is or could be. */
  readonly fault?: string
}

function found(document: unknown, pointer: string): Found {
  let place: Found = { key: '', value: document }
  for (const token of tokensOf(pointer)) {
    const parent = place.value
    if (typeof parent !== 'object' || parent === null) return { key: token, fault: NOTHING }
    const key = Array.isArray(parent) && token === '-' ? String(parent.length) : token
    if (Array.isArray(parent) && !/^\d+$/.test(key)) return { key, fault: NO_INDEX }
    if (Array.isArray(parent) && /^0\d/.test(key)) return { key, fault: LEADING_ZERO }
    const value = Object.hasOwn(parent, key) ? (parent as Record<string, unknown>)[key] : undefined
    place = { parent: parent as Record<string, unknown>, key, value }
  }
  return place
}

/** What is put into the document may be changed there by what follows. */
function copyOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
