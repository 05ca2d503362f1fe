import type { TSchema } from 'typebox'
import { completed, fallbackOf } from '../families/defaults.js'
import { altered, innerSchemas, isNode, type Node } from '../families/schema.js'

/** What a schema says about the keys of a value: which there are, in order, and which have a default. */
export interface Shape {
  readonly fields?: readonly { readonly key: string; readonly shape: Shape; readonly fallback: unknown }[]
  readonly items?: Shape
  /** Whether a key that is `null` is kept, at any depth. */
  readonly keepsNull?: boolean
  /** Fills in the defaults of what is neither a closed object nor a list, once it is plain data. */
  readonly complete?: (value: unknown) => unknown
}

/** Of what no schema tells more about. */
export const anyShape: Shape = {}

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

/** Whether a schema fills in anything, at any depth. */
export function hasDefaults(schema: TSchema & Node): boolean {
  return innerSchemas(schema).some(
    ({ schema }) => isNode(schema) && (schema.default !== undefined || hasDefaults(schema)),
  )
}
