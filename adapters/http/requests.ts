import type { Issue } from 'servicebook'

/*
 * What a body asks for, as the verbs take it. Source: OpenMetadata's `createMlModelService.json` and its kin, and its API
 * page "Create an ML Model Service".
 */

/** Where the paths of a request lead in a body that says the domain at `domainAt`, and stands at `place` itself. */
export function located(domainAt: string, place = ''): (path: string) => string {
  return (path) => place + (path === '/domain' ? domainAt : path)
}

/** What a body asks for, as the verbs take it; `domainAt` is where it says the domain. */
export type Read = { readonly request: unknown; readonly domainAt: string } | { readonly issues: readonly Issue[] }

/**
 * The request in a body. References may carry all that OpenMetadata's do, of which the id, or for domains and data products
 * the name, counts; `null` counts as absent; a domain may be named by `domain`, by `domains`, or by both.
 */
export function read(body: unknown): Read {
  if (!isObject(body) || Object.keys(body).length > KEYS) return { request: body, domainAt: '/domain' }
  const isKept = ([key, value]: [string, unknown]) => value !== null && key !== 'domain' && key !== 'domains'
  const request = Object.fromEntries(Object.entries(body).filter(isKept))
  const [domain, named] = [body.domain ?? undefined, body.domains ?? []]
  const { owners, ingestionRunner, tags, dataProducts, connection } = request
  if (Array.isArray(owners)) request.owners = owners.map((owner) => without(owner, OF_REFERENCES))
  if (isObject(ingestionRunner)) request.ingestionRunner = without(ingestionRunner, OF_REFERENCES)
  if (Array.isArray(tags)) request.tags = tags.map((tag) => without(tag, OF_TAGS))
  if (Array.isArray(dataProducts)) request.dataProducts = dataProducts.map(nameIn)
  if (!Array.isArray(named)) return { issues: [{ path: '/domains', message: 'must be an array' }] }
  const [first = undefined, ...others] = [...(domain === undefined ? [] : [domain]), ...named].map(nameIn)
  const other = others.findIndex((name) => name !== first)
  if (other !== -1) {
    const path = `/domains/${other + named.length - others.length}`
    return { issues: [{ path, message: 'is another domain, and a service is in one at most' }] }
  }
  if (first !== undefined) request.domain = first
  // Some clients send what is not there as an object without anything.
  if (isObject(connection) && Object.keys(connection).length === 0) delete request.connection
  return { request, domainAt: domain === undefined ? '/domains/0' : '/domain' }
}

/** What references and labels carry for people, and nothing is made of. */
const OF_REFERENCES = ['name', 'fullyQualifiedName', 'displayName', 'description', 'deleted', 'inherited', 'href']
const OF_TAGS = ['name', 'displayName', 'description', 'style', 'href', 'reason', 'appliedAt', 'appliedBy', 'metadata']

/** No request has that many; what has more is refused as it is. */
const KEYS = 1000

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function without(value: unknown, keys: readonly string[]): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))
}

/** The name in a reference; what is none is left to be refused. */
function nameIn(reference: unknown): unknown {
  return isObject(reference) && typeof reference.fullyQualifiedName === 'string'
    ? reference.fullyQualifiedName
    : reference
}
