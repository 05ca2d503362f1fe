import type { Book } from 'servicebook'
import type { OpenApiDocument } from './document.js'
import { entityOf } from './names.js'
import { array, type Properties, ref, type Schema, text } from './schema.js'

/*
 * The document in the form of OpenMetadata's own: OpenAPI 3.0, one schema for the services of a family, any object as their
 * config. Generators of clients that know neither 3.1 nor what to do with fifty-nine alternatives take it, its Go SDK's
 * among them. Source: OpenAPI 3.0.3; OpenMetadata's `swagger.json`.
 */

/** A document of these books in that form; what it shares with the document it is made of is not changed. */
export function swaggerOf(document: OpenApiDocument, books: readonly Book[]): OpenApiDocument {
  const { components, paths, info } = document
  const { identifier, ...license } = info.license as { readonly identifier?: string }
  const { NamedReference: _, ...schemas } = books.reduce<Readonly<Record<string, Schema>>>(
    flattened,
    components.schemas,
  )
  return {
    ...document,
    openapi: '3.0.3',
    info: { ...info, license },
    paths: inside(paths) as OpenApiDocument['paths'],
    components: { ...components, schemas: each(schemas, older), responses: inside(components.responses) as Schema },
  }
}

/** One schema of a service, and one of a request for it, in the place of one a service type. */
function flattened(schemas: Readonly<Record<string, Schema>>, book: Book): Readonly<Record<string, Schema>> {
  const entity = entityOf(book)
  const connection = `${entity.replace(/Service$/, '')}Connection`
  const flat = Object.fromEntries(
    [`Create${entity}`, entity].map((name) => {
      const [one] = Object.keys(schemas).filter((key) => key.startsWith(`${name}.`))
      const { properties, ...rest } = schemas[one as string] as { readonly properties: Properties }
      const serviceType: Schema = { enum: Object.keys(book.family.serviceTypes) }
      const own = { ...properties, serviceType, connection: ref(connection) }
      return [name, { ...rest, properties: name === entity ? own : { ...own, ...namesOf(properties) } }]
    }),
  )
  const kept = Object.entries(schemas).filter(
    ([key]) => !key.startsWith(`Create${entity}.`) && !key.startsWith(`${entity}.`),
  )
  const config: Schema = { type: 'object' }
  return { ...Object.fromEntries(kept), ...flat, [connection]: { type: 'object', properties: { config } } }
}

/** What a request refers to by name, told as the names that the server knows alone. */
function namesOf({ dataProducts }: Properties): Properties {
  return { domain: text, domains: array(text), ...(dataProducts !== undefined && { dataProducts: array(text) }) }
}

/** What holds schemas, with each as it was said before 3.1. */
function inside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inside)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, key === 'schema' ? older(inner as Schema) : inside(inner)]),
  )
}

/** A schema as it was said before 3.1: a value is a choice of one, of several types is any, and what is chosen has a type. */
function older(schema: Schema): Schema {
  const { const: only, type, enum: given, patternProperties, required = [], ...rest } = schema
  const values = only === undefined ? (given as readonly unknown[] | undefined) : [only]
  const said = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, within(key, value)]))
  return {
    ...(Array.isArray(type) ? {} : typed(type ?? kindOf(values), schema)),
    ...(values !== undefined && { enum: values }),
    // An empty list is not one there.
    ...((required as readonly string[]).length > 0 && { required }),
    ...(patternProperties !== undefined && { additionalProperties: anyOf(patternProperties as Properties) }),
    ...said,
  }
}

function within(key: string, value: unknown): unknown {
  if (key === 'properties') return each(value as Properties, older)
  if (Array.isArray(value) && ALTERNATIVES.has(key)) return value.map(older)
  const isSchema = (key === 'items' || key === 'additionalProperties') && typeof value === 'object'
  return isSchema ? older(value as Schema) : value
}

const ALTERNATIVES: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf'])

/** Numbers say how many bits they take: there generators choose a type by it. */
function typed(type: unknown, { maximum = Number.POSITIVE_INFINITY }: Schema): Schema {
  if (type === 'integer') return { type, format: (maximum as number) < 2 ** 31 ? 'int32' : 'int64' }
  if (type === 'number') return { type, format: 'double' }
  return type === undefined ? {} : { type }
}

function kindOf(values: readonly unknown[] = []): string | undefined {
  const [kind, ...others] = new Set(values.map((value) => typeof value))
  return others.length === 0 && kind !== 'object' ? kind : undefined
}

function anyOf(patterns: Properties): Schema {
  const all = Object.values(patterns).map(older)
  return all.length === 1 ? (all[0] as Schema) : { anyOf: all }
}

function each(schemas: Properties, change: (schema: Schema) => Schema): Readonly<Record<string, Schema>> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, change(schema)]))
}
