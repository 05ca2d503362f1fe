import type { ChangeDescription, Family, FieldChange, Issue, Reference, Representation, Service } from 'servicebook'
import { FIELDS } from './query.js'
import { type Describe, type Refer, referring } from './references.js'

/*
 * The shape of services and requests on the wire. Source: OpenMetadata's `mlmodelService.json` and
 * `createMlModelService.json`, and its API page "Create an ML Model Service".
 */

type Json = Readonly<Record<string, unknown>>

/** What decides how services are shown. */
export interface Wire {
  readonly family: Family
  /** The URL of the collection, for `href`. */
  readonly collection: string
  /** Whether only what the server's own schema has may be shown: no `domain` beside `domains`. */
  readonly strict: boolean
  readonly describe: Describe | undefined
}

export const hrefOf = (wire: Wire, { id }: Service) => `${wire.collection}/${id}`

const ALL: ReadonlySet<string> = new Set(FIELDS)

/** Services on the wire; `fields` are those they show of what is only shown when asked for. */
export async function show(
  wire: Wire,
  services: readonly Service[],
  fields: ReadonlySet<string> = ALL,
): Promise<readonly Json[]> {
  const refer = await referring(
    services.flatMap((service) => referencesOf(service, fields)),
    wire.describe,
  )
  return services.map((service) => shown(wire, service, fields, refer))
}

export async function showOne(wire: Wire, service: Service, fields?: ReadonlySet<string>): Promise<Json> {
  const [one] = await show(wire, [service], fields)
  return one as Json
}

function shown(wire: Wire, service: Service, fields: ReadonlySet<string>, refer: Refer): Json {
  const { owners = [], domain, dataProducts = [], tags, changeDescription, deleted, connection, ...rest } = service
  const inDomain = fields.has('domain') || fields.has('domains')
  const hasDataProducts = fields.has('dataProducts') && !wire.family.without?.includes('dataProducts')
  return {
    ...rest,
    ...(connection && { connection }),
    href: hrefOf(wire, service),
    ...(fields.has('owners') && { owners: owners.map(refer) }),
    ...(fields.has('tags') && { tags }),
    ...(inDomain && !wire.strict && domain !== undefined && { domain }),
    ...(inDomain && { domains: domainsOf(domain).map(refer) }),
    ...(hasDataProducts && { dataProducts: dataProducts.map((name) => refer(dataProduct(name))) }),
    deleted,
    ...(changeDescription && { changeDescription: shownChange(changeDescription, refer) }),
  }
}

const dataProduct = (fullyQualifiedName: string): Reference => ({ type: 'dataProduct', fullyQualifiedName })
const domainsOf = (fullyQualifiedName: string | undefined): readonly Reference[] =>
  fullyQualifiedName === undefined ? [] : [{ type: 'domain', fullyQualifiedName }]

/** What a service refers to where it is shown, also in what changed. */
function referencesOf(
  { owners = [], domain, dataProducts = [], changeDescription }: Service,
  fields: ReadonlySet<string>,
): readonly Reference[] {
  const { fieldsAdded = [], fieldsUpdated = [], fieldsDeleted = [] } = changeDescription ?? {}
  const changed = [fieldsAdded, fieldsUpdated, fieldsDeleted].flatMap((changes) =>
    changes.flatMap(({ name, oldValue, newValue }) => [...referredIn(name, oldValue), ...referredIn(name, newValue)]),
  )
  return [
    ...(fields.has('owners') ? owners : []),
    ...(fields.has('domain') || fields.has('domains') ? domainsOf(domain) : []),
    ...(fields.has('dataProducts') ? dataProducts.map(dataProduct) : []),
    ...changed,
  ]
}

/** Whether what is shown of a service refers to anything. */
export const refers = (service: Service, fields: ReadonlySet<string>) => referencesOf(service, fields).length > 0

/** The references in a changed value. */
function referredIn(name: string, value: unknown): readonly Reference[] {
  if (value === undefined) return []
  if (name === 'owners') return value as readonly Reference[]
  if (name === 'dataProducts') return (value as readonly string[]).map(dataProduct)
  return name === 'domain' ? domainsOf(value as string) : []
}

const REFERRING: ReadonlySet<string> = new Set(['owners', 'dataProducts', 'domain'])

/** Old and new values that are no scalars are JSON text, and references are whole. */
function shownChange(change: ChangeDescription, refer: Refer): Json {
  const text = (name: string, value: unknown) => {
    const whole = REFERRING.has(name) ? referredIn(name, value).map(refer) : value
    return typeof whole === 'object' ? JSON.stringify(whole) : whole
  }
  const all = (changes: readonly FieldChange[]) =>
    changes.map(({ name, oldValue, newValue }) => ({
      name: name === 'domain' ? 'domains' : name,
      ...(oldValue !== undefined && { oldValue: text(name, oldValue) }),
      ...(newValue !== undefined && { newValue: text(name, newValue) }),
    }))
  const { fieldsAdded, fieldsUpdated, fieldsDeleted, previousVersion } = change
  return {
    fieldsAdded: all(fieldsAdded),
    fieldsUpdated: all(fieldsUpdated),
    fieldsDeleted: all(fieldsDeleted),
    previousVersion,
  }
}

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
  const { domain, domains, ...rest } = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null))
  const request: Record<string, unknown> = { ...rest }
  if (Array.isArray(rest.owners)) request.owners = rest.owners.map((owner) => without(owner, OF_REFERENCES))
  if (isObject(rest.ingestionRunner)) request.ingestionRunner = without(rest.ingestionRunner, OF_REFERENCES)
  if (Array.isArray(rest.tags)) request.tags = rest.tags.map((tag) => without(tag, OF_TAGS))
  if (Array.isArray(rest.dataProducts)) request.dataProducts = rest.dataProducts.map(nameIn)
  if (!Array.isArray(domains ?? [])) return { issues: [{ path: '/domains', message: 'must be an array' }] }
  const named = (domains ?? []) as readonly unknown[]
  const [first = undefined, ...others] = [...(domain === undefined ? [] : [domain]), ...named].map(nameIn)
  const other = others.findIndex((name) => name !== first)
  if (other !== -1) {
    const path = `/domains/${other + named.length - others.length}`
    return { issues: [{ path, message: 'is another domain, and a service is in one at most' }] }
  }
  if (first !== undefined) request.domain = first
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

/** What clients send back with a patch as they got it, and the server drops. */
const DROPPED = [
  ...['id', 'name', 'fullyQualifiedName', 'href', 'version', 'deleted'],
  ...['updatedAt', 'updatedBy', 'changeDescription'],
]

/**
 * Services as clients see them when they write a patch. They may change `domain` or `domains`, and whichever they changed
 * counts.
 */
export function representation(wire: Wire): Representation {
  let seen: Json = {}
  return {
    dropped: DROPPED,
    async show(service) {
      seen = await showOne(wire, service)
      return seen
    },
    read({ href: _, ...given }) {
      const document: Record<string, unknown> = given
      if (document.domain === seen.domain) delete document.domain
      else if (JSON.stringify(document.domains) === JSON.stringify(seen.domains)) delete document.domains
      const result = read(document)
      return 'issues' in result ? result : { request: result.request as Json }
    },
  }
}
