import type { Directory, Reference } from 'servicebook'

/** Who and what there is, by id or FQN. */
export interface MemoryDirectoryOptions {
  readonly users?: Iterable<string>
  readonly teams?: Iterable<string>
  readonly domains?: Iterable<string>
  readonly dataProducts?: Iterable<string>
  readonly tags?: Iterable<string>
  readonly glossaryTerms?: Iterable<string>
}

/**
 * A directory of what it was given, for test suites. What is not named does not exist: with no users, no user may own a
 * service.
 *
 * @example
 * const directory = memoryDirectory({ users: ['11111111-1111-4111-8111-111111111111'], tags: ['PII.Sensitive'] })
 * const book = openBook({ family: mlmodelServices, store: memoryStore(), directory })
 */
export function memoryDirectory(options: MemoryDirectoryOptions = {}): Directory {
  const { users = [], teams = [], domains = [], dataProducts = [], tags = [], glossaryTerms = [] } = options
  const lower = (ids: Iterable<string>) => new Set(Array.from(ids, (id) => id.toLowerCase()))
  const known: Record<Reference['type'], ReadonlySet<string>> = {
    user: lower(users),
    team: lower(teams),
    domain: new Set(domains),
    dataProduct: new Set(dataProducts),
    tag: new Set(tags),
    glossaryTerm: new Set(glossaryTerms),
  }
  const nameOf = (reference: Reference) => ('id' in reference ? reference.id : reference.fullyQualifiedName)
  return { knows: (references) => references.map((reference) => known[reference.type].has(nameOf(reference))) }
}
