/** Marks what a store throws when it is certain that nothing was written. */
export function nothingApplied(error: Error): Error {
  return Object.assign(error, { applied: false })
}

export function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
