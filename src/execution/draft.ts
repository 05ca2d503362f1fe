import type { Book } from '../book.js'
import { type BadRequest, type PreconditionFailed, type StoreFailed, storeFailed } from '../model/errors.js'
import type { Service } from '../model/service.js'
import type { Draft, PatchIntent } from '../rules/intent.js'
import { patched } from '../rules/patch.js'

/** What a patch makes of a service as its writer sees it, checked like a request. */
export async function drafted(
  book: Book,
  { operations, as }: PatchIntent,
  service: Service,
): Promise<Draft | BadRequest | PreconditionFailed | StoreFailed> {
  try {
    const result = patched(service, await as.show(service), as, operations, book.limits)
    if ('code' in result) return result
    const request = book.validate(result.request)
    if ('error' in request) return request.error
    return { request, keepsConnection: result.keepsConnection, entityStatus: result.entityStatus }
  } catch (cause) {
    return storeFailed('resolve', cause)
  }
}
