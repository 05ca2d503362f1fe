import type { Beside, Stored } from 'servicebook'
import { type Mutant, ruled, wrapped } from './mutant.js'
import { honest, type Rules } from './outsider.js'

/** Stores that break what a commit does. */
export const writeMutants: readonly Mutant[] = [
  ruled(1, 'takes names that differ in case for one', { key: (family, fqn) => honest.key(family, fqn.toLowerCase()) }),
  ruled(1, 'takes names that look alike for one', { key: (family, fqn) => honest.key(family, fqn.normalize()) }),
  ruled(1, 'takes blanks off names', { key: (family, fqn) => honest.key(family, fqn.trim()) }),
  ruled(1, 'takes quotes off names', { key: (family, fqn) => honest.key(family, fqn.replaceAll('"', '')) }),
  ruled(1, 'cuts names short', { key: (family, fqn) => honest.key(family, fqn.slice(0, 255)) }),
  ruled(1, 'cuts texts short', {
    text: (entry) => JSON.stringify(entry, (_, value) => (typeof value === 'string' ? value.slice(0, 65_535) : value)),
  }),
  ruled(1, 'loses a key', {
    text: (entry) => JSON.stringify(entry, (key, value) => (key === '__proto__' ? undefined : value)),
  }),
  wrapped(1, 'answers unknown names', (store) => ({
    load: async (family, fqns) => {
      const found = await store.load(family, fqns)
      return fqns.includes('unknown') ? new Map(fqns.map((fqn) => [fqn, found.get(fqn) as Stored])) : found
    },
  })),
  ruled(2, 'has one namespace for all families', { key: (_family, fqn) => fqn }),
  ruled(3, 'takes the name of a soft-deleted service for free', {
    accepts: (before, held) => honest.accepts(before, held) || (before === null && held?.service.deleted === true),
  }),
  ruled(4, 'accepts a write on a revision yet to come', {
    accepts: (before, held) =>
      honest.accepts(before, held && before ? { ...held, revision: Math.max(held.revision, before.revision) } : held),
  }),
  ruled(5, 'creates what an update does not find', {
    accepts: (before, held) => held === undefined || honest.accepts(before, held),
  }),
  ruled(21, 'writes nothing beside a service', {
    text: ({ stored, ...entry }) => honest.text({ ...entry, stored: { ...stored, beside: null } }),
  }),
  ruled(21, 'keeps what stood beside a service where there is to be nothing', keepingBeside()),
  ruled(5, 'looks at the revision alone', { accepts: (before, held) => before?.revision === held?.revision }),
]

function keepingBeside(): Partial<Rules> {
  const known = new Map<string, Beside>()
  return {
    text({ stored, ...entry }) {
      const beside = stored.beside ?? known.get(stored.service.id) ?? null
      if (beside !== null) known.set(stored.service.id, beside)
      return honest.text({ ...entry, stored: { ...stored, beside } })
    },
  }
}
