import { type Config, either, flag, freeMap, must, object, password, text, textMap } from '../fields.js'
import type { Connection } from '../openmetadata.js'
import { awsCredentials } from '../parts/aws.js'
import { azureCredentials } from '../parts/azure.js'
import { gcpCredentials } from '../parts/gcp.js'
import { sampleDataStorage } from '../parts/sampling.js'
import { patterns, supports } from '../patterns.js'

export const glue = () => ({
  awsConfig: must(awsCredentials()),
  databaseName: text(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'DBTExtraction'),
})
export interface GlueConnection extends Connection<'Glue', typeof glue> {}

const deltaMetastoreHost = () => ({
  metastoreHostPort: text(),
})
interface DeltaMetastoreHost extends Config<typeof deltaMetastoreHost> {}

const deltaMetastoreDatabase = () => ({
  metastoreDb: text(),
  username: text(),
  password: password(),
  driverName: text(),
  jdbcDriverClassPath: text(),
})
interface DeltaMetastoreDatabase extends Config<typeof deltaMetastoreDatabase> {}

const deltaMetastoreFile = () => ({
  metastoreFilePath: text(),
})
interface DeltaMetastoreFile extends Config<typeof deltaMetastoreFile> {}

const deltaMetastore = () => ({
  connection: must(
    either(
      object<DeltaMetastoreHost>(deltaMetastoreHost),
      object<DeltaMetastoreDatabase>(deltaMetastoreDatabase),
      object<DeltaMetastoreFile>(deltaMetastoreFile),
    ),
  ),
  appName: text('OpenMetadata'),
})
interface DeltaMetastore extends Config<typeof deltaMetastore> {}

const s3Config = () => ({
  securityConfig: awsCredentials(),
})
interface S3Config extends Config<typeof s3Config> {}

const deltaStorage = () => ({
  connection: must(object<S3Config>(s3Config)),
  bucketName: text(''),
  prefix: text(''),
})
interface DeltaStorage extends Config<typeof deltaStorage> {}

export const deltaLake = () => ({
  configSource: must(either(object<DeltaMetastore>(deltaMetastore), object<DeltaStorage>(deltaStorage))),
  databaseName: text(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'DBTExtraction'),
})
export interface DeltaLakeConnection extends Connection<'DeltaLake', typeof deltaLake> {}

const azureConfig = () => ({
  securityConfig: azureCredentials(),
})
interface AzureConfig extends Config<typeof azureConfig> {}

const gcsConfig = () => ({
  securityConfig: gcpCredentials(),
})
interface GcsConfig extends Config<typeof gcsConfig> {}

export const datalake = () => ({
  configSource: must(
    either(
      object<Record<never, never>>(() => ({})),
      object<AzureConfig>(azureConfig),
      object<GcsConfig>(gcsConfig),
      object<S3Config>(s3Config),
    ),
  ),
  bucketName: text(''),
  prefix: text(''),
  databaseName: text(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'Profiler'),
  sampleDataStorageConfig: sampleDataStorage(),
  skipColdStorage: flag(false),
})
export interface DatalakeConnection extends Connection<'Datalake', typeof datalake> {}
