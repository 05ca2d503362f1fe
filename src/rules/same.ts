import type { OwnerReference, TagLabel } from '../model/service.js'

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

export const sameText = (a: string, b: string) => a === b

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
  const isFirst = (element: T, at: number) => elements.findIndex((other) => same(other, element)) === at
  return elements.every(isFirst) ? elements : Object.freeze(elements.filter(isFirst))
}
