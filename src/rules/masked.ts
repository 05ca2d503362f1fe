import type { SecretPlaces } from '../families/places.js'
import { MASK, mayHoldCredential } from '../model/credentials.js'
import type { Issue } from '../model/errors.js'
import { filledText, maskedText, maskText } from '../model/texts.js'
import { pointer } from './copy.js'
import { own, PATHS, type Secrets, secretsIn, secretsText } from './secrets.js'

/* A config without its secrets, and with them again. They leave it before anything else happens to it. */

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
