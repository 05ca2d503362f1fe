import { isCredentialKey } from './keys.js'
import { DEEPEST, type Decoded, decoded } from './percent.js'

/*
 * Credentials inside texts: the password of `scheme://user:password@host`, a lone `scheme://token@host`, and the values of
 * keys that name a credential, in queries and lists of `key=value`; all of these percent-encoded too, once or more. It takes
 * the time of a few readings of a text, whatever is in it. Source: RFC 3986 §3.2; `semantics.md` §1.
 */

/** What stands in a service where a secret was. OpenMetadata's own mask. */
export const MASK = '*********'

/** Where in a text a credential stands. */
export interface Place {
  readonly from: number
  readonly to: number
}

/** Whether a value is the mask, as clients of URIs may encode it. */
export function isMask(value: string): boolean {
  return value === MASK || (value.length <= ENCODED_MASK && value.includes('%') && decoded(value).text === MASK)
}

const ENCODED_MASK = MASK.length * 9

const none: readonly never[] = []
/** Without any of these a text has no credential and no mask, and nothing more is done to it. */
const HINT = /[=@]|%(?:25)*(?:3[dD]|40|2[aA])/

/** Whether a text is worth to be read. */
export function mayHoldCredential(text: string): boolean {
  return text === MASK || HINT.test(text)
}

/** Where the credentials in a text stand, in order; no two overlap. */
export function credentialsIn(text: string): readonly Place[] {
  if (!mayHoldCredential(text)) return none
  if (isMask(text)) return [{ from: 0, to: text.length }]
  const whole = decoded(text)
  const places = placesIn(whole)
  const { offsets } = whole
  if (offsets === undefined) return places
  return places.map(({ from, to }) => ({ from: offsets[from] as number, to: offsets[to] as number }))
}

const MARKS = /=|:\/\//g

function placesIn(whole: Decoded): readonly Place[] {
  const { text } = whole
  const places: Place[] = []
  const reader = readerOf(whole)
  let done = 0
  for (const { 0: mark, index } of text.matchAll(MARKS)) {
    if (index < done) continue
    const found = mark === '=' ? reader.valueAt(index) : reader.userinfoAt(index)
    for (const place of found) {
      if (place.to <= place.from) continue
      places.push(place)
      done = place.to
    }
  }
  return places
}

const AUTHORITY_END = '/?#'
const LIST_END = '&;\n\r'
const BEFORE_KEY = '&;?,=/@:{}()<>|#\n\r\t"\''
const BLANK = ' \t'
const CLOSING: Readonly<Record<string, string>> = { "'": "'", '"': '"', '{': '}' }
const LONGEST_KEY = 64

