import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { entered } from '../execution/entrance.js'
import { errandOf } from '../execution/errand.js'
import { idsGiven } from '../execution/host.js'
import { run } from '../execution/loop.js'
import { endedBy, signalIssues } from '../execution/signal.js'
import { trips } from '../execution/trips.js'
import { type BadRequest, badRequest, type Issue, type StoreFailed, storeFailed } from '../model/errors.js'
import type { Fqn } from '../model/fqn.js'
import type { Place } from '../ports/store.js'
import { toReseal } from '../rules/decide/reseal.js'
import type { Intent } from '../rules/intent.js'

/** How far a resealing is, and in the end what it did. */
export interface ResealProgress {
  /** Services looked at, with secrets or without. */
  readonly checked: number
  /** Services whose secrets were sealed anew. */
  readonly resealed: number
  /** Services whose secrets could not be opened or sealed. */
  readonly failed: number
}

/** What became of a resealing. */
export interface ResealReport extends ResealProgress {
  /** `aborted` when the signal ended it, or `onProgress` threw; run again, it goes on with what is left. */
  readonly status: 'success' | 'partialSuccess' | 'aborted'
  /** Why it was aborted: the signal's reason, or what was thrown. */
  readonly cause?: unknown
  /** The services that failed, the first thousand of them, each with its error. */
  readonly failures: readonly { readonly fqn: string; readonly error: StoreFailed }[]
}

/** What `resealServices` takes besides the book. */
export interface ResealOptions {
  /** Ends it between two chunks. */
  readonly signal?: AbortSignal | undefined
  /** Called after each chunk, and awaited. If it throws, the resealing ends as aborted, with that as its cause. */
  readonly onProgress?: ((progress: ResealProgress) => unknown) | undefined
  /** Services loaded, opened, sealed and committed together, 1 to 100,000. Default: as many as the store likes, its `chunk`. */
  readonly chunkSize?: number | undefined
}

/** What a whole `resealServices` can fail with. What it did until then stays done. */
export type ResealServicesError = BadRequest | StoreFailed

const FAILURES = 1000

/**
 * Seals all secrets of a family anew that are not as the cipher would seal them today: after a key was added to the ring
 * and named current. Services stay as they are, `version` and `updatedAt` included, and keep no history of it; only their
 * revision rises, so that others may write meanwhile. It takes the memory of a chunk, whatever the size of the book.
 *
 * It can be stopped at any time, by a signal or by the end of the process, and run again: what is done is not done twice.
 * When it ends in `success` the old key is no longer needed, except for what others sealed with it meanwhile. In a journal
 * of `fsStore` the old texts stay until `compact()`. It asks no policy: it shows nothing and changes no service.
 *
 * Errors of the whole call:
 * - `BAD_REQUEST`: the book has no cipher, or an option is wrong.
 * - `STORE_FAILED`: the store failed.
 *
 * @example
 * const cipher = aesCipher({ keys: { old, new: key }, current: 'new' })
 * const report = await resealServices(openBook({ family: mlmodelServices, store, cipher }))
 * if (report.isOk() && report.value.status === 'success') console.log('the old key can go')
 *
 * Source: `semantics.md` §8.
 */
export function resealServices(
  book: Book,
  options: ResealOptions = {},
): ResultAsync<ResealReport, ResealServicesError> {
  return entered('resealServices', book, options, ['signal', 'onProgress', 'chunkSize'], 'commit', (read) =>
    reseal(book, read),
  )
}

async function reseal(book: Book, options: ResealOptions): Promise<Result<ResealReport, ResealServicesError>> {
  const { signal, onProgress, chunkSize = book.store.chunk } = options
  const issues = issuesOf(book, options)
  if (issues.length > 0) return err(badRequest(issues))
  const family = book.family.entityType
  const progress = { checked: 0, resealed: 0, failed: 0 }
  const failures: { fqn: string; error: StoreFailed }[] = []

  let after: Place | undefined
  for (let more = true; more && endedBy(signal) === undefined; ) {
    let fqns: readonly Fqn[]
    try {
      const page = await trips(book.store).list(family, { limit: chunkSize, include: 'all', ...(after && { after }) })
      fqns = page.services.map(({ fullyQualifiedName }) => fullyQualifiedName)
      more = page.more
      after = page.services.at(-1)
    } catch (cause) {
      return err(storeFailed('load', cause))
    }
    progress.checked += fqns.length
    const done = await resealed(book, fqns)
    if ('code' in done) return err(done)
    progress.resealed += done.resealed
    progress.failed += done.failures.length
    failures.push(...done.failures.slice(0, FAILURES - failures.length))
    try {
      await onProgress?.({ ...progress })
    } catch (cause) {
      return ok({ status: 'aborted', ...progress, failures, cause })
    }
  }
  const ended = endedBy(signal)
  if (ended !== undefined) return ok({ status: 'aborted', ...progress, failures, cause: ended.cause })
  return ok({ status: progress.failed > 0 ? 'partialSuccess' : 'success', ...progress, failures })
}

/** Services by a loop of their own; what others wrote meanwhile is sent again however often it takes. */
async function resealed(book: Book, fqns: readonly Fqn[]) {
  const { store, cipher } = book
  let unasked: StoreFailed | undefined
  const isOutdated = (sealed: string) => {
    try {
      return cipher?.isCurrent(sealed) !== true
    } catch (cause) {
      unasked ??= storeFailed('load', cause)
      return false
    }
  }
  const intent: Intent = { kind: toReseal, by: undefined, when: undefined, isOutdated }
  const failures: { fqn: string; error: StoreFailed }[] = []
  let resealed = 0
  let left = fqns
  while (left.length > 0) {
    const errands = left.map((fqn) => errandOf(intent, fqn))
    await run({ book, store: trips(store), dryRun: false, isGiven: idsGiven(book) }, errands)
    left = []
    for (const { fqn, answer } of errands) {
      if (answer !== undefined && 'outcome' in answer) resealed += answer.outcome === 'resealed' ? 1 : 0
      else if (answer?.code === 'CONTENDED') left = [...left, fqn]
      else if (answer?.code === 'STORE_FAILED') {
        if (answer.during !== 'open' && answer.during !== 'seal') return answer
        failures.push({ fqn, error: answer })
      }
    }
    if (unasked !== undefined) return unasked
  }
  return { resealed, failures }
}

function issuesOf({ cipher }: Book, { signal, onProgress, chunkSize = 1 }: ResealOptions): Issue[] {
  const issues: Issue[] = []
  if (cipher === undefined) issues.push({ path: '', message: 'the book has no cipher: openBook({ cipher })' })
  issues.push(...signalIssues(signal))
  if (onProgress !== undefined && typeof onProgress !== 'function')
    issues.push({ path: '/onProgress', message: 'must be a function' })
  if (!(Number.isInteger(chunkSize) && chunkSize >= 1 && chunkSize <= 100_000))
    issues.push({ path: '/chunkSize', message: 'must be an integer from 1 to 100,000' })
  return issues
}
