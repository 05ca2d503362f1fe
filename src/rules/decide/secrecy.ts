import { type BadRequest, badRequest } from '../../model/errors.js'
import type { Stored } from '../../ports/store.js'
import { keepSecrets } from '../secrets.js'
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
    const { text, issues } = keepSecrets(clear, opened, '/connection/config')
    if (issues.length > 0) return badRequest(issues)
    clear = text
  }
  // The same again stays as it is sealed, so that nothing is written.
  return clear === opened ? { sealed, changed: false } : { sealed: null, clear, changed: true }
}
