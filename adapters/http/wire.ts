import type { Family, Reference, Service, TagLabel } from 'servicebook'
import { changeOf, referredInChange, shownChange, summary } from './changes.js'
import { FIELDS } from './query.js'
import { type Describe, dataProduct, domainsOf, type Refer, referring } from './references.js'

/*
 * The shape of services on the wire. Source: OpenMetadata's `mlmodelService.json`.
 */

export type Json = Readonly<Record<string, unknown>>

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
    services.flatMap((service) => referencesOf(wire, service, fields)),
    wire.describe,
  )
  return services.map((service) => shown(wire, service, fields, refer))
}

/**
 * One service; `before` is what a write found, whose change is told by itself too: where it consolidated with one before,
 * that is less than what the version changed. `null` stands for the version before.
 */
export async function showOne(
  wire: Wire,
  service: Service,
  fields: ReadonlySet<string> = ALL,
  before?: Service | null,
): Promise<Json> {
  const change = before === undefined ? undefined : changeOf(service, before)
  const refer = await referring([...referencesOf(wire, service, fields), ...referredInChange(change)], wire.describe)
  const one = shown(wire, service, fields, refer)
  return change ? { ...one, incrementalChangeDescription: shownChange(wire.strict, change, refer) } : one
}

function shown(wire: Wire, service: Service, fields: ReadonlySet<string>, refer: Refer): Json {
  const { owners = [], domain, dataProducts = [], tags, followers, changeDescription } = service
  const one: Record<string, unknown> = {}
  // Spreads of a rest take twice as long as all else about a page.
  for (const key of Object.keys(service)) if (!PLACED.has(key)) one[key] = service[key as keyof Service]
  if (service.connection) one.connection = service.connection
  one.href = hrefOf(wire, service)
  if (fields.has('owners')) one.owners = owners.map(refer)
  if (fields.has('tags')) one.tags = wire.describe === undefined ? tags : tags.map(labelled(refer)).sort(byTag)
  if (fields.has('domain') || fields.has('domains')) {
    if (!wire.strict && domain !== undefined) one.domain = domain
    one.domains = domainsOf(domain).map(refer)
  }
  if (fields.has('dataProducts') && !wire.family.without?.includes('dataProducts'))
    one.dataProducts = dataProducts.map((name) => refer(dataProduct(name)))
  if (followers) one.followers = followers.map(refer)
  one.deleted = service.deleted
  if (changeDescription) {
    const change = shownChange(wire.strict, changeDescription, refer)
    one.changeDescription = { ...change, ...summary(service, changeDescription) }
  }
  return one
}

/** What has a place of its own behind the rest, or is shown otherwise. */
const PLACED: ReadonlySet<string> = new Set([
  ...['connection', 'owners', 'tags', 'domain', 'dataProducts', 'followers', 'deleted', 'changeDescription'],
])

const tagOf = ({ tagFQN, source }: TagLabel): Reference => ({
  type: source === 'Glossary' ? 'glossaryTerm' : 'tag',
  fullyQualifiedName: tagFQN,
})

/** A label with what the host knows of its tag. */
const labelled = (refer: Refer) => (label: TagLabel) => {
  const { name, displayName, description, style, href } = refer(tagOf(label))
  return {
    ...label,
    name,
    ...(displayName !== undefined && { displayName }),
    ...(description !== undefined && { description }),
    ...(style !== undefined && { style }),
    ...(href !== undefined && { href }),
  }
}

const byTag = (a: TagLabel, b: TagLabel) => (a.tagFQN < b.tagFQN ? -1 : a.tagFQN > b.tagFQN ? 1 : 0)

/** What a service refers to where it is shown, also in what changed. */
function referencesOf(
  { describe }: Wire,
  { owners = [], domain, dataProducts = [], tags, followers = [], changeDescription }: Service,
  fields: ReadonlySet<string>,
): readonly Reference[] {
  const all: Reference[] = []
  if (fields.has('owners')) all.push(...owners)
  all.push(...followers)
  if (fields.has('domain') || fields.has('domains')) all.push(...domainsOf(domain))
  if (fields.has('dataProducts')) all.push(...dataProducts.map(dataProduct))
  if (fields.has('tags') && describe !== undefined) all.push(...tags.map(tagOf))
  all.push(...referredInChange(changeDescription))
  return all
}

/** Whether what is shown of a service refers to anything. */
export const refers = (wire: Wire, service: Service, fields: ReadonlySet<string>) =>
  referencesOf(wire, service, fields).length > 0
