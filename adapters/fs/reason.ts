/** Marks what a store throws when it is certain that nothing was written. */
export function nothingApplied(error: Error): Error {
  return Object.assign(error, { applied: false })
}

/** An error is known by its message, not by its class: it may be of another realm. */
export function reason(cause: unknown): string {
  const { message } = (cause ?? {}) as { message?: unknown }
  return typeof message === 'string' ? message : String(cause)
}
