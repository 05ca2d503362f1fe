import type { TSchema } from 'typebox'
import { innerSchemas, isNode } from './schema.js'

/** Where a schema has secrets. */
export interface SecretPlaces {
  readonly here: boolean
  /** Keys that `each` is not said of, or that are secret by themselves. */
  readonly keys: ReadonlyMap<string, SecretPlaces>
  /** Elements of a list, or values of a map under keys that are not declared. */
  readonly each: SecretPlaces | null
}

export const nowhere: SecretPlaces = { here: false, keys: new Map(), each: null }

/** Every text at any depth. */
export const everywhere: SecretPlaces = {
  here: true,
  keys: new Map(),
  get each(): SecretPlaces {
    return everywhere
  },
}

/**
 * The mark of a schema all of whose texts are secret (`'all'`), or those of the keys that it does not declare (those that it
 * does, as a list). A symbol, so that whoever is shown the schema does not see it.
 */
export const SECRET_TEXTS: unique symbol = Symbol('secret texts')

/**
 * Where a schema has secrets, or `null` when it has none. A place is secret as soon as one branch of a union, or any
 * other keyword that may apply, says so.
 */
export function secretPlaces(schema: TSchema): SecretPlaces | null {
  const places = placesOf(schema)
  return hasSecret(places) ? places : null
}

function placesOf(schema: TSchema): SecretPlaces {
  if (!isNode(schema)) return nowhere
  const texts = (schema as { readonly [SECRET_TEXTS]?: 'all' | readonly string[] })[SECRET_TEXTS]
  if (texts === 'all') return everywhere
  const keys = new Map<string, SecretPlaces>()
  for (const [key, field] of Object.entries(schema.properties ?? {})) keys.set(key, placesOf(field))
  let each = nowhere
  const patterns: (readonly [RegExp, SecretPlaces])[] = []
  const branches: SecretPlaces[] = []
  for (const { keyword, key, schema: inner, meaning, of } of innerSchemas(schema)) {
    if (meaning === 'test' || keyword === 'properties') continue
    const places = placesOf(inner)
    if (of === 'itself') branches.push(places)
    else each = either(each, places)
    if (keyword === 'patternProperties') patterns.push([new RegExp(String(key), 'u'), places])
  }
  for (const [name, own] of keys) {
    const matching = patterns.filter(([pattern]) => pattern.test(name)).map(([, places]) => places)
    keys.set(name, matching.reduce(either, own))
  }
  const declared = branches.reduce(either, pruned({ here: schema.format === 'password', keys, each }))
  if (texts === undefined) return declared
  const own = texts.map((key) => [key, declared.keys.get(key) ?? declared.each ?? nowhere] as const)
  return { here: declared.here, keys: new Map([...declared.keys, ...own]), each: everywhere }
}

/** Secret where one of both says so. */
export function either(a: SecretPlaces, b: SecretPlaces): SecretPlaces {
  if (a === nowhere) return b
  if (b === nowhere) return a
  if (a === everywhere || b === everywhere) return everywhere
  const keys = new Map<string, SecretPlaces>()
  for (const key of [...a.keys.keys(), ...b.keys.keys()]) {
    keys.set(key, either(a.keys.get(key) ?? a.each ?? nowhere, b.keys.get(key) ?? b.each ?? nowhere))
  }
  return pruned({ here: a.here || b.here, keys, each: either(a.each ?? nowhere, b.each ?? nowhere) })
}

/** Without what says nothing. A key that is no secret is kept where the undeclared ones beside it are. */
function pruned({ here, keys, each }: SecretPlaces): SecretPlaces {
  if (each !== null && hasSecret(each)) return { here, keys, each }
  return { here, keys: new Map([...keys].filter(([, places]) => hasSecret(places))), each: null }
}

function hasSecret({ here, keys, each }: SecretPlaces): boolean {
  return here || each !== null || [...keys.values()].some(hasSecret)
}

/** Whether the value at a path is secret. */
export function isSecretAt(places: SecretPlaces | null, path: readonly string[]): boolean {
  let place = places
  for (const key of path) place = place === null ? null : (place.keys.get(key) ?? place.each)
  return place?.here === true
}
