import type { TSchema } from 'typebox'
import { type SecretPlaces, secretPlaces } from './places.js'
import { innerSchemas, isNode } from './schema.js'

/**
 * Where one branch of a schema declares a secret and another one lets the same field be a number or a boolean, which
 * would be shown, since only texts are masked. `undefined` when nowhere.
 */
export function clashOf(schema: TSchema): string | undefined {
  const places = secretPlaces(schema)
  return places === null ? undefined : clashIn(schema, places, '')
}

function clashIn(schema: TSchema, places: SecretPlaces, at: string): string | undefined {
  if (!isNode(schema)) return undefined
  if (places.here && [schema.type ?? []].flat().some((type) => SHOWN.has(type))) return at
  for (const { keyword, key, schema: inner, meaning, of } of innerSchemas(schema)) {
    const within = of === 'itself' ? places : keyword === 'properties' ? places.keys.get(String(key)) : undefined
    if (within === undefined || meaning === 'test') continue
    const found = clashIn(inner, within, `${at}/${keyword}${key === null ? '' : `/${key}`}`)
    if (found !== undefined) return found
  }
  return undefined
}

const SHOWN: ReadonlySet<unknown> = new Set(['number', 'integer', 'boolean'])
