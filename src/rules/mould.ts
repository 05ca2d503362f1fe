import type { TSchema } from 'typebox'
import { Environment } from 'typebox/system'
import { fallbackOf } from '../families/defaults.js'
import { isNode, type Node } from '../families/schema.js'
import type { Walk } from './copy.js'
import { constantOf, type Kind, kindOf, type Properties } from './kind.js'
import { hasDefaults } from './shape.js'

/*
 * What a request of a service type is poured into: code, made from the schema, that copies, freezes and checks in one pass. It
 * says yes or nothing: what it does not take goes the long way, which finds the words for all that is wrong, so that it may
 * refuse whatever is seldom. Where a schema says more than it knows, that part of the value alone goes the long way.
 */

/** A mould, and how deep and how wide what it takes may be: a book with narrower limits does without it. */
export interface Mould {
  /** The frozen copy of a value that fits, its size counted; `undefined` says nothing. It may throw what a getter throws. */
  pour(value: unknown, walk: Walk, inner?: Mould['pour']): unknown
  readonly depth: number
  readonly width: number
}

/** The copy of a part that the mould knows nothing of; `undefined` where it does not fit. */
export type Part = (value: unknown, walk: Walk, depth: number) => unknown

/** The schema of what is poured into an inner mould, which comes with each value. */
export const INNER: TSchema = {}

/** Answers the long way for a schema; `completes`: whether the keys it declares go first there. */
export type PartOf = (schema: TSchema, completes: boolean) => Part

/** The mould of what stands so deep; `undefined` where no code may be made of text, or the schema refers to another. */
export function mouldOf(schema: TSchema, partOf: PartOf, depth = 0): Mould | undefined {
  if (!Environment.CanEvaluate() || /"\$(ref|defs|id)"/.test(JSON.stringify(schema))) return
  const draft: Draft = { partOf, functions: [], constants: [], depth: 0, width: 0 }
  const root = check(schema, 'v', draft, { depth, completes: false })
  const code = `'use strict'
const { isArray } = Array, { freeze, getPrototypeOf, prototype } = Object
${draft.functions.join('\n')}
return (v, w, i) => {
let n = 0
${root}
w.size += n
return v
}`
  const pour = new Function(...draft.constants.map((_, at) => `k${at}`), code)(...draft.constants)
  return { pour, depth: draft.depth, width: draft.width }
}

interface Draft {
  readonly partOf: PartOf
  /** The code of each object, list and union. */
  readonly functions: string[]
  /** What the code refers to by `k0`, `k1` …: patterns, defaults, parts that go the long way. */
  readonly constants: unknown[]
  depth: number
  width: number
}

/** Where a schema stands. In what `completes`, the keys that a schema declares go first, in its order. */
interface Place {
  readonly depth: number
  readonly completes: boolean
}

const below = ({ depth, completes }: Place): Place => ({ depth: depth + 1, completes })

/**
 * A function that answers the frozen copy of an object, or `undefined`. Keys are compared one by one, so that what another
 * object is asked for by name is never what all objects have; fields that are always there are born in a literal.
 */
function objectFunction(
  { properties = {}, required = [], additionalProperties }: Properties,
  draft: Draft,
  place: Place,
) {
  const fields = Object.entries(properties).map(([key, schema], at) => {
    const fallback = fallbackOf(schema)
    const isThere = fallback !== undefined || (required as readonly string[]).includes(key)
    return { key: JSON.stringify(key), local: `v${at}`, schema, fallback, isThere }
  })
  // A request has one shape, whatever is not there: shapes that nothing holds are forgotten, and the code for them with them.
  const isRequest = place.depth === 0
  const optional = isRequest ? -1 : fields.findIndex(({ isThere }) => !isThere)
  const born = optional === -1 ? fields : fields.slice(0, optional)
  const isOpen = additionalProperties !== false
  draft.depth = Math.max(draft.depth, place.depth + 1)
  draft.width = Math.max(draft.width, fields.length)
  return added(
    draft,
    () => `(o, w, i) {
if (typeof o !== 'object' || o === null || isArray(o)) return
const p = getPrototypeOf(o)
if (p !== prototype && p !== null) return
let n = 2, m = 0, more${fields.map(({ local }) => `, ${local}`).join('')}
for (const key in o) {
const v = o[key]
m++
switch (key) {
${fields.map(({ key, local }) => `case ${key}: ${local} = v; break`).join('\n')}
default: ${isOpen ? '(more ??= []).push(key, v)' : 'return'}
}
}
${isOpen ? 'if (m > w.limits.elements) return' : ''}
${fields
  .map(({ local, schema, fallback, isThere }) => {
    const absent =
      fallback === undefined ? (isThere ? 'return' : `${local} = undefined`) : `${local} = ${given(fallback, draft)}`
    return `if (${local} === undefined || ${local} === null) ${absent}; else { ${check(schema, local, draft, below(place))} }`
  })
  .join('\n')}
const c = { ${born.map(({ key, local }) => `${key}: ${local}`).join(', ')} }
${fields
  .slice(born.length)
  .map(({ key, local, isThere }) => `${isThere ? '' : `if (${local} !== undefined) `}c[${key}] = ${local}`)
  .join('\n')}
${isOpen ? rest(additionalProperties, draft, below(place)) : ''}
w.size += n
return ${isRequest ? 'c' : 'freeze(c)'}
}`,
  )
}

/** Code that copies the keys that an open object does not declare. */
function rest(schema: TSchema | boolean | undefined, draft: Draft, place: Place): string {
  return `if (more !== undefined) for (let at = 0; at < more.length; at += 2) {
const key = more[at]
let v = more[at + 1]
if (!key.isWellFormed() || key.includes('\\0') || key === '__proto__') return
if (v === undefined || v === null) continue
${check((schema ?? true) as TSchema, 'v', draft, place)}
${unlessLarge((schema ?? true) as TSchema)}
n += key.length
c[key] = v
}`
}

