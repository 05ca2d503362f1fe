import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { missingPrincipal } from '../execution/authorise.js'
import { entered } from '../execution/entrance.js'
import { type Errand, errandOf, type Failure } from '../execution/errand.js'
import { run } from '../execution/loop.js'
import { rehearsal } from '../execution/rehearsal.js'
import { type Ended, isIterable, reader } from '../execution/rows.js'
import { opened } from '../execution/secrecy.js'
import { signalIssues } from '../execution/signal.js'
import {
  type BadRequest,
  badRequest,
  type Contended,
  type EntityAlreadyExists,
  type Forbidden,
  type Issue,
  type StoreFailed,
  type Unauthorized,
} from '../model/errors.js'
import { fqn } from '../model/fqn.js'
import type { Principal } from '../model/principal.js'
import type { Service } from '../model/service.js'
import { toImport } from '../rules/decide/import.js'
import { type Imported, importedOf } from '../rules/imported.js'
import { principalIssues } from '../rules/principal.js'
import type { ExportedService } from './export.js'

/** How far an import is, after each chunk, and in the end what it did. */
export interface ImportProgress {
  /** Services read. */
  readonly processed: number
  /** Services that were written, whole or what was missing of them. */
  readonly imported: number
  /** Services that were there already as they are. */
  readonly unchanged: number
  readonly failed: number
}

/** Why one service was not imported. */
export type ImportError = BadRequest | Unauthorized | Forbidden | EntityAlreadyExists | Contended | StoreFailed

/** What became of an import. */
export interface ImportReport extends ImportProgress {
  /** `aborted` when the signal ended it, or the input or `onProgress` threw; run again, it goes on with what is left. */
  readonly status: 'success' | 'partialSuccess' | 'aborted'
  readonly cause?: unknown
  /** The services that failed, the first thousand of them. `index` is the place in the input, from 0. */
  readonly failures: readonly { readonly index: number; readonly fqn?: string; readonly error: ImportError }[]
}

/** What `importServices` takes besides the services. */
export interface ImportOptions {
  /** Who writes: shown to the policy and told with events. */
  readonly by?: Principal | undefined
  /** Ends it between two chunks. */
  readonly signal?: AbortSignal | undefined
  /** Called after each chunk, and awaited. If it throws, the import ends as aborted. */
  readonly onProgress?: ((progress: ImportProgress) => unknown) | undefined
  /** Answers the same report and writes nothing. Default `false`. */
  readonly dryRun?: boolean | undefined
}

/** What a whole `importServices` can fail with, before anything is read. */
export type ImportServicesError = BadRequest | Unauthorized | StoreFailed

const FAILURES = 1000

/** Versions that are with the store at a time, about. */
const VERSIONS = 1000

/**
 * Writes services that `exportServices` read elsewhere, with their ids, times, versions, whole history, followers and last
 * test result: from any store to any other. Each version is written behind the one before it, so that listeners hear of all, and a reader may meanwhile see
 * an earlier one. Secrets are opened with the key they were sealed with, which the cipher must have, and sealed with the
 * current one; those that were left out read as masks until somebody replaces them.
 *
 * It can be stopped at any time and run again: what is there already is not written twice, and a service that was cut short
 * is completed. A service of the same name that is another, or has gone on since, fails as `ENTITY_ALREADY_EXISTS`. Each
 * version is checked like a request, with all defaults there; references are not asked for in the directory.
 *
 * Errors of the whole call: `BAD_REQUEST`, `UNAUTHORIZED`, `STORE_FAILED` as `bulkUpsert` has them. Errors of a service:
 * - `BAD_REQUEST`: it breaks a rule, belongs to another family, holds a secret in clear, or sealed ones and the book has no cipher.
 * - `FORBIDDEN`: the policy denies `Create`, or `EditAll` where a part is there.
 * - `ENTITY_ALREADY_EXISTS`: another service has the name.
 * - `STORE_FAILED`: the store failed, another service has the id, or, with `during: 'open'`, the cipher has not the key.
 *
 * @example
 * const report = await importServices(book, JSON.parse(await readFile('services.json', 'utf8')))
 * if (report.isOk()) report.value.imported
 *
 * Source: `semantics.md` §3, §8, §11.
 */
export function importServices(
  book: Book,
  services: Iterable<ExportedService> | AsyncIterable<ExportedService>,
  options: ImportOptions = {},
): ResultAsync<ImportReport, ImportServicesError> {
  return entered('importServices', book, options, ['by', 'signal', 'onProgress', 'dryRun'], 'commit', (read) =>
    imported(book, services, read),
  )
}

interface Read {
  readonly index: number
  readonly given: Imported
}

