import { type Fqn, fqn, type ListQuery, type Page, type Place, type Service } from 'servicebook'
import { compareCodePoints, type Ordered, ordered } from './ordered.js'

/** What a roster needs to know of a service; `service()` may have to read it. */
export interface Listed {
  readonly id: string
  readonly deleted: boolean
  service(): Service
}

/** What a roster tells one that begins with it. */
interface Below {
  sorted(): Ordered
  highestId(): string
  deleted(): number
  fqnOf(id: string): Fqn | undefined
}

interface Marked {
  readonly id: string
  readonly deleted: boolean
}

/**
 * The names of a family in code point order, its ids, and how many services there are, for stores that hold their index in
 * memory. Each is made when it is first asked for and brought up to date when it is asked again, so that nobody pays for a
 * list that is never read, and a list costs no more where there are many.
 *
 * Where `below` is another one, whose services never change from then on, it begins with what that one knows, and tells it
 * nothing; `written` are then the names under which something is another.
 */
export function roster(
  held: { readonly size: number; keys(): Iterable<Fqn>; written?(): Iterable<Fqn> },
  find: (fqn: Fqn) => Listed | undefined,
  below?: Below,
) {
  let names: Ordered | (() => Ordered) | undefined = below && (() => below.sorted().fork())
  /** Those that have come or gone since. */
  let unsorted: Fqn[] = []
  /** Without those that are known below. */
  let ids: Map<string, Fqn> | undefined
  let unindexed: Fqn[] = []
  /** No id that was ever held is higher. */
  let highest: string | undefined = below?.highestId()
  /** More than below. */
  let deleted: number | undefined = below && 0

  function sorted(): Ordered {
    // To sort all of them anew is sooner done than to find a place for many.
    const order = typeof names === 'function' ? names() : names
    if (order === undefined || unsorted.length > 1000 + order.size() / 8)
      names = ordered(Array.from(held.keys(), fqn.unquote).sort(compareCodePoints))
    else {
      names = order
      for (const name of unsorted) {
        if (find(name) === undefined) order.remove(fqn.unquote(name))
        else order.add(fqn.unquote(name))
      }
    }
    unsorted = []
    return names
  }

  function indexed(): Map<string, Fqn> {
    if (ids === undefined) unindexed = [...(held.written?.() ?? held.keys())]
    ids ??= new Map()
    for (const name of unindexed) {
      const listed = find(name)
      if (listed !== undefined) ids.set(listed.id, name)
    }
    unindexed = []
    return ids
  }

  /** Ids are mostly made in order, so that a new one is mostly higher than all before it, and no index is needed to tell. */
  function highestId(): string {
    if (highest !== undefined) return highest
    highest = ''
    for (const name of held.keys()) {
      const known = find(name)?.id ?? ''
      if (known > highest) highest = known
    }
    return highest
  }

  function countDeleted(): number {
    deleted ??= Array.from(held.keys()).filter((name) => find(name)?.deleted).length
    return deleted + (below?.deleted() ?? 0)
  }

  /** How many services a list without other filters has, told without a look at any of them. */
  function counted({ include = 'non-deleted' }: ListQuery): number {
    if (include === 'all') return held.size
    return include === 'deleted' ? countDeleted() : held.size - countDeleted()
  }

  return {
    sorted,
    highestId,
    deleted: countDeleted,

    /** What is held under a name has become another, has come or has gone. */
    changed(name: Fqn, before: Marked | undefined, after: Marked | undefined): void {
      if (deleted !== undefined) deleted += Number(after?.deleted ?? false) - Number(before?.deleted ?? false)
      if (before !== undefined && after !== undefined) return
      if (names !== undefined) unsorted.push(name)
      // Mostly names that are gone: what is still there is sooner read anew than carried along.
      const bound = 2 * held.size + 1000
      if (unsorted.length > bound) {
        names = undefined
        unsorted = []
      }
      if (after === undefined) return
      if (highest !== undefined && after.id > highest) highest = after.id
      if (ids !== undefined) unindexed.push(name)
      if (ids !== undefined && ids.size + unindexed.length > bound) ids = undefined
    },

    fqnOf(id: string): Fqn | undefined {
      if (id > highestId()) return undefined
      const all = indexed()
      const name = all.get(id)
      if (name !== undefined && find(name)?.id === id) return name
      if (name !== undefined) all.delete(id)
      const lower = below?.fqnOf(id)
      return lower !== undefined && find(lower)?.id === id ? lower : undefined
    },

    page(query: ListQuery): Page {
      const order = sorted()
      const services: Service[] = []
      let more = false
      const { after, before } = query
      // A service of the very name under another id may be beyond the place.
      for (const name of before === undefined ? order.upwards(after?.name) : order.downwards(before.name)) {
        const service = matching(find(fqn.quote(name)), query)
        if (service === undefined || !beyond(service, query)) continue
        more = services.length === query.limit
        if (more) break
        services.push(service)
      }
      if (before !== undefined) services.reverse()
      if (query.total !== true) return { services, more }
      const { serviceType, owner, domain, tagFQN } = query
      const filtered = [serviceType, owner, domain, tagFQN].some((filter) => filter !== undefined)
      if (!filtered) return { services, more, total: counted(query) }
      let total = 0
      for (const name of order.upwards()) if (matching(find(fqn.quote(name)), query) !== undefined) total++
      return { services, more, total }
    },
  }
}

function matching(listed: Listed | undefined, query: ListQuery): Service | undefined {
  if (listed === undefined) return undefined
  const { include = 'non-deleted', serviceType, owner, domain, tagFQN } = query
  if (include !== 'all' && listed.deleted !== (include === 'deleted')) return undefined
  const service = listed.service()
  if (serviceType !== undefined && service.serviceType !== serviceType) return undefined
  if (owner !== undefined && !service.owners?.some(({ id }) => id === owner)) return undefined
  if (domain !== undefined && service.domain !== domain) return undefined
  if (tagFQN !== undefined && !service.tags.some((tag) => tag.tagFQN === tagFQN)) return undefined
  return service
}

function beyond(service: Service, { after, before }: ListQuery): boolean {
  if (after !== undefined && comparePlaces(service, after) <= 0) return false
  return before === undefined || comparePlaces(service, before) < 0
}

function comparePlaces(a: Place, b: Place): number {
  return compareCodePoints(a.name, b.name) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}
