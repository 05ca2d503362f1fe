import { type BadRequest, badRequest, type Issue } from '../../model/errors.js'
import type { Stored } from '../../ports/store.js'
import { movedPlaces } from '../follow.js'
import { type Clear, keepSecrets } from '../keep.js'
import { sameSecrets } from '../secrets.js'
import type { ValidRequest } from '../validate.js'

/** What becomes of the secrets: kept as they are sealed, gone, or to be sealed. */
export interface Secrets {
  readonly sealed: string | null
  readonly clear?: string
  readonly changed: boolean
}

const noSecrets: Secrets = Object.freeze({ sealed: null, changed: false })

/** Whether the clear secrets of the stored service matter: both the request and the service have some. */
export function comparesSecrets(before: Stored, request: ValidRequest): boolean {
  return before.sealed !== null && request.secrets !== null
}

type Config = Readonly<Record<string, unknown>>
const CONFIG = '/connection/config'

function configsOf({ connection, secrets }: ValidRequest, before: Stored | null, opened: string | null) {
  const old = before?.service.connection
  const given: Clear = { config: (connection?.config ?? {}) as Config, secrets }
  const stored: Clear | null = old === undefined ? null : { config: old.config as Config, secrets: opened }
  return [given, stored] as const
}

/**
 * What a request changes of where a service connects to, while it keeps secrets of it by the mask. For books in which secrets
 * do not follow.
 */
export function movedBy(request: ValidRequest, before: Stored, opened: string | null): readonly Issue[] {
  return request.keeps ? movedPlaces(...configsOf(request, before, opened), CONFIG) : []
}

/** The secrets after the write: those of the request, the stored ones where the mask came back or no connection came. */
export function secretsAfter(
  request: ValidRequest,
  before: Stored | null,
  opened: string | null,
): Secrets | BadRequest {
  const sealed = before?.sealed ?? null
  if (request.connection === undefined || request.secrets === null) {
    if (sealed === null) return noSecrets
    return request.connection === undefined ? { sealed, changed: false } : { sealed: null, changed: true }
  }
  let clear = request.secrets
  if (request.keeps) {
    const { text, issues } = keepSecrets(...configsOf(request, before, opened), CONFIG)
    if (issues.length > 0) return badRequest(issues)
    clear = text
  }
  // The same again stays as it is sealed, so that nothing is written.
  return sameSecrets(clear, opened) ? { sealed, changed: false } : { sealed: null, clear, changed: true }
}
