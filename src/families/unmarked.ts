import type { TSchema } from 'typebox'
import { SECRET_TEXTS } from './places.js'
import { altered, innerSchemas, isNode, type Node, withInner } from './schema.js'

/**
 * The secrets of a family that its schemas do not declare, each found by where it stands.
 *
 * A place is named by the last keys that lead to it, separated by `/`, the service type being the first key of all:
 * `awsSessionToken` is every field of that name, `Mode/accessToken` the one of service type `Mode`. Elements of lists and
 * values of maps have no key of their own. A name that no schema of the family has is a `TypeError`.
 *
 * Source: OpenMetadata declares not all of its secrets; `semantics.md` §1.
 */
export interface UnmarkedSecrets {
  /** Fields all of whose texts are secret. */
  readonly fields?: readonly string[]
  /**
   * Whether every text, at any depth, of what schemas leave open is secret: the values of maps, the keys that an open object
   * does not declare, and what a schema says nothing about. A key that any branch of a union declares is declared. Numbers
   * and booleans are shown. Default `false`.
   */
  readonly freeTexts?: boolean
  /** What `freeTexts` is not said of, for example maps from names to names. */
  readonly mapsOfNoSecrets?: readonly string[]
}

interface Walk {
  readonly unmarked: UnmarkedSecrets
  readonly path: string
  /** The names that were found. */
  readonly found: Set<string>
  /** Whether this is the schema of a value, and not one branch of it. */
  readonly whole: boolean
}

/** The same schema with what is secret in it marked; the names that led to something are added to `found`. */
export function marked(serviceType: string, schema: TSchema, unmarked: UnmarkedSecrets, found: Set<string>): TSchema {
  return mark(schema, { unmarked, path: serviceType, found, whole: true }, ['type'])
}

/** What is wrong with such a definition by itself. */
export function faultOf(unmarked: unknown): string | undefined {
  if (unmarked === undefined) return undefined
  if (!isNode(unmarked)) return 'must be an object'
  const { fields, freeTexts, mapsOfNoSecrets, ...rest } = unmarked as Readonly<Record<string, unknown>>
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) return `has ${unknown}, which is not known: it takes fields, freeTexts, mapsOfNoSecrets`
  if (freeTexts !== undefined && typeof freeTexts !== 'boolean') return 'must have a boolean as freeTexts'
  const lists = [fields ?? [], mapsOfNoSecrets ?? []]
  const areNames = lists.every((list) => Array.isArray(list) && list.every((name) => typeof name === 'string'))
  return areNames ? undefined : 'must have lists of names as fields and mapsOfNoSecrets'
}

function mark(schema: TSchema, walk: Walk, known: readonly string[] = []): TSchema {
  if (!isNode(schema)) return schema
  const { unmarked, path } = walk
  if (walk.whole && isNamed(unmarked.fields, walk)) return secretThroughout(schema)
  if (walk.whole && isNamed(unmarked.mapsOfNoSecrets, walk)) return schema
  const { freeTexts = false } = unmarked
  const made = withInner(freeTexts ? withoutTrue(schema) : schema, ({ keyword, key, schema: inner, meaning, of }) => {
    if (meaning === 'test') return inner
    if (of === 'itself') return mark(inner, { ...walk, whole: false })
    if (keyword === 'properties') return mark(inner, { ...walk, path: `${path}/${key}`, whole: true })
    return freeTexts && keyword === 'additionalProperties'
      ? secretThroughout(inner)
      : mark(inner, { ...walk, whole: true })
  })
  if (!freeTexts || !walk.whole || !isOpen(schema)) return made
  return altered(made, { [SECRET_TEXTS]: Object.freeze([...known, ...declaredKeys(schema)]) })
}

function isNamed(names: readonly string[] = [], { path, found }: Walk): boolean {
  const name = names.find((name) => path === name || path.endsWith(`/${name}`))
  if (name !== undefined) found.add(name)
  return name !== undefined
}

/** A field that may be anything says so with a schema, which can be marked. */
function withoutTrue(node: TSchema & Node): TSchema & Node {
  const { properties = {} } = node
  if (!Object.values<unknown>(properties).includes(true)) return node
  const fields = Object.entries<unknown>(properties).map(([key, field]) => [key, field === true ? {} : field])
  return altered(node, { properties: Object.fromEntries(fields) }) as TSchema & Node
}

/** A text says itself that it is secret, so that public schemas show it. */
function secretThroughout(schema: TSchema): TSchema {
  if (!isNode(schema)) return schema
  return schema.type === 'string' ? altered(schema, { format: 'password' }) : altered(schema, { [SECRET_TEXTS]: 'all' })
}

/** Whether a value may hold what its schema does not declare: keys of an object, or elements of a list. */
function isOpen(schema: unknown): boolean {
  if (!isNode(schema)) return schema !== false
  const { additionalProperties, unevaluatedProperties, items, prefixItems, unevaluatedItems } = schema
  if ('const' in schema || schema.enum !== undefined) return false
  const types = [schema.type ?? ['object', 'array']].flat()
  const objects = types.includes('object') && additionalProperties !== false && unevaluatedProperties !== false
  const lists = types.includes('array') && (items === undefined || items === true) && unevaluatedItems !== false
  if (!objects && !(lists && prefixItems === undefined)) return false
  const { allOf = [], anyOf, oneOf } = schema
  return allOf.every(isOpen) && [anyOf, oneOf].every((branches) => branches === undefined || branches.some(isOpen))
}

/** The keys that a schema declares for a value, in whatever branch. */
function declaredKeys(schema: TSchema): readonly string[] {
  if (!isNode(schema)) return []
  const branches = innerSchemas(schema).filter(({ of, meaning }) => of === 'itself' && meaning !== 'test')
  return [...Object.keys(schema.properties ?? {}), ...branches.flatMap(({ schema }) => declaredKeys(schema))]
}
