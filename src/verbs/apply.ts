import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { missingPrincipal } from '../execution/authorise.js'
import { entered } from '../execution/entrance.js'
import { type Answer, errandOf } from '../execution/errand.js'
import { idsGiven } from '../execution/host.js'
import { run } from '../execution/loop.js'
import { rehearsal } from '../execution/rehearsal.js'
import { type Ended, isIterable, readChunk, reader } from '../execution/rows.js'
import { signalIssues } from '../execution/signal.js'
import type { Family } from '../families/family.js'
import {
  type BadRequest,
  type BulkRowError,
  badRequest,
  type Issue,
  type StoreFailed,
  storeFailed,
  type Unauthorized,
} from '../model/errors.js'
import type { Fqn } from '../model/fqn.js'
import type { Principal } from '../model/principal.js'
import type { ChangeDescription, ServiceRequest } from '../model/service.js'
import type { Place } from '../ports/store.js'
import { toDelete } from '../rules/decide/delete.js'
import { toUpsert } from '../rules/decide/upsert.js'
import type { Outcome } from '../rules/decide.js'
import { principalIssues } from '../rules/principal.js'
import type { ValidRequest } from '../rules/validate.js'

/** What `applyServices` takes besides the rows. */
export interface ApplyOptions {
  /** Who writes: recorded as `updatedBy` and shown to the policy for each service. */
  readonly by?: Principal | undefined
  /** Soft-deletes the services of the book that no row names. Default `false`. */
  readonly prune?: boolean | undefined
  /** Answers what would be done, and does nothing. Default `false`. */
  readonly dryRun?: boolean | undefined
  /** Ends it between two chunks; nothing is pruned then. */
  readonly signal?: AbortSignal | undefined
}

/** What becomes of one service: of a row, by its place in the input, or of one that is pruned, which has none. */
export type AppliedService =
  | {
      readonly index?: number
      readonly fqn: string
      readonly outcome: Outcome | 'deleted'
      readonly version: number
      /** What is changed, masked; absent for what is `created` or `unchanged`. */
      readonly change?: ChangeDescription
    }
  | { readonly index?: number; readonly fqn?: string; readonly error: BulkRowError }

/** What becomes of all. */
export interface ApplyReport {
  /** `partialSuccess` when something failed, `aborted` when the signal or the input ended it. */
  readonly status: 'success' | 'partialSuccess' | 'aborted'
  readonly created: number
  readonly updated: number
  readonly restored: number
  readonly unchanged: number
  readonly deleted: number
  readonly failed: number
  /** In the order of the input; then what is pruned, by name. */
  readonly services: readonly AppliedService[]
  /** Whether services that no row names were looked for: not when a row failed, since it may have meant one of them. */
  readonly pruned: boolean
  readonly cause?: unknown
}

/** What a whole `applyServices` can fail with. What it did until then stays done. */
export type ApplyServicesError = BadRequest | Unauthorized | StoreFailed

/**
 * Makes a book what the rows say, one `upsertService` each, and tells what that is: what is created, what is changed and
 * how, what stays. With `dryRun` it is the plan for it. With `prune` what no row names is soft-deleted, once all rows are in.
 *
 * As with every upsert, tags that a row does not have stay, and so do owners, domain and connection where it has none.
 *
 * Errors of the whole call: `BAD_REQUEST`, `UNAUTHORIZED` and `STORE_FAILED` as `bulkUpsert` has them, and `STORE_FAILED`
 * when what is to be pruned cannot be listed. Errors of a service: those of a row of `bulkUpsert`, and of `deleteService`.
 *
 * @example
 * const plan = await applyServices(book, rows, { prune: true, dryRun: true })
 * if (plan.isOk()) plan.value.services.filter((one) => 'change' in one)
 *
 * Source: `semantics.md` §5–7.
 */
