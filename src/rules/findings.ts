import { type Issue, TOLD } from '../model/errors.js'

/** Violations as they are found: the first are told one by one, the others only counted. */
export interface Findings {
  readonly issues: Issue[]
  /** How many there are besides. */
  more: number
  /** How many characters may still be told. */
  room: number
}

export const findings = (): Findings => ({ issues: [], more: 0, room: TOLD.characters })

/** The path is made only where it is told: a long key can be in the path of everything inside it. */
export function add(found: Findings, message: string, path: () => string): void {
  if (found.issues.length === TOLD.issues || found.room <= 0) {
    found.more++
    return
  }
  const issue = { path: path(), message }
  found.room -= issue.path.length + message.length
  found.issues.push(issue)
}
