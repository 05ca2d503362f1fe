import type { Awaitable, ServiceStore } from 'servicebook'

/** A fresh storage of its own, for one law, and the ways into it. */
export interface Opening {
  readonly store: ServiceStore
  /**
   * Another handle on the same storage, as another process would open it. A store that allows only one may throw here,
   * or from every call on the handle, with an error that says why. Where the handle is the storage, as in memory, that
   * handle itself.
   */
  again(): Awaitable<ServiceStore>
  /**
   * A handle whose storage is out of reach: a directory that cannot be one, a server that does not answer. Only a store
   * that is not `durable` may go without, since memory that is out of reach takes its process along.
   */
  fails?(): Awaitable<ServiceStore>
  /** Ends all handles of this opening and removes their storage. */
  close?(): Awaitable<void>
}

/** Opens a fresh storage; called once for each case. */
export type Open = () => Awaitable<Opening>

/** One case of the suite: resolves if a store obeys, rejects with an `AssertionError` that says where it does not. */
export interface Law {
  /** Of the law. A law that has to be shown in several ways has several cases of one number. */
  readonly number: number
  /** The law as a sentence. */
  readonly name: string
  run(open: Open): Promise<void>
}

export type Proof = (store: ServiceStore, opening: Opening) => Promise<void>

export function law(number: number, name: string, prove: Proof): Law {
  return {
    number,
    name,
    async run(open) {
      const opening = await open()
      try {
        await prove(opening.store, opening)
      } finally {
        await opening.close?.()
      }
    },
  }
}
