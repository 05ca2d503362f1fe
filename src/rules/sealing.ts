import { MASK } from '../model/credentials.js'
import { type BadRequest, badRequest, type Issue } from '../model/errors.js'
import { pointer } from './copy.js'
import { own, PATHS, type Secrets, secretsIn } from './secrets.js'
import type { ValidRequest } from './validate.js'

/*
 * What a write leaves of secrets, and those of a service that is new. Source: `semantics.md` §8.
 */

/** What becomes of the secrets: kept as they are sealed, gone, or to be sealed. */
export interface SecretsAfter {
  readonly sealed: string | null
  readonly clear?: string
  readonly changed: boolean
}

export const noSecrets: SecretsAfter = Object.freeze({ sealed: null, changed: false })

/** Where the config stands in a request. */
export const CONFIG = '/connection/config'

/** What a mask is for which nothing is stored. */
export const NONE = 'is the mask, and no secret is stored there to keep'

/** The secrets of a request for a service that is not there. */
export function newSecrets({ connection, secrets, keeps }: ValidRequest): SecretsAfter | BadRequest {
  if (connection === undefined || secrets === null) return noSecrets
  return keeps ? badRequest(masksIn(secretsIn(secrets))) : { sealed: null, clear: secrets, changed: true }
}

/** An issue for each mask, the first hundred of them, and fewer where their paths are long. */
function masksIn(secrets: Secrets): readonly Issue[] {
  const paths = new Set<string>()
  let room = PATHS
  const look = (values: readonly string[], trail: readonly string[]) => {
    if (!values.includes(MASK) || paths.size === 100 || room < 0) return
    const path = CONFIG + pointer(trail)
    room -= path.length
    paths.add(path)
  }
  const walk = ({ at, keys = {}, in: within = {} }: Secrets, trail: readonly string[]) => {
    if (at !== undefined) look(at, trail)
    for (const key of Object.keys(keys)) look(own(keys, key) ?? [], [...trail, key])
    for (const key of Object.keys(within)) walk(own(within, key) ?? {}, [...trail, key])
  }
  walk(secrets, [])
  return Array.from(paths, (path) => ({ path, message: NONE }))
}
