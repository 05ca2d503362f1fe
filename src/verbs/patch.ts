import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { entered } from '../execution/entrance.js'
import { timeOf } from '../execution/host.js'
import { unresolved } from '../execution/resolve.js'
import { revise } from '../execution/revise.js'
import { opened } from '../execution/secrecy.js'
import type { Family } from '../families/family.js'
import { badRequest, type PatchServiceError, storeFailed } from '../model/errors.js'
import type { Subject } from '../model/fqn.js'
import type { Principal } from '../model/principal.js'
import type { Service } from '../model/service.js'
import type { Representation } from '../ports/representation.js'
import type { Stored } from '../ports/store.js'
import type { PatchOperation } from '../rules/apply.js'
import { comparesSecrets, consolidatesFrom, decidePatch, type Revision } from '../rules/decide.js'
import { checkedOperations, operationsOf, patched } from '../rules/patch.js'
import type { ReviseOptions } from './restore.js'

/** What `patchService` takes besides the subject and the operations. */
export interface PatchOptions extends ReviseOptions {
  /** How the service looks to whoever wrote the operations. Default: as verbs answer it. */
  readonly as?: Representation | undefined
}

/** What a patch did, and the service as it now is. */
export interface PatchedService<F extends Family = Family> {
  readonly outcome: 'updated' | 'unchanged'
  readonly service: Service<F>
}

/**
 * Applies JSON Patch operations (RFC 6902) to a live service, masked as every verb shows it, as OpenMetadata's
 * `PATCH /v1/services/…/{id}` does. What comes of it is checked like a request, and may lack what upsert cannot remove. A
 * secret that is still the mask is kept.
 *
 * - `id`, `name`, `fullyQualifiedName`, `version`, `deleted`, `updatedAt`, `updatedBy` and `changeDescription` can be tested
 *   and not changed.
 * - Patches of one named principal within 10 minutes are one change: the version stays, and its change description tells
 *   all of it. One that undoes the rest takes the version back. Not with `ifMatch`, and never where `connection` or
 *   `serviceType` changes.
 * - The policy is asked for `EditDescription`, `EditDisplayName`, `EditOwners` and `EditTags` where a patch changes that,
 *   and for `EditAll` otherwise.
 *
 * Errors:
 * - `BAD_REQUEST`: an operation is none or cannot be applied, or what comes of it breaks a rule. Paths of issues lead into
 *   the operations (`/0/path`), or, once they were applied, into the service.
 * - `UNAUTHORIZED`: the policy wants a principal and `options.by` is absent.
 * - `FORBIDDEN`: the policy denies one of these; or there is none, and the caller may see none.
 * - `ENTITY_NOT_FOUND`: there is no such service, it is soft-deleted, or it would refer to something unknown.
 * - `PRECONDITION_FAILED`: a `test` failed, or the service is not in the state that `ifMatch` names.
 * - `CONTENDED`: other processes won the race `attempts` times. Nothing was written.
 * - `STORE_FAILED`: the store, the policy, the directory or the cipher failed; `applied` says whether it may be written.
 *
 * @example
 * await patchService(book, 'mlflow_prod', [{ op: 'remove', path: '/owners' }], { by: { name: 'ada' } })
 *
 * Source: OpenMetadata, "Update an ML Model Service"; RFC 6902; `semantics.md` §7.
 */
export function patchService<F extends Family>(
  book: Book<F>,
  subject: Subject,
  operations: readonly PatchOperation[],
  options: PatchOptions = {},
): ResultAsync<PatchedService<F>, PatchServiceError> {
  return entered(
    book,
    options,
    ['by', 'ifMatch', 'as'],
    'commit',
    (read) => patch(book, subject, operations, read) as Promise<Result<PatchedService<F>, PatchServiceError>>,
  )
}

async function patch(
  book: Book,
  subject: Subject,
  given: unknown,
  { by, ifMatch, as: passed }: PatchOptions,
): Promise<Result<PatchedService, PatchServiceError>> {
  const operations = readOperations(book, given)
  const as = passed === undefined ? itself : representationOf(passed)
  const isBad = 'code' in operations
  const revised = await revise(book, subject, {
    by,
    ifMatch,
    include: 'non-deleted',
    issues: [...(isBad ? operations.issues : []), ...(as === undefined ? [AS_ISSUE] : [])],
    operations: isBad ? ['EditAll'] : operationsOf(operations),
    decide: (stored) => (isBad ? operations : decide(book, stored, operations, as ?? itself, by, ifMatch)),
  })
  if ('code' in revised) return err(revised)
  const outcome = revised.outcome === 'unchanged' ? 'unchanged' : 'updated'
  return ok({ outcome, service: revised.stored.service })
}

async function decide(
  book: Book,
  stored: Stored,
  operations: readonly PatchOperation[],
  as: Representation,
  by: Principal | undefined,
  ifMatch: string | undefined,
): Promise<Revision | PatchServiceError> {
  const result = await applied(book, stored.service, operations, as)
  if ('code' in result) return result
  const request = book.validate(result.request)
  if ('error' in request) return request.error
  const [missing] = await unresolved(book, [request])
  if (missing !== undefined) return missing
  let clear: string | null = null
  if (!result.keepsConnection && comparesSecrets(stored, request)) {
    const [text] = await opened(book, [stored])
    if (typeof text !== 'string') return text as PatchServiceError
    clear = text
  }
  const now = timeOf(book)
  if (typeof now !== 'number') return now
  const from = ifMatch === undefined ? consolidatesFrom(stored, !result.keepsConnection, now, by) : undefined
  const previous = from === undefined ? undefined : await versionOf(book, stored.service, from)
  if (previous !== undefined && 'code' in previous) return previous
  return decidePatch(stored, clear, request, { keepsConnection: result.keepsConnection, previous }, now, by)
}

async function applied(
  book: Book,
  service: Service,
  operations: readonly PatchOperation[],
  { show, read }: Representation,
) {
  try {
    return patched(service, await show(service), read, operations, book.limits)
  } catch (cause) {
    return storeFailed('resolve', cause)
  }
}

/** The operations as plain values; a proxy may refuse to be read at all. */
function readOperations(book: Book, given: unknown) {
  try {
    return checkedOperations(given, book.limits)
  } catch {
    return badRequest([{ path: '', message: 'cannot be read' }])
  }
}

const AS_ISSUE = { path: '/as', message: 'must be a representation: { show, read }' }

/** Both directions, read once. */
function representationOf(given: Representation): Representation | undefined {
  try {
    const { show, read } = given
    if (typeof show !== 'function' || typeof read !== 'function') return undefined
    return { show: (service) => show.call(given, service), read: (document) => read.call(given, document) }
  } catch {
    return undefined
  }
}

/** A service as verbs answer it. */
const itself: Representation = { show: (service) => service, read: (request) => ({ request }) }

/** The version before the stored one, if it is the one that its change description names. */
async function versionOf(book: Book, { fullyQualifiedName, id, version }: Service, wanted: number) {
  try {
    const query = { limit: 1, below: version }
    const [found] = await book.store.versions(book.family.entityType, fullyQualifiedName, id, query)
    return found?.version === wanted ? found : undefined
  } catch (cause) {
    return storeFailed('load', cause)
  }
}
