import type { Book } from 'servicebook'
import type { Schema } from './schemas.js'

/*
 * What operations of the OpenAPI document are made of. Source: OpenAPI 3.1.
 */

/** What has been named for all books; two of one name would be a mistake in the program. */
export function distinct<T>(named: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  const byName = Object.fromEntries(named)
  if (Object.keys(byName).length === named.length) return byName
  throw new TypeError('books must have entity types that are told apart in the OpenAPI document')
}

export const json = (schema: Schema, example?: unknown): Schema => ({
  'application/json': { schema, ...(example !== undefined && { example }) },
})
export const ok = (schema: Schema, example?: unknown, description = 'Done'): Schema => ({
  description,
  content: json(schema, example),
})

export const failed = { code: 404, errorType: 'ENTITY_NOT_FOUND', message: 'service instance for a not found' }

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

/** The tag of what a book serves. */
export function tagOf(book: Book): Schema {
  const { collection, serviceTypes } = book.family
  const types = Object.keys(serviceTypes)
  const some = types.length > 5 ? `${types.slice(0, 5).join(', ')} and ${types.length - 5} more` : types.join(', ')
  return { name: collection, description: `Services of one family: ${some}.` }
}

export const WHAT = 'X-OpenMetadata-Change'
export const ID = '11111111-1111-4111-8111-111111111111'

/** A service as it is shown, and the request that made it. */
export function examplesOf({ family }: Book) {
  const [serviceType = ''] = Object.keys(family.serviceTypes)
  const request = { name: 'first', serviceType, description: 'What the first is for' }
  const service = {
    id: ID,
    ...request,
    fullyQualifiedName: 'first',
    version: 0.1,
    updatedAt: 1_700_000_000_000,
    updatedBy: 'ada',
    href: `https://catalogue.example/v1/services/${family.collection}/${ID}`,
    owners: [],
    tags: [],
    domains: [],
    deleted: false,
  }
  return { request, service }
}
