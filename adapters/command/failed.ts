import { maskedText } from 'servicebook'

/** An error that ends the command with its exit code. */
export interface Failed extends Error {
  readonly exitCode: number
}

export function failed(message: string, exitCode = 1): Failed {
  return Object.assign(new Error(maskedText(message)), { exitCode })
}

/** What was not understood. */
export const misunderstood = (message: string) => failed(message, 2)
