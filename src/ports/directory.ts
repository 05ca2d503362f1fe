import type { Awaitable } from './store.js'

/** What a service refers to: an owner, its domain, a data product, or a tag. */
export type Reference =
  | { readonly type: 'user' | 'team'; readonly id: string }
  | { readonly type: 'domain' | 'dataProduct'; readonly fullyQualifiedName: string }
  | { readonly type: 'tag' | 'glossaryTerm'; readonly fullyQualifiedName: string }

/**
 * What the host knows of the users, teams, domains, data products and tags that services refer to. `memoryDirectory` of
 * `servicebook/memory` is a ready one for test suites.
 *
 * The references of a chunk are asked for together, each once; the answers stand in the order of what was asked. A
 * directory that throws or rejects fails the requests with references: the verb answers `STORE_FAILED` with
 * `during: 'resolve'`, and nothing was written.
 *
 * Source: OpenMetadata answers 404 for a reference to nothing; `semantics.md` §1, §4.
 */
export interface Directory {
  /**
   * Whether each of them exists; or a text that says why it may not be referred to, for people, which makes the request
   * `BAD_REQUEST`: a team that is no Group owns nothing.
   */
  knows(references: readonly Reference[]): Awaitable<readonly (boolean | string)[]>
}
