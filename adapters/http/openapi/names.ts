import type { Book } from 'servicebook'

/*
 * Names that the server spells otherwise than by its own rule, for clients whose code is generated from its document.
 * Source: the classes and resources of OpenMetadata 2.0.7.
 */

/** What an entity type stands for, where it is no more than a capital away. */
const ENTITIES: Readonly<Record<string, string>> = { mlmodelService: 'MlModelService', llmService: 'LLMService' }

/** OpenMetadata's name of what an entity type stands for: `DatabaseService`. */
export function entityOf({ family: { entityType } }: Book): string {
  return ENTITIES[entityType] ?? entityType.replace(/^./, (first) => first.toUpperCase())
}

/** Operations by what the rule would call them. */
const OPERATIONS: Readonly<Record<string, string>> = {
  listDashboardServices: 'listDashboardsService',
  listMessagingServices: 'listMessagingService',
  listMlModelServices: 'listMlModelService',
  listPipelineServices: 'listPipelineService',
  deleteApiServiceByName: 'deleteAPIServiceByFQN',
  deleteSearchServiceByName: 'deleteSearchServiceByFQN',
  deleteStorageServiceByName: 'deleteStorageServiceByFQN',
}

/** All operations of API services but one have capitals that their schemas have not. */
const API_SERVICE = /^(list|listAll|get|getSpecific|createOrUpdate|patch|delete)ApiService/

export const operationNamed = (operationId: string): string =>
  OPERATIONS[operationId] ?? operationId.replace(API_SERVICE, '$1APIService')
