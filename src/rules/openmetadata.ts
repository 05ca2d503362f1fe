import type { Operation } from '../model/principal.js'
import type { Policy } from '../ports/policy.js'
import { owns } from './roles.js'

/**
 * A ready policy with the default policies of an OpenMetadata server, to the letter. Whoever is several of these may all that
 * any of them may, but that a bot which is no admin never edits a display name; nobody may anything without a principal.
 *
 * | | may |
 * |---|---|
 * | admin (`isAdmin`) | everything |
 * | owner (`id` or one of `teams` among the service's owners) | everything but `Create` |
 * | bot (`isBot`) | `Create`, `EditAll` and the finer edits but `EditDisplayName`, `Delete`, `ViewSecrets`, `ViewBasic` |
 * | everybody | `ViewBasic`, `EditDescription`, `EditTags`; `EditOwners` of a service that has none |
 *
 * `rolePolicy` is the stricter one. The finer edits count for `patchService` alone, which asks for each field that changes:
 * upsert, bulk and restore of a service that is there ask for `EditAll`, as on the server. So everybody may describe and tag
 * every service, and whoever comes first may own one.
 *
 * @example
 * const book = openBook({ family: mlmodelServices, store, policy: openMetadataPolicy() })
 *
 * Source: OpenMetadata's default policies for data consumers, organizations and bots; `semantics.md` §9.
 */
export function openMetadataPolicy(): Policy {
  return (principal, operation, target) => {
    if (principal === undefined) return 'unauthenticated'
    if (principal.isAdmin === true) return 'allow'
    if (principal.isBot === true && operation === 'EditDisplayName') return 'forbidden'
    const may =
      FOR_EVERYBODY.has(operation) ||
      principal.isBot === true ||
      (target !== undefined && operation !== 'Create' && owns(principal, target)) ||
      (operation === 'EditOwners' && target !== undefined && (target.owners ?? []).length === 0)
    return may ? 'allow' : 'forbidden'
  }
}

const FOR_EVERYBODY: ReadonlySet<Operation> = new Set(['ViewBasic', 'EditDescription', 'EditTags'])
