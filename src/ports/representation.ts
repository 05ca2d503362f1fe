import type { Issue } from '../model/errors.js'
import type { Service } from '../model/service.js'
import type { Awaitable } from './store.js'

/**
 * How a host shows services to its callers, where that is not the shape of this library: `servicebook/http` shows
 * OpenMetadata's. A patch written for the one cannot be applied to the other, so `patchService` takes both directions.
 *
 * `show` and `read` have to fit: what `show` makes of a service, `read` makes a request of that changes nothing. One that
 * throws or rejects makes the verb answer `STORE_FAILED` with `during: 'resolve'`, and nothing was written.
 *
 * Source: RFC 9110 §3.2.
 */
export interface Representation {
  /** The document that stands for a service, plain JSON data. */
  show(service: Service): Awaitable<Readonly<Record<string, unknown>>>
  /**
   * Fields of the document that a patch may change for nothing, be they those that only the library writes: the change is
   * dropped in silence, and the policy is not asked for it. Of `deleted` only what leaves it as it is. Default: none, and a
   * change of what only the library writes is `BAD_REQUEST`.
   */
  readonly dropped?: readonly string[]
  /** The request that such a document, changed in whatever way, makes; or what is wrong with it, by paths into it. */
  read(
    document: Readonly<Record<string, unknown>>,
  ): { readonly request: Readonly<Record<string, unknown>> } | { readonly issues: readonly Issue[] }
}
