import type { SecretPlaces } from '../families/places.js'
import type { Issue } from '../model/errors.js'
import { pointer } from './copy.js'

/*
 * Secrets: strings that the family's schema declares with `format: 'password'`, and passwords inside URIs. They leave a
 * connection before anything else happens to it. Source: OpenMetadata masks the first kind; `semantics.md` §8.
 */

/** What stands in a service where a secret was. OpenMetadata's own mask. */
export const MASK = '*********'

/** Clear values by JSON Pointer into the config: one for a secret field, one for each password of a URI. */
type Secrets = Record<string, readonly string[]>

export interface Masked {
  readonly config: Readonly<Record<string, unknown>>
  /** The clear values, as canonical text; `null` when the config has none. A value that came in as the mask is still the mask. */
  readonly secrets: string | null
  /** Whether a value came in as the mask. */
  readonly keeps: boolean
}

/** Takes the secrets out of a frozen config. The same config comes back when it has none. */
export function maskConfig(config: Readonly<Record<string, unknown>>, places: SecretPlaces | null): Masked {
  if (!holdsSecrets(config, places)) return { config, secrets: null, keeps: false }
  const secrets: Secrets = {}
  const masked = maskValue(config, places, [], secrets) as Readonly<Record<string, unknown>>
  if (masked === config && Object.keys(secrets).length === 0) return { config, secrets: null, keeps: false }
  const keeps = Object.values(secrets).some((values) => values.includes(MASK))
  return { config: masked, secrets: secretsText(secrets), keeps }
}

/** A quick look without a copy, since most configs hold none. */
function holdsSecrets(value: unknown, places: SecretPlaces | null): boolean {
  if (typeof value === 'string') return places?.here === true || passwordsIn(value).length > 0
  if (typeof value !== 'object' || value === null) return false
  for (const key in value) {
    const within = places === null ? null : (places.keys.get(key) ?? places.each)
    if (holdsSecrets((value as Record<string, unknown>)[key], within)) return true
  }
  return false
}

function secretsText(secrets: Secrets): string {
  const entries = Object.entries(secrets).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify(Object.fromEntries(entries))
}

function maskValue(value: unknown, places: SecretPlaces | null, path: (string | number)[], secrets: Secrets): unknown {
  if (typeof value === 'string') {
    if (places?.here) {
      secrets[pointer(path)] = [value]
      return MASK
    }
    return maskUris(value, path, secrets)
  }
  if (typeof value !== 'object' || value === null) return value
  let masked: unknown[] | Record<string, unknown> | undefined
  for (const [key, element] of Object.entries(value)) {
    path.push(key)
    const covered = maskValue(element, places === null ? null : (places.keys.get(key) ?? places.each), path, secrets)
    path.pop()
    if (covered === element) continue
    masked ??= Array.isArray(value) ? [...value] : { ...value }
    ;(masked as Record<string, unknown>)[key] = covered
  }
  return masked === undefined ? value : Object.freeze(masked)
}

const AUTHORITY = /^[^/?#]*/
const HOSTS_AND_PORTS = /^(\[[^\]]*\]|[^:]*)(:\d*)?(,|$)/

const none: readonly never[] = []

/**
 * Where the passwords in a text of URIs stand. The password of `scheme://user:password@host` ends at the last `@` of the
 * authority (RFC 3986 §3.2). One that holds `/`, `?` or `#` unencoded ends the authority early; then what stands where a
 * port belongs is no number, and the password is taken to end at the last `@` of all.
 */
function passwordsIn(text: string): readonly { from: number; to: number }[] {
  const lastAt = text.lastIndexOf('@')
  if (lastAt === -1) return none
  const passwords: { from: number; to: number }[] = []
  for (let scheme = text.indexOf('://'); scheme !== -1 && scheme < lastAt; scheme = text.indexOf('://', scheme + 3)) {
    const from = text.indexOf(':', scheme + 3) + 1
    if (from === 0 || scheme < (passwords.at(-1)?.to ?? 0)) continue
    const authority = AUTHORITY.exec(text.slice(scheme + 3))?.[0] ?? ''
    const at = authority.lastIndexOf('@')
    const to = at !== -1 ? scheme + 3 + at : HOSTS_AND_PORTS.test(authority) ? -1 : lastAt
    if (to > from) passwords.push({ from, to })
  }
  return passwords
}

function maskUris(text: string, path: readonly (string | number)[], secrets: Secrets): string {
  const passwords = passwordsIn(text)
  if (passwords.length === 0) return text
  secrets[pointer(path)] = passwords.map(({ from, to }) => text.slice(from, to))
  let masked = ''
  let done = 0
  for (const { from, to } of passwords) {
    masked += text.slice(done, from) + MASK
    done = to
  }
  return masked + text.slice(done)
}

/**
 * Puts stored values where the mask came back. Answers the complete secrets, or an issue for each mask that has nothing
 * stored at its path. `prefix` is where the config stands in the request.
 */
export function keepSecrets(given: string, stored: string | null, prefix: string): { text: string; issues: Issue[] } {
  const old = stored === null ? {} : (JSON.parse(stored) as Secrets)
  const issues: Issue[] = []
  const kept: Secrets = {}
  for (const [path, values] of Object.entries(JSON.parse(given) as Secrets)) {
    kept[path] = values.map((value, index) => {
      const before = Object.hasOwn(old, path) ? old[path]?.[index] : undefined
      if (value === MASK && before === undefined) {
        issues.push({ path: prefix + path, message: 'is the mask, and no secret is stored there to keep' })
      }
      return value === MASK ? (before ?? MASK) : value
    })
  }
  return { text: secretsText(kept), issues }
}

/** The config with its clear values back in their places: the other direction of `maskConfig`. */
export function revealConfig(
  config: Readonly<Record<string, unknown>>,
  secrets: string,
): Readonly<Record<string, unknown>> {
  const values = JSON.parse(secrets) as Secrets
  return revealed(config, values, []) as Readonly<Record<string, unknown>>
}

function revealed(value: unknown, secrets: Secrets, path: (string | number)[]): unknown {
  if (typeof value === 'string') {
    const at = pointer(path)
    const clear = Object.hasOwn(secrets, at) ? secrets[at] : undefined
    if (clear === undefined) return value
    return value === MASK ? clear[0] : revealedUris(value, clear)
  }
  if (typeof value !== 'object' || value === null) return value
  const copy: unknown[] | Record<string, unknown> = Array.isArray(value) ? [] : {}
  for (const [key, element] of Object.entries(value)) {
    path.push(key)
    ;(copy as Record<string, unknown>)[key] = revealed(element, secrets, path)
    path.pop()
  }
  return Object.freeze(copy)
}

function revealedUris(text: string, clear: readonly string[]): string {
  let at = 0
  let shown = ''
  let done = 0
  for (const { from, to } of passwordsIn(text)) {
    shown += text.slice(done, from) + (clear[at++] ?? MASK)
    done = to
  }
  return shown + text.slice(done)
}

/** The paths of the secrets in such a text. */
export function secretPaths(secrets: string): readonly string[] {
  return Object.keys(JSON.parse(secrets) as Secrets)
}
