import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { entered } from '../execution/entrance.js'
import { type GetOptions, includeIssues, limitIssues, look } from '../execution/look.js'
import { PAGE_BYTES, page } from '../execution/steps.js'
import { trips } from '../execution/trips.js'
import type { Family } from '../families/family.js'
import { badRequest, entityNotFound, type GetServiceError, type Issue, storeFailed } from '../model/errors.js'
import type { Subject } from '../model/fqn.js'
import { END_OF_TIME } from '../model/instant.js'
import type { Service } from '../model/service.js'
import type { Page, Stored } from '../ports/store.js'
import { sizeOf } from '../rules/limits.js'
import { asToday } from '../rules/today.js'

/** What `listVersions` takes besides the subject. */
export interface VersionsOptions extends GetOptions {
  /** How many versions at most, 0 to 1,000,000; fewer where they are large. Default 10. */
  readonly limit?: number | undefined
  /** Only versions below this one: that of the last service of the page before. */
  readonly before?: number | undefined
}

/** Versions of a service, newest first. */
export interface VersionPage<F extends Family = Family> {
  readonly services: readonly Service<F>[]
  /** Whether there are older ones: `before` the version of the last of these. */
  readonly more: boolean
}

/**
 * The versions of a service, newest first, the current one included, as OpenMetadata's `GET /v1/services/…/{id}/versions`
 * answers them: each whole, as it was, its secrets masked. Soft-deleted services count unless `include` says otherwise. A
 * page ends before its limit once it has 8 MiB, and says that there are more.
 *
 * Errors:
 * - `BAD_REQUEST`: the subject or an option is wrong.
 * - `UNAUTHORIZED`: the policy wants a principal and `options.by` is absent.
 * - `FORBIDDEN`: the policy denies `ViewBasic` on the service as it now is; or there is none, and the caller may see none.
 * - `ENTITY_NOT_FOUND`: there is no such service.
 * - `STORE_FAILED`: the store or the policy failed.
 *
 * @example
 * const page = await listVersions(book, 'mlflow_prod', { limit: 5 })
 * if (page.isOk()) page.value.services.map(({ version }) => version) // [0.3, 0.2, 0.1]
 *
 * Source: OpenMetadata, "List ML Model Service versions"; `semantics.md` §3, §7.
 */
export function listVersions<F extends Family>(
  book: Book<F>,
  subject: Subject,
  options: VersionsOptions = {},
): ResultAsync<VersionPage<F>, GetServiceError> {
  return entered(
    'listVersions',
    book,
    options,
    ['by', 'include', 'limit', 'before'],
    'load',
    (read) => versions(book, subject, read) as Promise<Result<VersionPage<F>, GetServiceError>>,
  )
}

/**
 * One version of a service, as OpenMetadata's `GET /v1/services/…/{id}/versions/{version}` answers it. Errors are those of
 * `listVersions`, and `ENTITY_NOT_FOUND` where the service never had that version, or has it no more.
 *
 * @example
 * const first = await getVersion(book, 'mlflow_prod', 0.1)
 *
 * Source: OpenMetadata, "Get a version of an ML Model Service"; `semantics.md` §3, §7.
 */
export function getVersion<F extends Family>(
  book: Book<F>,
  subject: Subject,
  version: number,
  options: GetOptions = {},
): ResultAsync<Service<F>, GetServiceError> {
  return entered(
    'getVersion',
    book,
    options,
    ['by', 'include'],
    'load',
    (read) => one(book, subject, version, read) as Promise<Result<Service<F>, GetServiceError>>,
  )
}

/**
 * A service as it was at an instant: the newest version whose `updatedAt` is not after it. `instant` is a `Date` or
 * milliseconds since the epoch. Errors are those of `listVersions`, and `ENTITY_NOT_FOUND` where the service is younger.
 *
 * @example
 * const yesterday = await getServiceAt(book, 'mlflow_prod', Date.now() - 86_400_000)
 *
 * Source: `semantics.md` §3, §7.
 */
export function getServiceAt<F extends Family>(
  book: Book<F>,
  subject: Subject,
  instant: Date | number,
  options: GetOptions = {},
): ResultAsync<Service<F>, GetServiceError> {
  return entered(
    'getServiceAt',
    book,
    options,
    ['by', 'include'],
    'load',
    (read) => at(book, subject, instant, read) as Promise<Result<Service<F>, GetServiceError>>,
  )
}

async function versions(
  book: Book,
  subject: Subject,
  { limit = 10, before, include = 'all', by }: VersionsOptions,
): Promise<Result<VersionPage, GetServiceError>> {
  const issues: Issue[] = [...includeIssues(include), ...limitIssues(limit)]
  if (before !== undefined && !isVersion(before)) issues.push({ path: '/before', message: 'must be a version' })
  if (issues.length > 0) return err(badRequest(issues))
  let looked = await look(book, subject, { by, include }, 'ViewBasic')
  for (;;) {
    if (looked.isErr()) return err(looked.error)
    const { service, revision } = looked.value
    const page = await pageOf(book, service, limit, before)
    if (page.isErr() || fits(service, page.value, before, limit)) return page
    // Another one may have written between the two reads; where nothing did, they are one moment all the same.
    looked = await look(book, subject, { by, include }, 'ViewBasic')
    if (looked.isOk() && looked.value.revision === revision && looked.value.service.id === service.id) return page
  }
}

