import type { Family } from './family.js'
import { must, uri } from './fields.js'
import { type Connection, type Of, openMetadataFamily, type Schemas } from './openmetadata.js'
import { basicAuth } from './parts/auth.js'

const ranger = () => ({
  hostPort: must(uri()),
  authType: must(basicAuth()),
})
export interface RangerConnection extends Connection<'Ranger', typeof ranger> {}

const connections = {
  Ranger: ranger as Of<RangerConnection>,
}

/** The type of `securityServices`. */
export interface SecurityServices extends Family<Schemas<typeof connections>> {
  readonly without: readonly ('style' | 'entityStatus')[]
}

/**
 * OpenMetadata's services of access control: 1 service types, each with its connection. `serviceType` narrows
 * `connection.config`.
 *
 * Source: OpenMetadata 2.0.7; `semantics.md` §1, §11.
 */
export const securityServices: SecurityServices = /* @__PURE__ */ openMetadataFamily({
  entityType: 'securityService',
  collection: 'securityServices',
  without: ['style', 'entityStatus'],
  connections,
})
