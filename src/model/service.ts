import type { Static, TObject, TSchema } from 'typebox'
import * as Type from 'typebox'
import type { ConnectionSchema, Family, ServiceTypeOf } from '../families/family.js'
import { partial } from '../families/schema.js'
import { untold } from '../families/untold.js'
import {
  type changeDescription,
  type ENTITY_STATUSES,
  type fieldChange,
  type followerReference,
  type ownerReference,
  type Requested,
  requestFieldsOf,
  type Served,
  serviceFieldsOf,
  type style,
  type tagLabel,
} from './fields.js'
import type { Frozen } from './frozen.js'

const closed = { additionalProperties: false } as const

function withConnection(fields: Record<string, TSchema>, serviceType: string, config: TObject): TObject {
  return Type.Object(
    {
      ...fields,
      serviceType: Type.Literal(serviceType),
      connection: Type.Optional(Type.Object({ config: withType(config, serviceType) }, closed)),
    },
    closed,
  )
}

/** A config may always say of which type it is, and says so when it is stored. All else is as its schema has it. */
function withType(config: TObject, serviceType: string): TSchema {
  const { type: _, ...properties } = config.properties ?? {}
  const type = Type.Optional(Type.Literal(serviceType, { default: serviceType }))
  const { required: all, ...rest } = config as TObject & { required?: readonly string[] }
  // What is optional is told by the list of what is required, so that plain JSON Schema does too.
  const required = all?.filter((key) => key !== 'type') ?? []
  return { ...rest, properties: { type, ...properties }, ...(required.length > 0 && { required }) } as TSchema
}

/**
 * The JSON Schema (TypeBox) of a create request for one service type of a family, without the values that it names for
 * secrets (`default`, `const`, `enum`, `examples`). Throws `TypeError` when the family has no such type.
 *
 * @example requestSchema(mlmodelServices, 'Sklearn')
 */
export function requestSchema(family: Family, serviceType: string): TObject {
  return withConnection(requestFieldsOf(family), serviceType, untold(configSchema(family, serviceType)) as TObject)
}

/** What a request is checked with: `requestSchema`, with the values that a secret may have, and perhaps without what is required. */
export function checkedSchema(family: Family, serviceType: string, isPartial = false): TObject {
  const config = configSchema(family, serviceType)
  return withConnection(requestFieldsOf(family), serviceType, isPartial ? (partial(config) as TObject) : config)
}

/**
 * The JSON Schema (TypeBox) of a service of one service type of a family, as every verb returns it. Throws `TypeError`
 * when the family has no such type.
 *
 * @example serviceSchema(mlmodelServices, 'Sklearn')
 */
export function serviceSchema(family: Family, serviceType: string): TObject {
  return withConnection(serviceFieldsOf(family), serviceType, untold(configSchema(family, serviceType)) as TObject)
}

function configSchema(family: Family, serviceType: string): TObject {
  const schema = Object.hasOwn(family.serviceTypes, serviceType) ? family.serviceTypes[serviceType] : undefined
  if (schema === undefined) throw new TypeError(`${family.entityType} has no service type ${serviceType}`)
  return schema as TObject
}

/** What a caller may pass for `T`: an optional field may also be `undefined` or `null`, which count as absent. */
export type Given<T> = T extends object
  ? { readonly [K in keyof T]: Given<T[K]> | (undefined extends { [P in K]?: T[K] }[K] ? OptionalNull<T, K> : never) }
  : T
type OptionalNull<T, K extends keyof T> = Record<never, never> extends Pick<T, K> ? null | undefined : never

/** What a config of one service type is: by the name it has, or as its schema says; of a family not known, anything. */
type ConfigOf<F extends Family, T extends ServiceTypeOf<F>> = string extends T
  ? AnyConfig
  : F['serviceTypes'][T] extends ConnectionSchema<infer C>
    ? C
    : Frozen<{ type?: T } & Known<Static<F['serviceTypes'][T]>>>

/** Of plain JSON Schema the compiler knows no more than that it is an object. */
type Known<Config> = unknown extends Config ? { [key: string]: unknown } : Config

interface AnyConfig {
  // biome-ignore lint/suspicious/noExplicitAny: the interface of a connection has no index signature, and fits nothing less
  readonly [key: string]: any
}

/** How a service connects to what it stands for. */
export interface ServiceConnection<Config> {
  readonly config: Config
}

/** The fields of a request but its `serviceType` and `connection`. */
export interface RequestFields extends Given<Requested> {}