export function applyServices<F extends Family>(
  book: Book<F>,
  rows: Iterable<NoInfer<ServiceRequest<F>>> | AsyncIterable<NoInfer<ServiceRequest<F>>>,
  options: ApplyOptions = {},
): ResultAsync<ApplyReport, ApplyServicesError> {
  return entered('applyServices', book, options, ['by', 'prune', 'dryRun', 'signal'], 'commit', (read) =>
    apply(book, rows, read),
  )
}

async function apply(
  book: Book,
  rows: unknown,
  options: ApplyOptions,
): Promise<Result<ApplyReport, ApplyServicesError>> {
  const { by, prune = false, dryRun = false, signal } = options
  const issues = [...principalIssues(by), ...issuesOf(rows, options)]
  if (issues.length > 0) return err(badRequest(issues))
  const missing = await missingPrincipal(book, by, 'EditAll')
  if (missing !== undefined) return err(missing)
  const store = dryRun ? rehearsal(book.store) : book.store
  const journey = { book, store, dryRun, isGiven: idsGiven(book) }
  const counts = { created: 0, updated: 0, restored: 0, unchanged: 0, deleted: 0, failed: 0 }
  const services: AppliedService[] = []
  const named = new Set<Fqn>()
  const input = reader(rows as Iterable<unknown>, signal)

  const tell = (answer: Answer | undefined, fqn: string, place: { readonly index?: number }) => {
    if (answer === undefined || 'code' in answer) return fail(answer as BulkRowError, fqn, place)
    const { service } = answer.stored
    const outcome = answer.outcome as Outcome | 'deleted'
    counts[outcome]++
    const { changeDescription: change } = outcome === 'unchanged' || outcome === 'created' ? {} : service
    services.push({ ...place, fqn, outcome, version: service.version, ...(change && { change }) })
  }
  const fail = (error: BulkRowError, fqn: string | undefined, place: { readonly index?: number }) => {
    counts.failed++
    services.push({ ...place, ...(fqn !== undefined && { fqn }), error })
  }

  let index = 0
  let ended: Ended | undefined
  while (ended === undefined) {
    const chunk = await readChunk(book.validate, input, book.store.chunk)
    ended = chunk.ended
    const valid = chunk.rows.filter((row): row is ValidRequest => !('error' in row))
    const errands = valid.map((request) =>
      errandOf({ kind: toUpsert, by, when: undefined, request, overrides: false }, request.fqn),
    )
    await run(journey, errands)
    let answered = 0
    for (const row of chunk.rows) {
      const place = { index: index++ }
      if ('error' in row) fail(row.error, row.fqn, place)
      else {
        named.add(row.fqn)
        tell(errands[answered++]?.answer, row.fqn, place)
      }
    }
  }
  input.close().catch(() => {})
  if (ended.ended === 'early') return ok({ status: 'aborted', ...counts, services, pruned: false, cause: ended.cause })
  const pruned = prune && counts.failed === 0
  if (pruned) {
    let after: Place | undefined
    for (let more = true; more; ) {
      let names: readonly Fqn[]
      try {
        const page = await book.store.list(book.family.entityType, { limit: book.store.chunk, ...(after && { after }) })
        names = page.services.map(({ fullyQualifiedName }) => fullyQualifiedName).filter((name) => !named.has(name))
        more = page.more
        after = page.services.at(-1)
      } catch (cause) {
        return err(storeFailed('load', cause))
      }
      const errands = names.map((fqn) => errandOf({ kind: toDelete, by, when: undefined, hard: false }, fqn))
      await run(journey, errands)
      for (const { fqn, answer } of errands) tell(answer, fqn, {})
    }
  }
  return ok({ status: counts.failed > 0 ? 'partialSuccess' : 'success', ...counts, services, pruned })
}

function issuesOf(rows: unknown, { prune = false, dryRun = false, signal }: ApplyOptions): Issue[] {
  const issues = [...signalIssues(signal)]
  if (!isIterable(rows)) issues.push({ path: '', message: 'the rows must be an iterable' })
  for (const [name, value] of Object.entries({ prune, dryRun }))
    if (typeof value !== 'boolean') issues.push({ path: `/${name}`, message: 'must be a boolean' })
  return issues
}
