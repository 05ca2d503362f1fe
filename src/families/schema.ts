import type { TSchema } from 'typebox'

/*
 * What the house knows of JSON Schema, draft-07 and 2020-12: one table of the keywords that hold schemas, so that shape,
 * defaults and secrets are looked for in the same places.
 */

/** A schema as the plain data it is. */
export interface Node {
  readonly [keyword: string]: unknown
  readonly properties?: Readonly<Record<string, TSchema>>
  readonly patternProperties?: Readonly<Record<string, TSchema>>
  readonly additionalProperties?: TSchema | boolean
  readonly items?: TSchema | readonly TSchema[] | boolean
  readonly prefixItems?: readonly TSchema[]
  readonly additionalItems?: TSchema | boolean
  readonly anyOf?: readonly TSchema[]
  readonly oneOf?: readonly TSchema[]
  readonly allOf?: readonly TSchema[]
}

/**
 * What a keyword means for what it holds:
 * - `field`, `element`: schemas of what is inside the value; walked for everything.
 * - `branch`: schemas of the value itself; walked for everything.
 * - `seldom`: walked for secrets and checked; whether it applies is not known when defaults are filled in.
 * - `test`: a question about the value, which declares nothing.
 */
type Meaning = 'field' | 'element' | 'branch' | 'seldom' | 'test'

interface Applicator {
  readonly holds: 'one' | 'list' | 'map'
  readonly meaning: Meaning
  /** Whether what it holds is said of the value itself, of what is inside it, or of its keys. */
  readonly of: 'itself' | 'inside' | 'keys'
}

export const APPLICATORS: Readonly<Record<string, readonly Applicator[]>> = {
  properties: [{ holds: 'map', meaning: 'field', of: 'inside' }],
  patternProperties: [{ holds: 'map', meaning: 'field', of: 'inside' }],
  additionalProperties: [{ holds: 'one', meaning: 'field', of: 'inside' }],
  items: [
    { holds: 'one', meaning: 'element', of: 'inside' },
    { holds: 'list', meaning: 'element', of: 'inside' },
  ],
  prefixItems: [{ holds: 'list', meaning: 'element', of: 'inside' }],
  additionalItems: [{ holds: 'one', meaning: 'element', of: 'inside' }],
  anyOf: [{ holds: 'list', meaning: 'branch', of: 'itself' }],
  oneOf: [{ holds: 'list', meaning: 'branch', of: 'itself' }],
  allOf: [{ holds: 'list', meaning: 'branch', of: 'itself' }],
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: [{ holds: 'one', meaning: 'seldom', of: 'itself' }],
  else: [{ holds: 'one', meaning: 'seldom', of: 'itself' }],
  dependentSchemas: [{ holds: 'map', meaning: 'seldom', of: 'itself' }],
  dependencies: [{ holds: 'map', meaning: 'seldom', of: 'itself' }],
  contains: [{ holds: 'one', meaning: 'seldom', of: 'inside' }],
  unevaluatedProperties: [{ holds: 'one', meaning: 'seldom', of: 'inside' }],
  unevaluatedItems: [{ holds: 'one', meaning: 'seldom', of: 'inside' }],
  if: [{ holds: 'one', meaning: 'test', of: 'itself' }],
  not: [{ holds: 'one', meaning: 'test', of: 'itself' }],
  propertyNames: [{ holds: 'one', meaning: 'test', of: 'keys' }],
}

/** Keywords that would change what the others mean, or hold schemas that nobody here walks. */
export const REFUSED: ReadonlySet<string> = new Set([
  '$anchor',
  '$dynamicAnchor',
  '$dynamicRef',
  '$recursiveAnchor',
  '$recursiveRef',
  'contentSchema',
  'disallow',
  'extends',
  'propertyDependencies',
])

/** A schema that stands in another one. */
export interface Inner {
  readonly keyword: string
  readonly key: string | number | null
  readonly schema: TSchema
  readonly meaning: Meaning
  readonly of: Applicator['of']
}

/** Whether a value is a schema that says something; `true` and `false` hold no more. */
export function isNode(schema: unknown): schema is TSchema & Node {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema)
}

/** The schemas that stand in a schema, one level down. Those that are `true` or `false` are left out. */
export function innerSchemas(node: Node): readonly Inner[] {
  const found: Inner[] = []
  for (const [keyword, value] of Object.entries(node)) {
    if (!Object.hasOwn(APPLICATORS, keyword)) continue
    for (const { holds, meaning, of } of APPLICATORS[keyword] ?? []) {
      const add = (key: string | number | null, schema: unknown) => {
        if (isNode(schema)) found.push({ keyword, key, schema, meaning, of })
      }
      if (holds === 'one') add(null, value)
      else if (holds === 'list' && Array.isArray(value)) for (const [at, one] of value.entries()) add(at, one)
      else if (holds === 'map' && isNode(value)) for (const [key, one] of Object.entries(value)) add(key, one)
    }
  }
  return found
}

/** The same schema, with each schema in it, one level down, made anew. The same object when none has changed. */
export function withInner(node: TSchema & Node, anew: (inner: Inner) => TSchema): TSchema & Node {
  const changes: Record<string, unknown> = {}
  for (const inner of innerSchemas(node)) {
    const schema = anew(inner)
    if (schema === inner.schema) continue
    const { keyword, key } = inner
    if (key === null) changes[keyword] = schema
    else {
      changes[keyword] ??= Array.isArray(node[keyword]) ? [...node[keyword]] : { ...(node[keyword] as object) }
      ;(changes[keyword] as Record<string | number, unknown>)[key] = schema
    }
  }
  return Object.keys(changes).length === 0 ? node : (altered(node, changes) as TSchema & Node)
}

/** TypeBox keeps what it knows of a schema in properties that do not enumerate, so a spread would lose them. */
export function altered(schema: TSchema, changes: object, without: readonly string[] = []): TSchema {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(schema)) as Record<string, unknown>
  for (const key of without) delete copy[key]
  return Object.assign(copy, changes) as TSchema
}

/** The same schema, in which nothing has to be there, at any depth; what asks a question of a value asks the same. */
export function partial(schema: TSchema): TSchema {
  if (!isNode(schema)) return schema
  const inner = withInner(schema, ({ schema, meaning }) => (meaning === 'test' ? schema : partial(schema)))
  return inner.required === undefined ? inner : altered(inner, {}, ['required'])
}

/** The same schema without `format`, which says what is a secret and is not checked. */
export function unformatted(schema: TSchema): TSchema {
  if (!isNode(schema)) return schema
  const inner = withInner(schema, ({ schema }) => unformatted(schema))
  return inner.format === undefined ? inner : altered(inner, {}, ['format'])
}
