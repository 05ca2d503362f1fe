export { type Book, type BookOptions, openBook } from './book.js'
export type { GetOptions } from './execution/look.js'
export { awsCredentials, filterPattern, gcpCredentials, secret, secretMap } from './families/credentials.js'
export {
  type ConnectionSchema,
  type ConnectionSchemas,
  defineFamily,
  type Family,
  type ServiceTypeOf,
} from './families/family.js'
export { type MlModelServices, mlmodelServices } from './families/mlmodel.js'
export type { UnmarkedSecrets } from './families/unmarked.js'
export type { Beside, BesideField, TestConnectionResult } from './model/beside.js'
export { MASK } from './model/credentials.js'
export type * from './model/errors.js'
export { etag, type Preconditions } from './model/etag.js'
export type { Fqn } from './model/fqn.js'
export { fqn, type Subject } from './model/fqn.js'
export type { Operation, Principal } from './model/principal.js'
export {
  type ChangeDescription,
  type ConnectionOf,
  type EntityStatus,
  type FieldChange,
  type FollowerReference,
  type OwnerReference,
  requestSchema,
  type Service,
  type ServiceConnection,
  type ServiceOf,
  type ServiceRequest,
  type ServiceRequestOf,
  type Style,
  serviceSchema,
  type TagLabel,
  type Untyped,
  type UntypedRequest,
} from './model/service.js'
export { maskedText } from './model/texts.js'
export type { Check } from './ports/check.js'
export type { Belonging, Cipher } from './ports/cipher.js'
export type { Directory, Reference } from './ports/directory.js'
export type { ChangeEvent, ChangeListener } from './ports/events.js'
export type { Policy } from './ports/policy.js'
export type { Representation } from './ports/representation.js'
export type { Awaitable, Change, ListQuery, Page, Place, ServiceStore, Stored, VersionQuery } from './ports/store.js'
export type { PatchOperation } from './rules/apply.js'
export type { Outcome } from './rules/decide.js'
export { applyChange, diff } from './rules/diff.js'
export { type EntityRulesOptions, entityRules } from './rules/entity.js'
export type { Limits } from './rules/limits.js'
export { openMetadataPolicy } from './rules/openmetadata.js'
export { maskedConnection } from './rules/refused.js'
export { type RolePolicyOptions, rolePolicy } from './rules/roles.js'
export {
  type AppliedService,
  type ApplyOptions,
  type ApplyReport,
  type ApplyServicesError,
  applyServices,
} from './verbs/apply.js'
export {
  type BulkOptions,
  type BulkProgress,
  type BulkReport,
  type BulkRow,
  bulkUpsert,
} from './verbs/bulk.js'
export { createService, type WriteOptions } from './verbs/create.js'
export { type Deleted, type DeleteOptions, deleteService } from './verbs/delete.js'
export {
  type ExportedService,
  type ExportOptions,
  type ExportServicesError,
  exportServices,
} from './verbs/export.js'
export { type Followed, followService, unfollowService } from './verbs/follow.js'
export { type GetServiceOptions, getService } from './verbs/get.js'
export {
  type ImportError,
  type ImportOptions,
  type ImportProgress,
  type ImportReport,
  type ImportServicesError,
  importServices,
} from './verbs/import.js'
export { allServices, type ListOptions, listServices, type ServicePage } from './verbs/list.js'
export { type PatchedService, type PatchOptions, patchService } from './verbs/patch.js'
export { type ConnectionTestReport, type Reported, reportConnectionTest } from './verbs/report.js'
export {
  type ResealOptions,
  type ResealProgress,
  type ResealReport,
  type ResealServicesError,
  resealServices,
} from './verbs/reseal.js'
export { type Restored, type ReviseOptions, restoreService } from './verbs/restore.js'
export { revealConnection, revealService } from './verbs/reveal.js'
export { type ServicebookError, unwrap } from './verbs/unwrap.js'
export { type Upserted, type UpsertOptions, upsertService } from './verbs/upsert.js'
export {
  getServiceAt,
  getVersion,
  listVersions,
  type VersionPage,
  type VersionsOptions,
} from './verbs/versions.js'
