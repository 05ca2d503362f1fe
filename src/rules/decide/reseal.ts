import type { Stored } from '../../ports/store.js'
import type { Decision, Gathered } from '../decide.js'
import type { Kind, ResealIntent } from '../intent.js'

/** A service whose secrets are to be sealed anew, where the cipher would seal them otherwise today. Source: `semantics.md` §8. */
export const toReseal: Kind<ResealIntent> = {
  sees: 'stored',
  isTimeless: true,
  asks: () => [],
  needsClear: ({ isOutdated }, { sealed }) => isOutdated(sealed as string),
  decides: resealed,
}

/** Its secrets, where they were opened for it; all else stays. */
function resealed(_: ResealIntent, before: Stored, { clear }: Gathered): Decision {
  if (clear === null) return { outcome: 'unchanged', stored: before }
  const { service, sealed, beside, revision } = before
  return {
    outcome: 'resealed',
    stored: Object.freeze({ service, sealed, beside, revision: revision + 1 }),
    clear,
  }
}
