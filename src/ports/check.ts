import type { Issue } from '../model/errors.js'
import type { Principal } from '../model/principal.js'
import type { Service } from '../model/service.js'

/**
 * A rule of the host's own on what a service may be: pure, and at once, not as a promise. It is asked for every create,
 * upsert, patch and restore that would write something, with the service as it would be and as it is, both masked, `before`
 * being `null` where there is none; and again, on what won, after a lost race. What it answers is `BAD_REQUEST`, paths
 * leading into the service; an empty list is nothing to say.
 *
 * One that throws, or answers anything else, makes the verb answer `STORE_FAILED` with `during: 'check'`, and nothing was
 * written.
 *
 * @example
 * const described: Check = ({ description }) => (description ? [] : [{ path: '/description', message: 'is required here' }])
 *
 * Source: `semantics.md` §9.
 */
export type Check = (after: Service, before: Service | null, by: Principal | undefined) => readonly Issue[]
