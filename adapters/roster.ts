import { type Fqn, fqn, type ListQuery, type Page, type Place, type Service } from 'servicebook'

/** What a roster needs to know of a service; `service()` may have to read it. */
export interface Listed {
  readonly id: string
  readonly deleted: boolean
  service(): Service
}

interface Marked {
  readonly deleted: boolean
}

/**
 * The names of a family in code point order, its ids, and how many services there are, for stores that hold their index in
 * memory. Each is made when it is first asked for and brought up to date when it is asked again, so that nobody pays for a
 * list that is never read.
 */
export function roster(held: { readonly size: number; keys(): Iterable<Fqn> }, find: (fqn: Fqn) => Listed | undefined) {
  let names: string[] | undefined
  let unsorted: string[] = []
  let ids: Map<string, Fqn> | undefined
  let unindexed: Fqn[] = []
  let deleted: number | undefined

  function sorted(): readonly string[] {
    if (names === undefined) unsorted = Array.from(held.keys(), fqn.unquote)
    if (names === undefined || unsorted.length > 0) names = merged(names ?? [], unsorted.sort(compareCodePoints))
    unsorted = []
    return names
  }

  function indexed(): Map<string, Fqn> {
    if (ids === undefined) unindexed = [...held.keys()]
    ids ??= new Map()
    for (const name of unindexed) {
      const listed = find(name)
      if (listed !== undefined) ids.set(listed.id, name)
    }
    unindexed = []
    return ids
  }

  /** How many services a list without other filters has, told without a look at any of them. */
  function counted({ include = 'non-deleted' }: ListQuery): number {
    if (include === 'all') return held.size
    deleted ??= Array.from(held.keys()).filter((name) => find(name)?.deleted).length
    return include === 'deleted' ? deleted : held.size - deleted
  }

  return {
    /** What is held under a name has become another, has come or has gone. */
    changed(name: Fqn, before: Marked | undefined, after: Marked | undefined): void {
      if (deleted !== undefined) deleted += Number(after?.deleted ?? false) - Number(before?.deleted ?? false)
      if (before !== undefined || after === undefined) return
      if (names !== undefined) unsorted.push(fqn.unquote(name))
      if (ids !== undefined) unindexed.push(name)
      // Mostly names that are gone: what is still there is sooner read anew than carried along.
      const bound = 2 * held.size + 1000
      if (names !== undefined && names.length + unsorted.length > bound) names = undefined
      if (ids !== undefined && ids.size + unindexed.length > bound) ids = undefined
    },

    fqnOf(id: string): Fqn | undefined {
      const all = indexed()
      const name = all.get(id)
      if (name === undefined || find(name)?.id === id) return name
      all.delete(id)
      return undefined
    },

    page(query: ListQuery): Page {
      const order = sorted()
      const services: Service[] = []
      let more = false
      const step = query.before === undefined ? 1 : -1
      for (let at = start(order, query); at >= 0 && at < order.length; at += step) {
        const service = matching(find(fqn.quote(order[at] as string)), query)
        if (service === undefined || !beyond(service, query)) continue
        more = services.length === query.limit
        if (more) break
        services.push(service)
      }
      if (step === -1) services.reverse()
      if (query.total !== true) return { services, more }
      const { serviceType, owner, domain, tagFQN } = query
      const filtered = [serviceType, owner, domain, tagFQN].some((filter) => filter !== undefined)
      const matches = (name: string) => matching(find(fqn.quote(name)), query) !== undefined
      return { services, more, total: filtered ? order.filter(matches).length : counted(query) }
    },
  }
}

/** Where a page begins: at the place it starts from, since a service of that name under another id may be beyond it. */
function start(order: readonly string[], { after, before }: ListQuery): number {
  const from = after ?? before
  if (from === undefined) return 0
  let low = 0
  let high = order.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareCodePoints(order[middle] as string, from.name) < 0) low = middle + 1
    else high = middle
  }
  return before !== undefined && order[low] !== from.name ? low - 1 : low
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

/** Two sorted lists as one, a name that is in both once. */
function merged(a: readonly string[], b: readonly string[]): string[] {
  const all: string[] = []
  let left = 0
  let right = 0
  while (left < a.length || right < b.length) {
    const [x, y] = [a[left], b[right]]
    const takeLeft = y === undefined || (x !== undefined && compareCodePoints(x, y) <= 0)
    const name = (takeLeft ? x : y) as string
    if (takeLeft) left++
    else right++
    if (all.at(-1) !== name) all.push(name)
  }
  return all
}

/** JavaScript compares UTF-16 code units, which puts U+1F600 before U+FF21. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at)
    const right = b.charCodeAt(at)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** Surrogates stand for code points above every other code unit. */
const rank = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)
