import type { TSchema } from 'typebox'
import { asDefined } from './defined.js'
import type { ConnectionSchema, Family } from './family.js'
import { type Config, type Field, type Fields, is, object, objectSchema } from './fields.js'
import { marked } from './unmarked.js'

/*
 * How OpenMetadata's own families are made of their tables. A schema is made when it is first asked for: 147 of them at
 * import would be felt by everybody, and nobody uses them all. That they are as `defineFamily` wants them, a test says.
 */

declare const connection: unique symbol

/** The table of a connection, and the type of what fits it. */
export interface Of<C> {
  (): Fields
  readonly [connection]?: C
}

type Connections = Readonly<Record<string, Of<unknown>>>

/** The schemas of a family, from its tables. */
export type Schemas<Tables> = {
  readonly [T in keyof Tables]: Tables[T] extends Of<infer C> ? ConnectionSchema<C> : never
}

/** What fits the table of a service type. Its `type` may be told, and is filled in. */
export type Connection<Type extends string, Table extends () => Fields> = { readonly type?: Type } & Config<Table>

/** A connection that stands in another one: there its `type` is a field like any other. */
export function nested<C extends object>(type: string, table: () => Fields): Field<C> {
  return object<C>(() => ({ type: is(type), ...table() }))
}

/** A service type that OpenMetadata has no connection class for. */
export interface UnclassedConnection {
  readonly type?: string
  readonly [key: string]: unknown
}
export const unclassed = () => ({})

interface Definition extends Pick<Family, 'entityType' | 'collection' | 'without' | 'with' | 'unkept'> {
  readonly connections: Connections
  /** The service types whose connections take keys that are not in their table. */
  readonly open?: readonly string[]
  /** Fields whose texts are no secrets although their keys are free. */
  readonly mapsOfNoSecrets?: readonly string[]
}

/** A family of OpenMetadata's. Every text of it that has no field of its own is a secret. */
export function openMetadataFamily<F extends Family>(definition: Definition): F {
  const { connections, open = [], mapsOfNoSecrets, ...names } = definition
  const unmarkedSecrets = { freeTexts: true, ...(mapsOfNoSecrets && { mapsOfNoSecrets }) }
  const serviceTypes = {}
  for (const [serviceType, table] of Object.entries(connections)) {
    let schema: TSchema | undefined
    const get = () => {
      schema ??= marked(serviceType, objectSchema(table(), open.includes(serviceType)), unmarkedSecrets, new Set())
      return schema
    }
    Object.defineProperty(serviceTypes, serviceType, { get, enumerable: true })
  }
  return asDefined({ ...names, unmarkedSecrets, serviceTypes: Object.freeze(serviceTypes) } as unknown as F)
}
