import type { SecretPlaces } from '../families/places.js'
import { MASK } from '../model/credentials.js'
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

/** Takes the secrets out of a frozen config. The same config comes back when it has none. */
export function maskConfig(config: Config, places: SecretPlaces | null): Masked {
  const masking: Masking = { keeps: false, room: PATHS, trail: [], issues: [] }
  const found = masked(config, places, masking)
  const { keeps, issues } = masking
  if (found === undefined) return { config, secrets: null, keeps, issues }
  return { config: found.value as Config, secrets: secretsText(found.secrets), keeps, issues }
}

interface MaskedValue {
  readonly value: unknown
  readonly secrets: Secrets
}

/** `undefined` where a value has none, for which nothing is made: most have none. */
function masked(value: unknown, places: SecretPlaces | null, masking: Masking): MaskedValue | undefined {
  if (typeof value !== 'string')
    return typeof value === 'object' && value !== null ? maskedWithin(value as Config, places, masking) : undefined
  const found = places?.here && value !== '' ? { text: MASK, values: [value] } : maskText(value)
  if (found === undefined) return undefined
  if (found.values.includes(MASK)) masking.keeps = true
  return { value: found.text, secrets: { at: found.values } }
}

/** Of an object, or a list, whose keys hold none. */
function maskedWithin(value: Config, places: SecretPlaces | null, masking: Masking): MaskedValue | undefined {
  let copy: Record<string, unknown> | undefined
  const secrets: Secrets = {}
  for (const given in value) {
    const ofKey = maskText(given)
    const key = ofKey?.text ?? given
    masking.trail.push(key)
    const one = masked(value[given], placesAt(places, given), masking)
    if (copy === undefined && (ofKey ?? one) !== undefined) {
      copy = (Array.isArray(value) ? [] : {}) as Record<string, unknown>
      for (const before in value) {
        if (before === given) break
        copy[before] = value[before]
      }
    }
    if (copy !== undefined) {
      if (Object.hasOwn(copy, key)) refuseKey(masking)
      copy[key] = one === undefined ? value[given] : one.value
    }
    if (ofKey !== undefined) {
      secrets.keys ??= {}
      secrets.keys[key] = ofKey.values
      if (ofKey.values.includes(MASK)) masking.keeps = true
    }
    if (one !== undefined) {
      secrets.in ??= {}
      secrets.in[key] = one.secrets
    }
    masking.trail.pop()
  }
  return copy && { value: Object.freeze(copy), secrets }
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
