import type { Family } from '../src/families/family.js'
import type { Service } from '../src/model/service.js'
import type { Stored } from '../src/ports/store.js'
import { born, toCreate } from '../src/rules/decide/create.js'
import { toUpsert } from '../src/rules/decide/upsert.js'
import { type Decision, decide, type Gathered } from '../src/rules/decide.js'
import type { Intent, RequestIntent } from '../src/rules/intent.js'
import { defaultLimits, type Limits } from '../src/rules/limits.js'
import { type ValidRequest, validator } from '../src/rules/validate.js'

/* What rules decide, without a book: a family of two types, and services as they would be stored. */

const text = { type: 'string' }
const password = { type: 'string', format: 'password' }
const properties = { host: text, region: { type: 'string', default: 'eu' }, password, other: password }

export const family = {
  entityType: 'aService',
  collection: 'as',
  serviceTypes: { A: { type: 'object', properties }, B: { type: 'object', properties: { host: text } } },
} as unknown as Family

export const validate = validator(family, defaultLimits, true, false)

/** A request that fits. */
export function valid(request: object): ValidRequest {
  const answer = validate({ name: 'a', serviceType: 'A', ...request })
  if ('error' in answer) throw new Error(answer.error.message)
  return answer
}

export const ada = { name: 'ada' }
export const ID = '11111111-1111-7111-8111-111111111111'

export const gathered = (given: Partial<Gathered> = {}): Gathered => ({
  now: 5000,
  id: ID,
  draft: undefined,
  clear: null,
  previous: undefined,
  ...given,
})

export const asked = (request: ValidRequest, given: Partial<RequestIntent> = {}): RequestIntent => ({
  kind: toUpsert,
  request,
  by: undefined,
  when: undefined,
  overrides: false,
  ...given,
})

export const decided = (
  intent: Intent,
  held: Stored | null,
  given: Partial<Gathered> = {},
  limits: Partial<Limits> = {},
) => decide(intent, held, gathered(given), { ...defaultLimits, ...limits })

/** A service that was created by such a request; `sealed` is what stands for its secrets, if it has any. */
export function held(request: object, service: Partial<Service> = {}, more: Partial<Stored> = {}): Stored {
  const fits = valid(request)
  const made = born({ ...asked(fits), kind: toCreate }, gathered({ now: 1000 }), defaultLimits) as Decision
  const sealed = fits.secrets === null ? null : 'sealed'
  return { ...made.stored, sealed, ...more, service: { ...made.stored.service, ...service } }
}
