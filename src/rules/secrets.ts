import type { SecretPlaces } from '../families/places.js'
import type { Issue } from '../model/errors.js'
import { filledText, MASK, maskedText, maskText, mayHoldCredential } from '../model/texts.js'
import { pointer } from './copy.js'

/*
 * Secrets: texts that the family says are secret, and credentials inside texts, in keys too. They leave a connection before
 * anything else happens to it. An empty text is no secret: it keeps nothing from anybody. Source: OpenMetadata masks the
 * first kind; `semantics.md` §1, §8.
 */

/**
 * Clear values, in the shape of the config they were taken from, so that a long key is held once: `at` those of the text
 * that stands here (one for a secret text, one for each credential inside a text), `keys` those of the credentials inside
 * keys, by the masked key, and `in` what is under the masked keys.
 */
export interface Secrets {
  at?: readonly string[]
  keys?: Record<string, readonly string[]>
  in?: Record<string, Secrets>
}

type Config = Readonly<Record<string, unknown>>

export interface Masked {
  readonly config: Config
  /** The clear values, as canonical text; `null` when the config has none. A value that came in as the mask is still the mask. */
  readonly secrets: string | null
  /** Whether a value came in as the mask. */
  readonly keeps: boolean
  /** What cannot be masked: keys that are the same once they are, by paths into the config. */
  readonly issues: readonly Issue[]
}

interface Masking {
  keeps: boolean
  room: number
  readonly trail: string[]
  readonly issues: Issue[]
}

const nothing: Secrets = {}

/** Takes the secrets out of a frozen config. The same config comes back when it has none. */
export function maskConfig(config: Config, places: SecretPlaces | null): Masked {
  if (!mayHoldSecrets(config, places)) return { config, secrets: null, keeps: false, issues: [] }
  const masking: Masking = { keeps: false, room: PATHS, trail: [], issues: [] }
  const { value, secrets } = masked(config, places, masking)
  const text = secrets === nothing ? null : secretsText(secrets)
  return { config: value as Config, secrets: text, keeps: masking.keeps, issues: masking.issues }
}

/** A quick look that makes nothing, since most configs hold none. */
function mayHoldSecrets(value: unknown, places: SecretPlaces | null): boolean {
  if (typeof value === 'string') return places?.here === true || mayHoldCredential(value)
  if (typeof value !== 'object' || value === null) return false
  for (const key in value) {
    if (mayHoldCredential(key)) return true
    if (mayHoldSecrets((value as Config)[key], placesAt(places, key))) return true
  }
  return false
}

interface MaskedValue {
  readonly value: unknown
  readonly secrets: Secrets
}

function masked(value: unknown, places: SecretPlaces | null, masking: Masking): MaskedValue {
  if (typeof value === 'string') {
    if (value === '') return { value, secrets: nothing }
    const found = places?.here ? { text: MASK, values: [value] } : maskText(value)
    if (found === undefined) return { value, secrets: nothing }
    if (found.values.includes(MASK)) masking.keeps = true
    return { value: found.text, secrets: { at: found.values } }
  }
  if (typeof value !== 'object' || value === null) return { value, secrets: nothing }
  return Array.isArray(value) ? maskedList(value, places, masking) : maskedObject(value as Config, places, masking)
}

function maskedList(list: readonly unknown[], places: SecretPlaces | null, masking: Masking): MaskedValue {
  let copy: unknown[] | undefined
  const within: Record<string, Secrets> = {}
  let isNone = true
  for (const [at, element] of list.entries()) {
    const key = String(at)
    masking.trail.push(key)
    const one = masked(element, placesAt(places, key), masking)
    masking.trail.pop()
    if (one.secrets === nothing && one.value === element) continue
    copy ??= [...list]
    copy[at] = one.value
    if (one.secrets === nothing) continue
    within[key] = one.secrets
    isNone = false
  }
  return { value: copy === undefined ? list : Object.freeze(copy), secrets: isNone ? nothing : { in: within } }
}

function maskedObject(object: Config, places: SecretPlaces | null, masking: Masking): MaskedValue {
  const keys = Object.keys(object)
  let copy: Record<string, unknown> | undefined
  const secrets: Secrets = {}
  for (const [at, given] of keys.entries()) {
    const ofKey = maskText(given)
    const key = ofKey?.text ?? given
    masking.trail.push(key)
    const value = object[given]
    const one = masked(value, placesAt(places, given), masking)
    if (copy === undefined && (ofKey !== undefined || one.value !== value || one.secrets !== nothing)) {
      copy = {}
      for (const before of keys.slice(0, at)) copy[before] = object[before]
    }
    if (copy !== undefined) {
      if (Object.hasOwn(copy, key)) refuseKey(masking)
      copy[key] = one.value
    }
    if (ofKey !== undefined) {
      secrets.keys ??= {}
      secrets.keys[key] = ofKey.values
      if (ofKey.values.includes(MASK)) masking.keeps = true
    }
    if (one.secrets !== nothing) {
      secrets.in ??= {}
      secrets.in[key] = one.secrets
    }
    masking.trail.pop()
  }
  if (copy === undefined) return { value: object, secrets: nothing }
  const hasNone = secrets.keys === undefined && secrets.in === undefined
  return { value: Object.freeze(copy), secrets: hasNone ? nothing : secrets }
}

