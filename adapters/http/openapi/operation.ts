import type { Book } from 'servicebook'
import { operationNamed } from './names.js'
import { headers } from './parameters.js'
import type { Schema } from './schema.js'

/*
 * What operations of the document are made of. Source: OpenAPI 3.1.
 */

export const json = (schema: Schema, example?: unknown): Schema => ({
  'application/json': { schema, ...(example !== undefined && { example }) },
})
export const ok = (schema: Schema, example?: unknown, description = 'Done'): Schema => ({
  description,
  content: json(schema, example),
})

/** An answer with headers. */
export const withHeaders = (answer: Schema, ...names: readonly (keyof typeof headers)[]): Schema => {
  return { ...answer, headers: Object.fromEntries(names.map((name) => [name, headers[name]])) }
}

export const body = (schema: Schema, example: unknown, type = 'application/json') => ({
  requestBody: { required: true, content: { [type]: { schema, example } } },
})

export function operation(
  operationId: string,
  tag: string,
  summary: string,
  description: string,
  responses: Schema,
  more: Schema = {},
): Schema {
  const error = { $ref: '#/components/responses/Error' }
  const all = { ...responses, '4XX': error, default: error }
  return { operationId, tags: [tag], summary, description, ...more, responses: all }
}

/** An operation of a book, under the name that the server gives it. */
export const operationsOf =
  ({ family }: Book) =>
  (operationId: string, summary: string, description: string, responses: Schema, more?: Schema) =>
    operation(operationNamed(operationId), family.collection, summary, description, responses, more)
