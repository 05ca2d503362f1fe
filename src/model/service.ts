import { type Static, type TObject, type TSchema, Type } from 'typebox'
import type { ConnectionSchema, Family, ServiceTypeOf } from '../families/family.js'
import { untold } from '../families/untold.js'

const closed = { additionalProperties: false } as const

export const UUID_PATTERN = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
/** As services have it: in lower case. */
export const ID_PATTERN = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
/** OpenMetadata's `entityName`, `^((?!::).)*$`, in a form that needs no stack for each character. */
export const NAME_PATTERN = '^(?!.*::).*$'

const uuid = Type.String({ pattern: UUID_PATTERN })
export const NAME = Type.String({ minLength: 1, maxLength: 256, pattern: NAME_PATTERN })
const fullyQualifiedName = Type.String({ minLength: 1, maxLength: 3072 })

const ownerReference = Type.Object({ id: uuid, type: Type.Enum(['user', 'team']) }, closed)

const tagFQN = Type.String({ minLength: 1, maxLength: 3072 })
const source = Type.Enum(['Classification', 'Glossary'], { default: 'Classification' })
const labelType = Type.Enum(['Manual', 'Propagated', 'Automated', 'Derived', 'Generated'], { default: 'Manual' })
const state = Type.Enum(['Suggested', 'Confirmed'], { default: 'Confirmed' })

const style = Type.Object(
  {
    color: Type.Optional(Type.String()),
    iconURL: Type.Optional(Type.String()),
    coverImage: Type.Optional(
      Type.Object({ url: Type.Optional(Type.String()), position: Type.Optional(Type.String()) }, closed),
    ),
  },
  closed,
)
const ingestionRunner = Type.Object({ id: uuid, type: Type.String({ minLength: 1, maxLength: 256 }) }, closed)
export const ENTITY_STATUSES = [
  'Draft',
  'In Review',
  'Approved',
  'Archived',
  'Deprecated',
  'Rejected',
  'Unprocessed',
] as const
const entityStatus = Type.Enum([...ENTITY_STATUSES])
const provider = Type.Enum(['user', 'system'])

const requestFields = {
  name: NAME,
  displayName: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  owners: Type.Optional(Type.Array(ownerReference)),
  domain: Type.Optional(fullyQualifiedName),
  dataProducts: Type.Optional(Type.Array(fullyQualifiedName)),
  tags: Type.Optional(
    Type.Array(
      Type.Object(
        {
          tagFQN,
          source: Type.Optional(source),
          labelType: Type.Optional(labelType),
          state: Type.Optional(state),
        },
        closed,
      ),
    ),
  ),
  style: Type.Optional(style),
  ingestionRunner: Type.Optional(ingestionRunner),
}

const tagLabel = Type.Object({ tagFQN, source, labelType, state }, closed)

const fieldChange = Type.Object(
  { name: Type.String(), oldValue: Type.Optional(Type.Unknown()), newValue: Type.Optional(Type.Unknown()) },
  closed,
)

const changeDescription = Type.Object(
  {
    fieldsAdded: Type.Array(fieldChange),
    fieldsUpdated: Type.Array(fieldChange),
    fieldsDeleted: Type.Array(fieldChange),
    previousVersion: Type.Number(),
  },
  closed,
)

const serviceFields = {
  id: Type.String({ pattern: ID_PATTERN }),
  name: NAME,
  fullyQualifiedName,
  version: Type.Number({ minimum: 0.1 }),
  deleted: Type.Boolean(),
  updatedAt: Type.Integer(),
  updatedBy: Type.String(),
  displayName: Type.Optional(Type.String()),
  description: Type.Optional(Type.String()),
  owners: Type.Optional(Type.Array(ownerReference)),
  domain: Type.Optional(fullyQualifiedName),
  dataProducts: Type.Optional(Type.Array(fullyQualifiedName)),
  tags: Type.Array(tagLabel),
  style: Type.Optional(style),
  ingestionRunner: Type.Optional(ingestionRunner),
  entityStatus: Type.Optional(entityStatus),
  provider: Type.Optional(provider),
  changeDescription: Type.Optional(changeDescription),
}

const requestBase = Type.Object(requestFields, closed)
const serviceBase = Type.Object(serviceFields, closed)

/** The fields of a request, whatever its `serviceType`, for services of one family. */
export function requestFieldsOf(family: Family): Record<string, TSchema> {
  const unkept = Object.entries(family.unkept ?? {}).map(([key, schema]) => [key, Type.Optional(schema)])
  return { ...ofFamily(requestFields, family), ...Object.fromEntries(unkept) }
}

/** Fields but for those that the services of a family do not have. */
function ofFamily(fields: Record<string, TSchema>, family: Family): Record<string, TSchema> {
  const { without = [], with: has = [] } = family
  const absent: readonly string[] = [...without, ...(has.includes('provider') ? [] : ['provider'])]
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !absent.includes(key)))
}

