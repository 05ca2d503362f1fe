import type { Issue } from '../model/errors.js'

/*
 * Signals that end a call. They are known by what they have, not by their class: test environments and frames have an
 * `AbortSignal` of their own.
 */

export function signalIssues(signal: unknown): readonly Issue[] {
  return signal === undefined || isSignal(signal) ? [] : [{ path: '/signal', message: 'must be an AbortSignal' }]
}

function isSignal(signal: unknown): boolean {
  try {
    const { aborted, addEventListener, removeEventListener } = signal as AbortSignal
    return (
      typeof aborted === 'boolean' && [addEventListener, removeEventListener].every((one) => typeof one === 'function')
    )
  } catch {
    return false
  }
}

/** Whether the call is to end. A signal that can no longer be asked ends it, with what it threw as the reason. */
export function endedBy(signal: AbortSignal | undefined): { readonly cause: unknown } | undefined {
  try {
    return signal?.aborted ? { cause: signal.reason } : undefined
  } catch (cause) {
    return { cause }
  }
}
