import { type Mutant, ruled, wrapped } from './mutant.js'
import { compare, honest, type Rules } from './outsider.js'

/** Stores that break what is found without a name. */
export const readMutants: readonly Mutant[] = [
  wrapped(12, 'finds whatever it has found before', (store) => {
    const found = new Map<string, string>()
    return {
      find: async (family, id) => {
        const stored = await store.find(family, id)
        if (stored !== undefined && !found.has(family + id)) found.set(family + id, JSON.stringify(stored))
        const text = found.get(family + id)
        return text === undefined ? undefined : JSON.parse(text)
      },
    }
  }),
  ruled(13, 'lists by UTF-16 code units', { order: (a, b) => (a.name < b.name ? -1 : 1) }),
  ruled(13, 'lists by FQN', {
    order: (a, b) => compare({ ...a, name: a.fullyQualifiedName }, { ...b, name: b.fullyQualifiedName }),
  }),
  ruled(14, 'shows soft-deleted services unasked', {
    matches: (service, query) => honest.matches(service, { include: 'all', ...query }),
  }),
  ruled(14, 'remembers whether a service was deleted when it was made', rememberingDeleted()),
  ruled(14, 'takes a domain for its subdomains', {
    matches: (service, { domain = '', ...query }) =>
      honest.matches(service, query) && (service.domain ?? '').startsWith(domain),
  }),
  ruled(14, 'asks for the first owner alone', {
    matches: (service, query) =>
      honest.matches(service, query) && (query.owner ?? service.owners?.[0]?.id) === service.owners?.[0]?.id,
  }),
  ruled(14, 'takes no limit for any', {
    cut: (services, query) => (query.limit === 0 ? services : honest.cut(services, query)),
  }),
  wrapped(14, 'counts the page', (store) => ({
    list: async (family, query) => {
      const page = await store.list(family, query)
      return query.limit > 0 && query.total === true ? { ...page, total: page.services.length } : page
    },
  })),
]

function rememberingDeleted(): Partial<Rules> {
  const born = new Map<string, boolean>()
  return {
    text(entry) {
      const { id, deleted } = entry.stored.service
      if (!born.has(id)) born.set(id, deleted)
      return honest.text(entry)
    },
    matches: (service, query) => honest.matches({ ...service, deleted: born.get(service.id) ?? false }, query),
  }
}
