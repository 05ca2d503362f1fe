import pg from 'pg'
import { defineFamily, mlmodelServices } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { postgresStore } from 'servicebook/postgres'

/** The families that are written at once; the second has a service type of the same name. */
export const families = [
  mlmodelServices,
  defineFamily({
    entityType: 'otherService',
    collection: 'otherServices',
    serviceTypes: { Sklearn: { type: 'object', properties: {}, additionalProperties: false } },
  }),
]

/** The store of a place: a directory, or tables. */
export function storeFor({ directory, url, schema }) {
  if (directory !== undefined) return fsStore(directory)
  const pool = new pg.Pool({ connectionString: url, max: 6, application_name: schema })
  pool.on('error', () => {})
  return { ...postgresStore(pool, { schema }), close: () => pool.end() }
}
