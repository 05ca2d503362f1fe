import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { missingPrincipal } from '../execution/authorise.js'
import { entered } from '../execution/entrance.js'
import { type Answer, errandOf } from '../execution/errand.js'
import { idsGiven } from '../execution/host.js'
import { run } from '../execution/loop.js'
import { rehearsal } from '../execution/rehearsal.js'
import { type Chunk, type Ended, isIterable, readChunk, reader } from '../execution/rows.js'
import { signalIssues } from '../execution/signal.js'
import { trips } from '../execution/trips.js'
import { breath } from '../execution/turns.js'
import type { Family } from '../families/family.js'
import {
  aborted,
  type BulkRowError,
  type BulkUpsertError,
  badRequest,
  type Issue,
  shortened,
  TOLD,
} from '../model/errors.js'
import type { Principal } from '../model/principal.js'
import type { ServiceRequest, Untyped, UntypedRequest } from '../model/service.js'
import { toUpsert } from '../rules/decide/upsert.js'
import type { Outcome } from '../rules/decide.js'
import { principalIssues } from '../rules/principal.js'
import type { ValidRequest } from '../rules/validate.js'
import { overrideIssues } from './upsert.js'

/** How far a bulk is, after each chunk. */
export interface BulkProgress {
  readonly processed: number
  readonly passed: number
  readonly failed: number
  /** What became of the rows that passed; adds up to `passed`. */
  readonly outcomes: Readonly<Record<Outcome, number>>
}

/** What `bulkUpsert` takes besides the rows. */
export interface BulkOptions {
  /** Who writes: recorded as `updatedBy` and shown to the policy for each row. */
  readonly by?: Principal | undefined
  /** Ends the bulk between two chunks. */
  readonly signal?: AbortSignal | undefined
  /** Called after each chunk, and awaited. If it throws, the bulk ends as if aborted, with that as its cause. */
  readonly onProgress?: ((progress: BulkProgress) => unknown) | undefined
  /** Answers the same report and writes nothing. Default `false`. */
  readonly dryRun?: boolean | undefined
  /** As in `upsertService`: bots overwrite what they supply, and supplied tags replace those there. Default `false`. */
  readonly overrideMetadata?: boolean | undefined
  /** Whether the report has every row or, to save memory, only those that failed. Default `'all'`. */
  readonly rows?: 'all' | 'failed' | undefined
  /** Rows loaded, decided and committed together, 1 to 100,000; fewer where they are large. Default: as many as the store likes, its `chunk`. */
  readonly chunkSize?: number | undefined
}

/** What became of one row, which has an `error` or an `outcome`. `index` is its place in the input, from 0. */
export type BulkRow =
  | {
      readonly index: number
      readonly fqn: string
      readonly outcome: Outcome
      readonly version: number
      readonly error?: undefined
    }
  | {
      readonly index: number
      readonly fqn?: string
      readonly outcome?: undefined
      readonly version?: undefined
      readonly error: BulkRowError
    }

type Rows<T> = Iterable<T> | AsyncIterable<T>

/** What became of a bulk, in the order of its input. */
export interface BulkReport extends BulkProgress {
  /** `failure` when every row failed; `aborted` when the bulk ended before its input did. An empty bulk is a `success`. */
  readonly status: 'success' | 'partialSuccess' | 'failure' | 'aborted'
  readonly rows: readonly BulkRow[]
  /** Why an aborted bulk ended: the signal's reason, or what the input or `onProgress` threw. */
  readonly cause?: unknown
}

/**
 * Upserts any number of services, as OpenMetadata's `PUT /v1/services/…/bulk` does: the same as one `upsertService` after
 * the other, up to ids and times, but in chunks. Rows come from any `Iterable` or `AsyncIterable`; each is copied when it
 * is read. A million rows take the memory of a few chunks and the report: up to three are with the store at once, none with
 * a name that is in another, while the next is read. A chunk of large rows ends at 8 MiB.
 *
 * A bad, forbidden or contended row fails alone, with its error; the others go in. After ten thousand issues the report tells
 * only the first of each row, and how many more the row has. A failing store is reported for each
 * row it hit, and the whole bulk is safe to send again. `signal`, input that throws and `onProgress` that throws end it
 * with `status: 'aborted'`, every row settled so far, and `ABORTED` for rows that were read but not sent.
 *
 * Errors of the whole call, before any row is read:
 * - `BAD_REQUEST`: the rows are no iterable, or an option is wrong.
 * - `UNAUTHORIZED`: the policy wants a principal and `options.by` is absent.
 * - `STORE_FAILED`: the policy failed when asked whether it wants one.
 *
 * Errors of a row: those of `upsertService` except `PRECONDITION_FAILED`, and `ABORTED`.
 *
 * @example
 * const report = await bulkUpsert(book, [{ name: 'a', serviceType: 'Sklearn' }, { name: 'b::', serviceType: 'Sklearn' }])
 * if (report.isOk()) report.value.status // 'partialSuccess'
 *
 * Source: OpenMetadata, "Create an ML Model Service"; `semantics.md` §6.
 */
export function bulkUpsert<F extends Family, const R extends UntypedRequest = UntypedRequest>(
  book: Book<F>,
  // The book says which family it is; to look for one in the rows as well takes a compiler seconds.
  rows: Rows<NoInfer<ServiceRequest<F>>> | (Rows<R> & Untyped<R>),
  options: BulkOptions = {},
): ResultAsync<BulkReport, BulkUpsertError> {
  return entered('bulkUpsert', book, options, OPTIONS, 'commit', (read) => bulk(book, rows, read))
}

