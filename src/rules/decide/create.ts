import type { BadRequest } from '../../model/errors.js'
import { FIRST_VERSION } from '../../model/version.js'
import type { Decision, Gathered } from '../decide.js'
import type { Kind, RequestIntent } from '../intent.js'
import type { Limits } from '../limits.js'
import { referencesIn } from '../references.js'
import { newSecrets } from '../sealing.js'
import { decision, newborn, tooLarge, withoutDomain } from './newborn.js'

const CREATE = ['Create'] as const

/** A new service, or nothing. Source: `semantics.md` §4. */
export const toCreate: Kind<RequestIntent> = {
  isBlind: true,
  sees: 'anything',
  isChecked: true,
  asks: () => CREATE,
  refers: ({ request }) => referencesIn(request),
  begins: born,
}

/** A service that is new, of whichever verb. */
export function born({ request, by }: RequestIntent, { id, now }: Gathered, limits: Limits): Decision | BadRequest {
  const secrets = newSecrets(request)
  if ('code' in secrets) return secrets
  // A mask may be longer than what it stands for.
  const refused = withoutDomain(request) ?? (request.secrets === null ? undefined : tooLarge(request, request, limits))
  if (refused !== undefined) return refused
  return decision('created', newborn(id as string, FIRST_VERSION, now, by, request, request), 1, secrets, null)
}
