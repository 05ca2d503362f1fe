import { allFamilies } from '../../dist/families.js'
import { documents } from './models.mjs'

/** As many optional fields a config has besides what it must have; those of ML models have about as many. */
const OPTIONAL = 4

/**
 * Requests of every service type there is, all 147 in turn, else like those of the other documents: answers, for each
 * family, its share of them as text. Configs hold what they must and some texts and flags more.
 */
export function requestsOfAllTypes(size) {
  const types = allFamilies.flatMap((family) => Object.keys(family.serviceTypes).map((type) => ({ family, type })))
  const byFamily = new Map(allFamilies.map((family) => [family, []]))
  for (const [at, { connection: _, ...request }] of documents(size).requests(0).entries()) {
    const { family, type } = types[at % types.length]
    const config = { ...sampleOf(family.serviceTypes[type], `${type} ${at}`), type }
    byFamily.get(family).push({ ...request, serviceType: type, connection: { config } })
  }
  return [...byFamily].map(([family, requests]) => ({ family, text: JSON.stringify(requests) }))
}

/** A value that a schema takes. */
function sampleOf(schema, text) {
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  const [branch] = schema.anyOf ?? schema.oneOf ?? []
  if (branch !== undefined) return sampleOf(branch, text)
  if (schema.type === 'object') return sampleObject(schema, text)
  if (schema.type === 'array') return [sampleOf(schema.items ?? {}, text)]
  if (schema.type === 'boolean') return true
  if (schema.type === 'integer' || schema.type === 'number') return schema.minimum ?? 1
  if (schema.format === 'uri') return `https://${text.replaceAll(' ', '.').toLowerCase()}.example.com`
  return text
}

function sampleObject({ properties = {}, required = [] }, text) {
  const config = {}
  let optional = 0
  for (const [key, schema] of Object.entries(properties)) {
    const isPlain = schema.type === 'string' && schema.format === undefined && schema.const === undefined
    if (!required.includes(key) && !(isPlain && optional++ < OPTIONAL)) continue
    config[key] = sampleOf(schema, text)
  }
  return config
}
