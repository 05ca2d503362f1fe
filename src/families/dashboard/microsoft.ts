import { type Config, choice, either, flag, is, must, object, password, text, texts, uri, whole } from '../fields.js'
import type { Connection } from '../openmetadata.js'
import { awsCredentials } from '../parts/aws.js'
import { azureCredentials } from '../parts/azure.js'
import { gcpCredentials } from '../parts/gcp.js'
import { SSL_CHECKS, sslConfig } from '../parts/ssl.js'
import { patterns } from '../patterns.js'

const pbitLocal = () => ({
  pbitFileConfigType: is('local'),
  path: text(),
  pbitFilesExtractDir: text('/tmp/pbitFiles'),
})
interface PbitLocal extends Config<typeof pbitLocal> {}

const pbitBucket = () => ({
  bucketName: text(),
  objectPrefix: text(),
})
interface PbitBucket extends Config<typeof pbitBucket> {}

const pbitAzure = () => ({
  pbitFileConfigType: is('azure'),
  securityConfig: must(azureCredentials()),
  prefixConfig: object<PbitBucket>(pbitBucket),
  pbitFilesExtractDir: text('/tmp/pbitFiles'),
})
interface PbitAzure extends Config<typeof pbitAzure> {}

const pbitGcs = () => ({
  pbitFileConfigType: is('gcs'),
  securityConfig: must(gcpCredentials()),
  prefixConfig: object<PbitBucket>(pbitBucket),
  pbitFilesExtractDir: text('/tmp/pbitFiles'),
})
interface PbitGcs extends Config<typeof pbitGcs> {}

const pbitS3 = () => ({
  pbitFileConfigType: is('s3'),
  securityConfig: must(awsCredentials()),
  prefixConfig: object<PbitBucket>(pbitBucket),
  pbitFilesExtractDir: text('/tmp/pbitFiles'),
})
interface PbitS3 extends Config<typeof pbitS3> {}

export const powerBI = () => ({
  clientId: must(text()),
  clientSecret: must(password()),
  tenantId: must(text()),
  apiURL: text('https://api.powerbi.com'),
  authorityURI: text('https://login.microsoftonline.com/'),
  hostPort: uri('https://app.powerbi.com'),
  scope: texts(['https://analysis.windows.net/powerbi/api/.default']),
  pagination_entity_per_page: whole(100),
  useAdminApis: flag(true),
  displayTableNameFromSource: flag(false),
  pbitFilesSource: either(
    object<PbitLocal>(pbitLocal),
    object<PbitAzure>(pbitAzure),
    object<PbitGcs>(pbitGcs),
    object<PbitS3>(pbitS3),
  ),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
  supportsMetadataExtraction: flag(true),
})
export interface PowerBIConnection extends Connection<'PowerBI', typeof powerBI> {}

export const powerBIReportServer = () => ({
  hostPort: must(uri()),
  username: must(text()),
  password: must(password()),
  webPortalVirtualDirectory: text('Reports'),
  supportsMetadataExtraction: flag(true),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
})
export interface PowerBIReportServerConnection extends Connection<'PowerBIReportServer', typeof powerBIReportServer> {}

export const ssrs = () => ({
  hostPort: must(uri()),
  username: must(text()),
  password: must(password()),
  ...patterns('dashboard', 'chart', 'project'),
  verifySSL: choice(SSL_CHECKS, 'no-ssl'),
  sslConfig: sslConfig(),
  supportsMetadataExtraction: flag(true),
})
export interface SsrsConnection extends Connection<'Ssrs', typeof ssrs> {}
