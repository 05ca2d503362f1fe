import type { Preconditions } from 'servicebook'
import { type Answer, problem } from './answers.js'

/*
 * Conditional requests. Writes hand their conditions to the verbs, which decide them together with what is stored; reads
 * are answered first and compared then, since a condition counts only where the answer without it would be a success.
 * Source: RFC 9110 §13; `semantics.md` §7.
 */

/** What a write demands of the service that is stored. `If-Modified-Since` is not for writes. */
export function demandsOf({ headers }: Request): Preconditions {
  return {
    ifMatch: headers.get('If-Match') ?? undefined,
    ifNoneMatch: headers.get('If-None-Match') ?? undefined,
    ifUnmodifiedSince: dateIn(headers, 'If-Unmodified-Since'),
  }
}

/** A write that has no single state to compare is not done under a condition. */
export function conditionOnMany({ headers }: Request): Answer | undefined {
  const name = ['If-Match', 'If-None-Match', 'If-Unmodified-Since'].find((one) => headers.has(one))
  return name === undefined
    ? undefined
    : problem('PRECONDITION_FAILED', `${name} needs a service of its own, and there are many here`)
}

/** The answer of a read under its conditions, in the order of RFC 9110 §13.2.2. */
export function conditioned({ headers }: Request, answer: Answer): Answer {
  if (answer.status !== 200) return answer
  const { state } = answer
  const ifMatch = headers.get('If-Match')
  const unmodifiedSince = dateIn(headers, 'If-Unmodified-Since')
  if (ifMatch !== null) {
    if (!holds(ifMatch, state?.etag, 'strong'))
      return problem('PRECONDITION_FAILED', 'The service is not as If-Match demands')
  } else if (unmodifiedSince !== undefined && state !== undefined && state.updatedAt > unmodifiedSince) {
    return problem('PRECONDITION_FAILED', 'The service has changed since')
  }
  if (state?.covers !== true) return answer
  const ifNoneMatch = headers.get('If-None-Match')
  const since = dateIn(headers, 'If-Modified-Since')
  const isSame =
    ifNoneMatch === null ? since !== undefined && state.updatedAt <= since : holds(ifNoneMatch, state.etag, 'weak')
  return isSame ? { status: 304, headers: answer.headers ?? {} } : answer
}

/** Whether tags, or `*`, name a state; to a weak comparison a weak tag is as good. Source: RFC 9110 §8.8.3.2. */
function holds(tags: string, etag: string | undefined, comparison: 'strong' | 'weak'): boolean {
  if (tags.trim() === '*') return true
  return tags.split(',').some((part) => {
    const tag = part.trim()
    return tag === etag || (comparison === 'weak' && tag === `W/${etag}`)
  })
}

/** A date in one of the three forms; what is none counts as absent, as it must. Source: RFC 9110 §5.6.7, §13.1.4. */
function dateIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name)
  if (text === null) return undefined
  for (const form of FORMS) {
    const { day, month = '', year = '', time = '' } = form.exec(text)?.groups ?? {}
    if (day === undefined) continue
    const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
    const at = [MONTHS.indexOf(month), Number(day), hours, minutes, seconds] as const
    const date = new Date(Date.UTC(year.length === 2 ? fullYear(Number(year)) : Number(year), ...at))
    // What rolled over into another month or day was no date; a leap second may.
    return date.getUTCDate() === Number(day) || seconds === 60 ? date.getTime() : undefined
  }
  return undefined
}

/** A year of two digits that would be more than fifty years ahead is one of the past. */
function fullYear(year: number): number {
  const now = new Date().getUTCFullYear()
  const full = now - (now % 100) + year
  return full > now + 50 ? full - 100 : full
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const MONTH = `(?<month>${MONTHS.join('|')})`
const TIME = '(?<time>(?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60))'
const FORMS = [
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT`,
  `(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT`,
  `(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`))