/** What a service has from its birth on without being asked, and what one stored before there was such a field is read to have. */
export type Birth = Partial<Pick<ServiceFields, 'entityStatus' | 'provider'>>

export function birthOf({ without = [], with: has = [] }: Family): Birth {
  return Object.freeze({
    ...(!without.includes('entityStatus') && { entityStatus: 'Unprocessed' as const }),
    ...(has.includes('provider') && { provider: 'user' as const }),
  })
}

/** Whether a value is one of the statuses that a service may have. */
export function isEntityStatus(value: unknown): value is EntityStatus {
  return (ENTITY_STATUSES as readonly unknown[]).includes(value)
}

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

/** What a request is checked with: `requestSchema`, with the values that a secret may have. */
export function checkedSchema(family: Family, serviceType: string): TObject {
  return withConnection(requestFieldsOf(family), serviceType, configSchema(family, serviceType))
}

/**
 * The JSON Schema (TypeBox) of a service of one service type of a family, as every verb returns it. Throws `TypeError`
 * when the family has no such type.
 *
 * @example serviceSchema(mlmodelServices, 'Sklearn')
 */
export function serviceSchema(family: Family, serviceType: string): TObject {
  return withConnection(
    ofFamily(serviceFields, family),
    serviceType,
    untold(configSchema(family, serviceType)) as TObject,
  )
}

function configSchema(family: Family, serviceType: string): TObject {
  const schema = Object.hasOwn(family.serviceTypes, serviceType) ? family.serviceTypes[serviceType] : undefined
  if (schema === undefined) throw new TypeError(`${family.entityType} has no service type ${serviceType}`)
  return schema
}

/** Read-only all the way down, as frozen values are. */
type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T

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
    : Frozen<{ type?: T } & Static<F['serviceTypes'][T]>>

interface AnyConfig {
  // biome-ignore lint/suspicious/noExplicitAny: the interface of a connection has no index signature, and fits nothing less
  readonly [key: string]: any
}

/** How a service connects to what it stands for. */
export interface ServiceConnection<Config> {
  readonly config: Config
}

/** The fields of a request but its `serviceType` and `connection`. */
export interface RequestFields extends Given<Static<typeof requestBase>> {}

/** The fields of a service but its `serviceType` and `connection`. */
export interface ServiceFields extends Frozen<Static<typeof serviceBase>> {}

/** A create request for one service type, or for any of several. */
export interface ServiceRequestOf<F extends Family, T extends ServiceTypeOf<F>> extends RequestFields {
  readonly serviceType: T
  readonly connection?: ServiceConnection<Given<ConfigOf<F, T>>> | null | undefined
}

/** A service of one service type. */
export interface ServiceOf<F extends Family, T extends ServiceTypeOf<F>> extends ServiceFields {
  readonly serviceType: T
  readonly connection?: ServiceConnection<ConfigOf<F, T>>
}

/**
 * A create request, the body of OpenMetadata's `POST` and `PUT`. `serviceType` narrows `connection.config`.
 *
 * Source: OpenMetadata, "Create an ML Model Service"; `semantics.md` §1.
 */
export type ServiceRequest<F extends Family = Family> = {
  [T in ServiceTypeOf<F>]: ServiceRequestOf<F, T>
}[ServiceTypeOf<F>]

/**
 * A service as verbs return it: frozen all the way down, secrets masked. `serviceType` narrows `connection.config`.
 *
 * Source: OpenMetadata, "Create an ML Model Service"; `semantics.md` §1.
 */
export type Service<F extends Family = Family> = { [T in ServiceTypeOf<F>]: ServiceOf<F, T> }[ServiceTypeOf<F>]

/** The connection of a service, whatever its service type. */
export type ConnectionOf<F extends Family> = {
  [T in ServiceTypeOf<F>]: ServiceConnection<ConfigOf<F, T>>
}[ServiceTypeOf<F>]

/** The service that a request of a service type makes: of that type, where it is known. */
export type ServiceMade<F extends Family, T extends ServiceTypeOf<F>> = [ServiceTypeOf<F>] extends [T]
  ? Service<F>
  : ServiceOf<F, T>

/** How a service is shown: a colour, an icon, a cover image. */
export type Style = Frozen<Static<typeof style>>

/** How far a service is reviewed. */
export type EntityStatus = Static<typeof entityStatus>

/** A reference to a user or a team. */
export type OwnerReference = Frozen<Static<typeof ownerReference>>

/** A tag on a service. Its identity is `tagFQN` and `source`. */
export type TagLabel = Frozen<Static<typeof tagLabel>>

/** What a version changed against the one before it. Lists report the elements added and removed. */
export type ChangeDescription = Frozen<Static<typeof changeDescription>>
export type FieldChange = Frozen<Static<typeof fieldChange>>