/** The fields of a service but its `serviceType` and `connection`. */
export interface ServiceFields extends Frozen<Served> {}

/** A reference to a user who follows a service. */
export type FollowerReference = Frozen<Static<ReturnType<typeof followerReference>>>

/** A create request for a service type, or for any of several. */
export interface ServiceRequestOf<Type extends string, Config> extends RequestFields {
  readonly serviceType: Type
  readonly connection?: ServiceConnection<Config> | null | undefined
}

/** A service of a service type. */
export interface ServiceOf<Type extends string, Config> extends ServiceFields {
  readonly serviceType: Type
  readonly connection?: ServiceConnection<Config>
}

/**
 * A create request, the body of OpenMetadata's `POST` and `PUT`. `serviceType` narrows `connection.config`.
 *
 * Source: OpenMetadata, "Create an ML Model Service"; `semantics.md` §1.
 */
export type ServiceRequest<F extends Family = Family> = {
  [T in ServiceTypeOf<F>]: ServiceRequestOf<T, Given<ConfigOf<F, T>>> & OfFamily<F>
}[ServiceTypeOf<F>]

/** What requests of a family have beside the fields of all, and what of these they may not have. */
type OfFamily<F extends Family> = Unkept<F> & Lacking<F>

type Unkept<F extends Family> = F extends { readonly unkept: infer U extends Readonly<Record<string, TSchema>> }
  ? { readonly [K in keyof U]?: Static<U[K]> | null | undefined }
  : unknown

type Lacking<F extends Family> = F extends { readonly without: readonly (infer W)[] }
  ? { readonly [K in W & keyof RequestFields]?: never }
  : unknown

type Wide<T> = T extends string ? string : T extends object ? { readonly [K in keyof T]: Wide<T[K]> } : T

/**
 * A request of which the compiler knows no more than that its `serviceType` is a text: a constant without `as const`, a JSON
 * module. It is taken, and checked when it is sent. What the compiler knows better is a `ServiceRequest`, or an error.
 */
export type UntypedRequest = Wide<Given<Requested>> & {
  readonly serviceType: string
  readonly connection?: { readonly config: object } | null | undefined
}

/** Takes what has any text for a service type; of what has a known one it leaves nothing, which is for `ServiceRequest`. */
export type Untyped<R extends { readonly serviceType: string }> = string extends R['serviceType'] ? unknown : never

/**
 * A service as verbs return it: frozen all the way down, secrets masked. `serviceType` narrows `connection.config`.
 *
 * Source: OpenMetadata, "Create an ML Model Service"; `semantics.md` §1.
 */
export type Service<F extends Family = Family> = {
  [T in ServiceTypeOf<F>]: ServiceOf<T, ConfigOf<F, T>>
}[ServiceTypeOf<F>]

/** The connection of a service, whatever its service type. */
export type ConnectionOf<F extends Family> = {
  [T in ServiceTypeOf<F>]: ServiceConnection<ConfigOf<F, T>>
}[ServiceTypeOf<F>]

/**
 * The request whose `serviceType` tells what its config must be. To infer it from the config too would take a compiler ten
 * seconds, since that leads through all that TypeBox can say.
 */
export type ServiceAsked<F extends Family, T extends ServiceTypeOf<F>> = ServiceRequestOf<
  T,
  NoInfer<Given<ConfigOf<F, T>>>
> &
  OfFamily<F>

/** The service that a request of a service type makes: of that type, where it is known. */
export type ServiceMade<F extends Family, T extends ServiceTypeOf<F>> = [ServiceTypeOf<F>] extends [T]
  ? Service<F>
  : ServiceOf<T, ConfigOf<F, T>>

/** How a service is shown: a colour, an icon, a cover image. */
export type Style = Frozen<Static<typeof style>>

/** How far a service is reviewed. */
export type EntityStatus = (typeof ENTITY_STATUSES)[number]

/** A reference to a user or a team. */
export type OwnerReference = Frozen<Static<typeof ownerReference>>

/** A tag on a service. Its identity is `tagFQN` and `source`. */
export type TagLabel = Frozen<Static<ReturnType<typeof tagLabel>>>

/** What a version changed against the one before it. Lists report the elements added and removed. */
export type ChangeDescription = Frozen<Static<ReturnType<typeof changeDescription>>>
/** What became of one field, or of elements of it: which side is absent tells whether it came, went or changed. */
export type FieldChange = Frozen<Static<ReturnType<typeof fieldChange>>>
