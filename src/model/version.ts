/**
 * Version numbers: integer tenths inside, one decimal outside, so that no float is ever added.
 * Source: OpenMetadata's versioning; `semantics.md` §3.
 */

/** The version of a new service. */
export const FIRST_VERSION = 0.1

/** A version as integer tenths: 1.2 is 12. */
export function tenths(version: number): number {
  return Math.round(version * 10)
}

/**
 * The version after a change: +0.1, or +1.0 when the change is backward-incompatible.
 *
 * @example nextVersion(0.9, false) // 1
 */
export function nextVersion(version: number, incompatible: boolean): number {
  return (tenths(version) + (incompatible ? 10 : 1)) / 10
}
