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

/** What equal elements of an owner, tag or name list have in common, whichever of the above tells them equal. */
function keyOf(element: unknown): unknown {
  const { id, tagFQN } = (typeof element === 'object' && element !== null ? element : {}) as Record<string, unknown>
  const key = id ?? tagFQN ?? element
  return typeof key === 'object' ? undefined : key
}

type Same<T> = (a: T, b: T) => boolean

/** Lists this short are sooner walked than put into a map. */
const SHORT = 16

/** Tells whether a list has an element; without a look at all of them where the list is long. */
export function finder<T>(elements: readonly T[], same: Same<T>): (element: T) => boolean {
  if (elements.length <= SHORT) return (element) => has(elements, element, same, elements.length)
  const byKey = new Map<unknown, T[]>()
  for (const element of elements) addTo(byKey, element)
  return (element) => isAmong(byKey, element, same)
}

/** Whether one of the first so many is the same. */
function has<T>(elements: readonly T[], element: T, same: Same<T>, count: number): boolean {
  for (let at = 0; at < count; at++) if (same(elements[at] as T, element)) return true
  return false
}

function isAmong<T>(byKey: Map<unknown, T[]>, element: T, same: Same<T>): boolean {
  const those = byKey.get(keyOf(element))
  return those !== undefined && has(those, element, same, those.length)
}

function addTo<T>(byKey: Map<unknown, T[]>, element: T): void {
  const key = keyOf(element)
  const those = byKey.get(key)
  if (those === undefined) byKey.set(key, [element])
  else those.push(element)
}

/** The first of each identity. */
export function unique<T>(elements: readonly T[], same: Same<T>): readonly T[] {
  if (elements.length > SHORT) return firsts(elements, firstByKey(same))
  let at = 1
  while (at < elements.length && !has(elements, elements[at] as T, same, at)) at++
  return at >= elements.length ? elements : firsts(elements, (element, at) => !has(elements, element, same, at))
}

function firsts<T>(elements: readonly T[], isFirst: (element: T, at: number) => boolean): readonly T[] {
  const kept = elements.filter(isFirst)
  return kept.length === elements.length ? elements : Object.freeze(kept)
}

/** Asked for each element in turn. */
function firstByKey<T>(same: Same<T>): (element: T) => boolean {
  const byKey = new Map<unknown, T[]>()
  return (element) => {
    if (isAmong(byKey, element, same)) return false
    addTo(byKey, element)
    return true
  }
}
