import { type Mutant, ruled } from './mutant.js'
import { honest } from './outsider.js'

/** Stores that break what is kept. */
export const historyMutants: readonly Mutant[] = [
  ruled(10, 'keeps what a write of the same version replaces', {
    kept: (held, after) =>
      held.stored.service.version === after.service.version
        ? [...held.kept, held.stored.service]
        : honest.kept(held, after),
  }),
  ruled(10, 'keeps versions above one that fell', {
    kept: ({ stored, kept }, after) =>
      stored.service.version < after.service.version ? [...kept, stored.service] : kept,
  }),
  ruled(10, 'answers the versions of a name whatever the id', { owns: () => true }),
  ruled(11, 'cuts off the newest versions', {
    versions: (kept, query) => honest.versions(kept, { ...query, limit: 1000 }).slice(-query.limit || 1000),
  }),
  ruled(11, 'answers the version to stay below', {
    versions: (kept, { limit, below = Number.POSITIVE_INFINITY }) =>
      honest.versions(kept, { limit, below: below + 0.05 }),
  }),
  ruled(11, 'compares versions as text', {
    versions: (kept, { limit, below }) =>
      honest.versions(
        kept.filter(({ version }) => below === undefined || `${version}` < `${below}`),
        { limit },
      ),
  }),
  ruled(11, 'has no limit on versions', {
    versions: (kept, query) => honest.versions(kept, { ...query, limit: 1000 }),
  }),
]
