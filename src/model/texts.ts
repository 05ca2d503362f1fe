import { credentialsIn, isMask, MASK, type Place } from './credentials.js'

/** A text without its credentials, and these in their order; one that is the mask, however encoded, is the mask. */
export interface MaskedText {
  readonly text: string
  readonly values: readonly string[]
}

/**
 * A text with the mask where a credential stands in it, for logs and reports of a host's own. It knows what connections are
 * searched for: the password of `scheme://user:password@host`, a lone `scheme://token@host` of twenty characters or of digits
 * and letters, and the value of a key that names a credential (`password`, `pwd`, `token`, `api key` and their kin, in any
 * spelling) in a query or in a list of `key=value`, percent-encoded too. What holds none comes back as it is. A text in
 * which that cannot be told apart is masked whole.
 *
 * @example maskedText('postgresql://ada:hush@db/runs?sslpassword=hush')
 * // 'postgresql://ada:*********@db/runs?sslpassword=*********'
 *
 * Source: RFC 3986 §3.2; `semantics.md` §1.
 */
export function maskedText(text: string): string {
  return maskText(text)?.text ?? text
}

/**
 * Takes the credentials out of a text; `undefined` when it has none. In what comes back the same places are found again. A
 * text for which that is not so is masked whole.
 */
export function maskText(text: string): MaskedText | undefined {
  const places = credentialsIn(text)
  if (places.length === 0) return undefined
  const values = places.map(({ from, to }) => text.slice(from, to))
  const masked = filled(text, places, () => MASK)
  const again = credentialsIn(masked)
  const isSame = again.length === places.length && again.every(({ from, to }) => masked.slice(from, to) === MASK)
  return isSame
    ? { text: masked, values: values.map((value) => (isMask(value) ? MASK : value)) }
    : { text: MASK, values: [text] }
}

/** A masked text with its credentials back in their places; only where the mask stands. */
export function filledText(text: string, values: readonly string[]): string {
  let places = credentialsIn(text).filter(({ from, to }) => text.slice(from, to) === MASK)
  // A text that was masked when fewer forms were known may have its masks where today other places are found.
  if (places.length !== values.length) places = masksIn(text)
  let at = 0
  return filled(text, places, () => values[at++] ?? MASK)
}

function filled(text: string, places: readonly Place[], next: () => string): string {
  let made = ''
  let done = 0
  for (const { from, to } of places) {
    made += text.slice(done, from) + next()
    done = to
  }
  return made + text.slice(done)
}

function masksIn(text: string): Place[] {
  const places: Place[] = []
  for (let from = text.indexOf(MASK); from !== -1; from = text.indexOf(MASK, from + MASK.length))
    places.push({ from, to: from + MASK.length })
  return places
}

/** What a list in a text is separated by. */
const SEPARATORS = ',;&? \t\n\r'

/** What stands around each credential of a masked text, up to where another part of it begins. */
export function contextsIn(text: string): readonly string[] {
  const places = credentialsIn(text)
  return places.map(({ from, to }, index) => {
    const first = places[index - 1]?.to ?? 0
    const last = places[index + 1]?.from ?? text.length
    let start = from
    while (start > first && !SEPARATORS.includes(text[start - 1] as string)) start--
    let end = to
    while (end < last && !SEPARATORS.includes(text[end] as string)) end++
    return text.slice(start, end)
  })
}
