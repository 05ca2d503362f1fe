import type { Awaitable } from './store.js'

/** A text, and the service whose secrets it is. */
export interface Belonging {
  readonly family: string
  /** The id of the service. */
  readonly id: string
  readonly text: string
}

/**
 * How the secrets of services are sealed before a store sees them: with a key, a vault or a KMS. `aesCipher` of
 * `servicebook/cipher` is a ready one.
 *
 * The secrets of a service are one text. Each call has all texts of a chunk at once; the answers stand in the order of
 * what was asked. A sealed text is bound to its service: it must not open for another family or id.
 *
 * A method that throws or rejects fails all it was asked for: the verb answers `STORE_FAILED` with `during: 'seal'` or
 * `'open'`, and nothing was written. No error may hold a secret.
 *
 * Source: `semantics.md` §8.
 */
export interface Cipher {
  seal(clear: readonly Belonging[]): Awaitable<readonly string[]>
  /** An `Error` in the place of a text says that this one cannot be opened, and why; the others are none the worse. */
  open(sealed: readonly Belonging[]): Awaitable<readonly (string | Error)[]>
  /** Whether a sealed text is as `seal` would make it today; if not, `resealServices` seals it anew. */
  isCurrent(sealed: string): boolean
}