async function imported(
  book: Book,
  services: unknown,
  options: ImportOptions,
): Promise<Result<ImportReport, ImportServicesError>> {
  const { by, signal, onProgress, dryRun = false } = options
  const issues = [...principalIssues(by), ...issuesOf(services, options)]
  if (issues.length > 0) return err(badRequest(issues))
  const missing = await missingPrincipal(book, by, 'Create')
  if (missing !== undefined) return err(missing)
  const progress = { processed: 0, imported: 0, unchanged: 0, failed: 0 }
  const failures: ImportReport['failures'][number][] = []
  const fail = (index: number, error: ImportError, fqn?: string) => {
    progress.failed++
    if (failures.length < FAILURES) failures.push({ index, ...(fqn !== undefined && { fqn }), error })
  }
  const store = dryRun ? rehearsal(book.store) : book.store
  const input = reader(services as Iterable<unknown>, signal)

  async function write(chunk: readonly Read[]): Promise<void> {
    const cleared = await clearOf(book, chunk)
    const ids = new Map<string, string>()
    const isGiven = (id: string, name: string) => {
      const other = ids.get(id) ?? name
      ids.set(id, other)
      return other !== name
    }
    const errands: { index: number; steps: readonly Errand[] }[] = []
    for (const [place, { index, given }] of chunk.entries()) {
      const { chain, beside } = given
      const name = (chain[0] as Service).fullyQualifiedName
      const clear = cleared[place]
      if (typeof clear === 'object' && clear !== null) fail(index, clear, name)
      else {
        const secrets = clear ?? null
        const steps = chain.map((_, at) =>
          errandOf({ kind: toImport, by, when: undefined, chain, at, clear: secrets, beside }, name),
        )
        errands.push({ index, steps })
      }
    }
    await run(
      { book, store, dryRun, isGiven },
      errands.flatMap(({ steps }) => steps),
    )
    for (const { index, steps } of errands) {
      const failed = steps.find(({ answer }) => answer === undefined || 'code' in answer)
      if (failed !== undefined) fail(index, failed.answer as Failure as ImportError, failed.fqn)
      else if (steps.some(({ answer }) => (answer as { outcome?: string }).outcome === 'imported')) progress.imported++
      else progress.unchanged++
    }
  }

  let ended: Ended | undefined
  while (ended === undefined) {
    const chunk: Read[] = []
    let versions = 0
    while (ended === undefined && versions < VERSIONS) {
      const next = input.next()
      const read = 'then' in next ? await next : next
      if ('ended' in read) ended = read
      else {
        const index = progress.processed++
        const given = importedOf(read.value, book.family.entityType, book.validate, book.limits)
        if ('code' in given) fail(index, given, nameIn(read.value))
        else chunk.push({ index, given })
        versions += 'code' in given ? 1 : given.chain.length
      }
    }
    if (versions === 0) break
    await write(chunk)
    try {
      await onProgress?.({ ...progress })
    } catch (cause) {
      ended = input.stop(cause)
    }
  }
  input.close().catch(() => {})
  failures.sort((one, other) => one.index - other.index)
  if (ended?.ended === 'early') return ok({ status: 'aborted', ...progress, failures, cause: ended.cause })
  return ok({ status: progress.failed > 0 ? 'partialSuccess' : 'success', ...progress, failures })
}

/** What a service that was refused is called, where that can be told. */
function nameIn(value: unknown): string | undefined {
  try {
    const { name } = (value as ExportedService).service
    return typeof name === 'string' && name.length <= 256 ? fqn.quote(name) : undefined
  } catch {
    return undefined
  }
}

/** The secrets of each in clear, by one call of the cipher; `null` where there are none, an error where they stay shut. */
async function clearOf(book: Book, chunk: readonly Read[]): Promise<readonly (string | null | ImportError)[]> {
  const sealed = chunk.filter(({ given }) => given.sealed !== null)
  if (sealed.length === 0) return chunk.map(() => null)
  if (book.cipher === undefined) {
    const refused = badRequest([
      { path: '/sealed', message: 'needs the cipher that can open it: openBook({ cipher })' },
    ])
    return chunk.map(({ given }) => (given.sealed === null ? null : refused))
  }
  const stored = sealed.map(({ given: { chain, sealed } }) => ({
    service: chain.at(-1) as Service,
    sealed,
    beside: null,
    revision: 1,
  }))
  const texts = await opened(book, stored)
  const found = new Map(sealed.map((one, place) => [one, texts[place] as string | StoreFailed]))
  return chunk.map((one) => found.get(one) ?? null)
}

function issuesOf(services: unknown, { signal, onProgress, dryRun = false }: ImportOptions): Issue[] {
  const issues = [...signalIssues(signal)]
  if (!isIterable(services)) issues.push({ path: '', message: 'the services must be an iterable' })
  if (onProgress !== undefined && typeof onProgress !== 'function')
    issues.push({ path: '/onProgress', message: 'must be a function' })
  if (typeof dryRun !== 'boolean') issues.push({ path: '/dryRun', message: 'must be a boolean' })
  return issues
}
