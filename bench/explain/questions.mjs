import { randomUUID } from 'node:crypto'
import { FAMILY } from '../book.mjs'

/**
 * What a store is asked, each with whether it is of the hot path and whether the answer is right. `services` are a
 * thousand that are there, as they are stored, `subject` is a service with a history, and `place` is far behind the
 * beginning of lists.
 */
export function questions({ services, subject, place }) {
  const loads = [services, services.slice(0, 1)].map((some) => ({
    name: `load of ${some.length}`,
    hot: true,
    async ask(store) {
      return (await store.load(FAMILY, some.map(fqnOf))).size === some.length
    },
  }))
  return [
    ...loads,
    ...commits(services),
    { name: 'find', hot: true, ask: async (store) => (await store.find(FAMILY, subject.id)) !== undefined },
    ...versions(subject),
    ...lists(place),
    { name: 'removal of tombstones', hot: false, ask: async (store) => (await store.removeTombstones()) === 1000 },
  ]
}

const fqnOf = ({ service }) => service.fullyQualifiedName

function commits(services) {
  const after = (before, version) => ({
    service: { ...before.service, version, description: 'Another one.' },
    sealed: null,
    beside: null,
    revision: before.revision + 1,
  })
  const kinds = {
    creation: (held) => ({ before: null, after: { ...held, service: renamed(held.service), revision: 1 } }),
    update: (before) => ({ before, after: after(before, before.service.version + 1) }),
    'fall to a lower version': (before) => ({ before, after: after(before, 0.1) }),
    removal: (before) => ({ before, after: null }),
  }
  const commit = (name, changes) => ({
    name: `commit: ${name} of ${changes.length}`,
    hot: true,
    ask: async (store) => (await store.commit(FAMILY, changes)).length === 0,
  })
  const half = services.length / 2
  return [
    ...Object.entries(kinds).flatMap(([name, changeOf]) =>
      [services, services.slice(0, 1)].map((some) => commit(name, some.map(changeOf))),
    ),
    commit('creation and update', [
      ...services.slice(0, half).map(kinds.creation),
      ...services.slice(half).map(kinds.update),
    ]),
  ]
}

function renamed(service) {
  const name = `${service.name}_new`
  const fullyQualifiedName = service.fullyQualifiedName.replace(service.name, name)
  return { ...service, id: randomUUID(), name, fullyQualifiedName }
}

function versions({ fullyQualifiedName, id, version }) {
  const ask = (query, many) => async (store) =>
    (await store.versions(FAMILY, fullyQualifiedName, id, { limit: 10, ...query })).length === many
  return [
    { name: 'versions', hot: true, ask: ask({}, 1) },
    { name: 'versions below one', hot: true, ask: ask({ below: version }, 1) },
  ]
}

function lists(place) {
  const list = (name, hot, query, more = true) => ({
    name: `list: ${name}`,
    hot,
    sends: query.total ? 2 : 1,
    ask: async (store) => (await store.list(FAMILY, { limit: 100, ...query })).more === more,
  })
  return [
    list('first page', true, {}),
    list('deep page, forwards', true, { after: place }),
    list('deep page, backwards', true, { before: place }),
    list('first page, with deleted ones', true, { include: 'all' }),
    list('deep page of a type', false, { after: place, serviceType: 'VertexAI' }),
    list('first page of a tag', false, { tagFQN: 'Tier.Tier1' }),
    list('an owner that nothing has', false, { owner: randomUUID() }, false),
    list('a domain that nothing is in', false, { domain: 'Nowhere' }, false),
    list('deleted ones, of which there are none', false, { include: 'deleted' }, false),
    list('total', false, { total: true }),
  ]
}