function readerOf({ text, levels }: Decoded) {
  /** Whether a character is one of these, encoded no more often than what it would end. */
  const is = (at: number, among: string, level: number) =>
    among.includes(text[at] as string) && (levels === undefined || (levels[at] as number) <= level)
  const levelOf = (at: number) => levels?.[at] ?? 0
  const isBlank = (at: number, level: number) => is(at, level > 0 ? `${BLANK}+` : BLANK, level)
  /** Quotes of a kind that are not closed from here on; said once, so that they are looked for once. */
  const unclosed = new Set<string>()
  let lastAts: number[] | undefined

  /** The last `@` of the whole text that is encoded no more often than this. */
  function lastAt(level: number): number {
    if (lastAts === undefined) {
      lastAts = new Array(DEEPEST + 1).fill(-1)
      for (let at = 0; at < text.length; at++)
        if (text[at] === '@') for (let l = levelOf(at); l <= DEEPEST; l++) lastAts[l] = at
    }
    return lastAts[level] as number
  }

  /**
   * The password ends at the last `@` of the authority. One that holds `/`, `?` or `#` unencoded ends the authority early;
   * then what stands where a port belongs is no number, and the password is taken to end at the last `@` of all.
   */
  function userinfoAt(mark: number): readonly Place[] {
    const level = Math.max(levelOf(mark), levelOf(mark + 1), levelOf(mark + 2))
    const from = mark + 3
    let end = from
    let at = -1
    let colon = -1
    for (; end < text.length && !is(end, AUTHORITY_END, level); end++) {
      if (is(end, '@', level)) at = end
      else if (colon === -1 && is(end, ':', level)) colon = end
    }
    if (at === -1) {
      const last = lastAt(level)
      if (colon === -1 || last < end || HOSTS_AND_PORTS.test(text.slice(from, end))) return none
      return [{ from: colon + 1, to: last }]
    }
    if (colon === -1 || colon > at) return isToken(text.slice(from, at)) ? [{ from, to: at }] : none
    const [user, password] = [text.slice(from, colon), text.slice(colon + 1, at)]
    const ofUser = user === MASK || ((password === '' || password === NO_PASSWORD) && isToken(user))
    return [...(ofUser ? [{ from, to: colon }] : none), { from: colon + 1, to: at }]
  }

  function valueAt(equals: number): readonly Place[] {
    if (!isCredentialKey(keyBefore(equals))) return none
    const level = levelOf(equals)
    let from = equals + 1
    while (from < text.length && isBlank(from, level)) from++
    const closing = CLOSING[text[from] ?? '']
    if (closing !== undefined && levelOf(from) <= level) {
      const end = closedAt(from + 1, closing, level)
      const behind = end + 1
      const isWhole = behind >= text.length || isBlank(behind, level) || is(behind, `${LIST_END},)}]`, level)
      if (end !== -1) return [isWhole ? { from: from + 1, to: end } : { from, to: listEnd(behind, level) }]
    }
    return [{ from, to: listEnd(from, level) }]
  }

  /** What stands before `=`, back to what cannot be in a key. */
  function keyBefore(equals: number): string {
    let to = equals
    while (to > 0 && ' \t"\'])+'.includes(text[to - 1] as string) && equals - to < 8) to--
    let from = to
    while (from > 0 && to - from < LONGEST_KEY && !BEFORE_KEY.includes(text[from - 1] as string)) from--
    return text.slice(from, to)
  }

  /** Where a quoted value is closed: a quote that is doubled, or behind a backslash, does not close it; -1 where nothing does. */
  function closedAt(from: number, closing: string, level: number): number {
    if (unclosed.has(closing + level)) return -1
    for (let at = from; at < text.length; at++) {
      if (text[at] === '\\' && closing !== '}') at++
      else if (is(at, closing, level)) {
        if (text[at + 1] !== closing) return at
        at++
      }
    }
    unclosed.add(closing + level)
    return -1
  }

  /** A value ends where the next one begins; one with blanks goes on, unless another key follows. */
  function listEnd(from: number, level: number): number {
    let at = from
    while (at < text.length && !is(at, LIST_END, level)) {
      const blank = at
      while (at < text.length && isBlank(at, level)) at++
      if (at > blank && isKeyAt(at, level)) return blank
      if (at === blank) at++
    }
    return at
  }

  function isKeyAt(from: number, level: number): boolean {
    let at = from
    while (at - from < LONGEST_KEY && WORD.test(text[at] ?? '')) at++
    return at > from && is(at, '=', level) && text[at + 1] !== '='
  }

  return { userinfoAt, valueAt }
}

const WORD = /[\w.-]/
const HOSTS_AND_PORTS = /^(\[[^\]]*\]|[^:]*)(:\d*)?(,|$)/
/** What GitHub's clients send where a token is all there is. */
const NO_PASSWORD = 'x-oauth-basic'

/** Whether a lone user is rather a token: it is long, or mixes digits and letters. */
function isToken(user: string): boolean {
  return user === MASK || user.length >= 20 || (/\d/.test(user) && /[a-z]/i.test(user))
}
