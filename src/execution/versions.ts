import type { Book } from '../book.js'
import { type StoreFailed, storeFailed } from '../model/errors.js'
import type { Service } from '../model/service.js'
import { asToday } from '../rules/today.js'

/** The version before a service, if it is the one that its change description names. */
export async function versionBefore(
  book: Book,
  { fullyQualifiedName, id, version }: Service,
  wanted: number,
): Promise<Service | StoreFailed | undefined> {
  try {
    const query = { limit: 1, below: version }
    const [found] = await book.store.versions(book.family.entityType, fullyQualifiedName, id, query)
    return found?.version === wanted ? asToday(found, book.birth) : undefined
  } catch (cause) {
    return storeFailed('load', cause)
  }
}
