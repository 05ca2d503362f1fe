import { channelOf, isSeen, seen } from '../channels.js'
import type { ServiceStore } from '../ports/store.js'

/*
 * The calls of a store, seen at work on `tracing:servicebook.trip:*`. What travels together is one trip, in the context of
 * who came first.
 */

export type Trips = Pick<ServiceStore, 'load' | 'commit' | 'find' | 'list' | 'versions'>

const channel = channelOf('servicebook.trip')
const known = new WeakMap<ServiceStore, Trips>()

/** The store as verbs call it. */
export function trips(store: ServiceStore): Trips {
  if (channel === undefined) return store
  const there = known.get(store)
  if (there !== undefined) return there
  const made = tripsOf(store)
  known.set(store, made)
  return made
}

const message = (trip: keyof Trips, family: string, services?: number) => ({
  trip,
  family,
  ...(services !== undefined && { services }),
})

function tripsOf(store: ServiceStore): Trips {
  return {
    load(family, fqns) {
      if (!isSeen(channel)) return store.load(family, fqns)
      const trip = message('load', family, fqns.length)
      return seen(
        channel,
        trip,
        () => store.load(family, fqns),
        (told, { size }) => {
          told.outcomes = { found: size, absent: fqns.length - size }
        },
      )
    },
    commit(family, changes) {
      if (!isSeen(channel)) return store.commit(family, changes)
      const trip = message('commit', family, changes.length)
      return seen(
        channel,
        trip,
        () => store.commit(family, changes),
        (told, { length }) => {
          told.outcomes = { accepted: changes.length - length, refused: length }
        },
      )
    },
    find(family, id) {
      if (!isSeen(channel)) return store.find(family, id)
      return seen(
        channel,
        message('find', family, 1),
        () => store.find(family, id),
        (told, stored) => {
          told.outcomes = stored === undefined ? { found: 0, absent: 1 } : { found: 1, absent: 0 }
        },
      )
    },
    list(family, query) {
      if (!isSeen(channel)) return store.list(family, query)
      return seen(
        channel,
        message('list', family),
        () => store.list(family, query),
        (told, { services }) => {
          told.outcomes = { found: services.length }
        },
      )
    },
    versions(family, fqn, id, query) {
      if (!isSeen(channel)) return store.versions(family, fqn, id, query)
      return seen(
        channel,
        message('versions', family, 1),
        () => store.versions(family, fqn, id, query),
        (told, { length }) => {
          told.outcomes = { found: length }
        },
      )
    },
  }
}
