import type { Book } from '../book.js'
import { type EntityNotFound, entityNotFound, type StoreFailed, storeFailed } from '../model/errors.js'
import type { Reference } from '../ports/directory.js'
import type { ValidRequest } from '../rules/validate.js'

/**
 * What each request refers to in vain, after one question to the directory for all of them; `undefined` where everything
 * is known. Source: `semantics.md` §1, §4.
 */
export async function unresolved(
  book: Book,
  requests: readonly ValidRequest[],
): Promise<readonly (EntityNotFound | StoreFailed | undefined)[]> {
  const { directory } = book
  if (directory === undefined) return requests.map(() => undefined)
  const asked = new Map<string, Reference>()
  const keys = requests.map((request) =>
    referencesOf(request).map((reference) => {
      const key = JSON.stringify(reference)
      asked.set(key, reference)
      return key
    }),
  )
  if (asked.size === 0) return requests.map(() => undefined)
  const unknown = new Set<string>()
  try {
    const known = await directory.knows([...asked.values()])
    if (known.length !== asked.size) throw new Error('the directory did not answer every question')
    for (const [at, key] of [...asked.keys()].entries()) if (known[at] !== true) unknown.add(key)
  } catch (cause) {
    const failure = storeFailed('resolve', cause)
    return keys.map((mine) => (mine.length === 0 ? undefined : failure))
  }
  return keys.map((mine) => {
    const missing = mine.find((key) => unknown.has(key))
    return missing === undefined ? undefined : notFound(asked.get(missing) as Reference)
  })
}

function referencesOf({ owners = [], domain, dataProducts = [], tags = [] }: ValidRequest): readonly Reference[] {
  return [
    ...owners.map(({ type, id }) => ({ type, id })),
    ...(domain === undefined ? [] : [{ type: 'domain' as const, fullyQualifiedName: domain }]),
    ...dataProducts.map((fullyQualifiedName) => ({ type: 'dataProduct' as const, fullyQualifiedName })),
    ...tags.map(({ tagFQN, source }) => ({
      type: source === 'Glossary' ? ('glossaryTerm' as const) : ('tag' as const),
      fullyQualifiedName: tagFQN,
    })),
  ]
}

function notFound(reference: Reference): EntityNotFound {
  return entityNotFound(reference.type, 'id' in reference ? reference.id : reference.fullyQualifiedName)
}
