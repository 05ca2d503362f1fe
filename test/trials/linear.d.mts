export interface Recorded {
  readonly operation: { readonly kind: string; readonly name?: string; readonly text?: string }
  readonly answer: unknown
  readonly called: number
  readonly returned: number
}
export function isLinearizable(history: readonly Recorded[]): boolean
