import type { TSchema } from 'typebox'
import { either, nowhere, type SecretPlaces, secretPlaces } from './places.js'
import { altered, type Inner, isNode, type Node, withInner } from './schema.js'

/**
 * The same schema without the values it gives for what is secret: its `default`, `const`, `enum` and `examples`. It takes
 * whatever the schema takes, and the mask where a secret stands. For whoever is shown it; requests are checked with all
 * of it.
 */
export function untold(schema: TSchema): TSchema {
  const places = secretPlaces(schema)
  return places === null ? schema : without(schema, places)
}

const VALUES = ['default', 'const', 'enum', 'examples'] as const

function without(schema: TSchema, places: SecretPlaces): TSchema {
  if (!isNode(schema)) return schema
  const made = withInner(schema, (inner) => without(inner.schema, placesIn(places, inner)))
  // A question that has lost its values would be another question.
  const questions = made.not === schema.not ? [] : ['not']
  if (made.if !== schema.if) questions.push('if', 'then', 'else')
  const told = VALUES.filter((keyword) => keyword in made && tells(made[keyword], keyword, places))
  return told.length + questions.length === 0 ? made : altered(made, {}, [...told, ...questions])
}

function placesIn(places: SecretPlaces, { keyword, key, of }: Inner): SecretPlaces {
  if (of === 'itself') return places
  if (of === 'keys') return nowhere
  const each = places.each ?? nowhere
  if (keyword === 'properties') return places.keys.get(String(key)) ?? each
  // A key that another branch declares may be one that this one has under a pattern or among the rest.
  return [...places.keys.values()].reduce(either, each)
}

function tells(value: unknown, keyword: keyof Node, places: SecretPlaces): boolean {
  if (keyword !== 'enum' && keyword !== 'examples') return holdsSecret(value, places)
  return places.here || (Array.isArray(value) && value.some((each) => holdsSecret(each, places)))
}

function holdsSecret(value: unknown, places: SecretPlaces): boolean {
  if (places.here) return true
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, each]) => holdsSecret(each, places.keys.get(key) ?? places.each ?? nowhere))
}
