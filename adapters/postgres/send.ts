import { answered } from './answer.js'
import { type Line, lineOf, type Meeting, type PostgresClient } from './client.js'
import { unwritten } from './failure.js'
import type { Row } from './wire.js'

/** Sends one statement and answers its rows. */
export type Send = (text: string, values: readonly unknown[]) => Promise<readonly Row[]>

/**
 * Sends statements that are each a transaction of their own. One that lost to another by a deadlock or a serialization
 * failure wrote nothing and is sent again, ten times; in a host's transaction, which is lost with it, it throws.
 */
export function sender(client: PostgresClient): Send {
  const line = lineOf(client)
  return async (text, values) => {
    const { distributed } = await (line.met ?? meet(client))
    return answered(line, text, values, distributed)
  }
}

/** The same by named statements: for those of few texts, each of which is best run in the same way whatever its values. */
export function preparing(client: PostgresClient): Send {
  const line = lineOf(client)
  return async (text, values) => {
    const { distributed } = await (line.met ?? meet(client))
    await (line.takesNames ?? askedForNames(line))
    return answered(line, text, values, distributed, true)
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
  const meeting = introduced(line, table)
  line.met = meeting
  meeting.catch(() => {
    if (line.met === meeting) line.met = undefined
  })
  return meeting
}

async function introduced(line: Line, table: string): Promise<Meeting> {
  try {
    const rows = await answered(line, INTRODUCTION, [...SAID, LIST, table], false)
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

const PROBE = 'select $1::text as one'

function askedForNames(line: Line): Promise<void> {
  const asked = probed(line)
  line.takesNames = asked
  asked.catch(() => {
    if (line.takesNames === asked) line.takesNames = undefined
  })
  return asked
}

/** The client was met just before, so that what goes wrong here is mostly for the form. */
async function probed(line: Line): Promise<void> {
  let heard: unknown
  try {
    heard = (await answered(line, PROBE, [PROBE], false, true))[0]?.[0]
  } catch (error) {
    heard = error
  }
  if (heard === PROBE) return
  const said = heard instanceof Error ? heard.message : 'it answered something else'
  throw unwritten(heard, `prepared: client.query must take { name, text, values }, as that of pg does: ${said}`)
}
