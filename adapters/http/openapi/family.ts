import { type Book, requestSchema, serviceSchema } from 'servicebook'
import { entityOf } from './names.js'
import { array, closed, type Properties, ref, type Schema, text } from './schema.js'

/*
 * The components of one family: what is on the wire, made from the schemas that requests are checked with. Source:
 * OpenMetadata's schemas.
 */

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

/** What a test of a connection found, as it comes in and goes out: a step is mandatory unless it says otherwise. */
export function testResult({ family }: Book): Schema {
  const [serviceType = ''] = Object.keys(family.serviceTypes)
  const { testConnectionResult } = plain(serviceSchema(family, serviceType)).properties
  const { properties, ...result } = withoutDefaults(testConnectionResult as Schema)
  const { steps } = properties as Readonly<Record<string, { readonly items: ObjectSchema }>>
  const required = steps?.items.required.filter((key) => key !== 'mandatory')
  return {
    ...result,
    properties: { ...(properties as object), steps: { ...steps, items: { ...steps?.items, required } } },
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
      ...(ingestionRunner && { ingestionRunner: ref('RunnerReference') }),
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
  const { owners, domain, dataProducts, tags, followers, changeDescription, testConnectionResult, ...rest } = properties
  const references = array(ref('EntityReference'))
  return closed(
    {
      ...rest,
      id: { ...rest.id, format: 'uuid' },
      href: { type: 'string', format: 'uri' },
      owners: references,
      followers: references,
      testConnectionResult: ref('TestConnectionResult'),
      tags: array(shownLabel(tags?.items as Schema)),
      ...(!strict && { domain: domain as Schema }),
      domains: references,
      ...(dataProducts && { dataProducts: references }),
      changeDescription: ref('ChangeDescription'),
      incrementalChangeDescription: ref('ChangeDescription'),
    },
    [...required.filter((key) => key !== 'tags'), 'href'],
  )
}

/** A closed object schema with texts for people beside what it has. */
function informed(schema: Schema, keys: readonly string[]): Schema {
  const texts = Object.fromEntries(keys.map((key) => [key, text]))
  return { ...schema, properties: { ...(schema.properties as Properties), ...texts } }
}

/** A label as it is shown: with what the host knows of its tag. */
function shownLabel(schema: Schema): Schema {
  const known = informed(schema, ['name', 'displayName', 'description', 'href'])
  const style = closed({ color: text, iconURL: text }, [])
  return { ...known, properties: { ...(known.properties as Properties), style } }
}