/** A function that answers the frozen copy of a list, or `undefined`. */
function listFunction({ items, minItems = 0 }: Node, draft: Draft, place: Place): string {
  draft.depth = Math.max(draft.depth, place.depth + 1)
  return added(
    draft,
    () => `(o, w, i) {
if (!isArray(o)) return
const { length } = o
if (length > w.limits.elements || length < ${Number(minItems)}) return
const c = new Array(length)
let n = 2
for (let at = 0; at < length; at++) {
let v = o[at]
${check(items as TSchema, 'v', draft, below(place))}
${unlessLarge(items as TSchema)}
c[at] = v
}
w.size += n
return freeze(c)
}`,
  )
}

/**
 * Code that returns where so much was poured that the bytes have to be counted. One and the same list may stand in a list many
 * times over, and that in another.
 */
function unlessLarge(schema: TSchema): string {
  const kind = kindOf(schema)
  return kind !== undefined && 'simple' in kind ? '' : 'if (w.size * 6 > w.limits.request) return'
}

/** A function that answers the copy of what names its branch of a union, by a constant that no other branch has. */
function unionFunction(schema: Node, key: string, draft: Draft, place: Place): string {
  const within = { depth: place.depth, completes: true }
  const cases = (schema.anyOf ?? []).map((branch) => {
    const names = constantOf(branch as Properties, key).map((name) => `case ${JSON.stringify(name)}: `)
    return `${names.join('')}return ${objectFunction(branch as Properties, draft, within)}(o, w, i)`
  })
  const part = constant(draft.partOf(schema as TSchema, place.completes), draft)
  return added(
    draft,
    () => `(o, w, i) {
if (typeof o === 'object' && o !== null && Object.hasOwn(o, ${JSON.stringify(key)})) switch (o[${JSON.stringify(key)}]) {
${cases.join('\n')}
}
return ${part}(o, w, ${place.depth})
}`,
  )
}

function added({ functions }: Draft, codeOf: () => string): string {
  const code = codeOf()
  return `f${functions.push(`function f${functions.length}${code}`) - 1}`
}

/** Code that puts the copy of a value in place of it, or returns where it does not fit. */
function check(schema: TSchema, local: string, draft: Draft, place: Place): string {
  const kind = kindOf(schema)
  const poured = (name: string) => `if ((${local} = ${name}(${local}, w, i)) === undefined) return`
  if (schema === INNER) return poured('i')
  if (kind !== undefined && 'simple' in kind) return simple(kind.simple, schema as Node, local, draft)
  if (kind?.is === 'list') return poured(listFunction(schema as Node, draft, place))
  if (kind?.is === 'closed') return poured(objectFunction(schema as Properties, draft, place))
  // Where nothing is filled in the caller's own order of keys is kept.
  const orders = place.completes || (isNode(schema) && hasDefaults(schema))
  if ((kind?.is === 'map' && (orders || isOfSimple(schema as Node))) || (kind?.is === 'open' && orders))
    return poured(objectFunction(schema as Properties, draft, { ...place, completes: true }))
  if (kind?.is === 'union' && orders) return poured(unionFunction(schema as Node, kind.by, draft, place))
  const part = constant(draft.partOf(schema, place.completes), draft)
  return `if ((${local} = ${part}(${local}, w, ${place.depth})) === undefined) return`
}

/** Whether a map holds nothing that could be put in an order. */
function isOfSimple({ additionalProperties }: Node): boolean {
  if (!isNode(additionalProperties)) return true
  const kind = kindOf(additionalProperties)
  return kind !== undefined && 'simple' in kind
}

function simple(kind: Extract<Kind, { simple: string }>['simple'], schema: Node, local: string, draft: Draft): string {
  const { minLength, maxLength, pattern, minimum, maximum } = schema
  const wrong: string[] = []
  if (kind === 'one of') {
    const { const: only, enum: among = [only] } = schema as { const?: string; enum?: readonly string[] }
    wrong.push(among.map((text) => `${local} !== ${JSON.stringify(text)}`).join(' && '))
  } else if (kind === 'text') {
    wrong.push(`typeof ${local} !== 'string'`, `!${local}.isWellFormed()`, `${local}.includes('\\0')`)
    if (minLength === 1) wrong.push(`${local} === ''`)
    // There are never more characters than code units.
    if (maxLength !== undefined) wrong.push(`${local}.length > ${Number(maxLength)}`)
    if (pattern !== undefined) wrong.push(`!${constant(new RegExp(pattern as string, 'u'), draft)}.test(${local})`)
  } else if (kind === 'flag') wrong.push(`typeof ${local} !== 'boolean'`)
  else {
    wrong.push(`!Number.is${kind === 'integer' ? 'Integer' : 'Finite'}(${local})`)
    if (minimum !== undefined) wrong.push(`${local} < ${Number(minimum)}`)
    if (maximum !== undefined) wrong.push(`${local} > ${Number(maximum)}`)
  }
  const isNumber = kind === 'integer' || kind === 'number'
  const size = isNumber ? `String(${local}).length` : kind === 'flag' ? '2' : `2 + ${local}.length`
  const positive = isNumber ? `${local} += 0\n` : '' // JSON has no -0
  return `if (${wrong.join(' || ')}) return
${positive}n += ${size}`
}

function constant(value: unknown, { constants }: Draft): string {
  return `k${constants.push(value) - 1}`
}

const given = (fallback: unknown, draft: Draft) =>
  typeof fallback === 'object' ? constant(fallback, draft) : JSON.stringify(fallback)
