import fs from 'node:fs'
import fc from 'fast-check'

/*
 * Configs of any service type, generated from the facts read off OpenMetadata and not from our tables. Every secret in them
 * begins with `hush`, and nothing else does.
 */

interface Node {
  readonly [keyword: string]: unknown
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly Node[]
}
export type Config = Readonly<Record<string, unknown>>

const facts = JSON.parse(fs.readFileSync(new URL('facts/openmetadata-families.json', import.meta.url), 'utf8')) as {
  readonly families: Record<string, { readonly connections: Record<string, Node> }>
  readonly $defs: Record<string, Node>
}

/** Secrets that OpenMetadata does not mark, by the key they stand under and the service type. */
const UNMARKED =
  /^(.*\/awsSessionToken|Mode\/accessToken|QlikSense\/clientKeyCertificate|Salesforce\/consumerKey)$|^(SapHana\/userKey|Fivetran\/apiKey)$/
const NO_SECRETS =
  /\/(namespaceToServiceMapping|datasourceLinks|dataTablesCustomFilter|reportsCustomFilter|dataflowsCustomFilter)$/

const plain = fc.constantFrom('plain', 'a b', '', 'Größe', 'x.y-z')
const hushed = fc.nat({ max: 999 }).map((n) => `hush${n}`)
const freeKey = fc.constantFrom('free', 'a key', 'x-api', 'SSL.ca')

const free = (text: fc.Arbitrary<string>) =>
  fc.dictionary(
    freeKey,
    fc.oneof(
      text,
      fc.integer(),
      fc.boolean(),
      fc.array(text, { maxLength: 2 }),
      fc.dictionary(freeKey, text, { maxKeys: 2 }),
    ),
    { maxKeys: 3, noNullPrototype: true },
  )

function resolved(node: Node): Node {
  return typeof node.$ref === 'string'
    ? { ...resolved(facts.$defs[node.$ref.slice('#/$defs/'.length)] as Node), ...node, $ref: undefined }
    : node
}

function generated(given: Node, serviceType: string, key: string): fc.Arbitrary<unknown> {
  const node = resolved(given)
  const at = `${serviceType}/${key}`
  if (node.anyOf !== undefined) return fc.oneof(...node.anyOf.map((branch) => generated(branch, serviceType, key)))
  if ('const' in node) return fc.constant(node.const)
  if (Array.isArray(node.enum)) return fc.constantFrom(...node.enum)
  switch (node.type) {
    case 'string':
      if (node.format === 'password' || UNMARKED.test(at)) return hushed
      return node.minLength === undefined ? plain : fc.constant('http://h/p')
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(generated(node.items as Node, serviceType, key), { minLength: 1, maxLength: 2 })
    case 'object':
      return objectOf(node, serviceType, NO_SECRETS.test(at) ? plain : hushed)
    default:
      return fc.integer({ min: Number(node.minimum ?? 0), max: Number(node.maximum ?? 1000) })
  }
}

function objectOf(node: Node, serviceType: string, text: fc.Arbitrary<string>): fc.Arbitrary<Config> {
  const { properties = {}, required = [], additionalProperties = true } = node
  const fields = Object.entries(properties).map(([key, field]) => [key, generated(field, serviceType, key)] as const)
  // A constant says which branch of a union is meant, as OpenMetadata's own clients do.
  const named = Object.keys(properties).filter((key) => key === 'type' || 'const' in resolved(properties[key] as Node))
  const declared = fc.record(Object.fromEntries(fields), { requiredKeys: [...new Set([...required, ...named])] })
  if (additionalProperties === false) return declared as fc.Arbitrary<Config>
  const ofTexts = resolved((additionalProperties === true ? {} : additionalProperties) as Node).type === 'string'
  const rest = ofTexts ? fc.dictionary(freeKey, text, { maxKeys: 3, noNullPrototype: true }) : free(text)
  return fc.tuple(declared, rest).map(([known, others]) => ({ ...others, ...(known as object) }))
}

/** Configs of a service type. */
export function configs(entityType: string, serviceType: string): fc.Arbitrary<Config> {
  const node = facts.families[entityType]?.connections[serviceType] ?? { type: 'object' }
  return objectOf(resolved(node), serviceType, hushed).map((config) => ({ ...config, type: serviceType }))
}

/** The paths of the secrets in a config. */
export function secretsIn(value: unknown, path = ''): readonly string[] {
  if (typeof value === 'string') return value.startsWith('hush') ? [path] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => secretsIn(inner, `${path}/${key}`))
}

export function textAt(value: unknown, path: string): unknown {
  return path
    .split('/')
    .slice(1)
    .reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], value)
}
