import { type Awaitable, type Book, MASK, type Principal, revealService, type Service } from 'servicebook'
import { type Answer, refusal } from './answers.js'
import type { Path } from './path.js'
import type { Parameters } from './query.js'
import type { Wire } from './wire.js'

/** A request that has found its book, and who sends it. */
export interface Call {
  readonly request: Request
  readonly book: Book
  readonly by: Principal | undefined
  readonly wire: Wire
  readonly parameters: Parameters
  readonly path: Path
  /** Bytes at most, of a body and of that of a bulk, and its rows. */
  readonly limits: { readonly body: number; readonly bulk: number; readonly rows: number }
}

/** What a route does: reads the request, calls a verb, shows what it answered. */
export type Operation = (call: Call) => Promise<Answer>

/**
 * A service as a principal may see it: to bots in clear, as on the server, where the policy allows `ViewSecrets`; to
 * everybody else masked.
 */
export function inClear(book: Book, service: Service, by: Principal | undefined): Awaitable<Service | Answer> {
  if (by?.isBot !== true || !JSON.stringify(service.connection ?? null).includes(MASK)) return service
  return revealedTo(book, service, by)
}

async function revealedTo(book: Book, service: Service, by: Principal): Promise<Service | Answer> {
  const revealed = await revealService(book, { id: service.id }, { by, include: 'all' })
  if (revealed.isOk()) {
    // What stands beside it was read with the service.
    const { followers, testConnectionResult } = service
    const beside = { ...(followers && { followers }), ...(testConnectionResult && { testConnectionResult }) }
    return { ...revealed.value, ...beside }
  }
  return revealed.error.code === 'STORE_FAILED' ? refusal(revealed.error) : service
}
