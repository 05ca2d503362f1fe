import { MASK } from '../model/credentials.js'
import type { Issue } from '../model/errors.js'
import { pointer } from './copy.js'
import { type Clear, masksIn, type Sealed, sealedConfigs } from './keep.js'
import { own, type Secrets } from './secrets.js'

/*
 * Whether stored secrets would go to another place than they were given for: someone who cannot see them keeps them by the
 * mask and changes the host. Source: `semantics.md` §8.
 */

/** Keys of what names a place to connect to, by itself or by the texts in it. */
const PLACE =
  /host|server|ur[il]|endpoint|addr|broker|bootstrap|account|domain|gateway|proxy|instance|cluster|site|dsn|data ?source|port$/i

/**
 * Texts that name one by themselves: URIs, names with dots, `host:port`, addresses of IPv6, and what has such a key inside,
 * as `host=` or as JSON. What repeats is bounded where it may begin anywhere, so that no text takes long.
 */
const PLACE_TEXT = new RegExp(
  [
    ':\\/\\/|%3A(?:%2F){2}',
    '^[\\p{L}\\p{M}\\p{N}_-]+(?:\\.[\\p{L}\\p{M}\\p{N}_-]+)+(?=[/?,;]|$)',
    '^(?:[^\\s@]+@)?[\\p{L}\\p{M}\\p{N}_.,-]+:\\d',
    '^\\[?(?:[\\da-f]{0,4}:){2}',
    '(?:host|server|data ?source|addr|endpoint|(?:^|[\\W_])ur[il])\\w{0,32}(?:\\s{0,8}=|["\']\\s{0,8}:)',
  ].join('|'),
  'iu',
)

/**
 * An issue for each place to connect to that a request changes while it keeps stored secrets by the mask; none when it keeps
 * none. `prefix` is where the config stands in the request.
 */
export function movedPlaces(given: Clear, stored: Clear | null, prefix: string): readonly Issue[] {
  const [after, before] = sealedConfigs(given, stored)
  if (!masksIn(after.secrets)) return []
  const issues: Issue[] = []
  const message = 'has changed, and secrets that are the mask do not follow it: send them in clear'
  compare(after, before, [], (trail) => {
    if (issues.length < 100) issues.push({ path: prefix + pointer(trail), message })
  })
  return issues
}

function compare(after: Sealed, before: Sealed, trail: string[], moved: (trail: readonly string[]) => void): void {
  const [a, b] = [after.value, before.value]
  if (isHolder(a) || isHolder(b)) {
    const [those, these] = [isHolder(a) ? a : {}, isHolder(b) ? b : {}]
    const lost = Object.keys(these).filter((key) => !Object.hasOwn(those, key))
    for (const key of [...Object.keys(those), ...lost]) {
      trail.push(key)
      const isKeyOfBoth = Object.hasOwn(those, key) && Object.hasOwn(these, key)
      if (!isKeyOfBoth && PLACE_TEXT.test(key)) moved(trail)
      else compare(partOf(after, key), partOf(before, key), trail, moved)
      trail.pop()
    }
  }
  if (isSame(a, after.secrets, b, before.secrets)) return
  if ([a, b].some((leaf) => isPlace(leaf, trail))) moved(trail)
}

/** A text that is a secret, all of it, is the same when it is kept, or sent again. */
function isSame(a: unknown, after: Secrets, b: unknown, before: Secrets): boolean {
  if (a !== MASK || b !== MASK) return a === b || (isHolder(a) && isHolder(b))
  const value = after.at?.[0]
  return value === undefined || value === MASK || value === before.at?.[0]
}

/** Of a number, which may be a port and no more, only its own key tells. */
function isPlace(leaf: unknown, trail: readonly string[]): boolean {
  const names = trail.filter((key) => !/^\d+$/.test(key))
  if (typeof leaf === 'number') return PLACE.test(names.at(-1) ?? '')
  return typeof leaf === 'string' && (names.some((name) => PLACE.test(name)) || PLACE_TEXT.test(leaf))
}

function isHolder(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function partOf({ value, secrets }: Sealed, key: string): Sealed {
  const inner = isHolder(value) && Object.hasOwn(value, key) ? value[key] : undefined
  return { value: inner, secrets: own(secrets.in, key) ?? {} }
}
