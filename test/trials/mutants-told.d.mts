export interface Reason {
  readonly file: string
  readonly what: string
  readonly replacement: string
  readonly reason: string
}
export interface Judged {
  readonly file: string
  readonly line: number
  readonly kind: string
  readonly what: string
  readonly replacement: string
  readonly status: 'killed' | 'survived' | 'unreached'
}
export const ROOMS: Readonly<Record<string, number>>
export function reasons(): readonly Reason[]
export function told(
  all: readonly Judged[],
  given: readonly Reason[],
  rooms: Readonly<Record<string, number>>,
): { readonly lines: readonly string[]; readonly isEnough: boolean }
