import { type BadRequest, badRequest, type Issue } from '../model/errors.js'
import type { Service } from '../model/service.js'
import type { Stored } from '../ports/store.js'
import { movedPlaces } from './follow.js'
import { type Clear, keepSecrets } from './keep.js'
import { revealConfig } from './masked.js'
import { sameValue } from './same.js'
import { CONFIG, noSecrets, type SecretsAfter } from './sealing.js'
import { sameSecrets } from './secrets.js'
import type { ValidRequest } from './validate.js'

/*
 * What a request means for the connection that is stored: its defaults, its secrets, and where they would go. Source:
 * `semantics.md` §1, §8.
 */

/**
 * What is stored, its config completed by the defaults of today, so that a schema that has gained one changes nothing. Only
 * where the request has another connection, which few have.
 */
export function completedFor({ serviceType, connection, completed }: ValidRequest, before: Stored): Stored {
  const { service } = before
  if (connection === undefined || service.connection === undefined || service.serviceType !== serviceType) return before
  if (sameValue(connection, service.connection)) return before
  const stored = service.connection.config as Config
  const config = completed(stored)
  if (sameValue(config, stored)) return before
  return { ...before, service: { ...service, connection: Object.freeze({ config }) } as Service }
}

/**
 * Whether what is decided depends on the clear secrets of the stored service, so that they have to be opened: both the
 * request and the service have some.
 */
export function comparesSecrets(before: Stored, request: ValidRequest): boolean {
  return before.sealed !== null && request.secrets !== null
}

type Config = Readonly<Record<string, unknown>>

function configsOf({ connection, secrets }: ValidRequest, before: Stored, opened: string | null) {
  const old = before.service.connection
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
export function secretsAfter(request: ValidRequest, before: Stored, opened: string | null): SecretsAfter | BadRequest {
  const { sealed } = before
  if (request.connection === undefined || request.secrets === null) {
    if (sealed === null) return noSecrets
    return request.connection === undefined ? { sealed, changed: false } : { sealed: null, changed: true }
  }
  let clear = request.secrets
  if (request.keeps) {
    const { text, issues } = keepSecrets(...configsOf(request, before, opened), CONFIG)
    if (issues.length > 0) return badRequest(issues)
    const wrong = request.recheck?.(revealConfig(request.connection.config as Config, text)) ?? []
    if (wrong.length > 0) return badRequest(wrong)
    clear = text
  }
  // The same again stays as it is sealed, so that nothing is written.
  return sameSecrets(clear, opened) ? { sealed, changed: false } : { sealed: null, clear, changed: true }
}
