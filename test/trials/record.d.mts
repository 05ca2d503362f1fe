export interface Line {
  readonly trial: string
  readonly target: string
  readonly tried: Readonly<Record<string, number>>
  readonly wrong: number
  readonly seed: number
  readonly seconds: number
  readonly date: string
  readonly machine: string
}
export function recorded(): readonly Line[]
export function shownTable(name?: string): string
export function tableOf(lines: readonly Line[]): string
