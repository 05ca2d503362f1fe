import type { Book } from '../book.js'
import { type BadRequest, badRequest, type Issue, type StoreFailed, storeFailed } from '../model/errors.js'
import type { Principal } from '../model/principal.js'
import type { Stored } from '../ports/store.js'
import { denial } from './authorise.js'

/*
 * Between the rules, which know secrets in clear, and the store, which sees them sealed. Without a cipher, in a store that
 * ends with the process, the clear text is what is kept. Source: `semantics.md` §8.
 */

/** Secrets in clear, one text a service, in the order of the services; a failure where there is one. */
export async function opened(book: Book, services: readonly Stored[]): Promise<readonly (string | StoreFailed)[]> {
  const { cipher } = book
  if (cipher === undefined) return services.map(({ sealed }) => sealed ?? '')
  const family = book.family.entityType
  try {
    const texts = await cipher.open(
      services.map(({ service, sealed }) => ({ family, id: service.id, text: sealed ?? '' })),
    )
    return services.map(({ service }, at) => {
      const text: unknown = texts[at]
      if (typeof text === 'string') return text
      const isError = typeof text === 'object' && text !== null && 'message' in text
      const cause = isError ? text : new Error('the cipher answered no text')
      return storeFailed('open', cause, service.fullyQualifiedName)
    })
  } catch (cause) {
    return services.map(({ service }) => storeFailed('open', cause, service.fullyQualifiedName))
  }
}

/** The same services with their secrets sealed. */
export async function sealed(
  book: Book,
  services: readonly { readonly stored: Stored; readonly clear: string }[],
): Promise<readonly (Stored | StoreFailed)[]> {
  const { cipher } = book
  const family = book.family.entityType
  try {
    const texts =
      cipher === undefined
        ? services.map(({ clear }) => clear)
        : await cipher.seal(services.map(({ stored, clear }) => ({ family, id: stored.service.id, text: clear })))
    return services.map(({ stored }, at) => {
      const text: unknown = texts[at]
      if (typeof text !== 'string') throw new Error('the cipher answered no text')
      return Object.freeze({ ...stored, sealed: text })
    })
  } catch (cause) {
    return services.map(({ stored }) => storeFailed('seal', cause, stored.service.fullyQualifiedName))
  }
}

/** In a book whose secrets do not follow: that they would be taken elsewhere, for whoever may not see them. */
export async function misled(
  book: Book,
  by: Principal | undefined,
  stored: Stored,
  moved: readonly Issue[],
): Promise<BadRequest | StoreFailed | undefined> {
  const denied = await denial(book, by, 'ViewSecrets', stored.service)
  if (denied === undefined || denied.code === 'STORE_FAILED') return denied
  return badRequest(moved)
}
