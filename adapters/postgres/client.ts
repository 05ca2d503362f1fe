import { channelOf, isSeen, type Message, seen } from '../../src/channels.js'
import { IN_FAILED_TRANSACTION, isLost, judged, sqlState, unwritten } from './failure.js'
import { type Row, rowsOf, textOf } from './wire.js'

/**
 * Whatever sends SQL: a `pg.Pool` or `pg.Client`, PGlite, or a few words around another driver. Values are text or `null`;
 * rows are answered as a list, or under `rows`, each an object or a list. The host's parsers, serializers and renamings of
 * columns make no difference, unless they change text: that is said before anything is written.
 *
 * @example
 * const sql = postgres(process.env.DATABASE_URL)
 * const client = { query: (text, values) => sql.unsafe(text, values) } // postgres.js
 */
export interface PostgresClient {
  query(text: string, values: unknown[]): Promise<readonly unknown[] | { readonly rows: readonly unknown[] }>
}

/** Sends one statement and answers its rows. */
export type Send = (text: string, values: readonly unknown[]) => Promise<readonly Row[]>

/** What a client's first answer said. */
interface Meeting {
  /** Whether there is a table of the name that was asked for. */
  readonly there: boolean
  /** Whether the server spreads its tables over others. */
  readonly distributed: boolean
}

/** What all stores on one client share. */
interface Line {
  readonly query: PostgresClient['query']
  met: Promise<Meeting> | undefined
}

const channel = channelOf('servicebook.statement')

const lines = new WeakMap<PostgresClient, Line>()

/**
 * Sends statements that are each a transaction of their own. One that lost to another by a deadlock or a serialization
 * failure wrote nothing and is sent again, ten times; in a host's transaction, which is lost with it, it throws.
 */
export function sender(client: PostgresClient): Send {
  const line = lineOf(client)
  return async (text, values) => {
    const { distributed } = await (line.met ?? meet(client))
    return answered(line.query, text, values, distributed)
  }
}

/**
 * Texts that any reading but the plain one would change: a number among blanks, JSON with a date and a key to rename, none
 * at all; then a list, whose elements come back in one text.
 */
const SAID = [' 007 ', '{"a_b":"2001-02-03T04:05:06.000Z"}', ''] as const
const LIST = ['a_b', '{"c\\d"},', ''] as const
const HEARD = [...SAID, LIST.join('|'), null]

const INTRODUCTION = `select $1::text as one, $2::text as two, $3::text as three, array_to_string($4::text[], '|') as four,
  null::text as five, (to_regclass(nullif($5::text, '')) is not null)::text as there,
  exists (select from pg_catalog.pg_extension where extname = 'citus')::text as distributed,
  pg_client_encoding()::text as encoding`

/** SQL_ASCII is the bytes as they are. */
const ENCODINGS: readonly unknown[] = ['UTF8', 'SQL_ASCII']

/** What a client said when it was met, which it is now if it was not. */
export const met = (client: PostgresClient): Promise<Meeting> => lineOf(client).met ?? meet(client)

/** A client is met by a statement that writes nothing, whose answer is known: one that answers otherwise is told so. */
export function meet(client: PostgresClient, table = ''): Promise<Meeting> {
  const line = lineOf(client)
  const meeting = introduced(line.query, table)
  line.met = meeting
  meeting.catch(() => {
    if (line.met === meeting) line.met = undefined
  })
  return meeting
}

async function introduced(query: PostgresClient['query'], table: string): Promise<Meeting> {
  try {
    const rows = await answered(query, INTRODUCTION, [...SAID, LIST, table], false)
    const [row = []] = rows
    if (rows.length !== 1 || row.length !== HEARD.length + 3 || HEARD.some((text, at) => row[at] !== text)) {
      throw new Error('client.query must answer text as it is, in the order of its columns')
    }
    const [there, distributed, encoding] = row.slice(HEARD.length)
    if (!ENCODINGS.includes(encoding))
      throw new Error(`client_encoding must be UTF8, as drivers set it, not ${encoding}`)
    return { there: there === 'true', distributed: distributed === 'true' }
  } catch (error) {
    throw unwritten(error)
  }
}

const TRIES = 11

async function answered(
  query: PostgresClient['query'],
  text: string,
  values: readonly unknown[],
  distributed: boolean,
): Promise<readonly Row[]> {
  let lost: unknown
  for (let tries = 1; ; tries++) {
    let answer: unknown
    try {
      answer = await stated(query, text, values)
    } catch (error) {
      if (sqlState(error) === IN_FAILED_TRANSACTION && lost !== undefined) throw judged(lost, distributed)
      if (!isLost(error) || tries === TRIES) throw judged(error, distributed)
      lost = error
      // At once, for a transaction of the host cannot be mended by waiting; then later and later.
      if (tries > 1) await pause(tries)
      continue
    }
    return rowsOf(answer)
  }
}

/** Seen at work on `tracing:servicebook.statement:*`: the text alone, which has no values. */
function stated(query: PostgresClient['query'], text: string, values: readonly unknown[]): Promise<unknown> {
  if (!isSeen(channel)) return query(text, values.map(textOf))
  const statement = { text }
  return seen(
    channel,
    statement,
    () => query(text, values.map(textOf)),
    (told: Message, answer) => {
      const rows = Array.isArray(answer) ? answer : (answer as { rows?: unknown } | null | undefined)?.rows
      told.outcomes = { rows: Array.isArray(rows) ? rows.length : 0 }
    },
  )
}

function lineOf(client: PostgresClient): Line {
  const known = lines.get(client)
  if (known !== undefined) return known
  const query: Line['query'] = isOneConnection(client) ? oneByOne(client) : (text, values) => client.query(text, values)
  const line: Line = { query, met: undefined }
  lines.set(client, line)
  return line
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

/** As it was at import: a test runner that fakes timers later would keep a verb waiting for ever. */
const later = globalThis.setTimeout.bind(globalThis)

/** Up to a second, longer the more often the race was lost, and never the same for two rivals. */
function pause(tries: number): Promise<void> {
  return new Promise((resolve) => later(resolve, Math.random() * Math.min(2 ** (tries + 2), 1000)))
}
