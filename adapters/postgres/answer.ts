import { channelOf, isSeen, type Message, seen } from '../../src/channels.js'
import type { Line, Query } from './client.js'
import { IN_FAILED_TRANSACTION, isForgotten, isLost, judged, sqlState } from './failure.js'
import { nameOf } from './name.js'
import { type Row, rowsOf, textOf } from './wire.js'

const channel = channelOf('servicebook.statement')

const TRIES = 11
/** Who loses names that often is behind a pooler that does not keep them, and is spared them. */
const LOSSES = 10

/** Sends a statement until it is answered, or fails for good. */
export async function answered(
  line: Line,
  text: string,
  values: readonly unknown[],
  distributed: boolean,
  prepared = false,
): Promise<readonly Row[]> {
  let lost: unknown
  let named = prepared
  for (let tries = 1; ; tries++) {
    const { forgotten } = line
    const name = named && forgotten < LOSSES ? nameOf(text, forgotten) : undefined
    let answer: unknown
    try {
      answer = await stated(line.query, text, values, name)
    } catch (error) {
      if (name !== undefined && isForgotten(error)) {
        // Nothing was run. In a transaction of the host that is lost with it, which the next answer says.
        if (line.forgotten === forgotten) line.forgotten++
        lost = error
        named = false
        continue
      }
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
function stated(query: Query, text: string, values: readonly unknown[], name: string | undefined): Promise<unknown> {
  const texts = values.map(textOf)
  const sent = () => (name === undefined ? query(text, texts) : query({ name, text, values: texts }))
  if (!isSeen(channel)) return sent()
  return seen(channel, { text }, sent, (told: Message, answer) => {
    const rows = Array.isArray(answer) ? answer : (answer as { rows?: unknown } | null | undefined)?.rows
    told.outcomes = { rows: Array.isArray(rows) ? rows.length : 0 }
  })
}

/** As it was at import: a test runner that fakes timers later would keep a verb waiting for ever. */
const later = globalThis.setTimeout.bind(globalThis)

/** Up to a second, longer the more often the race was lost, and never the same for two rivals. */
function pause(tries: number): Promise<void> {
  return new Promise((resolve) => later(resolve, Math.random() * Math.min(2 ** (tries + 2), 1000)))
}