async function bulk(book: Book, rows: unknown, options: BulkOptions): Promise<Result<BulkReport, BulkUpsertError>> {
  const { by, signal, onProgress, dryRun = false, rows: reported = 'all', chunkSize = book.store.chunk } = options
  const overrides = options.overrideMetadata === true
  const issues = [...principalIssues(by), ...optionIssues(rows, options), ...overrideIssues(options.overrideMetadata)]
  if (issues.length > 0) return err(badRequest(issues))
  const missing = await missingPrincipal(book, by, 'EditAll')
  if (missing !== undefined) return err(missing)

  const outcomes = { created: 0, updated: 0, unchanged: 0, restored: 0 }
  const report = { processed: 0, passed: 0, failed: 0, outcomes, rows: [] as BulkRow[] }
  let room = ROOM * TOLD.issues
  const fail = (index: number, fqn: string | undefined, failure: BulkRowError) => {
    report.failed++
    const error = failure.code === 'BAD_REQUEST' && room <= 0 ? shortened(failure) : failure
    if (error.code === 'BAD_REQUEST') room -= error.issues.length
    report.rows.push(fqn === undefined ? { index, error } : { index, fqn, error })
  }
  const store = dryRun ? rehearsal(trips(book.store)) : trips(book.store)
  const input = reader(rows as Iterable<unknown> | AsyncIterable<unknown>, signal)
  /** The chunks that are with the store, in the order they were sent. */
  const flight: Flight[] = []
  let progress: Promise<void> | undefined
  let failure: Ended | undefined

  const tell = async () => {
    try {
      const { processed, passed, failed } = report
      await onProgress?.({ processed, passed, failed, outcomes: { ...outcomes } })
    } catch (cause) {
      failure = input.stop(cause)
    }
  }
  const executed = async (requests: readonly ValidRequest[]) => {
    const errands = requests.map((request) =>
      errandOf({ kind: toUpsert, by, when: undefined, request, overrides }, request.fqn),
    )
    await run({ book, store, dryRun, isGiven: idsGiven(book) }, errands)
    return errands.map(({ answer }) => answer)
  }
  const settle = async (
    rows: Chunk['rows'],
    answering: Promise<readonly (Answer | undefined)[]>,
    before: Flight | undefined,
  ) => {
    const answers = await answering
    await before?.settled
    let answered = 0
    for (const row of rows) {
      const index = report.processed++
      const answer = 'error' in row ? row.error : (answers[answered++] ?? aborted())
      if (!('outcome' in answer)) fail(index, row.fqn, answer as BulkRowError)
      else {
        const { outcome, stored } = answer
        report.passed++
        outcomes[outcome as Outcome]++
        if (reported === 'all')
          report.rows.push({
            index,
            fqn: row.fqn as string,
            outcome: outcome as Outcome,
            version: stored.service.version,
          })
      }
    }
    flight.shift()
    if (rows.length === 0) return
    progress = tell()
    await progress
  }

  let ended: Ended | undefined
  while (ended === undefined) {
    const chunk = await readChunk(book.validate, input, chunkSize)
    const valid = chunk.rows.filter((row): row is ValidRequest => !('error' in row))
    // A name that is still on its way is decided on what comes of it.
    while (flight.some(({ names }) => valid.some(({ fqn }) => names.has(fqn)))) await flight[0]?.settled
    await progress
    ended = chunk.ended ?? input.stopped()
    const sent = ended?.ended === 'early' ? [] : valid
    const settled = settle(chunk.rows, executed(sent), flight.at(-1))
    flight.push({ names: new Set(sent.map(({ fqn }) => fqn)), settled })
    settled.catch(() => {}) // whoever waits for it is told; until then it must not end the process
    // By the next turn the chunk is with the store, or, where the store never waits, done.
    await breath()
    while (flight.length === LANES) await flight[0]?.settled
  }
  while (flight.length > 0) await flight[0]?.settled
  await progress
  input.close().catch(() => {})
  const { ended: how, cause } = failure ?? ended
  return ok(how === 'early' ? { status: 'aborted', ...report, cause } : { status: statusOf(report), ...report })
}

const OPTIONS = ['by', 'signal', 'onProgress', 'dryRun', 'overrideMetadata', 'rows', 'chunkSize'] as const

/** Chunks that are with the store at once: while it writes one, the next is read, validated, loaded and decided. */
const LANES = 3

/** As many rows may fail with a hundred issues each before only the first of a row is told. */
const ROOM = 100

interface Flight {
  readonly names: ReadonlySet<string>
  readonly settled: Promise<void>
}

function optionIssues(rows: unknown, { signal, onProgress, dryRun, rows: reported, chunkSize }: BulkOptions): Issue[] {
  const issues: Issue[] = []
  if (!isIterable(rows)) issues.push({ path: '', message: 'must be an Iterable or an AsyncIterable of requests' })
  issues.push(...signalIssues(signal))
  if (onProgress !== undefined && typeof onProgress !== 'function')
    issues.push({ path: '/onProgress', message: 'must be a function' })
  if (dryRun !== undefined && typeof dryRun !== 'boolean')
    issues.push({ path: '/dryRun', message: 'must be a boolean' })
  if (reported !== undefined && reported !== 'all' && reported !== 'failed')
    issues.push({ path: '/rows', message: 'must be all or failed' })
  if (chunkSize !== undefined && !(Number.isInteger(chunkSize) && chunkSize >= 1 && chunkSize <= 100_000)) {
    issues.push({ path: '/chunkSize', message: 'must be an integer from 1 to 100,000' })
  }
  return issues
}

function statusOf({ processed, failed }: { processed: number; failed: number }): BulkReport['status'] {
  if (failed === 0) return 'success'
  return failed === processed ? 'failure' : 'partialSuccess'
}
