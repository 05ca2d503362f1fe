import fs from 'node:fs'
import { defineFamily, type Family, requestSchema, serviceSchema } from 'servicebook'
import { allFamilies } from 'servicebook/families'
import { describe, expect, test } from 'vitest'

/*
 * The tables of the thirteen families beside the facts read off OpenMetadata: field by field, default by default, secret
 * by secret. When OpenMetadata has a new release, its facts take the place of these, and what fails here is what changed.
 */

interface Node {
  readonly [keyword: string]: unknown
}
interface Facts {
  readonly families: Record<
    string,
    {
      collection: string
      serviceTypes: string[]
      requestFields: string[]
      serviceFields: string[]
      connections: Record<string, Node>
    }
  >
  readonly $defs: Record<string, Node>
}

const facts = JSON.parse(fs.readFileSync(new URL('facts/openmetadata-families.json', import.meta.url), 'utf8')) as Facts

/** Secrets that OpenMetadata does not mark as such. Ours. */
const UNMARKED = [
  /\/awsSessionToken$/,
  /^dashboardService\/Mode\/accessToken$/,
  /^dashboardService\/QlikSense\/certificates\/1\/clientKeyCertificate$/,
  /^databaseService\/Salesforce\/consumerKey$/,
  /^databaseService\/SapHana\/connection\/1\/userKey$/,
  /^pipelineService\/Fivetran\/apiKey$/,
]
const MAPS_OF_NO_SECRETS = /\/(namespaceToServiceMapping|datasourceLinks)$/
const unmarked = new Set<RegExp>()

/** A schema of the facts as ours says the same: no `$ref`, an open object said to be open, a secret `format: password`. */
function told(node: Node, at: string): Node {
  if (typeof node.$ref === 'string') {
    const { $ref, ...beside } = node
    return told({ ...(facts.$defs[$ref.slice('#/$defs/'.length)] as Node), ...beside }, at)
  }
  const { writeOnly: _, properties, items, anyOf, ...rest } = node
  const found = UNMARKED.find((pattern) => pattern.test(at))
  if (found !== undefined) unmarked.add(found)
  const { additionalProperties = true, ...others } = rest
  const free = MAPS_OF_NO_SECRETS.test(at) || typeof additionalProperties === 'boolean' ? {} : { format: 'password' }
  return {
    ...others,
    ...(found !== undefined && { format: 'password' }),
    ...(node.type === 'object' && {
      additionalProperties:
        typeof additionalProperties === 'boolean'
          ? additionalProperties
          : { ...(additionalProperties as Node), ...free },
    }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties as object).map(([key, field]) => [key, told(field, `${at}/${key}`)]),
      ),
    }),
    ...(items !== undefined && { items: told(items as Node, at) }),
    ...(anyOf !== undefined && { anyOf: (anyOf as Node[]).map((branch, index) => told(branch, `${at}/${index}`)) }),
  }
}

/** The `type` of a config is the family's doing, so it is in no table. */
function withoutType({ properties, required, ...rest }: Node): Node {
  const { type: _, ...fields } = properties as Record<string, Node>
  const others = ((required ?? []) as string[]).filter((key) => key !== 'type')
  return { ...rest, properties: fields, ...(others.length > 0 && { required: others }) }
}

const UNCLASSED: Node = { type: 'object', properties: {}, additionalProperties: true }

test('§11 thirteen families, 147 service types, each family as it is spelled and in its order', () => {
  expect(allFamilies.map(({ entityType }) => entityType)).toEqual(Object.keys(facts.families))
  for (const { entityType, collection, serviceTypes } of allFamilies) {
    const { [entityType]: fact } = facts.families
    expect({ collection, serviceTypes: Object.keys(serviceTypes) }).toEqual({
      collection: fact?.collection,
      serviceTypes: fact?.serviceTypes,
    })
  }
  expect(allFamilies.flatMap(({ serviceTypes }) => Object.keys(serviceTypes))).toHaveLength(147)
})

test('§11 which of style, entityStatus and dataProducts a family has', () => {
  for (const { entityType, without = [] } of allFamilies as readonly Family[]) {
    const has = (field: string) => facts.families[entityType]?.serviceFields.includes(field)
    expect(without, entityType).toEqual(
      (['style', 'entityStatus', 'dataProducts'] as const).filter((field) => !has(field)),
    )
  }
})

/** What OpenMetadata's services have and ours never do, or only on the wire. */
const ELSEWHERE = ['dataContract', 'href', 'impersonatedBy', 'incrementalChangeDescription', 'models', 'pipelines']

test.each(allFamilies as readonly Family[])('§11 the fields of requests and services of $entityType', (family) => {
  const [serviceType = ''] = Object.keys(family.serviceTypes)
  const fact = facts.families[family.entityType]
  const inProcess = (fields: readonly string[] = []) =>
    fields.map((field) => (field === 'domains' ? 'domain' : field)).sort()
  const keysOf = (schema: object) => Object.keys((schema as { properties: object }).properties).sort()
  expect(keysOf(requestSchema(family, serviceType))).toEqual(inProcess(fact?.requestFields))
  const shown = fact?.serviceFields.filter((field) => !ELSEWHERE.includes(field))
  expect(keysOf(serviceSchema(family, serviceType))).toEqual(inProcess(shown))
})

describe.each(allFamilies as readonly Family[])('§1 $entityType', ({ entityType, serviceTypes }) => {
  test.each(Object.keys(serviceTypes))('%s', (serviceType) => {
    const fact = facts.families[entityType]?.connections[serviceType]
    const expected = fact === undefined ? UNCLASSED : withoutType(told(fact, `${entityType}/${serviceType}`))
    const schema = JSON.parse(JSON.stringify(serviceTypes[serviceType])) as Node
    expect(schema).toEqual(expected)
    expect(Object.keys(schema.properties as object)).toEqual(Object.keys(expected.properties as object))
  })
})

test('§1 each secret that OpenMetadata does not mark is one of a field there is', () => {
  expect([...unmarked]).toHaveLength(UNMARKED.length)
})

test.each(allFamilies as readonly Family[])('§11 $entityType is as defineFamily wants a family', (family) => {
  const walked = defineFamily({ ...family })
  expect(walked).not.toBe(family)
  expect({ ...walked.serviceTypes }).toEqual({ ...family.serviceTypes })
})
