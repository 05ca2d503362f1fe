import type { TSchema } from 'typebox'
import type { Family } from '../families/family.js'
import { type SecretPlaces, secretPlaces } from '../families/places.js'
import { innerSchemas, isNode } from '../families/schema.js'
import { MASK } from '../model/credentials.js'
import { maskedText } from '../model/texts.js'

/*
 * A connection that was refused, for whoever is told of it. It may be anything: a secret may stand under a misspelt key, or
 * as a number, so that whatever no schema declares is hidden. Source: `semantics.md` §8.
 */

interface Walk {
  /** What may describe the value: every branch of a union. */
  readonly schemas: readonly TSchema[]
  readonly places: SecretPlaces | null
}

/**
 * A connection, valid or not, with its secrets masked, and with everything masked that the schema of its service type does not
 * declare; of a service type that the family does not have, everything. For hosts that tell a caller which of many requests
 * failed. Never throws for plain JSON data.
 *
 * @example
 * maskedConnection(mlmodelServices, 'SageMaker', { config: { awsConfig: { awsSecretAccesKey: 'x' } } })
 * // { config: { awsConfig: { awsSecretAccesKey: '*********' } } }
 *
 * Source: `semantics.md` §6, §8.
 */
export function maskedConnection(family: Family, serviceType: unknown, connection: unknown): unknown {
  const isKnown = typeof serviceType === 'string' && Object.hasOwn(family.serviceTypes, serviceType)
  const schema = isKnown ? (family.serviceTypes[serviceType] as TSchema) : undefined
  if (!isObject(connection)) return hidden(connection)
  const entries = Object.entries(connection).map(([key, value]) => {
    if (key !== 'config' || schema === undefined) return [maskedText(key), hidden(value)]
    if (!isObject(value)) return [key, hidden(value)]
    const { type, ...config } = value
    const named = Object.hasOwn(value, 'type') && { type: type === serviceType ? type : hidden(type) }
    return [key, { ...named, ...(shown(config, { schemas: [schema], places: secretPlaces(schema) }) as object) }]
  })
  return Object.fromEntries(entries)
}

type Data = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown, { schemas, places }: Walk): unknown {
  if (places?.here === true || schemas.length === 0) return hidden(value)
  if (typeof value === 'string') return maskedText(value)
  if (typeof value !== 'object' || value === null) return value
  const inner = (key: string) => ({
    schemas: schemas.flatMap((schema) => parts(schema, value, key)),
    places: places === null ? null : (places.keys.get(key) ?? places.each),
  })
  if (Array.isArray(value)) return value.map((element, at) => shown(element, inner(String(at))))
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [maskedText(key), shown(one, inner(key))]))
}

/** What a schema declares for what stands under a key: as a field, or as an element or a value of a free map. */
function parts(schema: TSchema, holder: object, key: string): readonly TSchema[] {
  if (!isNode(schema)) return []
  const found: TSchema[] = []
  for (const { keyword, key: name, schema: inner, meaning, of } of innerSchemas(schema)) {
    if (meaning === 'test') continue
    if (of === 'itself') found.push(...parts(inner, holder, key))
    else if (Array.isArray(holder) ? keyword === 'items' || keyword === 'prefixItems' : isFor(keyword, name, key))
      found.push(inner)
  }
  return found
}

function isFor(keyword: string, name: string | number | null, key: string): boolean {
  if (keyword === 'properties') return name === key
  if (keyword === 'patternProperties') return new RegExp(String(name), 'u').test(key)
  return keyword === 'additionalProperties'
}

/** Nothing of it is shown but how it is built; what is no text and no number hides nothing. */
function hidden(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? value : MASK
  if (typeof value === 'number') return MASK
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(hidden)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [maskedText(key), hidden(one)]))
}
