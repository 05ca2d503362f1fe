import type { TSchema } from 'typebox'

/*
 * The words that the tables of OpenMetadata's connections are written in. A word makes the JSON Schema of a field and
 * carries the type of what fits it; what a word is given last is the default. A field that must be there is in `must`.
 *
 * A table is a function, so that what nobody uses costs nothing: neither time at import, nor bytes in a bundle.
 */

declare const value: unique symbol

/** A field of a connection: its JSON Schema, and the type of what fits it. */
export interface Field<V> {
  readonly schema: TSchema
  readonly must: boolean
  readonly [value]: V
}

/** A field that has to be there. */
export interface Must<V> extends Field<V> {
  readonly must: true
}

export type Fields = Readonly<Record<string, Field<unknown>>>

/** What fits a table. */
export type Config<Table extends () => Fields> = ConfigOf<ReturnType<Table>>

type ConfigOf<F> = {
  readonly [K in keyof F as F[K] extends Must<unknown> ? K : never]: F[K] extends Field<infer V> ? V : never
} & {
  readonly [K in keyof F as F[K] extends Must<unknown> ? never : K]?: F[K] extends Field<infer V> ? V : never
}

interface Bounds {
  readonly minimum?: number
  readonly maximum?: number
}

function field<V>(schema: object, fallback?: V): Field<V> {
  return { schema: fallback === undefined ? schema : { ...schema, default: fallback }, must: false } as Field<V>
}

export function must<V>({ schema }: Field<V>): Must<V> {
  return { schema, must: true } as Must<V>
}

export function text(fallback?: string): Field<string> {
  return field({ type: 'string' }, fallback)
}

export function uri(fallback?: string): Field<string> {
  return field({ type: 'string', format: 'uri', minLength: 1 }, fallback)
}

/** A secret. Those that OpenMetadata does not mark as such are listed in the test that compares with its facts. */
export function password(fallback?: string): Field<string> {
  return field({ type: 'string', format: 'password' }, fallback)
}

export function flag(fallback?: boolean): Field<boolean> {
  return field({ type: 'boolean' }, fallback)
}

export function whole(fallback?: number, bounds?: Bounds): Field<number> {
  return field({ type: 'integer', ...bounds }, fallback)
}

export function decimal(fallback?: number): Field<number> {
  return field({ type: 'number' }, fallback)
}

/** One of several texts. */
export function choice<const V extends string>(values: readonly V[], fallback?: NoInfer<V>): Field<V> {
  return field({ type: 'string', enum: values }, fallback)
}

/** The one text that a field may have, and has by default. */
export function is<const V extends string>(only: V): Field<V> {
  return choice([only], only)
}

/** As `is`, where OpenMetadata says `const`. */
export function always<const V extends string>(only: V): Field<V> {
  return field({ type: 'string', const: only }, only)
}

export function list<V>(
  of: Field<V>,
  fallback?: readonly V[],
  bounds?: { readonly minItems?: number },
): Field<readonly V[]> {
  return field({ type: 'array', items: of.schema, ...bounds }, fallback)
}

export function texts(fallback?: readonly string[]): Field<readonly string[]> {
  return list(text(), fallback)
}

/** What fits one of several fields. */
export function either<const F extends readonly Field<unknown>[]>(...branches: F): Field<ValueOf<F[number]>> {
  return field({ anyOf: branches.map(({ schema }) => schema) })
}

type ValueOf<F> = F extends Field<infer V> ? V : never

/** A free map of texts. */
export function textMap(): Field<Readonly<Record<string, string>>> {
  return field({ type: 'object', additionalProperties: { type: 'string' } })
}

/** A free map of whatever. */
export function freeMap(fallback?: Readonly<Record<string, never>>): Field<Readonly<Record<string, unknown>>> {
  return field({ type: 'object', additionalProperties: true }, fallback)
}

/** An object with the fields of a table and no others. */
export function object<V extends object>(table: () => Fields, fallback?: V): Field<V> {
  return field(objectSchema(table(), false), fallback)
}

/** An object with the fields of a table and whatever else. */
export function openObject<V extends object>(table: () => Fields): Field<V> {
  return field(objectSchema(table(), true))
}

export function objectSchema(fields: Fields, additionalProperties: boolean): TSchema {
  const properties = Object.fromEntries(Object.entries(fields).map(([key, { schema }]) => [key, schema]))
  const required = Object.keys(fields).filter((key) => fields[key]?.must)
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties } as TSchema
}
