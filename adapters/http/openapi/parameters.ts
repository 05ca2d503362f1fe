import { type Schema, text, uuid } from './schema.js'

/*
 * The parameters and headers of operations. Source: OpenAPI 3.1.
 */

const header = (description: string): Schema => ({ description, schema: text })
export const headers = {
  ETag: header('The state of the service, for If-Match'),
  Location: header('The URL of the new service'),
  'X-OpenMetadata-Change': header('What was done: entityCreated, entityUpdated, entityNoChange …'),
}

/** A parameter of an operation. */
export const inPath = (name: string, schema: Schema, description: string): Schema => {
  return { name, in: 'path', required: true, schema, description }
}
export const inQuery = (name: string, schema: Schema, description: string): Schema => ({
  name,
  in: 'query',
  schema,
  description,
})
export const boolean = { type: 'boolean', default: false }
export const moment = { type: 'integer', minimum: 0, description: 'Milliseconds since the epoch' }
export const id = inPath('id', uuid, 'The id of the service')
export const fqn = inPath('fqn', { ...text, minLength: 1 }, 'The fully qualified name of the service, or its name')
export const fields = inQuery('fields', text, 'Properties of a service, or *, separated by commas')
export const include = inQuery(
  'include',
  { enum: ['non-deleted', 'deleted', 'all'], default: 'non-deleted' },
  'Whether soft-deleted services count',
)
const inHeader = (name: string, description: string): Schema => ({
  name,
  in: 'header',
  schema: text,
  description,
})
const ifMatch = inHeader('If-Match', 'Entity tags, or *')
export const ifNoneMatch = inHeader('If-None-Match', 'Entity tags, or *')
export const conditions = [ifMatch, ifNoneMatch, inHeader('If-Unmodified-Since', 'An HTTP date')]
export const hardDelete = inQuery('hardDelete', boolean, 'Remove it with its history')
export const overrides = inQuery(
  'overrideMetadata',
  boolean,
  'A bot overwrites what people wrote, and tags are replaced',
)
export const recursive = inQuery('recursive', boolean, 'Taken and ignored: nothing here has children')
export const before = inQuery('before', text, 'A cursor of paging; not together with after')
export const after = inQuery('after', text, 'A cursor of paging')
export const limited = (maximum: number) =>
  inQuery('limit', { type: 'integer', minimum: 0, maximum, default: 10 }, 'How many at most')