function refuseKey(masking: Masking): void {
  const { issues, trail } = masking
  if (issues.length === 100 || masking.room < 0) return
  const path = pointer(trail)
  masking.room -= path.length
  issues.push({ path, message: 'is the same key as another one once the credentials in both are masked' })
}

function placesAt(places: SecretPlaces | null, key: string): SecretPlaces | null {
  return places === null ? null : (places.keys.get(key) ?? places.each)
}

/** Canonical: the same secrets are the same text. */
export function secretsText(secrets: Secrets): string {
  return JSON.stringify(ordered(secrets))
}

function ordered({ at, keys, in: within }: Secrets): Secrets {
  return {
    ...(at !== undefined && { at }),
    ...(keys !== undefined && { keys: Object.fromEntries(Object.entries(keys).sort(byKey)) }),
    ...(within !== undefined && {
      in: Object.fromEntries(
        Object.entries(within)
          .sort(byKey)
          .map(([key, secrets]) => [key, ordered(secrets)]),
      ),
    }),
  }
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1)

/** The secrets in such a text. It was once a list by JSON Pointers into the config; such texts are still in stores. */
export function secretsIn(text: string): Secrets {
  const read = JSON.parse(text) as Secrets | Readonly<Record<string, readonly string[]>>
  if (Object.keys(read).every((key) => key === 'at' || key === 'keys' || key === 'in')) return read as Secrets
  const secrets: Secrets = {}
  for (const [path, values] of Object.entries(read as Readonly<Record<string, readonly string[]>>)) {
    let place = secrets
    for (const token of path.split('/').slice(1)) {
      const key = maskedText(unescaped(token))
      place.in ??= {}
      if (!Object.hasOwn(place.in, key)) place.in[key] = {}
      place = place.in[key] as Secrets
    }
    place.at = values
  }
  return secrets
}

/** Whether two such texts, or none, hold the same secrets. */
export function sameSecrets(a: string | null, b: string | null): boolean {
  if (a === b || a === null || b === null) return a === b
  return secretsText(secretsIn(a)) === secretsText(secretsIn(b))
}

/** What a record has under a key, and not what all objects have. */
export function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined
}

/** The config with its clear values back in their places: the other direction of `maskConfig`. */
export function revealConfig(config: Config, secrets: string): Config {
  return revealed(config, secretsIn(secrets)) as Config
}

function revealed(value: unknown, secrets: Secrets | undefined): unknown {
  if (secrets === undefined) return value
  if (typeof value === 'string') {
    const { at } = secrets
    if (at === undefined) return value
    return value === MASK ? at[0] : filledText(value, at)
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value))
    return Object.freeze(value.map((element, at) => revealed(element, own(secrets.in, `${at}`))))
  const copy: Record<string, unknown> = {}
  for (const [key, element] of Object.entries(value)) {
    const ofKey = own(secrets.keys, key)
    // A key that was stored when fewer forms were known is still in clear.
    const inner = own(secrets.in, key) ?? own(secrets.in, maskedText(key))
    copy[ofKey === undefined ? key : filledText(key, ofKey)] = revealed(element, inner)
  }
  return Object.freeze(copy)
}

const unescaped = (token: string) => token.replaceAll('~1', '/').replaceAll('~0', '~')

/** A JSON Pointer without the credentials in its keys, for messages. */
export function maskedPath(path: string): string {
  const keys = path.split('/').slice(1)
  return maskedText(path) === path && keys.every((key) => maskText(unescaped(key)) === undefined)
    ? path
    : pointer(keys.map((key) => maskedText(unescaped(key))))
}

/** As many characters as the paths of an answer may have, but for the last of them. */
export const PATHS = 65_536

/** The paths of the secrets in such a text, the first hundred of them, and fewer where they are long. */
export function secretPaths(secrets: string): readonly string[] {
  const paths: string[] = []
  let room = PATHS
  const add = (trail: readonly string[]) => {
    const path = pointer(trail)
    room -= path.length
    paths.push(path)
  }
  const isFull = () => paths.length >= 100 || (paths.length > 0 && room <= 0)
  const walk = ({ at, keys = {}, in: within = {} }: Secrets, trail: readonly string[]) => {
    if (at !== undefined) add(trail)
    for (const key of Object.keys(keys)) if (!isFull() && !Object.hasOwn(within, key)) add([...trail, key])
    for (const [key, inner] of Object.entries(within)) if (!isFull()) walk(inner, [...trail, key])
  }
  walk(secretsIn(secrets), [])
  return paths
}
