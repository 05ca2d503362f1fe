import type { TSchema } from 'typebox'
import { isNode, type Node } from '../families/schema.js'

/*
 * Which schemas a mould knows all about: those that say no more than the keywords named here.
 */

export type Properties = TSchema & Node

/** What a mould knows of a schema. */
export type Kind =
  | { readonly simple: 'text' | 'one of' | 'flag' | 'number' | 'integer' }
  | { readonly is: 'list' | 'closed' | 'open' | 'map' }
  /** A union of objects, each of which a constant text under one key tells from all others. */
  | { readonly is: 'union'; readonly by: string }

/** They say nothing of which values fit. */
const NOTES = ['title', 'description', 'default', 'examples', 'format', 'deprecated', '~kind', '~optional', '~readonly']

/** What there is to know of a schema; `undefined` where it says anything more. */
export function kindOf(schema: TSchema): Kind | undefined {
  if (!isNode(schema)) return undefined
  const { type, minLength, items, anyOf } = schema
  const says = (...keywords: readonly string[]) =>
    Object.getOwnPropertyNames(schema).every(
      (name) => (name === 'type' && anyOf === undefined) || keywords.includes(name) || NOTES.includes(name),
    )
  if (isChoice(schema)) return says('const', 'enum') ? { simple: 'one of' } : undefined
  switch (type) {
    case 'string':
      if (minLength !== undefined && minLength !== 0 && minLength !== 1) return undefined
      return says('minLength', 'maxLength', 'pattern') ? { simple: 'text' } : undefined
    case 'boolean':
      return says() ? { simple: 'flag' } : undefined
    case 'number':
    case 'integer':
      return says('minimum', 'maximum') ? { simple: type } : undefined
    case 'array':
      return says('items', 'minItems') && isNode(items) ? { is: 'list' } : undefined
    case 'object':
      return says('properties', 'required', 'additionalProperties') ? objectOf(schema) : undefined
    default:
      return says('anyOf') ? unionOf(anyOf ?? []) : undefined
  }
}

/** Whether an object may have the keys it declares and no others. */
export function isClosed(schema: TSchema): schema is Properties {
  const { properties, additionalProperties } = schema as Node
  return properties !== undefined && additionalProperties === false && !Object.hasOwn(properties, '__proto__')
}

function objectOf(schema: Properties): Kind | undefined {
  const { properties = {}, required, additionalProperties } = schema
  const declared = Object.keys(properties)
  // What has to be there is looked for only among what is declared.
  if (!((required ?? []) as readonly string[]).every((key) => declared.includes(key))) return undefined
  if (isClosed(schema)) return { is: 'closed' }
  if (additionalProperties === false || Object.hasOwn(properties, '__proto__')) return undefined
  return { is: declared.length === 0 ? 'map' : 'open' }
}

function unionOf(branches: readonly TSchema[]): Kind | undefined {
  const [first, ...others] = branches
  if (!isNode(first) || others.length === 0) return undefined
  const areObjects = branches.every((branch) => {
    const kind = kindOf(branch)
    return kind !== undefined && 'is' in kind && (kind.is === 'closed' || kind.is === 'open')
  })
  const by = Object.keys(first.properties ?? {}).find((key) => {
    const names = branches.map((branch) => constantOf(branch as Properties, key))
    return names.every(({ length }) => length > 0) && new Set(names.flat()).size === names.flat().length
  })
  return areObjects && by !== undefined ? { is: 'union', by } : undefined
}

/** The texts of which a field of an object has to be one, where they tell it from other objects; none for any other field. */
export function constantOf({ properties = {} }: Properties, key: string): readonly string[] {
  const field = Object.hasOwn(properties, key) ? properties[key] : undefined
  if (!isNode(field) || kindOf(field) === undefined || !isChoice(field)) return []
  const { const: only, enum: among = [only] } = field as { const?: string; enum?: readonly string[] }
  return key === 'type' || among.length === 1 ? (among as readonly string[]) : []
}

/** Whether a schema names the texts that fit it; stores can hold all of them. */
function isChoice(schema: Node): boolean {
  const { type, enum: among } = schema
  if (type !== undefined && type !== 'string') return false
  const isText = (value: unknown) => typeof value === 'string' && value.isWellFormed() && !value.includes('\0')
  if ('const' in schema) return isText(schema.const) && among === undefined
  return Array.isArray(among) && among.length > 0 && among.every(isText)
}
