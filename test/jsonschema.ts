import fc from 'fast-check'

/*
 * Values from JSON Schemas, valid ones and spoiled ones. A keyword that is not known here throws, so that no value is thought
 * to be valid by mistake.
 */

/** A JSON Schema, as far as the OpenAPI document of the handler needs it. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly items?: JsonSchema
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly default?: unknown
  readonly description?: string
  readonly discriminator?: unknown
}

export type Components = Readonly<Record<string, JsonSchema>>

/** What fills the places that a schema leaves open. */
export interface Fillings {
  /** Strings of any kind; those that do not fit are left out. */
  readonly text: fc.Arbitrary<string>
  readonly id: fc.Arbitrary<string>
  readonly anything: fc.Arbitrary<unknown>
}

const ANNOTATIONS = ['default', 'description', 'discriminator']
const KEYWORDS: ReadonlySet<string> = new Set([
  ...['$ref', 'type', 'const', 'enum', 'anyOf', 'properties', 'required', 'additionalProperties', 'items'],
  ...['format', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum'],
  ...ANNOTATIONS,
])

/** Valid values of a schema, whose references lead to `components`. */
export function arbitraryOf(schema: JsonSchema, components: Components, fillings: Fillings): fc.Arbitrary<unknown> {
  const referred = new Map<string, fc.Arbitrary<unknown>>()

  function of(schema: JsonSchema): fc.Arbitrary<unknown> {
    const keywords = Object.keys(schema).filter((keyword) => !ANNOTATIONS.includes(keyword))
    for (const keyword of keywords) if (!KEYWORDS.has(keyword)) throw new Error(`unknown keyword ${keyword}`)
    if (schema.$ref !== undefined) return componentAt(schema.$ref)
    if ('const' in schema) return fc.constant(schema.const)
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
    if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(of))
    if (schema.type === undefined) {
      if (keywords.length > 0) throw new Error(`no type beside ${keywords.join()}`)
      return fillings.anything
    }
    return fc.oneof(...[schema.type].flat().map((type) => ofType(type, schema)))
  }

  function componentAt(ref: string): fc.Arbitrary<unknown> {
    const name = ref.replace('#/components/schemas/', '')
    const component = components[name]
    if (component === undefined) throw new Error(`${ref} leads nowhere`)
    const known = referred.get(name) ?? of(component)
    referred.set(name, known)
    return known
  }

  function ofType(type: string, schema: JsonSchema): fc.Arbitrary<unknown> {
    const { minimum: min = -1e9, maximum: max = 1e9 } = schema
    switch (type) {
      case 'null':
        return fc.constant(null)
      case 'boolean':
        return fc.boolean()
      case 'integer':
        return fc.integer({ min, max })
      case 'number':
        return fc.double({ min, max, noNaN: true })
      case 'string':
        return textOf(schema, fillings)
      case 'array':
        return fc.array(of(schema.items ?? {}), { maxLength: 3 })
      case 'object':
        return objectOf(schema)
      default:
        throw new Error(`unknown type ${type}`)
    }
  }

  function objectOf({ properties = {}, required = [], additionalProperties = true }: JsonSchema) {
    const fields = Object.fromEntries(Object.entries(properties).map(([key, field]) => [key, of(field)]))
    const named = recordOf(fields, required)
    if (additionalProperties === false) return named
    const value = additionalProperties === true ? fillings.anything : of(additionalProperties)
    const others = fc.dictionary(fillings.text, value, { maxKeys: 3, noNullPrototype: true })
    return fc.tuple(others, named).map(([other, own]) => {
      const unnamed = Object.entries(other).filter(([key]) => !Object.hasOwn(properties, key))
      return Object.fromEntries([...unnamed, ...Object.entries(own)])
    })
  }

  return of(schema)
}

/**
 * Objects with what is required and some of the rest; often only a little of it, since each field is one more reason to be
 * refused.
 */
export function recordOf<T>(fields: Readonly<Record<string, fc.Arbitrary<T>>>, required: readonly string[] = []) {
  const optional = Object.keys(fields).filter((key) => !required.includes(key))
  const few = fc.subarray(optional, { maxLength: Math.min(2, optional.length) })
  return fc
    .tuple(fc.record(fields), fc.oneof({ weight: 2, arbitrary: few }, { weight: 1, arbitrary: fc.subarray(optional) }))
    .map(([all, chosen]): Readonly<Record<string, T>> => {
      return Object.fromEntries([...required, ...chosen].map((key) => [key, all[key] as T]))
    })
}

/** Formats that say what a text is for, and that nobody checks. */
export const UNCHECKED: readonly string[] = ['password', 'uri', 'date-time']

function textOf({ format, pattern, minLength = 0, maxLength }: JsonSchema, { text, id }: Fillings) {
  if (format === 'uuid') return id
  if (format !== undefined && !UNCHECKED.includes(format)) throw new Error(`unknown format ${format}`)
  const expression = new RegExp(pattern ?? '', 'u')
  const fits = (value: string) => {
    const length = [...value].length // JSON Schema counts code points
    return length >= minLength && length <= (maxLength ?? length) && expression.test(value)
  }
  const longest = fc.constantFrom('x', '\u{1f600}').map((unit) => unit.repeat(maxLength ?? 300))
  // What looks ahead cannot be made from the pattern, but most texts fit.
  const made = pattern === undefined || pattern.includes('(?') ? text : fc.stringMatching(expression)
  return fc
    .oneof({ weight: 9, arbitrary: made }, { weight: 9, arbitrary: text }, { weight: 1, arbitrary: longest })
    .filter(fits)
}

/** A change of one place in a value: gone, another value, or one key more. */
type Change = { readonly kind: 'drop' | 'put' | 'add'; readonly value: unknown }

/** Where a value stands. */
interface Place {
  readonly holder: object
  readonly key: string
}

/** The same values, changed in one to three places to what `nasty` has. */
export function spoiled(values: fc.Arbitrary<unknown>, nasty: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const change: fc.Arbitrary<Change> = fc.record({ kind: fc.constantFrom('drop', 'put', 'add'), value: nasty })
  return fc
    .tuple(values, fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 3 }))
    .map(([value, changes]) => {
      const root: { value?: unknown } = { value: structuredClone(value) }
      for (const [at, change] of changes) {
        const places = placesIn(root)
        if (places.length > 0) applyTo(places[at % places.length] as Place, change)
      }
      return root.value ?? null
    })
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [{ holder: value, key }, ...placesIn(inner)])
}

function applyTo({ holder, key }: Place, change: Change): void {
  const { kind, value } = structuredClone(change) // what comes next changes it, and it is there for the next request too
  const field = { value, configurable: true, enumerable: true, writable: true } // __proto__ too is a key in JSON
  const inner: unknown = Object.getOwnPropertyDescriptor(holder, key)?.value
  if (kind === 'put') Object.defineProperty(holder, key, field)
  else if (kind === 'add' && typeof inner === 'object' && inner !== null && !Array.isArray(inner))
    Object.defineProperty(inner, typeof value === 'string' ? value : 'unknown', field)
  else if (Array.isArray(holder)) holder.splice(Number(key), 1)
  else Reflect.deleteProperty(holder, key)
}
