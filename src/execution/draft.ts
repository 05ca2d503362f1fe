import type { Book } from '../book.js'
import { type BadRequest, type PreconditionFailed, type StoreFailed, storeFailed } from '../model/errors.js'
import type { Service } from '../model/service.js'
import type { Draft, Kind, PatchIntent } from '../rules/intent.js'

/** What a patch makes of a service as its writer sees it, checked like a request. */
export async function drafted(
  book: Book,
  intent: PatchIntent,
  drafts: NonNullable<Kind<PatchIntent>['drafts']>,
  service: Service,
): Promise<Draft | BadRequest | PreconditionFailed | StoreFailed> {
  try {
    return drafts(intent, service, await intent.as.show(service), book.validate, book.limits)
  } catch (cause) {
    return storeFailed('resolve', cause)
  }
}
