import type { OwnerReference, TagLabel } from './service.js'

/** Whether two JSON values are equal; the order of keys means nothing. Unlike TypeBox's `Equal` it allocates nothing. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  let keys = 0
  for (const key in a) {
    if (!sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])) return false
    keys++
  }
  for (const _ in b) keys--
  return keys === 0
}

/** Whether two references are the same owner. */
export const sameOwner = (a: OwnerReference, b: OwnerReference) => a.id === b.id && a.type === b.type

/** Whether two labels are the same tag, whatever else they say. */
export const sameTag = (a: TagLabel, b: TagLabel) => a.tagFQN === b.tagFQN && a.source === b.source

/** Whether a list has an element. */
export function has<T>(elements: readonly T[], element: T, same: (a: T, b: T) => boolean): boolean {
  for (const other of elements) if (same(other, element)) return true
  return false
}

/** The first of each identity. */
export function unique<T>(elements: readonly T[], same: (a: T, b: T) => boolean): readonly T[] {
  const isFirst = (element: T) => elements.find((other) => same(other, element)) === element
  for (const element of elements) if (!isFirst(element)) return Object.freeze(elements.filter(isFirst))
  return elements
}
