export interface JudgedFile {
  readonly file: string
  readonly digest: string
  readonly mutants: number
  readonly killed: number
  readonly reasons: number
  readonly date: string
}
export const MUTANTS: string
export function judgedFiles(): readonly JudgedFile[]
export function mutantsTable(lines: readonly JudgedFile[], rooms: Readonly<Record<string, number>>): string
