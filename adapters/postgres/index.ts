import type { Fqn, Service, ServiceStore, Stored } from 'servicebook'
import { frozen } from '../frozen.js'
import type { PostgresClient } from './client.js'
import { batches } from './commit.js'
import { marked } from './failure.js'
import { met, preparing, sender } from './send.js'
import * as sql from './sql.js'
import { checked, keysChecked, type PostgresOptions, TABLE_OPTIONS, tablesOf } from './tables.js'
import type { Row } from './wire.js'

export type { PostgresClient } from './client.js'
export { type Migration, migrate, migrations } from './migrate.js'
export { type OutboxEvent, type ReadEventsOptions, readEvents, removeEvents } from './outbox.js'
export type { PostgresOptions } from './tables.js'

/** What `postgresStore` takes besides the client. */
export interface PostgresStoreOptions extends PostgresOptions {
  /** Whether the client is inside `BEGIN … COMMIT`, so that a book tells of no change. Default `false`. */
  readonly inTransaction?: boolean
  /**
   * Whether each change's event is written by the statement that writes the change, for `readEvents`: also of what came over
   * HTTP, in a bulk, or in a transaction of the host. Something has to read and remove them. Default `false`.
   */
  readonly outbox?: boolean
  /**
   * Whether statements about one service are named, so that each connection parses and plans them once, which is a good part
   * of what a single verb takes. `client.query` then has to take `{ name, text, values }`, as that of pg does, and
   * connections have to keep their session. Behind a pooler that gives out connections for a transaction and does not
   * carry names over, all stays right: a statement whose name was not known is sent again without, which after ten losses
   * is how all are sent, so that nothing is gained. Default `false`.
   */
  readonly prepared?: boolean
}

/** A store on PostgreSQL, and what it offers beside the port. */
export interface PostgresStore extends ServiceStore {
  /**
   * Deletes what removed services left behind, once nothing can be under way that knew them. Answers how many.
   *
   * `olderThan` is in milliseconds: default a day, at least a minute. Rejects with `TypeError` below that, or for another
   * option; else with the driver's error.
   *
   * @example
   * setInterval(() => store.removeTombstones().catch(report), 86_400_000)
   */
  removeTombstones(options?: { readonly olderThan?: number }): Promise<number>
}

/**
 * A store in PostgreSQL 13 or later, for hosts that outgrow one process. Run `migrate(client)` first.
 *
 * `client` is yours, and so is closing it: a `pg.Pool`, a `pg.Client`, PGlite, or anything with `query(text, values)` that
 * answers rows, or `{ rows }`. The first statement on a client is a select that shows whether text passes it unchanged;
 * if not, nothing is written, and the error says so. Its other parsers, serializers and transforms may be any. A load is one statement and a commit is one or, when it is large, several; each is a
 * transaction of its own, without session state, names (but for `prepared`) or temporary tables, so that it works behind a
 * transaction pooler. Given a client inside `BEGIN … COMMIT` (READ COMMITTED), the store takes part in that transaction;
 * say so by `inTransaction`.
 *
 * Deadlocks and serialization failures are sent again, ten times within some seconds. What else the driver rejects with is
 * what a verb answers as `STORE_FAILED`, with `applied: false` only where it is certain: the connection was never made, or
 * the server refused the statement with a code that can mean nothing else. A connection that was lost, a server that shuts
 * down, errors of the system and of the server itself (classes 08, 57P, 58, XX) and unknown ones leave it `'unknown'`.
 *
 * Throws `TypeError` when an option is not known, or not what it must be, `client` has no `query`, or is a PGlite to be
 * `prepared`.
 *
 * @example
 * const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
 * await migrate(pool)
 * const book = openBook({ family: mlmodelServices, store: postgresStore(pool) })
 */
