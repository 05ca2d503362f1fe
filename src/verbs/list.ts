import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { denial, missingPrincipal } from '../execution/authorise.js'
import { entered, optionsOf } from '../execution/entrance.js'
import { type Include, includeIssues, limitIssues } from '../execution/look.js'
import { page } from '../execution/steps.js'
import { trips } from '../execution/trips.js'
import type { Family } from '../families/family.js'
import type { BesideField } from '../model/beside.js'
import { badRequest, type Issue, type ListServicesError, type StoreFailed, storeFailed } from '../model/errors.js'
import type { Principal } from '../model/principal.js'
import type { Service } from '../model/service.js'
import type { ListQuery, Page } from '../ports/store.js'
import { besideFieldsOf, withBeside } from '../rules/beside.js'
import { cursorOf, placeOf } from '../rules/cursor.js'
import { principalIssues } from '../rules/principal.js'
import { asToday } from '../rules/today.js'

/** Which services `listServices` answers. */
export interface ListOptions {
  /** Who reads: shown to the policy. */
  readonly by?: Principal | undefined
  /** How many at most, 0 to 1,000,000; fewer where they are large. Default 10. */
  readonly limit?: number | undefined
  /** A cursor of an earlier page: only services behind it. */
  readonly after?: string | undefined
  /** A cursor of an earlier page: only the services nearest before it. Not together with `after`. */
  readonly before?: string | undefined
  /** Default `'non-deleted'`. */
  readonly include?: Include | undefined
  readonly serviceType?: string | undefined
  /** The id of an owner. */
  readonly owner?: string | undefined
  /** The FQN of a domain; those of its subdomains do not count. */
  readonly domain?: string | undefined
  readonly tagFQN?: string | undefined
  /** What to show of what stands beside the services: `followers`, `testConnectionResult`. Default: nothing. */
  readonly fields?: readonly BesideField[] | undefined
  /** Whether to count all services that match. Default `false`. */
  readonly total?: boolean | undefined
}

/** A page of services, by name in code point order. */
export interface ServicePage<F extends Family = Family> {
  readonly services: readonly Service<F>[]
  readonly paging: {
    /** The cursor for the page behind this one, if there is one. */
    readonly after?: string
    /** The cursor for the page before this one, if there is one. */
    readonly before?: string
    /** Present when asked for. */
    readonly total?: number
  }
}

/**
 * Lists services by name, as OpenMetadata's `GET /v1/services/…` does, a page at a time, in both directions. Pages are
 * stable while others write: a service that stays is neither skipped nor shown twice. Filters all have to match. A page ends
 * before its limit once it has 8 MiB, and its cursor leads on.
 *
 * With a policy, services whose `ViewBasic` it denies are left out, so that a page may be shorter than its limit, even
 * empty, and yet have one behind it; `total` counts them all.
 *
 * Errors:
 * - `BAD_REQUEST`: an option is wrong, or a cursor is none.
 * - `UNAUTHORIZED`: the policy wants a principal and `options.by` is absent.
 * - `STORE_FAILED`: the store or the policy failed.
 *
 * @example
 * const first = await unwrap(listServices(book, { limit: 50 }))
 * const second = await listServices(book, { limit: 50, after: first.paging.after })
 *
 * Source: OpenMetadata, "List ML Model Services"; `semantics.md` §7.
 */
export function listServices<F extends Family>(
  book: Book<F>,
  options: ListOptions = {},
): ResultAsync<ServicePage<F>, ListServicesError> {
  return entered(
    'listServices',
    book,
    options,
    LIST_OPTIONS,
    'load',
    (read) => list(book, read) as Promise<Result<ServicePage<F>, ListServicesError>>,
  )
}

/**
 * Every service that matches, page after page, for hosts that just want to loop. `limit` is the size of a page, by default
 * 1,000, and not an end.
 *
 * Errors: `BAD_REQUEST`, `UNAUTHORIZED` and `STORE_FAILED`, as `listServices` has them. One is the last element; nothing is
 * thrown.
 *
 * @example
 * for await (const next of allServices(book, { serviceType: 'Mlflow' })) {
 *   if (next.isErr()) throw next.error
 *   console.log(next.value.name)
 * }
 *
 * Source: OpenMetadata, "List ML Model Services"; `semantics.md` §7.
 */
export async function* allServices<F extends Family>(
  book: Book<F>,
  options: Omit<ListOptions, 'before' | 'total'> = {},
): AsyncGenerator<Result<Service<F>, ListServicesError>, void, void> {
  const read = optionsOf(options, ALL_OPTIONS)
  if ('issues' in read) {
    yield err(badRequest(read.issues, read.more))
    return
  }
  const { limit = 1000, ...rest } = read.options as ListOptions
  let { after } = rest
  do {
    const page = await listServices(book, { ...rest, limit: limit === 0 ? 1 : limit, after })
    if (page.isErr()) {
      yield err(page.error)
      return
    }
    for (const service of page.value.services) yield ok(service)
    after = page.value.paging.after
  } while (after !== undefined)
}

