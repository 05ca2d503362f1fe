import { maskedText } from '../model/texts.js'
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

/** Canonical: the same secrets are the same text. */
export function secretsText({ at, keys, in: within }: Secrets): string {
  const parts: string[] = []
  if (at !== undefined) parts.push(`"at":${JSON.stringify(at)}`)
  if (keys !== undefined) parts.push(`"keys":${recordText(keys, JSON.stringify)}`)
  if (within !== undefined) parts.push(`"in":${recordText(within, secretsText)}`)
  return `{${parts}}`
}

function recordText<T>(record: Readonly<Record<string, T>>, textOf: (value: T) => string): string {
  const fields = Object.keys(record).sort()
  return `{${fields.map((key) => `${JSON.stringify(key)}:${textOf(record[key] as T)}`)}}`
}

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

const unescaped = (token: string) => token.replaceAll('~1', '/').replaceAll('~0', '~')

/** A JSON Pointer without the credentials in its keys, for messages. */
export function maskedPath(path: string): string {
  const keys = path.split('/').slice(1)
  // Keys that hold none each may hold one together.
  return maskedText(pointer(keys.map((key) => maskedText(unescaped(key)))))
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