export function postgresStore(client: PostgresClient, options: PostgresStoreOptions = {}): PostgresStore {
  checked('postgresStore', client, options, [...TABLE_OPTIONS, 'inTransaction', 'outbox', 'prepared'])
  const { inTransaction = false, outbox = false, prepared = false } = options
  if (typeof inTransaction !== 'boolean') throw new TypeError('inTransaction must be a boolean')
  if (typeof outbox !== 'boolean') throw new TypeError('outbox must be a boolean')
  if (typeof prepared !== 'boolean') throw new TypeError('prepared must be a boolean')
  // It would be left in disorder by a form that it does not know.
  if (prepared && 'execProtocol' in client) throw new TypeError('prepared is no option with PGlite: it takes no names')
  const tables = tablesOf(options)
  const send = sender(client)
  const sendOne = prepared ? preparing(client) : send
  const [load, loadOne] = [sql.load(tables, 'many'), sql.load(tables, 'one')]
  const [find, versions] = [sql.find(tables), sql.versions(tables)]

  return {
    durable: true,
    chunk: 1000,
    provisional: inTransaction,
    outbox,

    async load(family, fqns) {
      const [fqn, ...others] = fqns
      const one = fqn !== undefined && others.length === 0
      const rows = await (one ? sendOne(loadOne, [family, fqn]) : send(load, [family, fqns]))
      return new Map(
        rows.map((row) => {
          const stored = storedOf(row)
          return [stored.service.fullyQualifiedName, stored]
        }),
      )
    },

    async commit(family, changes) {
      const answers: Promise<Answer>[] = []
      for (const { kind, fqns, parameters } of batches(changes, outbox)) {
        // How many names there are decides how a statement about many is run best, and a plan that was kept knows none.
        const sent = kind === 'create' || kind === 'update' ? sendOne : send
        const answer = sent(sql.commit(tables, kind, outbox), [family, ...parameters])
        answers.push(settled(answer.then((rows) => rows.map(([place]) => fqns[Number(place) - 1] as Fqn))))
      }
      return refusedOf(await Promise.all(answers))
    },

    async find(family, id) {
      if (!UUID.test(id)) return undefined
      const [row] = await sendOne(find, [family, id])
      return row && storedOf(row)
    },

    async list(family, query) {
      const asked = sql.list(tables, family, query, 'page')
      const rows = await send(asked.text, asked.values)
      const more = rows.length > query.limit
      const services = rows.slice(0, query.limit).map(([service]) => serviceOf(service))
      if (query.before !== undefined) services.reverse()
      if (query.total !== true) return { services, more }
      const counted = sql.list(tables, family, query, 'total')
      const [count] = await send(counted.text, counted.values)
      return { services, more, total: Number(count?.[0]) }
    },

    async versions(family, fqn, id, { limit, below = null }) {
      if (!UUID.test(id)) return []
      const rows = await sendOne(versions, [family, fqn, id, below, limit])
      return rows.map(([service]) => serviceOf(service))
    },

    async removeTombstones(given = {}) {
      keysChecked('removeTombstones', given, ['olderThan'])
      const { olderThan = 86_400_000 } = given
      if (!Number.isFinite(olderThan) || olderThan < 60_000) {
        throw new TypeError('olderThan must be at least 60,000 milliseconds')
      }
      const { distributed } = await met(client)
      const [count] = await send(sql.removeTombstones(tables, distributed), [olderThan])
      return Number(count?.[0])
    },
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function storedOf([revision, service, sealed = null, beside = null]: Row): Stored {
  const parsed = beside === null ? null : (frozen(JSON.parse(beside)) as Stored['beside'])
  return Object.freeze({ service: serviceOf(service), sealed, beside: parsed, revision: Number(revision) })
}

const serviceOf = (text: string | null | undefined): Service => frozen(JSON.parse(String(text))) as Service

/** The names that one statement refused. */
type Answer = PromiseSettledResult<readonly Fqn[]>

async function settled(answer: Promise<readonly Fqn[]>): Promise<Answer> {
  const [result] = await Promise.allSettled([answer])
  return result
}

/** What a commit refused. When one of its statements failed, what the others wrote is not told apart. */
function refusedOf(answers: readonly Answer[]): readonly Fqn[] {
  const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
  if (failures.length === 0) return answers.flatMap((answer) => ('value' in answer ? answer.value : []))
  const nothing = failures.length === answers.length && failures.every((failure) => failure?.applied === false)
  throw nothing ? failures[0] : marked(failures[0], 'unknown')
}