const ALL_OPTIONS = ['by', 'limit', 'after', 'include', 'serviceType', 'owner', 'domain', 'tagFQN', 'fields'] as const
const LIST_OPTIONS = [...ALL_OPTIONS, 'before', 'total'] as const

async function list(book: Book, options: ListOptions): Promise<Result<ServicePage, ListServicesError>> {
  const { by, limit = 10, after, before, include = 'non-deleted', total = false } = options
  const { fields, issues: wrong } = besideFieldsOf(options.fields)
  const issues = [...principalIssues(by), ...issuesOf(options), ...wrong]
  const place = placeOf(after ?? before ?? '')
  if ((after ?? before) !== undefined && place === undefined)
    issues.push({ path: after === undefined ? '/before' : '/after', message: 'is not a cursor' })
  if (issues.length > 0) return err(badRequest(issues))
  const missing = await missingPrincipal(book, by, 'ViewBasic')
  if (missing !== undefined) return err(missing)

  const { serviceType, owner, domain, tagFQN } = options
  const filters = Object.entries({ serviceType, owner: owner?.toLowerCase(), domain, tagFQN })
  const query: ListQuery = {
    limit,
    include,
    total,
    ...(place && { [after === undefined ? 'before' : 'after']: place }),
    ...Object.fromEntries(filters.filter(([, value]) => value !== undefined)),
  }
  const { entityType } = book.family
  let found: Page
  try {
    found = await page(
      limit,
      (step, from) => {
        const place = from && { [before === undefined ? 'after' : 'before']: { name: from.name, id: from.id } }
        return trips(book.store).list(entityType, {
          ...query,
          limit: step,
          ...place,
          total: total && from === undefined,
        })
      },
      { backwards: before !== undefined },
    )
  } catch (cause) {
    return err(storeFailed('load', cause))
  }
  const paging = pagingOf(found, { after, before })
  const services = await permitted(
    book,
    by,
    found.services.map((service) => asToday(service, book.birth)),
  )
  const shown = 'code' in services ? services : await besides(book, services, fields)
  return 'code' in shown ? err(shown) : ok({ services: Object.freeze([...shown]), paging })
}

/** The services of a page that the policy lets be seen. */
async function permitted(
  book: Book,
  by: Principal | undefined,
  services: readonly Service[],
): Promise<readonly Service[] | StoreFailed> {
  if (book.policy === undefined) return services
  const denials = await Promise.all(services.map((service) => denial(book, by, 'ViewBasic', service)))
  for (const denied of denials) if (denied?.code === 'STORE_FAILED') return denied
  return services.filter((_, at) => denials[at] === undefined)
}

/** A page with what stands beside its services, by one load; of a service that is another one by then, nothing. */
async function besides(
  { store, family }: Book,
  services: readonly Service[],
  fields: readonly BesideField[],
): Promise<readonly Service[] | StoreFailed> {
  if (services.length === 0 || fields.length === 0) return services
  try {
    const fqns = services.map(({ fullyQualifiedName }) => fullyQualifiedName)
    const held = await trips(store).load(family.entityType, fqns)
    return services.map((service) => {
      const stored = held.get(service.fullyQualifiedName)
      const beside = stored?.service.id === service.id ? stored.beside : null
      return withBeside({ service, beside }, fields)
    })
  } catch (cause) {
    return storeFailed('load', cause)
  }
}

/** Behind a page that was reached by a cursor there is at least where it came from. */
function pagingOf({ services, more, total }: Page, { after, before }: Pick<ListOptions, 'after' | 'before'>) {
  const [first, last] = [services[0], services.at(-1)]
  const backwards = before !== undefined
  return {
    ...(last !== undefined && (backwards || more) && { after: cursorOf(last) }),
    ...(first !== undefined && (backwards ? more : after !== undefined) && { before: cursorOf(first) }),
    ...(total !== undefined && { total }),
  }
}

function issuesOf({
  limit = 10,
  after,
  before,
  include = 'non-deleted',
  total,
  fields = [],
  ...filters
}: ListOptions): Issue[] {
  const issues = [...includeIssues(include), ...limitIssues(limit)]
  if (after !== undefined && before !== undefined)
    issues.push({ path: '/before', message: 'must not be given together with after' })
  if (total !== undefined && typeof total !== 'boolean') issues.push({ path: '/total', message: 'must be a boolean' })
  for (const name of ['serviceType', 'owner', 'domain', 'tagFQN'] as const) {
    const value = filters[name]
    if (value === undefined) continue
    if (typeof value !== 'string' || value.length > 3072 || !value.isWellFormed() || value.includes('\0'))
      issues.push({ path: `/${name}`, message: 'must be a text' })
  }
  return issues
}
