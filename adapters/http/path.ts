import type { Subject } from 'servicebook'

/*
 * What stands in a path where its pattern leaves it open. Source: OpenMetadata's API; RFC 3986 §2.1.
 */

/** What stands where a pattern has a name. */
export type Path = Readonly<Record<string, string>>

/** The parts of a path under the names that a pattern has in their places; none where they are not percent-encoded UTF-8. */
export function pathIn(parts: readonly string[], pattern: readonly string[]): Path | undefined {
  const path: Record<string, string> = {}
  try {
    for (const [at, name] of pattern.entries())
      if (name.startsWith('{')) path[name.slice(1, -1)] = decodeURIComponent(parts[at] as string)
    return path
  } catch {
    return undefined
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
export const isId = (text: string) => UUID.test(text)

/** The service that a path is about. */
export const subjectOf = ({ id, fqn }: Path): Subject => (id === undefined ? (fqn ?? '') : { id })

/** A version as a path has it. */
export const VERSION_PATTERN = '^([1-9]\\d*(\\.\\d)?|0\\.[1-9])$'
const VERSION = new RegExp(VERSION_PATTERN)
export const versionIn = ({ version = '' }: Path) => (VERSION.test(version) ? Number(version) : Number.NaN)
