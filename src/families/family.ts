import type { TObject, TSchema } from 'typebox'
import { Check } from 'typebox/schema'
import { clashOf } from './clash.js'
import { asDefined, isDefined } from './defined.js'
import { type Definitions, resolved } from './resolve.js'
import { isNode, unformatted } from './schema.js'
import { faultOf, marked, type UnmarkedSecrets } from './unmarked.js'

/**
 * The connection schema of every service type of a family, keyed by service type: an object schema, which `defineFamily`
 * checks. No narrower type would take those of a host's own TypeBox.
 */
export type ConnectionSchemas = Readonly<Record<string, TSchema>>

/**
 * A service family: one collection of OpenMetadata services that share a namespace for names.
 *
 * Connection schemas are objects of TypeBox or plain JSON Schema. What is closed (`additionalProperties: false`) refuses
 * keys it does not declare; what is open keeps them. A string declared with `format: 'password'` is a secret, as in
 * OpenMetadata's own schemas, at any depth, in lists, maps and unions.
 *
 * Source: OpenMetadata's `ServiceType` families; `semantics.md` §1, §2.
 */
export interface Family<Schemas extends ConnectionSchemas = ConnectionSchemas> {
  /** OpenMetadata's entity type, for example `mlmodelService`. Stores key by it. */
  readonly entityType: string
  /** OpenMetadata's collection, the last part of its path, for example `mlmodelServices`. */
  readonly collection: string
  readonly serviceTypes: Schemas
  /** Schemas that those of the service types name by `$ref: '#/$defs/<name>'`. */
  readonly $defs?: Readonly<Record<string, TSchema>>
  /** What is secret beyond the texts that schemas declare with `format: 'password'`. Default: nothing. */
  readonly unmarkedSecrets?: UnmarkedSecrets
  /** Fields of a service that the services of this family do not have. Default: none. */
  readonly without?: readonly ('style' | 'entityStatus' | 'dataProducts')[]
  /** Fields of a service that only services of some families have. Default: none. */
  readonly with?: readonly 'provider'[]
  /** Fields of a request that are checked, by their schemas, and of which nothing is kept. Default: none. */
  readonly unkept?: Readonly<Record<string, TSchema>>
}

declare const connection: unique symbol

/** A connection schema, and the type of what fits it, which has a name of its own. */
export interface ConnectionSchema<C> extends TObject {
  readonly [connection]: C
}

/** The service types of a family, for example `'Mlflow' | 'Sklearn'`. */
export type ServiceTypeOf<F extends Family> = keyof F['serviceTypes'] & string

/**
 * Defines a family of your own, under the same rules as `mlmodelServices`: its `serviceType` narrows `connection.config`
 * in requests and services. The field `type` of a config, OpenMetadata's repetition of the service type, is added to every
 * schema; one that a schema declares must take the service type, which is then all it takes. `secret()` and `secretMap()`
 * declare secrets; `awsCredentials`, `gcpCredentials` and `filterPattern` are OpenMetadata's. What schemas do not declare is
 * no secret, but for the credentials inside texts; `unmarkedSecrets` says what else is.
 *
 * Schemas may be JSON Schema of draft-07 or 2020-12. A `$ref` leads into `$defs` of the family or into the schema itself,
 * and not back to where it stands; the family that comes back has none. Defaults are filled in, in a union those of the
 * branch whose constants the value names, else of the one that declares most of its keys, else of the first; several
 * branches that fit are as good as one, for `oneOf` too. `format` is not checked.
 *
 * Throws `TypeError` when the definition is not what it must be, and names what it does not take: `$dynamicRef` and its
 * kin, a secret that is not a string or may be a number or boolean in another branch, a default that does not fit or
 * stands inside `if`, `then`, `else`, `dependentSchemas`, `contains`, `unevaluatedProperties`, `not` or `propertyNames`,
 * a secret inside `if`, `not` or `propertyNames`.
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
  if (isDefined(family)) return family
  for (const key of ['entityType', 'collection'] as const) {
    if (typeof family[key] !== 'string' || !WORD.test(family[key]))
      throw new TypeError(`family.${key} must be letters and digits`)
  }
  const given = Object.entries(family.serviceTypes ?? {})
  if (given.length === 0) throw new TypeError('family.serviceTypes must have a service type')
  const fault = faultOf(family.unmarkedSecrets)
  if (fault !== undefined) throw new TypeError(`family.unmarkedSecrets ${fault}`)
  const found = new Set<string>()
  const serviceTypes = Object.fromEntries(
    given.map(([serviceType, schema]) => {
      const { answer, fault } = schemaOf(serviceType, schema, family, found)
      if (fault !== undefined) throw new TypeError(`family.serviceTypes.${serviceType} ${fault}`)
      return [serviceType, answer]
    }),
  )
  const { fields = [], mapsOfNoSecrets = [] } = family.unmarkedSecrets ?? {}
  const missed = [...fields, ...mapsOfNoSecrets].find((name) => !found.has(name))
  if (missed !== undefined) throw new TypeError(`family.unmarkedSecrets names ${missed}, which no schema has`)
  return asDefined({ ...family, serviceTypes: Object.freeze(serviceTypes) })
}

const WORD = /^[A-Za-z][A-Za-z0-9]*$/

interface Schema {
  readonly answer?: TSchema
  readonly fault?: string
}

function schemaOf(serviceType: string, schema: TSchema, family: Family, found: Set<string>): Schema {
  const { $defs = {}, unmarkedSecrets } = family
  const whole = walked(schema, $defs)
  if (typeof whole === 'string') return { fault: whole }
  const answer = unmarkedSecrets === undefined ? whole : marked(serviceType, whole, unmarkedSecrets, found)
  const { type, properties = {} } = answer as { type?: unknown; properties?: Record<string, TSchema> }
  if (type !== 'object' || !isNode(properties)) return { fault: 'must be an object schema' }
  const declared = Object.hasOwn(properties, 'type') ? properties.type : undefined
  if (declared !== undefined && !Check(unformatted(declared), serviceType)) {
    return { fault: 'declares a type that is not its service type' }
  }
  const clash = clashOf(answer)
  if (clash !== undefined) return { fault: `declares a secret that another branch lets be no text, at ${clash}` }
  return { answer }
}

function walked(schema: TSchema, $defs: Definitions): TSchema | string {
  try {
    return isNode(schema) ? resolved(schema, $defs) : 'must be an object schema'
  } catch (error) {
    if (error instanceof TypeError) return error.message
    throw error
  }
}
