import type { TObject } from 'typebox'

/** The connection schema of every service type of a family, keyed by service type. */
export type ConnectionSchemas = Readonly<Record<string, TObject>>

/**
 * A service family: one collection of OpenMetadata services that share a namespace for names.
 *
 * Connection schemas are closed TypeBox objects (`additionalProperties: false`). A string declared with
 * `format: 'password'` is a secret, as in OpenMetadata's own schemas, at any depth, in lists and in string maps.
 *
 * Source: OpenMetadata's `ServiceType` families; `semantics.md` §1, §2.
 */
export interface Family<Schemas extends ConnectionSchemas = ConnectionSchemas> {
  /** OpenMetadata's entity type, for example `mlmodelService`. Stores key by it. */
  readonly entityType: string
  /** OpenMetadata's collection, the last part of its path, for example `mlmodelServices`. */
  readonly collection: string
  readonly serviceTypes: Schemas
}

/** The service types of a family, for example `'Mlflow' | 'Sklearn'`. */
export type ServiceTypeOf<F extends Family> = keyof F['serviceTypes'] & string

/**
 * Defines a family of your own, under the same rules as `mlmodelServices`: its `serviceType` narrows `connection.config`
 * in requests and services. The field `type` of a config, OpenMetadata's repetition of the service type, is added to every
 * schema and is not to be declared. `secret()` and `secretMap()` declare secrets; `awsCredentials`, `gcpCredentials` and
 * `filterPattern` are OpenMetadata's.
 *
 * Throws `TypeError` when the definition is not what it must be: that is a mistake in the program.
 *
 * @example
 * const databaseServices = defineFamily({
 *   entityType: 'databaseService',
 *   collection: 'databaseServices',
 *   serviceTypes: {
 *     Mysql: Type.Object({ hostPort: Type.String(), password: Type.Optional(secret()) }, { additionalProperties: false }),
 *   },
 * })
 *
 * Source: OpenMetadata's service families; `semantics.md` §1, §2.
 */
export function defineFamily<const F extends Family>(family: F): F {
  for (const key of ['entityType', 'collection'] as const) {
    if (typeof family[key] !== 'string' || !WORD.test(family[key]))
      throw new TypeError(`family.${key} must be letters and digits`)
  }
  const serviceTypes = Object.entries(family.serviceTypes ?? {})
  if (serviceTypes.length === 0) throw new TypeError('family.serviceTypes must have a service type')
  for (const [serviceType, schema] of serviceTypes) {
    const fault = faultOf(schema)
    if (fault !== undefined) throw new TypeError(`family.serviceTypes.${serviceType} ${fault}`)
  }
  return Object.freeze({ ...family })
}

const WORD = /^[A-Za-z][A-Za-z0-9]*$/

function faultOf(schema: Partial<TObject> & { additionalProperties?: unknown }): string | undefined {
  if (schema?.type !== 'object' || typeof schema.properties !== 'object') return 'must be an object schema'
  if (schema.additionalProperties !== false) return 'must be closed: additionalProperties: false'
  if ('type' in schema.properties) return 'must not declare type, which every config has'
  return undefined
}
