import { type Book, requestSchema, serviceSchema } from 'servicebook'

/*
 * The JSON Schemas of what is on the wire, made from those that requests are checked with. Source: OpenMetadata's schemas;
 * JSON Schema 2020-12, which is the dialect of OpenAPI 3.1.
 */

export type Schema = Readonly<Record<string, unknown>>
type Properties = Readonly<Record<string, Schema>>

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })
const array = (items: Schema): Schema => ({ type: 'array', items })
const text: Schema = { type: 'string' }
/** How many issues there are beside those that are told. */
const more: Schema = { type: 'integer', minimum: 1 }
const closed = (properties: Properties, required: readonly string[]): Schema => {
  return { type: 'object', properties, required, additionalProperties: false }
}

/** OpenMetadata's name of what an entity type stands for: `DatabaseService`. */
export const entityOf = ({ family: { entityType } }: Book) =>
  SPELLED[entityType] ?? entityType.replace(/^./, (first) => first.toUpperCase())

/** Names that the server spells otherwise than its entity types. Source: the classes of OpenMetadata 2.0.7. */
const SPELLED: Readonly<Record<string, string>> = { mlmodelService: 'MlModelService', llmService: 'LLMService' }

/** The components of a family by name, each made when it is asked for. */
export function familySchemas(book: Book, strict: boolean): Readonly<Record<string, () => Schema>> {
  const entity = entityOf(book)
  const { family } = book
  const schemas: Record<string, () => Schema> = {}
  const named = (prefix: string) => (serviceType: string) =>
    `${prefix}${entity}.${serviceType.replace(/[^A-Za-z0-9.-]/g, (other) => `_${other.charCodeAt(0).toString(16)}_`)}`
  const types = Object.keys(family.serviceTypes)
  for (const type of types) {
    schemas[named('Create')(type)] = () => requestOnWire(withoutDefaults(plain(requestSchema(family, type))))
    schemas[named('')(type)] = () => serviceOnWire(plain(serviceSchema(family, type)), strict)
  }
  // A choice of one is none.
  const union = (prefix: string): Schema =>
    types.length === 1
      ? ref(named(prefix)(types[0] as string))
      : {
          anyOf: types.map((type) => ref(named(prefix)(type))),
          discriminator: {
            propertyName: 'serviceType',
            mapping: Object.fromEntries(types.map((type) => [type, `#/components/schemas/${named(prefix)(type)}`])),
          },
        }
  return {
    [`Create${entity}`]: () => union('Create'),
    [entity]: () => union(''),
    ...schemas,
    [`${entity}List`]: () => closed({ data: array(ref(entity)), paging: ref('Paging') }, ['data', 'paging']),
  }
}

interface ObjectSchema {
  readonly properties: Properties
  readonly required: readonly string[]
}

/** A TypeBox schema as the JSON it is. */
const plain = (schema: object) => JSON.parse(JSON.stringify(schema)) as ObjectSchema

/** A schema with its defaults in words: generators of clients take a field that has one for a field that must be there. */
function withoutDefaults<S extends object>({ default: fallback, ...schema }: S & { default?: unknown }): S {
  const inner = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inner)
    return typeof value === 'object' && value !== null ? withoutDefaults(value) : value
  }
  const entries = Object.entries(schema).map(([key, value]) => {
    if (key !== 'properties' && key !== 'patternProperties') return [key, SCHEMAS.has(key) ? inner(value) : value]
    return [key, Object.fromEntries(Object.entries(value as Properties).map(([name, field]) => [name, inner(field)]))]
  })
  const said = fallback === undefined ? {} : { description: `Default: ${JSON.stringify(fallback)}.` }
  return { ...Object.fromEntries(entries), ...said }
}

/** The keywords that hold schemas, besides `properties`, which names them. */
const SCHEMAS: ReadonlySet<string> = new Set([
  'additionalItems',
  'additionalProperties',
  'allOf',
  'anyOf',
  'items',
  'oneOf',
  'prefixItems',
])

function requestOnWire({ properties, required }: ObjectSchema): Schema {
  const { owners, domain, dataProducts, tags, ingestionRunner, ...rest } = properties
  const named = { anyOf: [domain as Schema, ref('NamedReference')] }
  const label = { ...informed(tags?.items as Schema, ['name', 'displayName', 'description', 'href', 'reason']) }
  return closed(
    {
      ...rest,
      ...(ingestionRunner && { ingestionRunner: ref('EntityReference') }),
      owners: array(ref('OwnerReference')),
      tags: array(label),
      domain: named,
      domains: array(named),
      ...(dataProducts && { dataProducts: array(named) }),
    },
    required,
  )
}

