import type { Operation, Principal } from '../model/principal.js'
import type { Service } from '../model/service.js'
import type { Policy } from '../ports/policy.js'

/** What `rolePolicy` takes. */
export interface RolePolicyOptions {
  /** Whether bots may see secrets in clear, as OpenMetadata's ingestion bots do. Default `false`. */
  readonly botsViewSecrets?: boolean
}

/**
 * A ready policy by what the principal is. Whoever is several of these may all that any of them may; nobody may anything
 * without a principal.
 *
 * | | Create | Edit… | Delete | ViewBasic | ViewSecrets |
 * |---|---|---|---|---|---|
 * | admin (`isAdmin`) | yes | yes | yes | yes | yes |
 * | owner (`id` or one of `teams` among the service's owners) | | yes | yes | yes | |
 * | bot (`isBot`) | yes | yes | | yes | with `botsViewSecrets` |
 * | everybody else | | | | yes | |
 *
 * It is stricter than the server's default policies, which `openMetadataPolicy` is: there everybody may edit descriptions and
 * tags and own what nobody owns, bots may delete and see secrets but not edit display names, and owners may see secrets.
 *
 * Throws `TypeError` when an option is not known, or not what it must be.
 *
 * @example
 * const book = openBook({ family: mlmodelServices, store, policy: rolePolicy() })
 * createService(book, request, { by: { name: 'ada', isAdmin: true } })
 *
 * Source: OpenMetadata's default policies; `semantics.md` §9.
 */
export function rolePolicy(options: RolePolicyOptions = {}): Policy {
  const { botsViewSecrets = false } = optionsChecked(options)
  return (principal, operation, target) => {
    if (principal === undefined) return 'unauthenticated'
    const may =
      principal.isAdmin === true ||
      (principal.isBot === true && (FOR_BOTS.has(operation) || (botsViewSecrets && operation === 'ViewSecrets'))) ||
      (FOR_OWNERS.has(operation) && target !== undefined && owns(principal, target)) ||
      operation === 'ViewBasic'
    return may ? 'allow' : 'forbidden'
  }
}

/** Also a book that is given `rolePolicy` instead of `rolePolicy()` learns it here, at the first question. */
function optionsChecked(given: RolePolicyOptions): RolePolicyOptions {
  if (typeof given !== 'object' || given === null) throw new TypeError('rolePolicy takes an object: rolePolicy({ … })')
  for (const option of Object.keys(given)) {
    if (option !== 'botsViewSecrets')
      throw new TypeError(`${option} is no option of rolePolicy: it takes botsViewSecrets`)
  }
  const { botsViewSecrets } = given
  if (botsViewSecrets !== undefined && typeof botsViewSecrets !== 'boolean')
    throw new TypeError('botsViewSecrets must be a boolean')
  return given
}

const EDITS: readonly Operation[] = ['EditAll', 'EditDescription', 'EditDisplayName', 'EditOwners', 'EditTags']
const FOR_BOTS: ReadonlySet<Operation> = new Set(['Create', ...EDITS])
const FOR_OWNERS: ReadonlySet<Operation> = new Set(['Delete', ...EDITS])

/** Whether a principal, or a team of theirs, owns a service. Ids are the same in either case (RFC 9562 §4); services have them in lower case. */
export function owns({ id, teams = [] }: Principal, { owners = [] }: Service): boolean {
  return owners.some((owner) =>
    owner.type === 'user' ? owner.id === id?.toLowerCase() : teams.some((team) => owner.id === team.toLowerCase()),
  )
}
