import type { TSchema } from 'typebox'
import { isNode, type Node } from './schema.js'

/*
 * Defaults of schemas, filled into plain JSON data. Source: JSON Schema, `default`; `semantics.md` §1.
 */

type Data = Readonly<Record<string, unknown>>

/** The value with the defaults of its schema, frozen, at every depth; declared keys first, in the order of the schema. */
export function completed(value: unknown, schema: TSchema): unknown {
  if (!isNode(schema)) return value
  let whole = value
  if (Array.isArray(whole)) whole = completedList(whole, schema)
  else if (isObject(whole)) whole = completedObject(whole, schema)
  for (const part of schema.allOf ?? []) whole = completed(whole, part)
  for (const branches of [schema.anyOf, schema.oneOf]) {
    const branch = branches === undefined ? undefined : branchOf(whole, branches)
    if (branch !== undefined) whole = completed(whole, branch)
  }
  return whole
}

function isObject(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function completedList(list: readonly unknown[], { items, prefixItems, additionalItems }: Node): readonly unknown[] {
  const first = prefixItems ?? (Array.isArray(items) ? (items as readonly TSchema[]) : [])
  const rest = (Array.isArray(items) ? additionalItems : items) as TSchema
  return Object.freeze(list.map((element, at) => completed(element, first[at] ?? rest)))
}

function completedObject(object: Data, node: Node): Data {
  const { properties = {}, patternProperties = {}, additionalProperties } = node
  const patterns = Object.entries(patternProperties).map(([text, schema]) => [new RegExp(text, 'u'), schema] as const)
  const ofPatterns = (key: string) => patterns.filter(([pattern]) => pattern.test(key)).map(([, schema]) => schema)
  const copy: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(properties)) {
    if (Object.hasOwn(object, key)) copy[key] = [field, ...ofPatterns(key)].reduce(completed, object[key])
    else if (isNode(field) && field.default !== undefined) copy[key] = fallbackOf(field)
  }
  for (const [key, value] of Object.entries(object)) {
    if (Object.hasOwn(properties, key)) continue
    const matching = ofPatterns(key)
    copy[key] = (matching.length > 0 ? matching : [additionalProperties as TSchema]).reduce(completed, value)
  }
  return Object.freeze(copy)
}

/** The default of a field, whole and frozen: it is handed out many times. `undefined` where there is none. */
export function fallbackOf(field: TSchema): unknown {
  return isNode(field) && field.default !== undefined
    ? frozen(completed(JSON.parse(JSON.stringify(field.default)), field))
    : undefined
}

function frozen(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) for (const each of Object.values(Object.freeze(value))) frozen(each)
  return value
}

/**
 * The branch of a union that a value is meant for: the one whose constants it names (its `type`, most often), else the
 * one that declares most of its keys, else the first. Of those that declare as many, one that the value fits goes first: to
 * fill in the defaults of another would make of a value that fits one that does not.
 */
export function branchOf(value: unknown, branches: readonly TSchema[]): TSchema | undefined {
  const fitting = branches.filter((branch) => isNode(branch) && takes(branch, value))
  if (!isObject(value)) return fitting[0]
  const named = fitting.filter((branch) => constantsIn(value, branch) > 0)
  const open = fitting.filter((branch) => constantsIn(value, branch) >= 0)
  const among = named.length > 0 ? named : open.length > 0 ? open : fitting
  const keys = among.map((branch) => declared(value, branch))
  const most = Math.max(...keys)
  const nearest = among.filter((_, at) => keys[at] === most)
  return nearest.length === 1 ? nearest[0] : (nearest.find((branch) => suits(value, branch)) ?? nearest[0])
}

/** Whether a value has the keys that a schema asks for and no others, at every depth. */
function suits(value: unknown, schema: TSchema): boolean {
  if (!isNode(schema)) return true
  const { anyOf, required = [], properties = {}, additionalProperties } = schema
  if (anyOf !== undefined) return anyOf.some((branch) => suits(value, branch))
  if (!takes(schema, value) || !isObject(value)) return takes(schema, value)
  if (!(required as readonly string[]).every((key) => Object.hasOwn(value, key))) return false
  return Object.entries(value).every(([key, inner]) => {
    const { [key]: field } = Object.hasOwn(properties, key) ? properties : {}
    return field === undefined ? additionalProperties !== false : suits(inner, field)
  })
}

/** Whether a branch is for values of this type at all. */
function takes(branch: TSchema & Node, value: unknown): boolean {
  const types = [branch.type ?? []].flat()
  if (types.length === 0) return true
  if (Array.isArray(value)) return types.includes('array')
  if (isObject(value)) return types.includes('object')
  if (value === null) return types.includes('null')
  return types.includes(typeof value) || (typeof value === 'number' && types.includes('integer'))
}

type Declared = readonly (readonly [string, TSchema])[]
const declarations = new WeakMap<TSchema, Declared>()

/** The fields a branch declares, also by way of what it unites. */
function fieldsOf(schema: TSchema): Declared {
  if (!isNode(schema)) return []
  const known = declarations.get(schema)
  if (known !== undefined) return known
  const parts = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  const fields = [...Object.entries(schema.properties ?? {}), ...parts.flatMap(fieldsOf)]
  declarations.set(schema, fields)
  return fields
}

function declared(value: Data, branch: TSchema): number {
  return new Set(fieldsOf(branch).flatMap(([key]) => (Object.hasOwn(value, key) ? [key] : []))).size
}

/** How many constants of a branch the value names; -1 when it names another. */
function constantsIn(value: Data, branch: TSchema): number {
  let same = 0
  for (const [key, field] of fieldsOf(branch)) {
    if (!isNode(field) || !Object.hasOwn(value, key)) continue
    const constants = constantsOf(key, field)
    if (constants === undefined) continue
    if (constants.includes(value[key])) same++
    else return -1
  }
  return same
}

/** A `type` may have several names; any other enumeration is a choice and no constant. */
function constantsOf(key: string, field: Node): readonly unknown[] | undefined {
  if ('const' in field) return [field.const]
  return Array.isArray(field.enum) && (key === 'type' || field.enum.length === 1) ? field.enum : undefined
}
