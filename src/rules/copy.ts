import { add, type Findings, findings } from './findings.js'
import { isTooLarge, type Limits, sizeOfLeaf } from './limits.js'
import { anyShape, type Shape } from './shape.js'

/** What a copy has come upon so far. */
export interface Walk {
  readonly limits: Limits
  readonly trail: (string | number)[]
  readonly found: Findings
  /** Never more than the bytes of the JSON text, and never less than a sixth of them. */
  size: number
}

export interface Copied {
  readonly value: unknown
  readonly found: Findings
  /** Never more than the bytes of the JSON text, and never less than a sixth of them. */
  readonly size: number
}

/**
 * Copies what a caller passed into frozen plain data that the caller can no longer change, and checks on the way all
 * that no schema can say: limits, text that cannot be stored, values that are not JSON, keys that are not in the shape.
 * An optional field that is `null` or `undefined` is left out; a field with a default gets it. Reads each property once.
 */
export function frozenCopy(value: unknown, shape: Shape, limits: Limits): Copied {
  const walk = walkOf(limits)
  const copy = copyOf(value, shape, walk, 0)
  if (isTooLarge(() => copy, walk.size, limits)) {
    // First, since it is why the rest was not looked at.
    walk.found.issues.unshift({ path: '', message: `is larger than ${limits.request} bytes` })
  }
  return { value: copy, found: walk.found, size: walk.size }
}

export const walkOf = (limits: Limits): Walk => ({ limits, trail: [], found: findings(), size: 0 })

/** As `frozenCopy`, of what stands so deep in a value. */
export function copyOf(value: unknown, shape: Shape, walk: Walk, depth: number): unknown {
  walk.size += sizeOfLeaf(value)
  if (typeof value === 'string') {
    if (!fits(value, walk)) violation(walk, depth, 'holds NUL or a lone surrogate')
    return value
  }
  if (typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) violation(walk, depth, 'is not a finite number')
    return value + 0 // JSON has no -0
  }
  if (typeof value !== 'object') {
    violation(walk, depth, 'is not a JSON value')
    return null
  }
  if (depth === walk.limits.depth) {
    violation(walk, depth, `is nested deeper than ${walk.limits.depth} levels`)
    return null
  }
  try {
    const copy = Array.isArray(value) ? listCopy(value, shape, walk, depth) : objectCopy(value, shape, walk, depth)
    return shape.complete === undefined ? copy : shape.complete(copy)
  } catch {
    violation(walk, depth, 'cannot be read')
    return null
  }
}

function listCopy(list: readonly unknown[], shape: Shape, walk: Walk, depth: number): unknown {
  const { length } = list
  if (length > walk.limits.elements) {
    violation(walk, depth, `has more than ${walk.limits.elements} elements`)
    return null
  }
  // Made as long as it will be: a list that grows keeps room for seventeen. A proxy may call anything its length.
  if (!Number.isInteger(length)) throw new TypeError('length')
  const copy: unknown[] = new Array(length)
  for (let index = 0; index < length && walk.size <= walk.limits.request; index++) {
    walk.trail[depth] = index
    const element = read(list, index, walk, depth + 1)
    copy[index] = copyOf(element === undefined ? null : element, shape.items ?? innerOf(shape), walk, depth + 1)
  }
  return Object.freeze(copy)
}

/** The shape of what no shape tells more about. */
const innerOf = (shape: Shape) => (shape.keepsNull === true ? shape : anyShape)

function objectCopy(object: object, shape: Shape, walk: Walk, depth: number): unknown {
  const { fields } = shape
  const keys = Object.keys(object)
  if (keys.length > walk.limits.elements) {
    violation(walk, depth, `has more than ${walk.limits.elements} keys`)
    return null
  }
  const copy: Record<string, unknown> = {}
  if (fields === undefined) {
    for (const key of keys) {
      walk.trail[depth] = key
      if (!fits(key, walk)) violation(walk, depth + 1, 'has NUL or a lone surrogate in its key')
      if (key === '__proto__') violation(walk, depth + 1, 'is not allowed as a key')
      else copyField(copy, key, object, innerOf(shape), walk, depth)
    }
    return Object.freeze(copy)
  }
  let known = 0
  for (const { key, shape, fallback } of fields) {
    if (keys.includes(key)) {
      known++
      copyField(copy, key, object, shape, walk, depth)
    }
    if (fallback !== undefined && !Object.hasOwn(copy, key)) copy[key] = fallback
  }
  if (known < keys.length) {
    for (const key of keys) {
      if (fields.some((field) => field.key === key)) continue
      walk.trail[depth] = key
      violation(walk, depth + 1, 'is not a known field')
    }
  }
  return Object.freeze(copy)
}

function copyField(
  copy: Record<string, unknown>,
  key: string,
  object: object,
  shape: Shape,
  walk: Walk,
  depth: number,
): void {
  if (walk.size > walk.limits.request) return // too large already, which is said once
  walk.trail[depth] = key
  const value = read(object, key, walk, depth + 1)
  if (value !== undefined && (value !== null || shape.keepsNull === true))
    copy[key] = copyOf(value, shape, walk, depth + 1)
}

/** A getter may throw; then the rest of the object is still worth checking. */
function read(object: object, key: PropertyKey, walk: Walk, depth: number): unknown {
  try {
    return (object as Record<PropertyKey, unknown>)[key]
  } catch {
    violation(walk, depth, 'cannot be read')
    return undefined
  }
}

/** Counts the text, and tells whether every store can hold it. */
function fits(text: string, walk: Walk): boolean {
  walk.size += text.length
  return text.isWellFormed() && !text.includes('\0')
}

function violation(walk: Walk, depth: number, message: string): void {
  add(walk.found, message, () => pointer(walk.trail.slice(0, depth)))
}

/** An RFC 6901 JSON Pointer. */
export function pointer(keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
