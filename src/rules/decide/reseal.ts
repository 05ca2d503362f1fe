import type { Stored } from '../../ports/store.js'
import type { Decision } from '../decide.js'

/** A service whose secrets are to be sealed anew, where they were opened for it; all else stays. Source: §8. */
export function decideReseal(before: Stored, opened: string | null): Decision {
  if (opened === null) return { outcome: 'unchanged', stored: before }
  const { service, sealed, beside, revision } = before
  return {
    outcome: 'resealed',
    stored: Object.freeze({ service, sealed, beside, revision: revision + 1 }),
    clear: opened,
  }
}
