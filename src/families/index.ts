import { apiServices } from './api.js'
import { dashboardServices } from './dashboard.js'
import { databaseServices } from './database.js'
import { driveServices } from './drive.js'
import type { Family } from './family.js'
import { llmServices } from './llm.js'
import { mcpServices } from './mcp.js'
import { messagingServices } from './messaging.js'
import { metadataServices } from './metadata.js'
import { mlmodelServices } from './mlmodel.js'
import { pipelineServices } from './pipeline.js'
import { searchServices } from './search.js'
import { securityServices } from './security.js'
import { storageServices } from './storage.js'

export type * from './api.js'
export type * from './dashboard/microsoft.js'
export type * from './dashboard/suites.js'
export type * from './dashboard/tools.js'
export type * from './dashboard.js'
export type * from './database/applications.js'
export type * from './database/clouds.js'
export type * from './database/documents.js'
export type * from './database/engines.js'
export type * from './database/enterprise.js'
export type * from './database/lakes.js'
export type * from './database/relational.js'
export type * from './database/warehouses.js'
export type * from './database.js'
export type * from './drive.js'
export type * from './llm.js'
export type * from './mcp.js'
export type * from './messaging.js'
export type * from './metadata.js'
export type * from './mlmodel.js'
export type { UnclassedConnection } from './openmetadata.js'
export type * from './parts/auth.js'
export type * from './parts/aws.js'
export type * from './parts/azure.js'
export type * from './parts/gcp.js'
export type * from './parts/sampling.js'
export type * from './parts/ssl.js'
export type { FilterPattern } from './patterns.js'
export type * from './pipeline/orchestrators.js'
export type * from './pipeline/platforms.js'
export type * from './pipeline/streams.js'
export type * from './pipeline.js'
export type * from './search.js'
export type * from './security.js'
export type * from './storage.js'
export {
  apiServices,
  dashboardServices,
  databaseServices,
  driveServices,
  llmServices,
  mcpServices,
  messagingServices,
  metadataServices,
  mlmodelServices,
  pipelineServices,
  searchServices,
  securityServices,
  storageServices,
}

/**
 * All thirteen families of OpenMetadata 2.0.7, in the order of its documentation: what a host opens a book of each of.
 *
 * @example
 * const books = allFamilies.map((family) => openBook({ family, store }))
 *
 * Source: OpenMetadata 2.0.7; `semantics.md` §11.
 */
export const allFamilies: readonly Family[] = [
  databaseServices,
  dashboardServices,
  messagingServices,
  pipelineServices,
  mlmodelServices,
  storageServices,
  searchServices,
  metadataServices,
  apiServices,
  securityServices,
  driveServices,
  llmServices,
  mcpServices,
]
