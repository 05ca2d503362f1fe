import { err, ok, type Result } from 'neverthrow'
import type { Book } from '../book.js'
import { denial, missingPrincipal } from '../execution/authorise.js'
import { optionsOf } from '../execution/entrance.js'
import type { Beside } from '../model/beside.js'
import {
  type BadRequest,
  badRequest,
  type Forbidden,
  type StoreFailed,
  storeFailed,
  type Unauthorized,
} from '../model/errors.js'
import type { Principal } from '../model/principal.js'
import type { Service } from '../model/service.js'
import type { Place, Stored } from '../ports/store.js'
import { principalIssues } from '../rules/principal.js'

/** What `exportServices` takes besides the book. */
export interface ExportOptions {
  /** Who reads: shown to the policy. */
  readonly by?: Principal | undefined
  /**
   * `'sealed'`: as the store holds them, for a book that has the key; a book without a cipher, which keeps them in clear,
   * refuses. `'none'`: left out; what is imported then has masks and nothing behind them. Default `'sealed'`.
   */
  readonly secrets?: 'sealed' | 'none' | undefined
}

/** A service with all that is kept of it, plain JSON data: what `importServices` reads. */
export interface ExportedService {
  /** The entity type of its family, for example `mlmodelService`. */
  readonly family: string
  readonly service: Service
  /** Its superseded versions, the newest first. */
  readonly history: readonly Service[]
  readonly sealed: string | null
  /** Its followers and the last test of its connection, which are in no version; absent in what an older release wrote. */
  readonly beside?: Beside | null
}

/** What `exportServices` can end with. */
export type ExportServicesError = BadRequest | Unauthorized | Forbidden | StoreFailed

/** Services read at a time. */
const PAGE = 100

/** Versions read at a time. */
const VERSIONS = 256

/**
 * All services of a book with their whole history, soft-deleted ones too, by name: for a backup, or for another store, where
 * `importServices` writes them as they are. Each is one moment of its service, whoever writes meanwhile; it takes the memory
 * of a hundred services with their histories. Followers and the last test result, which stand beside a service, go along.
 *
 * It yields a `Result` a service, and ends with the first error:
 * - `BAD_REQUEST`: an option is wrong, or there are secrets and the book has no cipher.
 * - `UNAUTHORIZED`: the policy wants a principal and `options.by` is absent.
 * - `FORBIDDEN`: the policy denies `ViewBasic`, or `ViewSecrets` where sealed secrets would be exported.
 * - `STORE_FAILED`: the store or the policy failed.
 *
 * @example
 * for await (const one of exportServices(book)) if (one.isOk()) file.write(`${JSON.stringify(one.value)}\n`)
 *
 * Source: `semantics.md` §3, §8.
 */
export async function* exportServices(
  book: Book,
  options: ExportOptions = {},
): AsyncGenerator<Result<ExportedService, ExportServicesError>, void> {
  const read = optionsOf(options, ['by', 'secrets'])
  if ('issues' in read) return yield err(badRequest(read.issues, read.more))
  const { by, secrets = 'sealed' } = read.options as ExportOptions
  const issues = [...principalIssues(by)]
  if (secrets !== 'sealed' && secrets !== 'none') issues.push({ path: '/secrets', message: 'must be sealed or none' })
  if (issues.length > 0) return yield err(badRequest(issues))
  const missing = await missingPrincipal(book, by, 'ViewBasic')
  if (missing !== undefined) return yield err(missing)
  let after: Place | undefined
  for (let more = true; more; ) {
    let found: readonly { stored: Stored; history: readonly Service[] }[]
    try {
      const query = { limit: PAGE, include: 'all', ...(after && { after }) } as const
      const page = await book.store.list(book.family.entityType, query)
      found = await momentsOf(
        book,
        page.services.map(({ fullyQualifiedName }) => fullyQualifiedName),
      )
      more = page.more
      after = page.services.at(-1)
    } catch (cause) {
      return yield err(storeFailed('load', cause))
    }
    for (const { stored, history } of found) {
      const shows = secrets === 'sealed' && stored.sealed !== null
      const denied =
        (await denial(book, by, 'ViewBasic', stored.service)) ??
        (shows ? await denial(book, by, 'ViewSecrets', stored.service) : undefined)
      if (denied !== undefined) return yield err(denied)
      if (shows && book.cipher === undefined) return yield err(badRequest([{ path: '/secrets', message: IN_CLEAR }]))
      const { service, sealed, beside } = stored
      yield ok({ family: book.family.entityType, service, history, sealed: shows ? sealed : null, beside })
    }
  }
}

const IN_CLEAR = 'are kept in clear, since the book has no cipher: openBook({ cipher }), or leave them out by none'

/** Services with their histories, each as it was at one moment: nobody wrote between the two reads of it. */
async function momentsOf(book: Book, names: readonly string[]) {
  const family = book.family.entityType
  const whole = new Map<string, { stored: Stored; history: readonly Service[] }>()
  for (let left = names; left.length > 0; ) {
    const held = await book.store.load(family, left)
    const histories = new Map<string, readonly Service[]>()
    for (const [name, { service }] of held) histories.set(name, await historyOf(book, service))
    const again = [...held.values()].some(({ service }) => service.changeDescription !== undefined)
      ? await book.store.load(family, left)
      : held
    const changed: string[] = []
    for (const [name, stored] of held) {
      const now = again.get(name)
      if (now === undefined || now.service.id !== stored.service.id || now.revision !== stored.revision)
        changed.push(name)
      else whole.set(name, { stored, history: histories.get(name) ?? [] })
    }
    left = changed
  }
  return names.flatMap((name) => whole.get(name) ?? [])
}

async function historyOf({ family, store }: Book, { fullyQualifiedName, id, changeDescription }: Service) {
  const history: Service[] = []
  if (changeDescription === undefined) return history
  for (let below: number | undefined; ; ) {
    const query = { limit: VERSIONS, ...(below !== undefined && { below }) }
    const versions = await store.versions(family.entityType, fullyQualifiedName, id, query)
    history.push(...versions)
    below = versions.at(-1)?.version
    if (versions.length < VERSIONS) return history
  }
}
