import type { Change } from '../ports/store.js'

/** About as many characters as a change writes, sooner fewer than more: its texts, and a little for all else. */
export function weightOf({ after }: Change): number {
  return after === null ? 0 : textsIn(after.service) + textsIn(after.beside) + (after.sealed?.length ?? 0)
}

function textsIn(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  let sum = 0
  for (const key in value) sum += key.length + textsIn((value as Record<string, unknown>)[key])
  return sum
}
