import type { Change, Fqn, ListQuery, Place, Service, ServiceStore, Stored, VersionQuery } from 'servicebook'

/** Where an outsider keeps texts by key; a Map is one. */
export type Disk = Pick<Map<string, string>, 'get' | 'set' | 'delete' | 'values'>

/** What stands under one key: a service and its superseded versions, oldest first. */
export interface Entry {
  readonly family: string
  readonly stored: Stored
  readonly kept: readonly Service[]
}

/** The rules of an honest outsider. A mutant has others. */
export const honest = {
  key: (family: string, fqn: Fqn) => JSON.stringify([family, fqn]),
  text: (entry: Entry) => JSON.stringify(entry),
  accepts: (before: Stored | null, held: Stored | undefined) =>
    before?.service.id === held?.service.id && before?.revision === held?.revision,
  kept: ({ stored, kept }: Entry, after: Stored): readonly Service[] =>
    [...kept, stored.service].filter(({ version }) => version < after.service.version),
  /** What is waited for between the check and the write of a change. */
  pause: (_change: Change): Promise<void> | undefined => undefined,
  owns: (held: Service, id: string) => held.id === id,
  versions: (kept: readonly Service[], { limit, below = Number.POSITIVE_INFINITY }: VersionQuery) =>
    kept
      .filter(({ version }) => version < below)
      .reverse()
      .slice(0, limit),
  order: (a: Service, b: Service) => compare(a, b),
  matches: (service: Service, { include = 'non-deleted', serviceType, owner, domain, tagFQN }: ListQuery) =>
    (include === 'all' || service.deleted === (include === 'deleted')) &&
    (serviceType === undefined || service.serviceType === serviceType) &&
    (owner === undefined || (service.owners ?? []).some(({ id }) => id === owner)) &&
    (domain === undefined || service.domain === domain) &&
    (tagFQN === undefined || service.tags.some((tag) => tag.tagFQN === tagFQN)),
  beyond: (service: Service, { after, before }: ListQuery) =>
    (after === undefined || compare(service, after) > 0) && (before === undefined || compare(service, before) < 0),
  cut: (services: readonly Service[], { limit, before }: ListQuery): readonly Service[] =>
    before === undefined ? services.slice(0, limit) : services.slice(Math.max(services.length - limit, 0)),
}

export type Rules = typeof honest

/**
 * A store as a stranger may write it from the port's docs alone: one JSON text a service, read and sorted anew for each
 * question. It shares no code and no idea with the stores of this package.
 */
export function outsider(disk: Disk, rules: Rules = honest): ServiceStore {
  const entryOf = (text: string): Entry => JSON.parse(text)
  const at = (family: string, fqn: Fqn) => {
    const text = disk.get(rules.key(family, fqn))
    return text === undefined ? undefined : entryOf(text)
  }
  const all = (family: string) => [...disk.values()].map(entryOf).filter((entry) => entry.family === family)

  return {
    durable: false,
    chunk: 100,

    async load(family, fqns) {
      const entries = fqns.map((fqn) => [fqn, at(family, fqn)?.stored] as const)
      return new Map(entries.filter((entry): entry is readonly [Fqn, Stored] => entry[1] !== undefined))
    },

    async commit(family, changes) {
      const refused: Fqn[] = []
      for (const change of changes) {
        const { before, after } = change
        const fqn = (after ?? (before as Stored)).service.fullyQualifiedName
        const held = at(family, fqn)
        if (!rules.accepts(before, held?.stored)) {
          refused.push(fqn)
          continue
        }
        const pause = rules.pause(change)
        if (pause !== undefined) await pause
        const key = rules.key(family, fqn)
        if (after === null) disk.delete(key)
        else
          disk.set(key, rules.text({ family, stored: after, kept: held === undefined ? [] : rules.kept(held, after) }))
      }
      return refused
    },

    async find(family, id) {
      return all(family).find(({ stored }) => stored.service.id === id)?.stored
    },

    async list(family, query) {
      const services = all(family).map(({ stored }) => stored.service)
      const matching = services.filter((service) => rules.matches(service, query)).sort(rules.order)
      const beyond = matching.filter((service) => rules.beyond(service, query))
      const page = rules.cut(beyond, query)
      return { services: page, more: beyond.length > page.length, ...(query.total && { total: matching.length }) }
    },

    async versions(family, fqn, id, query) {
      const entry = at(family, fqn)
      return entry !== undefined && rules.owns(entry.stored.service, id) ? rules.versions(entry.kept, query) : []
    },
  }
}

/** By name in code point order, which is the order of UTF-8, then by id. */
export function compare(a: Place, b: Place): number {
  return (
    Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)) || Buffer.compare(Buffer.from(a.id), Buffer.from(b.id))
  )
}
