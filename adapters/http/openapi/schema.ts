/*
 * What the document and its JSON Schemas are made of. Source: OpenAPI 3.1, whose dialect is JSON Schema 2020-12.
 */

export type Schema = Readonly<Record<string, unknown>>
export type Properties = Readonly<Record<string, Schema>>
/** Operations by path and method. */
export type Paths = Readonly<Record<string, Readonly<Record<string, Schema>>>>

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
export const array = (items: Schema): Schema => ({ type: 'array', items })
export const text: Schema = { type: 'string' }
export const uuid: Schema = { type: 'string', format: 'uuid' }
/** How many issues there are beside those that are told. */
export const more: Schema = { type: 'integer', minimum: 1 }
export const closed = (properties: Properties, required: readonly string[]): Schema => {
  return { type: 'object', properties, required, additionalProperties: false }
}
