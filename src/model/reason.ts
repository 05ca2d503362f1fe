import { maskedText } from './texts.js'

/**
 * What was thrown says of itself, without credentials: drivers name what they cannot connect to. It is known by what it has
 * and not by its class: test environments and frames have an `Error` of their own.
 */
export function reasonOf(cause: unknown): string {
  try {
    const message: unknown = (cause as { readonly message?: unknown } | null | undefined)?.message
    return typeof message === 'string' ? maskedText(message) : 'no reason given'
  } catch {
    return 'no reason given'
  }
}

/** Whether what was thrown carries `applied: false`. */
export function saysNothingApplied(cause: unknown): boolean {
  try {
    return (cause as { applied?: unknown }).applied === false
  } catch {
    return false
  }
}
