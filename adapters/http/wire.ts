import type { ChangeDescription, FieldChange, Issue, Reference, Representation, Service } from 'servicebook'
import { FIELDS } from './query.js'
import type { Refer } from './references.js'

/*
 * The shape of services and requests on the wire. Source: OpenMetadata's `mlmodelService.json` and
 * `createMlModelService.json`, and its API page "Create an ML Model Service".
 */

type Json = Readonly<Record<string, unknown>>

/** What decides how services are shown. */
export interface Wire {
  /** The URL of the collection, for `href`. */
  readonly collection: string
  /** Whether only what the server's own schema has may be shown: no `domain` beside `domains`. */
  readonly strict: boolean
  readonly refer: Refer
}

export const hrefOf = (wire: Wire, { id }: Service) => `${wire.collection}/${id}`

const ALL: ReadonlySet<string> = new Set(FIELDS)

/** A service on the wire; `fields` are those it shows of what is only shown when asked for. */
export async function show(wire: Wire, service: Service, fields: ReadonlySet<string> = ALL): Promise<Json> {
  const { refer, strict } = wire
  const { owners = [], domain, dataProducts = [], tags, changeDescription, deleted, connection, ...rest } = service
  const all = (references: readonly Reference[]) => Promise.all(references.map(refer))
  return {
    ...rest,
    ...(connection && { connection }),
    href: hrefOf(wire, service),
    ...(fields.has('owners') && { owners: await all(owners) }),
    ...(fields.has('tags') && { tags }),
    ...(!strict && domain !== undefined && (fields.has('domain') || fields.has('domains')) && { domain }),
    ...((fields.has('domain') || fields.has('domains')) && { domains: await all(domainsOf(domain)) }),
    ...(fields.has('dataProducts') && { dataProducts: await all(dataProducts.map(dataProduct)) }),
    deleted,
    ...(changeDescription && { changeDescription: await showChange(refer, changeDescription) }),
  }
}

const dataProduct = (fullyQualifiedName: string): Reference => ({ type: 'dataProduct', fullyQualifiedName })
const domainsOf = (fullyQualifiedName: string | undefined): readonly Reference[] =>
  fullyQualifiedName === undefined ? [] : [{ type: 'domain', fullyQualifiedName }]

/** Old and new values that are no scalars are JSON text, and references are whole. */
async function showChange(refer: Refer, change: ChangeDescription): Promise<Json> {
  const shown = (changes: readonly FieldChange[]) => Promise.all(changes.map((one) => showField(refer, one)))
  return {
    fieldsAdded: await shown(change.fieldsAdded),
    fieldsUpdated: await shown(change.fieldsUpdated),
    fieldsDeleted: await shown(change.fieldsDeleted),
    previousVersion: change.previousVersion,
  }
}

async function showField(refer: Refer, { name, ...values }: FieldChange): Promise<Json> {
  const shown: Record<string, unknown> = { name: name === 'domain' ? 'domains' : name }
  for (const [key, value] of Object.entries(values)) {
    const whole = await wholeValue(refer, name, value)
    shown[key] = typeof whole === 'object' ? JSON.stringify(whole) : whole
  }
  return shown
}

function wholeValue(refer: Refer, name: string, value: unknown): unknown {
  if (name === 'domain') return Promise.all(domainsOf(value as string).map(refer))
  if (name === 'dataProducts') return Promise.all((value as string[]).map(dataProduct).map(refer))
  if (name === 'owners') return Promise.all((value as Reference[]).map(refer))
  return value
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

/**
 * Services as clients see them when they write a patch. They may change `domain` or `domains`, and whichever they changed
 * counts.
 */
export function representation(wire: Wire): Representation {
  let shown: Json = {}
  return {
    async show(service) {
      shown = await show(wire, service)
      return shown
    },
    read({ href: _, ...given }) {
      const document: Record<string, unknown> = given
      if (document.domain === shown.domain) delete document.domain
      else if (JSON.stringify(document.domains) === JSON.stringify(shown.domains)) delete document.domains
      const result = read(document)
      return 'issues' in result ? result : { request: result.request as Json }
    },
  }
}
