import type { Service, ServiceStore } from 'servicebook'
import { type Mutant, ruled, wrapped } from './mutant.js'
import { compare } from './outsider.js'

/** Stores that break how a long list is read. */
export const pageMutants: readonly Mutant[] = [
  wrapped(15, 'promises more whenever a page is full', (store) => ({
    list: async (family, query) => {
      const page = await store.list(family, query)
      return query.limit > 0 ? { ...page, more: page.services.length === query.limit } : page
    },
  })),
  wrapped(16, 'goes on where the last page ended, by number', pagedByNumber),
  ruled(17, 'takes a place for its name', {
    beyond: (service, { after, before }) =>
      (after === undefined || compare({ ...service, id: '' }, { ...after, id: '' }) > 0) &&
      (before === undefined || compare({ ...service, id: '' }, { ...before, id: '' }) < 0),
  }),
]

/** Goes on at the number of services that were shown, as SQL's `offset` does. */
function pagedByNumber(store: ServiceStore): Partial<ServiceStore> {
  const numbers = new Map<string, number>()
  return {
    async list(family, query) {
      const { after, before, limit, ...filter } = query
      const keyOf = (id: string) => JSON.stringify([id, filter, before === undefined])
      const page = await store.list(family, query)
      const { services: all } = await store.list(family, { ...filter, limit: 1000 })
      const number = numbers.get(keyOf((after ?? before)?.id ?? ''))
      const start = before === undefined ? number : Math.max((number ?? 0) - limit, 0)
      const end = before === undefined ? (number ?? 0) + limit : number
      const services = number === undefined ? page.services : all.slice(start, end)
      const outermost = all.findIndex(({ id }) => id === services.at(before === undefined ? -1 : 0)?.id)
      const next = before === undefined ? outermost + 1 : outermost
      if (page.more && outermost >= 0) numbers.set(keyOf((all[outermost] as Service).id), next)
      return { ...page, services }
    },
  }
}
