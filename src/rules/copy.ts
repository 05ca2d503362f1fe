import type { TSchema } from 'typebox'
import { completed, fallbackOf } from '../families/defaults.js'
import { altered, innerSchemas, isNode, type Node } from '../families/schema.js'
import { add, type Findings, findings } from './findings.js'

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

/** What a schema says about the keys of a value: which there are, in order, and which have a default. */
export interface Shape {
  readonly fields?: readonly { readonly key: string; readonly shape: Shape; readonly fallback: unknown }[]
  readonly items?: Shape
  /** Whether a key that is `null` is kept, at any depth. */
  readonly keepsNull?: boolean
  /** Fills in the defaults of what is neither a closed object nor a list, once it is plain data. */
  readonly complete?: (value: unknown) => unknown
}

const anyShape: Shape = {}

/** Of values in which `null` is a value like any other. */
export const wholeShape: Shape = { keepsNull: true }

/** The shape of a schema, as deep as closed objects and lists go; what else may fit is left to the schema's own check. */
export function shapeOf(schema: TSchema): Shape {
  if (!isNode(schema)) return anyShape
  if (isClosedObject(schema)) {
    const fields = Object.entries(schema.properties).map(([key, field]) => {
      return { key, shape: shapeOf(field), fallback: fallbackOf(field) }
    })
    return { fields }
  }
  if (isList(schema)) return { items: shapeOf(schema.items) }
  return hasDefaults(schema) ? { complete: (value) => completed(value, schema) } : anyShape
}

/**
 * The same schema, its objects left open where `frozenCopy` refuses unknown keys by shape: TypeBox tests every key of a
 * closed object with a regular expression.
 */
export function opened(schema: TSchema): TSchema {
  if (!isNode(schema)) return schema
  if (isClosedObject(schema)) {
    const fields = Object.entries(schema.properties).map(([key, field]) => [key, opened(field)])
    return altered(schema, { properties: Object.fromEntries(fields), additionalProperties: true })
  }
  return isList(schema) ? altered(schema, { items: opened(schema.items) }) : schema
}

type Plain = TSchema & Node

function isClosedObject(node: Plain): node is Plain & { properties: Readonly<Record<string, TSchema>> } {
  const { properties, patternProperties, additionalProperties } = node
  return properties !== undefined && patternProperties === undefined && additionalProperties === false && !unites(node)
}

function isList(node: Plain): node is Plain & { items: TSchema } {
  return isNode(node.items) && node.prefixItems === undefined && node.properties === undefined && !unites(node)
}

/** Whether a schema says of the same value what others say. */
const unites = ({ anyOf, oneOf, allOf }: Node) => anyOf !== undefined || oneOf !== undefined || allOf !== undefined

function hasDefaults(schema: TSchema & Node): boolean {
  return innerSchemas(schema).some(
    ({ schema }) => isNode(schema) && (schema.default !== undefined || hasDefaults(schema)),
  )
}

interface Walk {
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
  const walk: Walk = { limits, trail: [], found: findings(), size: 0 }
  const copy = copyOf(value, shape, walk, 0)
  if (isTooLarge(copy, walk.size, limits)) {
    // First, since it is why the rest was not looked at.
    walk.found.issues.unshift({ path: '', message: `is larger than ${limits.request} bytes` })
  }
  return { value: copy, found: walk.found, size: walk.size }
}

/** `size` is as `Copied` has it: only near the limit is the text made. */
function isTooLarge(value: unknown, size: number, { request }: Limits): boolean {
  return size > request || (size * 6 > request && utf8Length(JSON.stringify(value)) > request)
}

/** Whether a JSON value is more than a request may be, and so can never come back as one. */
export function isBeyond(value: unknown, limits: Limits): boolean {
  return isTooLarge(value, sizeOf(value), limits)
}

/** Of a JSON value, as `Copied` has it: never more than the bytes of its JSON text, and never less than a sixth of them. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 2 + value.length
  let size = 2
  if (typeof value !== 'object' || value === null) return size
  if (Array.isArray(value)) for (const element of value) size += sizeOf(element)
  else for (const key in value) size += key.length + sizeOf((value as Record<string, unknown>)[key])
  return size
}

function copyOf(value: unknown, shape: Shape, walk: Walk, depth: number): unknown {
  walk.size += 2
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
    if (fallback !== undefined && copy[key] === undefined) copy[key] = fallback
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

function violation(walk: Walk, depth: number, message: string): void {
  add(walk.found, message, () => pointer(walk.trail.slice(0, depth)))
}

/** An RFC 6901 JSON Pointer. */
export function pointer(keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
