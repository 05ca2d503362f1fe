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
