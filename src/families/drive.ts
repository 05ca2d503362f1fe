import type { Family } from './family.js'
import {
  type Config,
  either,
  flag,
  freeMap,
  must,
  object,
  password,
  text,
  textMap,
  texts,
  uri,
  whole,
} from './fields.js'
import { type Connection, type Of, openMetadataFamily, type Schemas } from './openmetadata.js'
import { basicAuth } from './parts/auth.js'
import { gcpCredentials } from './parts/gcp.js'
import { patterns } from './patterns.js'

const googleDrive = () => ({
  credentials: must(gcpCredentials()),
  delegatedEmail: text(),
  driveId: text(),
  includeTeamDrives: flag(true),
  includeGoogleSheets: flag(false),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('directory', 'file', 'spreadsheet', 'worksheet'),
  supportsMetadataExtraction: flag(true),
})
export interface GoogleDriveConnection extends Connection<'GoogleDrive', typeof googleDrive> {}

const sharePoint = () => ({
  clientId: must(text()),
  clientSecret: must(password()),
  tenantId: must(text()),
  siteUrl: must(uri()),
  siteName: text(),
  driveId: text(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('directory', 'file', 'spreadsheet', 'worksheet'),
  supportsMetadataExtraction: flag(true),
})
export interface SharePointConnection extends Connection<'SharePoint', typeof sharePoint> {}

const sftpKeyAuth = () => ({
  username: must(text()),
  privateKey: must(password()),
  privateKeyPassphrase: password(),
})
interface SftpKeyAuth extends Config<typeof sftpKeyAuth> {}

const sftp = () => ({
  host: must(text()),
  port: whole(22),
  authType: must(either(basicAuth(), object<SftpKeyAuth>(sftpKeyAuth))),
  rootDirectories: texts(['/']),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('directory', 'file'),
  structuredDataFilesOnly: flag(false),
  extractSampleData: flag(false),
  supportsMetadataExtraction: flag(true),
})
export interface SftpConnection extends Connection<'Sftp', typeof sftp> {}

const customDrive = () => ({
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('directory', 'file', 'spreadsheet', 'worksheet'),
  supportsMetadataExtraction: flag(true),
})
export interface CustomDriveConnection extends Connection<'CustomDrive', typeof customDrive> {
  readonly [key: string]: unknown
}

const connections = {
  GoogleDrive: googleDrive as Of<GoogleDriveConnection>,
  SharePoint: sharePoint as Of<SharePointConnection>,
  Sftp: sftp as Of<SftpConnection>,
  CustomDrive: customDrive as Of<CustomDriveConnection>,
}

/** The type of `driveServices`. */
export interface DriveServices extends Family<Schemas<typeof connections>> {
  readonly without: readonly 'entityStatus'[]
}

/**
 * OpenMetadata's services of file drives: 4 service types, each with its connection. `serviceType` narrows
 * `connection.config`.
 *
 * Source: OpenMetadata 2.0.7; `semantics.md` §1, §11.
 */
export const driveServices: DriveServices = /* @__PURE__ */ openMetadataFamily({
  entityType: 'driveService',
  collection: 'driveServices',
  open: ['CustomDrive'],
  without: ['entityStatus'],
  connections,
})
