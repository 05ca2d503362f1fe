import { type Config, type Field, flag, object, texts } from './fields.js'

/*
 * The two kinds of fields that most connections have: which names are taken in, and what a connector can do.
 */

const names = () => ({ includes: texts(), excludes: texts() })

/** Regular expressions of names to take in and to leave out. */
export interface FilterPattern extends Config<typeof names> {}

export function pattern(excludes?: readonly string[]): Field<FilterPattern> {
  return object<FilterPattern>(names, excludes && { includes: [], excludes })
}

/** A filter pattern for each kind of name: `schemaFilterPattern` and so on. */
export function patterns<const K extends string>(
  ...kinds: K[]
): { readonly [P in `${K}FilterPattern`]: Field<FilterPattern> } {
  return Object.fromEntries(kinds.map((kind) => [`${kind}FilterPattern`, pattern()])) as never
}

/** A flag for each thing a connector can do, on by default: `supportsMetadataExtraction` and so on. */
export function supports<const K extends string>(
  ...abilities: K[]
): { readonly [P in `supports${K}`]: Field<boolean> } {
  return Object.fromEntries(abilities.map((ability) => [`supports${ability}`, flag(true)])) as never
}
