import type { BadRequest } from '../../model/errors.js'
import type { Principal } from '../../model/principal.js'
import { FIRST_VERSION } from '../../model/version.js'
import { secretsAfter } from '../connection.js'
import type { Decision } from '../decide.js'
import type { Limits } from '../limits.js'
import type { ValidRequest } from '../validate.js'
import { decision, newborn, tooLarge, withoutDomain } from './newborn.js'

/** A new service. Source: `semantics.md` §4. */
export function decideCreate(
  request: ValidRequest,
  id: string,
  now: number,
  by: Principal | undefined,
  limits: Limits,
): Decision | BadRequest {
  const secrets = secretsAfter(request, null, null)
  if ('code' in secrets) return secrets
  // A mask may be longer than what it stands for.
  const refused = withoutDomain(request) ?? (request.secrets === null ? undefined : tooLarge(request, request, limits))
  if (refused !== undefined) return refused
  return decision('created', newborn(id, FIRST_VERSION, now, by, request, request), 1, secrets, null)
}
