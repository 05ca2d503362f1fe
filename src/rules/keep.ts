import { MASK } from '../model/credentials.js'
import type { Issue } from '../model/errors.js'
import { contextsIn, filledText, maskText } from '../model/texts.js'
import { pointer } from './copy.js'
import { sameValue } from './same.js'
import { NONE } from './sealing.js'
import { own, PATHS, type Secrets, secretsIn, secretsText } from './secrets.js'

/*
 * What a mask that comes back stands for. It is told by what stands around it, and never guessed. Source: `semantics.md` §8.
 */

/** A masked value, and its secrets. */
export interface Sealed {
  readonly value: unknown
  readonly secrets: Secrets
}

/** A masked config, and its secrets in clear as canonical text. */
export interface Clear {
  readonly config: Readonly<Record<string, unknown>>
  readonly secrets: string | null
}

const nothing: Secrets = {}
const none: readonly never[] = []
const nowhere: Sealed = { value: undefined, secrets: nothing }

const UNTOLD = 'is the mask, and which secret it stands for cannot be told: send it in clear'

/**
 * Puts stored secrets where the mask came back: that of the same path; in a list whose elements are otherwise the same in
 * the same order, each its own, else that of the one element which is otherwise the same; and so for the credentials in a
 * text. Answers the complete secrets, or an issue for each mask for which there is none, or several could be meant. `prefix`
 * is where the config stands in the request.
 */
export function keepSecrets(
  given: Clear,
  stored: Clear | null,
  prefix: string,
): { readonly text: string; readonly issues: readonly Issue[] } {
  const issues: Issue[] = []
  let room = PATHS
  const refuse = (trail: readonly string[], message: string) => {
    if (issues.length === 100 || room < 0) return
    const path = prefix + pointer(trail)
    room -= path.length
    if (issues.at(-1)?.path !== path) issues.push({ path, message })
  }
  const [after, before] = sealedConfigs(given, stored)
  const secrets = kept(after, before, [], refuse)
  return { text: secretsText(secrets), issues }
}

/** What is given, and what is stored as it would be masked today. */
export function sealedConfigs(given: Clear, stored: Clear | null): readonly [Sealed, Sealed] {
  const before = stored === null ? nowhere : asToday(stored.config, secretsIn(stored.secrets ?? '{}'))
  return [{ value: given.config, secrets: secretsIn(given.secrets ?? '{}') }, before]
}

type Refuse = (trail: readonly string[], message: string) => void

/** What is stored as it would be masked today: a text may have been masked when fewer forms were known. */
function asToday(value: unknown, secrets: Secrets): Sealed {
  if (typeof value === 'string') {
    if (value === MASK) return { value, secrets }
    const masked = maskText(filledText(value, secrets.at ?? none))
    return masked === undefined ? { value, secrets } : { value: masked.text, secrets: { at: masked.values } }
  }
  if (typeof value !== 'object' || value === null) return { value, secrets }
  const whole: unknown[] | Record<string, unknown> = Array.isArray(value) ? [] : {}
  const keys: Record<string, readonly string[]> = {}
  const within: Record<string, Secrets> = {}
  for (const [key, inner] of Object.entries(value)) {
    const ofKey = maskText(key)
    const name = ofKey?.text ?? key
    const one = asToday(inner, own(secrets.in, name) ?? nothing)
    if (ofKey !== undefined) keys[name] = own(secrets.keys, name) ?? ofKey.values
    within[name] = one.secrets
    ;(whole as Record<string, unknown>)[name] = one.value
  }
  return { value: whole, secrets: { keys, in: within } }
}

function kept({ value, secrets }: Sealed, stored: Sealed, trail: string[], refuse: Refuse): Secrets {
  if (!masksIn(secrets)) return secrets
  const all: Secrets = {}
  if (secrets.at !== undefined)
    all.at = keptValues([value, secrets.at], [stored.value, stored.secrets.at ?? none], (message) =>
      refuse(trail, message),
    )
  for (const [key, values] of Object.entries(secrets.keys ?? {})) {
    const before = own(stored.secrets.keys, key)
    all.keys ??= {}
    all.keys[key] = keptValues([key, values], [before && key, before ?? none], (message) =>
      refuse([...trail, key], message),
    )
  }
  const twin = Array.isArray(value) ? twinsIn(value, stored.value) : undefined
  for (const [key, inner] of Object.entries(secrets.in ?? {})) {
    trail.push(key)
    const one: Sealed = { value: (value as Readonly<Record<string, unknown>>)[key], secrets: inner }
    const at = twin === undefined || !masksIn(inner) ? key : twin(one.value)
    all.in ??= {}
    all.in[key] =
      at === undefined
        ? kept(one, nowhere, trail, (path) => refuse(path, UNTOLD))
        : kept(one, partOf(stored, at === true ? key : at), trail, refuse)
    trail.pop()
  }
  return all
}

/** Whether any of these came in as the mask. */
export function masksIn({ at, keys = {}, in: within = {} }: Secrets): boolean {
  const lists = at === undefined ? Object.values(keys) : [at, ...Object.values(keys)]
  return lists.some((values) => values.includes(MASK)) || Object.values(within).some(masksIn)
}

function partOf({ value, secrets }: Sealed, key: string): Sealed {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return nowhere
  return { value: (value as Readonly<Record<string, unknown>>)[key], secrets: own(secrets.in, key) ?? nothing }
}

/**
 * Finds the stored element that a masked element stands for: `true` for that at its own place, the place of another one,
 * `undefined` where it cannot be told.
 */
function twinsIn(given: readonly unknown[], stored: unknown): (element: unknown) => true | string | undefined {
  if (!Array.isArray(stored)) return () => true // there is none, at any place
  if (given.length === stored.length && sameValue(given, stored)) return () => true
  return (element) => {
    const at = stored.findIndex((other) => sameValue(other, element))
    return at === -1 || stored.slice(at + 1).some((other) => sameValue(other, element)) ? undefined : String(at)
  }
}

type Text = readonly [text: unknown, values: readonly string[]]

/** The same for the credentials in one text. Of a single one all else may have changed: it is still that of its path. */
function keptValues([text, values]: Text, [old, before]: Text, refuse: (message: string) => void): readonly string[] {
  const isSame = text === old
  const isSingle = values.length === 1 && before.length === 1 && text !== MASK && old !== MASK
  const around = isSame || isSingle ? none : contextsIn(String(text))
  /** Where each context stood; -1 for one that stood in several places. */
  const places = new Map<string, number>()
  for (const [at, context] of (isSame || isSingle || typeof old !== 'string' ? none : contextsIn(old)).entries())
    places.set(context, places.has(context) ? -1 : at)
  return values.map((value, index) => {
    if (value !== MASK) return value
    const found = before[isSame || isSingle ? index : (places.get(around[index] ?? '') ?? -1)]
    if (found === undefined) refuse(before.length === 0 || text === MASK ? NONE : UNTOLD)
    return found ?? MASK
  })
}