function serviceOnWire({ properties, required }: ObjectSchema, strict: boolean): Schema {
  const { owners, domain, dataProducts, tags, changeDescription, ...rest } = properties
  const references = array(ref('EntityReference'))
  return closed(
    {
      ...rest,
      href: { type: 'string', format: 'uri' },
      owners: references,
      tags: tags as Schema,
      ...(!strict && { domain: domain as Schema }),
      domains: references,
      ...(dataProducts && { dataProducts: references }),
      changeDescription: ref('ChangeDescription'),
    },
    [...required.filter((key) => key !== 'tags'), 'href'],
  )
}

/** A closed object schema with texts for people beside what it has. */
function informed(schema: Schema, keys: readonly string[]): Schema {
  const texts = Object.fromEntries(keys.map((key) => [key, text]))
  return { ...schema, properties: { ...(schema.properties as Properties), ...texts } }
}

const count: Schema = { type: 'integer', minimum: 0 }
const uuid: Schema = { type: 'string', format: 'uuid' }

const entityReference: Properties = {
  id: uuid,
  type: text,
  name: text,
  fullyQualifiedName: text,
  displayName: text,
  description: text,
  deleted: { type: 'boolean' },
  inherited: { type: 'boolean' },
  href: text,
}

/** The components that all families share. */
export const sharedSchemas: Readonly<Record<string, Schema>> = {
  EntityReference: closed(entityReference, ['id', 'type']),
  OwnerReference: closed({ ...entityReference, type: { enum: ['user', 'team'] } }, ['id', 'type']),
  NamedReference: closed({ ...entityReference, fullyQualifiedName: { ...text, minLength: 1, maxLength: 3072 } }, [
    'id',
    'type',
    'fullyQualifiedName',
  ]),
  FieldChange: closed(
    {
      name: text,
      oldValue: { type: ['string', 'number', 'boolean'], description: 'Scalars as they are, all else as JSON text.' },
      newValue: { type: ['string', 'number', 'boolean'], description: 'Scalars as they are, all else as JSON text.' },
    },
    ['name'],
  ),
  ChangeDescription: closed(
    {
      fieldsAdded: array(ref('FieldChange')),
      fieldsUpdated: array(ref('FieldChange')),
      fieldsDeleted: array(ref('FieldChange')),
      previousVersion: { type: 'number' },
    },
    ['fieldsAdded', 'fieldsUpdated', 'fieldsDeleted', 'previousVersion'],
  ),
  Paging: closed({ before: text, after: text, total: count }, ['total']),
  EntityHistory: closed(
    {
      entityType: text,
      versions: { ...array(text), description: 'Each version as JSON text, newest first.' },
      more: {
        type: 'boolean',
        description: 'There where older versions are left out, since there is too much of them.',
      },
    },
    ['entityType', 'versions'],
  ),
  RestoreEntity: closed({ id: uuid }, ['id']),
  PatchOperation: {
    anyOf: [
      closed({ op: { enum: ['add', 'replace', 'test'] }, path: text, value: {} }, ['op', 'path', 'value']),
      closed({ op: { const: 'remove' }, path: text }, ['op', 'path']),
      closed({ op: { enum: ['move', 'copy'] }, path: text, from: text }, ['op', 'path', 'from']),
    ],
  },
  BulkOperationResult: closed(
    {
      dryRun: { type: 'boolean' },
      status: { enum: ['success', 'partialSuccess', 'failure', 'aborted'] },
      abortReason: text,
      numberOfRowsProcessed: count,
      numberOfRowsPassed: count,
      numberOfRowsFailed: count,
      successRequest: array(closed({ request: text, status: { type: 'integer' } }, ['request', 'status'])),
      failedRequest: array(
        closed(
          {
            request: { type: 'object' },
            status: { type: 'integer' },
            message: text,
            errorType: text,
            issues: array(ref('Issue')),
            more,
          },
          ['request', 'status', 'message'],
        ),
      ),
    },
    [
      'dryRun',
      'status',
      'numberOfRowsProcessed',
      'numberOfRowsPassed',
      'numberOfRowsFailed',
      'successRequest',
      'failedRequest',
    ],
  ),
  Issue: closed({ path: { ...text, description: 'RFC 6901 JSON Pointer.' }, message: text }, ['path', 'message']),
  ErrorMessage: closed(
    { code: { type: 'integer' }, errorType: text, message: text, issues: array(ref('Issue')), more },
    ['code', 'errorType', 'message'],
  ),
  User: closed(
    {
      id: uuid,
      name: text,
      fullyQualifiedName: text,
      displayName: text,
      email: { ...text, description: 'Made of the name: of a principal no address is known.' },
      isBot: { type: 'boolean' },
      isAdmin: { type: 'boolean' },
      teams: array(ref('EntityReference')),
      href: text,
    },
    ['id', 'name', 'fullyQualifiedName', 'email', 'isBot', 'isAdmin'],
  ),
  ServerVersion: closed({ version: text, revision: text, timestamp: { type: 'integer' } }, [
    'version',
    'revision',
    'timestamp',
  ]),
}
