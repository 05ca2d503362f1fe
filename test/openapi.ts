import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { type Book, defineFamily, type Family, mlmodelServices, openBook, secret, secretMap } from 'servicebook'
import { type HandlerOptions, openApiDocument } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { type TObject, Type } from 'typebox'
import { type Components, type JsonSchema, UNCHECKED } from './jsonschema.js'

/*
 * OpenAPI documents of several settings, and the checks that are made of them.
 */

export const closed = { additionalProperties: false } as const

export const pipelineServices = defineFamily({
  entityType: 'pipelineService',
  collection: 'pipelineServices',
  serviceTypes: {
    Airflow: Type.Object(
      {
        hostPort: Type.String({ pattern: '^https?://[a-z]+$', maxLength: 40 }),
        retries: Type.Optional(Type.Integer({ minimum: 0, maximum: 9, default: 3 })),
        ratio: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
        backend: Type.Union([
          Type.Object({ kind: Type.Literal('sql'), password: Type.Optional(secret()) }, closed),
          Type.Object({ kind: Type.Literal('none') }, closed),
        ]),
      },
      closed,
    ),
    // As somebody would paste it from OpenMetadata: plain JSON Schema.
    'dbt Cloud/2': {
      type: 'object',
      properties: { default: { type: 'boolean', default: false }, jobs: { type: 'array', items: { type: 'string' } } },
      required: ['jobs'],
      additionalProperties: false,
    } as unknown as TObject,
    Custom: Type.Object({ properties: Type.Optional(secretMap()), extra: Type.Unknown() }, closed),
  },
})

export interface Setting {
  readonly name: string
  readonly families: readonly Family[]
  readonly options: HandlerOptions
}

export const settings: readonly Setting[] = [
  { name: 'one book', families: [mlmodelServices], options: {} },
  {
    name: 'two books below a path, in the shape that is documented',
    families: [mlmodelServices, pipelineServices],
    options: { shape: 'documented', basePath: '/api', publicUrl: 'https://catalogue.example/some/api' },
  },
  { name: 'a book of a family of its own', families: [pipelineServices], options: { basePath: '/a/b' } },
]

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: JsonSchema
}
type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>
export interface Answers {
  readonly $ref?: string
  readonly content: Content
  readonly headers?: object
}
export interface Operation {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, Answers>>
}
export interface Document {
  readonly servers: readonly { readonly url: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Components; readonly responses: Readonly<Record<string, Answers>> }
}

export const documentOf = (books: Book | readonly Book[], options: HandlerOptions = {}) =>
  openApiDocument(books, options) as unknown as Document

export const booksOf = ({ families }: Setting, store = memoryStore(), newId = crypto.randomUUID.bind(crypto)) =>
  families.map((family) => openBook({ family, store, newId, now: () => 1_700_000_000_000 }) as Book)

/** Every operation, with its method and path. */
export const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )

/** The check of a body by the document, compiled once under its name. */
export function validatorsOf(document: Document) {
  const unchecked = Object.fromEntries(UNCHECKED.map((format) => [format, true as const]))
  const ajv = formats.default(new Ajv2020({ strict: false, formats: unchecked }), ['uuid'])
  ajv.addSchema(structuredClone(document), 'document')
  const compiled = new Map<string, ValidateFunction>()
  return (name: string, content: Content | undefined, mediaType = 'application/json'): ValidateFunction => {
    const schema = content?.[mediaType]?.schema
    if (schema === undefined) throw new Error(`${name} has no ${mediaType}`)
    const known = compiled.get(name) ?? ajv.compile(absolute(schema) as object)
    compiled.set(name, known)
    return known
  }
}

/** A schema out of its document, of which its references still speak. */
function absolute(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema
  if (Array.isArray(schema)) return schema.map(absolute)
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, key === '$ref' ? `document${value}` : absolute(value)]),
  )
}
