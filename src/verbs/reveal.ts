import { err, ok, type Result, type ResultAsync } from 'neverthrow'
import type { Book } from '../book.js'
import { entered } from '../execution/entrance.js'
import { type GetOptions, look } from '../execution/look.js'
import { opened } from '../execution/secrecy.js'
import type { Family } from '../families/family.js'
import type { GetServiceError, StoreFailed } from '../model/errors.js'
import type { Subject } from '../model/fqn.js'
import type { ConnectionOf, Service } from '../model/service.js'
import { revealConfig } from '../rules/masked.js'

/**
 * The connection of a service with its secrets in clear, for whoever has to use it. Nothing but this and
 * `revealService` shows a secret; `undefined` when the service has no connection. The subject and `include` are those of `getService`.
 *
 * Errors:
 * - `BAD_REQUEST`: the subject or an option is wrong.
 * - `UNAUTHORIZED`: the policy wants a principal and `options.by` is absent.
 * - `FORBIDDEN`: the policy denies `ViewSecrets` on the service; or there is none, and the caller may see none.
 * - `ENTITY_NOT_FOUND`: there is none, or `include` leaves it out.
 * - `STORE_FAILED`: the store or the policy failed, or, with `during: 'open'`, the cipher: the message names the key.
 *
 * @example
 * const revealed = await revealConnection(book, 'sagemaker', { by: { name: 'ingestion', isBot: true } })
 * if (revealed.isOk()) revealed.value?.config
 *
 * Source: OpenMetadata decrypts for bots; `semantics.md` §8.
 */
export function revealConnection<F extends Family>(
  book: Book<F>,
  subject: Subject,
  options: GetOptions = {},
): ResultAsync<ConnectionOf<F> | undefined, GetServiceError> {
  return revealService(book, subject, options).map(({ connection }) => connection as ConnectionOf<F> | undefined)
}

/**
 * A service with its connection as `revealConnection` shows it: both from one reading, so that they belong together.
 *
 * Errors: those of `revealConnection`; a cipher that cannot open the secrets is `STORE_FAILED` with `during: 'open'`.
 *
 * @example
 * const revealed = await revealService(book, 'sagemaker', { by: { name: 'ingestion', isBot: true } })
 *
 * Source: OpenMetadata decrypts for bots; `semantics.md` §8.
 */
export function revealService<F extends Family>(
  book: Book<F>,
  subject: Subject,
  options: GetOptions = {},
): ResultAsync<Service<F>, GetServiceError> {
  return entered(
    'revealService',
    book,
    options,
    ['by', 'include'],
    'load',
    (read) => reveal(book, subject, read) as Promise<Result<Service<F>, GetServiceError>>,
  )
}

async function reveal(book: Book, subject: Subject, options: GetOptions): Promise<Result<Service, GetServiceError>> {
  const looked = await look(book, subject, options, 'ViewSecrets')
  if (looked.isErr()) return err(looked.error)
  const { service, sealed } = looked.value
  if (service.connection === undefined || sealed === null) return ok(service)
  const [text] = (await opened(book, [looked.value])) as [string | StoreFailed]
  if (typeof text !== 'string') return err(text)
  const config = revealConfig(service.connection.config as Readonly<Record<string, unknown>>, text)
  return ok(Object.freeze({ ...service, connection: Object.freeze({ config }) }) as Service)
}
