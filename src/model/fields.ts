import type { Static, TSchema } from 'typebox'
import * as Type from 'typebox'
import type { Family } from '../families/family.js'
import { testConnectionResultSchema } from './beside.js'
import type { Frozen } from './frozen.js'

/*
 * The fields of requests and services but their `serviceType` and `connection`, as JSON Schema, and which families have
 * them. Source: OpenMetadata 2.0.7; `semantics.md` §1, §11.
 */

const closed = { additionalProperties: false } as const

export const UUID_PATTERN = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
/** As services have it: in lower case. */
export const ID_PATTERN = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
/** OpenMetadata's `entityName`, `^((?!::).)*$`, in a form that needs no stack for each character. */
export const NAME_PATTERN = '^(?!.*::).*$'

const uuid = Type.String({ pattern: UUID_PATTERN })
export const NAME = Type.String({ minLength: 1, maxLength: 256, pattern: NAME_PATTERN })
const fullyQualifiedName = Type.String({ minLength: 1, maxLength: 3072 })

export const ownerReference = Type.Object({ id: uuid, type: Type.Enum(['user', 'team']) }, closed)

const tagFQN = Type.String({ minLength: 1, maxLength: 3072 })
const source = Type.Enum(['Classification', 'Glossary'], { default: 'Classification' })
const labelType = Type.Enum(['Manual', 'Propagated', 'Automated', 'Derived', 'Generated'], { default: 'Manual' })
const state = Type.Enum(['Suggested', 'Confirmed'], { default: 'Confirmed' })

export const style = Type.Object(
  {
    color: Type.Optional(Type.String()),
    iconURL: Type.Optional(Type.String()),
    coverImage: Type.Optional(
      Type.Object({ url: Type.Optional(Type.String()), position: Type.Optional(Type.String()) }, closed),
    ),
  },
  closed,
)
export const ingestionRunner = Type.Object({ id: uuid, type: Type.String({ minLength: 1, maxLength: 256 }) }, closed)
export const ENTITY_STATUSES = [
  'Draft',
  'In Review',
  'Approved',
  'Archived',
  'Deprecated',
  'Rejected',
  'Unprocessed',
] as const

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

export type Requested = Static<ReturnType<typeof requestOf>>
const requestOf = () => Type.Object(requestFields, closed)

/* What only services have is made when it is asked for: whoever sends requests alone never does. */

export const followerReference = () => Type.Object({ id: uuid, type: Type.Literal('user') }, closed)
export const tagLabel = () => Type.Object({ tagFQN, source, labelType, state }, closed)
export const fieldChange = () =>
  Type.Object(
    { name: Type.String(), oldValue: Type.Optional(Type.Unknown()), newValue: Type.Optional(Type.Unknown()) },
    closed,
  )

export function changeDescription() {
  const changes = Type.Array(fieldChange())
  return Type.Object(
    { fieldsAdded: changes, fieldsUpdated: changes, fieldsDeleted: changes, previousVersion: Type.Number() },
    closed,
  )
}

const serviceFields = () => ({
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
  tags: Type.Array(tagLabel()),
  style: Type.Optional(style),
  ingestionRunner: Type.Optional(ingestionRunner),
  entityStatus: Type.Optional(Type.Enum([...ENTITY_STATUSES])),
  provider: Type.Optional(Type.Enum(['user', 'system'])),
  changeDescription: Type.Optional(changeDescription()),
  // Beside the service: shown only by who is asked for it.
  followers: Type.Optional(Type.Array(followerReference())),
  testConnectionResult: Type.Optional(testConnectionResultSchema()),
})

export type Served = Static<ReturnType<typeof serviceOf>>
const serviceOf = () => Type.Object(serviceFields(), closed)

/** The fields of a request, whatever its `serviceType`, for services of one family. */
export function requestFieldsOf(family: Family): Record<string, TSchema> {
  const unkept = Object.entries(family.unkept ?? {}).map(([key, schema]) => [key, Type.Optional(schema)])
  return { ...ofFamily(requestFields, family), ...Object.fromEntries(unkept) }
}

/** The fields of a service, whatever its `serviceType`, of one family. */
export function serviceFieldsOf(family: Family): Record<string, TSchema> {
  return ofFamily(serviceFields(), family)
}

/** Fields but for those that the services of a family do not have. */
function ofFamily(fields: Record<string, TSchema>, family: Family): Record<string, TSchema> {
  const { without = [], with: has = [] } = family
  const absent: readonly string[] = [...without, ...(has.includes('provider') ? [] : ['provider'])]
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !absent.includes(key)))
}

/** What a service has from its birth on without being asked, and what one stored before there was such a field is read to have. */
export type Birth = Partial<Pick<Frozen<Served>, 'entityStatus' | 'provider'>>

export function birthOf({ without = [], with: has = [] }: Family): Birth {
  return Object.freeze({
    ...(!without.includes('entityStatus') && { entityStatus: 'Unprocessed' as const }),
    ...(has.includes('provider') && { provider: 'user' as const }),
  })
}

/** Whether a value is one of the statuses that a service may have. */
export function isEntityStatus(value: unknown): value is (typeof ENTITY_STATUSES)[number] {
  return (ENTITY_STATUSES as readonly unknown[]).includes(value)
}