/**
 * Whether the versions are sure to be what stood below the current one when it was read. History changes below it only
 * when a service is removed or goes back to an earlier version, which is then newer than all before it.
 */
function fits(current: Service, { services, more }: VersionPage, before: number | undefined, limit: number): boolean {
  if (limit === 0) return true
  if (before !== undefined && before <= current.version) return false
  if (limit === 1) return more === (current.changeDescription !== undefined)
  const [, next] = services
  return next?.version === current.changeDescription?.previousVersion && !(next && next.updatedAt >= current.updatedAt)
}

async function pageOf(
  book: Book,
  current: Service,
  limit: number,
  before: number | undefined,
): Promise<Result<VersionPage, GetServiceError>> {
  const own = before === undefined || current.version < before ? [current] : []
  const below = own.length > 0 ? current.version : before
  // One more than is asked for tells whether there are more.
  const wanted = limit + 1 - own.length
  const used = own.length > 0 ? sizeOf(current) : 0
  try {
    const older = await page(wanted, (step, last) => superseded(book, current, step, last?.version ?? below), { used })
    const services = [...own, ...older.services]
    const more = services.length > limit || older.more
    return ok({ services: Object.freeze(services.slice(0, limit)), more })
  } catch (cause) {
    return err(storeFailed('load', cause))
  }
}

async function one(
  book: Book,
  subject: Subject,
  version: number,
  { include = 'all', by }: GetOptions,
): Promise<Result<Service, GetServiceError>> {
  if (!isVersion(version)) return err(badRequest([{ path: '/version', message: 'must be a version' }]))
  let seen: Stored | undefined
  for (;;) {
    const looked = await look(book, subject, { by, include }, 'ViewBasic')
    if (looked.isErr()) return err(looked.error)
    const { service: current, revision } = looked.value
    if (current.version === version) return ok(current)
    const missing = entityNotFound(book.family.entityType, `${current.fullyQualifiedName} and version ${version}`)
    // Another one may have undone what stood above that version, between the two reads; a second look finds it then.
    if (version > current.version || (seen?.revision === revision && seen.service.id === current.id))
      return err(missing)
    seen = looked.value
    try {
      const next = (Math.round(version * 10) + 1) / 10
      const [service] = (await superseded(book, current, 1, Math.min(next, current.version))).services
      if (service?.version === version) return ok(service)
    } catch (cause) {
      return err(storeFailed('load', cause))
    }
  }
}

async function at(
  book: Book,
  subject: Subject,
  instant: Date | number,
  { include = 'all', by }: GetOptions,
): Promise<Result<Service, GetServiceError>> {
  const time = millisecondsOf(instant)
  if (!Number.isFinite(time))
    return err(badRequest([{ path: '/instant', message: 'must be a Date or milliseconds since the epoch' }]))
  const looked = await look(book, subject, { by, include }, 'ViewBasic')
  if (looked.isErr()) return err(looked.error)
  const current = looked.value.service
  let newest: Service | undefined = current
  try {
    // Most ask about lately; the further back it is, the more is read at once, if it is not large.
    for (let limit = 8; newest !== undefined; ) {
      if (newest.updatedAt <= time) return ok(newest)
      const older: Page = await superseded(book, current, limit, newest.version)
      newest = older.services.find(({ updatedAt }) => updatedAt <= time) ?? older.services.at(-1)
      const average = sizeOf(older.services) / Math.max(older.services.length, 1)
      limit = Math.max(1, Math.min(limit * 4, 256, Math.floor(PAGE_BYTES / average)))
    }
  } catch (cause) {
    return err(storeFailed('load', cause))
  }
  const when = new Date(Math.max(Math.min(time, END_OF_TIME), -END_OF_TIME)).toISOString()
  return err(entityNotFound(book.family.entityType, `${current.fullyQualifiedName} at ${when}`))
}

/** Superseded versions; where there are as many as were asked for there may be more. */
async function superseded(
  book: Book,
  { fullyQualifiedName, id }: Service,
  limit: number,
  below: number | undefined,
): Promise<Page> {
  const query = { limit, ...(below !== undefined && { below }) }
  const kept = await trips(book.store).versions(book.family.entityType, fullyQualifiedName, id, query)
  if (below !== undefined && !kept.every(({ version }) => version < below))
    throw new TypeError('versions must answer versions below the one that was named')
  const services = kept.map((service) => asToday(service, book.birth))
  return { services, more: services.length === limit && limit > 0 }
}

/** A `Date` of any realm, or a number. */
function millisecondsOf(instant: unknown): number {
  if (typeof instant === 'number') return instant
  try {
    return Date.prototype.getTime.call(instant)
  } catch {
    return Number.NaN
  }
}

const isVersion = (version: unknown) => typeof version === 'number' && Number.isFinite(version) && version > 0
