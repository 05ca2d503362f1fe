import type { InvalidRequest, Validate, ValidRequest } from '../rules/validate.js'
import { endedBy } from './signal.js'

/*
 * The rows of a bulk, from whatever they come. Source: `semantics.md` §6.
 */

/** That no more rows come. */
export interface Ended {
  readonly ended: 'all read' | 'early'
  readonly cause?: unknown
}
type Read = Ended | { readonly value: unknown }

type Reader = ReturnType<typeof reader>

/**
 * Reads one row a call, without a wait where the input needs none. Input that throws ends early, as a signal does, be it
 * in the midst of a wait.
 */
export function reader(rows: Iterable<unknown> | AsyncIterable<unknown>, signal: AbortSignal | undefined) {
  let source: Iterator<unknown> | AsyncIterator<unknown> | undefined
  let stopped: Ended | undefined
  let wake: ((row: Read) => void) | undefined
  const read = ({ done, value }: IteratorResult<unknown>): Read => {
    if (!done) return { value }
    source = undefined
    return { ended: 'all read' }
  }
  const threw = (cause: unknown): Ended => ({ ended: 'early', cause })
  const stop = (cause: unknown): Ended => {
    stopped ??= threw(cause)
    wake?.(stopped)
    return stopped
  }
  const onAbort = () => {
    const { cause } = endedBy(signal) ?? { cause: undefined }
    stop(cause)
  }
  try {
    if (endedBy(signal) !== undefined) onAbort()
    else signal?.addEventListener('abort', onAbort)
  } catch (cause) {
    stop(cause)
  }

  return {
    next(): Read | Promise<Read> {
      if (stopped !== undefined) return stopped
      try {
        source ??= Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]()
        const next = source.next()
        if (!('then' in next)) return read(next)
        return new Promise((resolve) => {
          wake = resolve
          // What only looks like a promise is made one: its `then` may answer anything.
          Promise.resolve(next).then(read).catch(threw).then(resolve)
        })
      } catch (cause) {
        return threw(cause)
      }
    },
    /** Ends the input early: nothing more is read. */
    stop,
    stopped: () => stopped,
    /** Lets the input clean up. It is not waited for: an input that is stuck would keep the report from its caller. */
    async close(): Promise<void> {
      signal?.removeEventListener('abort', onAbort)
      await source?.return?.()
    },
  }
}

export function isIterable(rows: unknown): boolean {
  try {
    return typeof rows === 'object' && rows !== null && (Symbol.iterator in rows || Symbol.asyncIterator in rows)
  } catch {
    return false
  }
}

/** About as many bytes as a chunk may have, however few its rows. */
const CHUNK_BYTES = 8 * 2 ** 20

export interface Chunk {
  readonly rows: readonly (ValidRequest | InvalidRequest)[]
  /** Whether the input has come to its end with these rows, and how. */
  readonly ended: Ended | undefined
}

/** Reads and validates the rows of a chunk. */
export async function readChunk(validate: Validate, input: Reader, chunkSize: number): Promise<Chunk> {
  const rows: (ValidRequest | InvalidRequest)[] = []
  let bytes = 0
  while (rows.length < chunkSize && bytes < CHUNK_BYTES) {
    const next = input.next()
    const read = 'then' in next ? await next : next
    if ('ended' in read) return { rows, ended: read }
    const row = validate(read.value)
    if (!('error' in row)) bytes += row.size
    rows.push(row)
  }
  return { rows, ended: undefined }
}
