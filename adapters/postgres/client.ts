/**
 * Whatever sends SQL: a `pg.Pool` or `pg.Client`, PGlite, or a few words around another driver. Values are text, lists of
 * text, numbers and `null`.
 *
 * @example
 * const sql = postgres(process.env.DATABASE_URL)
 * const client = { query: async (text, values) => ({ rows: await sql.unsafe(text, values) }) } // postgres.js
 */
export interface PostgresClient {
  query(text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>
}

export type Row = Readonly<Record<string, unknown>>
/** Sends one statement and answers its rows. */
export type Send = (text: string, values: readonly unknown[]) => Promise<readonly Row[]>

const TRIES = 11

/**
 * Sends statements that are each a transaction of their own. One that lost to another by a deadlock or a serialization
 * failure wrote nothing and is sent again, ten times; in a host's transaction, which is lost with it, it throws.
 */
export function sender(client: PostgresClient): Send {
  const query = isOneConnection(client) ? oneByOne(client) : client.query.bind(client)
  return async (text, values) => {
    let lost: unknown
    for (let tries = 1; ; tries++) {
      try {
        return (await query(text, [...values])).rows as readonly Row[]
      } catch (error) {
        const state = sqlState(error)
        if (state === IN_FAILED_TRANSACTION && lost !== undefined) throw judged(lost)
        if (state === undefined || !LOST.has(state) || tries === TRIES) throw judged(error)
        lost = error
        // At once, for a transaction of the host cannot be mended by waiting; then later and later.
        if (tries > 1) await pause(tries)
      }
    }
  }
}

/** A connection of pg takes one statement at a time; its pool, PGlite and postgres.js put calls in line themselves. */
function isOneConnection(client: PostgresClient): boolean {
  return 'connect' in client && !('totalCount' in client)
}

function oneByOne(client: PostgresClient): PostgresClient['query'] {
  let tail: Promise<unknown> = Promise.resolve()
  return (text, values) => {
    const mine = tail.then(() => client.query(text, values))
    tail = mine.catch(() => {})
    return mine
  }
}

/* SQLSTATE codes: PostgreSQL, Appendix A. */
const LOST: ReadonlySet<string> = new Set(['40001', '40P01'])
const IN_FAILED_TRANSACTION = '25P02'
const UNDEFINED_TABLE = '42P01'
/** A connection that broke, a server that shuts down, a session that was ended: what it had begun may be done. */
const LEAVES_OPEN = /^(08...|57P..|25P03|25P04|40003)$/

/** What the driver says when it never had a connection. */
const NEVER_SENT: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'CONNECT_TIMEOUT',
])
const POOL_IS_FULL = 'timeout exceeded when trying to connect'

/** Says of a failure whether it is certain that nothing was written: the server refused the statement, or never saw it. */
function judged(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error
  const state = sqlState(error)
  const refused = state !== undefined && !LEAVES_OPEN.test(state)
  const unsent =
    ('code' in error && NEVER_SENT.has(error.code)) || ('message' in error && error.message === POOL_IS_FULL)
  if (state === UNDEFINED_TABLE) {
    const message = `${(error as Error).message}: has migrate() from servicebook/postgres been run?`
    return Object.assign(new Error(message, { cause: error }), { applied: false, code: state })
  }
  return refused || unsent ? Object.assign(error, { applied: false }) : error
}

/** The five characters of an error that came from the server. Those of a driver, such as EPIPE, begin with an E. */
function sqlState(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[0-9FHPX][0-9A-Z]{4}$/.test(code) ? code : undefined
}

/** Up to half a second, and never the same for two rivals. */
function pause(tries: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** tries, 500)))
}
