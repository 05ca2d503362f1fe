import { allServices, type Book, bulkUpsert, type Family, openBook, type Service } from 'servicebook'
import type * as families from 'servicebook/families'
import { serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { door, forHere } from '../door.js'
import { listen } from '../listen.js'
import { administered } from './admin.js'
import { type Clock, clockAt } from './clock.js'
import { type Failure, failures } from './failures.js'
import { countedIds } from './ids.js'
import { type StandInOptions, settled } from './options.js'
import { type Sent, sentRequests } from './sent.js'

export type { Clock } from './clock.js'
export type { Failure } from './failures.js'
export type { StandInOptions } from './options.js'
export type { Sent } from './sent.js'

type Families = typeof families

/** The families of OpenMetadata by their collections. */
type Collections = { [K in keyof Families as K extends `${string}Services` ? K : never]: Families[K] }

type BookOf<C extends string> = C extends keyof Collections
  ? Collections[C] extends Family
    ? Book<Collections[C]>
    : never
  : Book

/** OpenMetadata's services, in this process. */
export interface StandIn {
  /** Where it answers, `/api` included: what a client is given. */
  readonly url: string
  /**
   * The same without a socket, whatever host a `Request` names: what fakes the network passes it on. What begins with `/v1`
   * is below `url`. Rejects with `TypeError` where a connection is dropped.
   */
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** A book by its collection, for `createService` and its kin. Throws `TypeError` when there is none. */
  book<C extends string>(collection: C): BookOf<C>
  /** All services of all families, soft-deleted ones too, by family and name. */
  services(): Promise<readonly Service[]>
  /** What was sent, the oldest first, the last ten thousand; secrets masked. */
  readonly requests: readonly Sent[]
  /** Forgets what was sent. */
  forget(): void
  /** Makes requests fail, come late or get no answer. Of several failures that fit, the one told last counts. */
  fail(failure?: Failure): void
  /** Takes back all failures to come. */
  heal(): void
  readonly clock: Clock
  /** Remembers services, ids and the clock, in microseconds and without a copy; answers what `restore` takes. */
  snapshot(): number
  /**
   * Goes to a snapshot, in microseconds, whatever was written since: as often as wanted, and in any order. Unless told it is
   * the one that was taken or gone to last. `reset()` ends all. Throws `Error` for one that there is not.
   */
  restore(snapshot?: number): void
  /** Goes back to the start: the seed, the ids, the clock; what was sent is forgotten, no failures are to come. */
  reset(): void
  /** Ends the server, when what is under way has its answer. */
  close(): Promise<void>
}

const BASE = '/api'

/** Who the stand-in itself is. */
const OWNER = { name: 'admin', isAdmin: true } as const

/**
 * Stands in for an OpenMetadata in tests: all families, in memory, behind OpenMetadata's HTTP API on loopback. Ids and
 * answers are the same from run to run, and with a `clock` times are too; `reset()` between two tests takes microseconds.
 *
 * It takes any token unless given some; a JWT says who writes by its `sub`, and with `isBot` sees secrets in clear, as
 * OpenMetadata's bots do. Tokens are not verified: it must not be reachable by anybody else, and listens on 127.0.0.1 alone.
 *
 * Rejects with `TypeError` when an option is wrong, with `Error` when the seed is refused or the port is taken.
 *
 * @example
 * const om = await standIn({ seed: { mlmodelServices: [{ name: 'churn', serviceType: 'Sklearn' }] } })
 * const answer = await fetch(`${om.url}/v1/services/mlmodelServices/name/churn`)
 * om.fail({ route: 'PUT /v1/services/mlmodelServices', status: 503, times: 2 })
 * om.reset()
 * await om.close()
 */
export async function standIn(options: StandInOptions = {}): Promise<StandIn> {
  const { seed, clock: instant, tokens, port, families, admin, policy } = settled(options)
  const [store, clock, ids, toFail] = [memoryStore(), clockAt(instant), countedIds(), failures()]
  const ports = { store, now: clock.now, newId: ids.next, ...(policy && { policy }), partialConnections: true }
  const books = new Map<string, Book>(families.map((family) => [family.collection, openBook({ family, ...ports })]))
  const sent = sentRequests(books)
  const handler = serviceHandler([...books.values()], {
    basePath: BASE,
    authenticate: door(tokens),
  })

  for (const [collection, rows] of Object.entries(seed)) await sow(books.get(collection) as Book, rows)
  const snapshots: (() => void)[] = []
  let last = 0
  snapshot()

  function snapshot(): number {
    const marks = [store.snapshot(), clock.mark(), ids.mark()]
    snapshots.push(() => {
      for (const back of marks) back()
    })
    last = snapshots.length - 1
    return last
  }

  function restore(to = last): void {
    const back = Number.isInteger(to) ? snapshots[to] : undefined
    if (back === undefined) throw new Error('There is no such snapshot, or it is gone: reset() ends all')
    back()
    last = to
  }

  async function answered(request: Request): Promise<Response> {
    // A Host that is none may make a URL that is none; the handler says so.
    if (!URL.canParse(request.url)) return handler(request)
    const { pathname, search } = new URL(request.url)
    if (admin && pathname.startsWith('/__admin/')) return administered(om, request, pathname.slice('/__admin'.length))
    const path = pathname.startsWith(`${BASE}/`) ? pathname.slice(BASE.length) : pathname
    const note = sent.note(request, path + search)
    const fate = toFail.next(request.method, path)
    const isAnswered = fate === undefined || fate.applied || (fate.status === undefined && !fate.drop)
    let response = isAnswered ? await handler(note.request) : undefined
    if (fate !== undefined) {
      if (fate.delay > 0) await pause(fate.delay)
      if (fate.drop) throw new TypeError('fetch failed: the stand-in dropped the connection')
      if (fate.status !== undefined) response = refusal(fate.status)
    }
    const answer = response as Response
    note.answered(answer.status)
    return answer
  }

  let origin = 'http://127.0.0.1'
  let stop = async () => {}
  const om: StandIn = {
    get url() {
      return origin + BASE
    },
    fetch(input, init) {
      if (typeof input === 'object' && 'method' in input && init === undefined) return answered(input)
      const isBelow = typeof input === 'string' && input.startsWith('/v1/')
      const target =
        typeof input === 'object' && 'method' in input ? input : new URL(isBelow ? BASE + input : input, origin)
      return answered(new Request(target, init))
    },
    book<C extends string>(collection: C) {
      const book = books.get(collection)
      if (book === undefined)
        throw new TypeError(`There is no book of ${collection}: there are ${[...books.keys()].join(', ')}`)
      return book as BookOf<C>
    },
    async services() {
      const found: Service[] = []
      for (const book of books.values())
        for await (const one of allServices(book, { by: OWNER, include: 'all' })) {
          if (one.isErr()) throw new Error(one.error.message)
          found.push(one.value)
        }
      return found
    },
    get requests() {
      return sent.list()
    },
    forget: sent.clear,
    fail: (failure = {}) => toFail.add(failure),
    heal: toFail.clear,
    clock: { now: clock.now, advance: clock.advance, set: clock.set },
    snapshot,
    restore,
    reset() {
      restore(0)
      snapshots.length = 1
      sent.clear()
      toFail.clear()
    },
    close: () => stop(),
  }
  if (port !== false) {
    const server = await listen(forHere(answered), port)
    origin = server.origin
    stop = server.stop
  }
  return om
}

// As it was at import: a suite that fakes time means the clock.
const { setTimeout } = globalThis
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function sow(book: Book, rows: Iterable<object>): Promise<void> {
  const report = await bulkUpsert(book, rows as never, { by: OWNER, rows: 'failed' })
  if (report.isOk() && report.value.status === 'success') return
  throw new Error(`The seed of ${book.family.collection} is refused: ${whyNot(report)}`)
}

function whyNot(report: Awaited<ReturnType<typeof bulkUpsert>>): string {
  if (report.isErr()) return reasonOf(report.error)
  const [failed] = report.value.rows
  return failed?.error === undefined ? 'its rows cannot be read' : `row ${failed.index}: ${reasonOf(failed.error)}`
}

function reasonOf(error: { readonly message: string; readonly issues?: readonly { path: string; message: string }[] }) {
  return error.issues?.map(({ path, message }) => `${path} ${message}`).join(', ') ?? error.message
}

function refusal(status: number): Response {
  const body = { code: status, errorType: 'STAND_IN', message: 'The stand-in was told to fail' }
  return Response.json(body, { status, ...(status === 503 && { headers: { 'Retry-After': '1' } }) })
}
