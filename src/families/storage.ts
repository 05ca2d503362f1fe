import type { Family } from './family.js'
import { freeMap, must, text, textMap, texts, uri } from './fields.js'
import { type Connection, type Of, openMetadataFamily, type Schemas } from './openmetadata.js'
import { awsCredentials } from './parts/aws.js'
import { azureCredentials } from './parts/azure.js'
import { gcpCredentials } from './parts/gcp.js'
import { pattern, supports } from './patterns.js'

export const s3 = () => ({
  awsConfig: must(awsCredentials()),
  bucketNames: texts(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  containerFilterPattern: pattern(['_SUCCESS']),
  ...supports('MetadataExtraction', 'Profiler'),
  consoleEndpointURL: uri(),
})
export interface S3Connection extends Connection<'S3', typeof s3> {}

const adls = () => ({
  credentials: must(azureCredentials()),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  containerName: text(''),
  containerFilterPattern: pattern(),
  ...supports('MetadataExtraction', 'Profiler'),
})
export interface ADLSConnection extends Connection<'ADLS', typeof adls> {}

const gcs = () => ({
  credentials: must(gcpCredentials()),
  bucketNames: texts(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  containerFilterPattern: pattern(),
  ...supports('MetadataExtraction', 'Profiler'),
})
export interface GCSConnection extends Connection<'GCS', typeof gcs> {}

const customStorage = () => ({
  sourcePythonClass: text(),
  connectionOptions: textMap(),
  containerFilterPattern: pattern(),
  ...supports('MetadataExtraction', 'Profiler'),
})
export interface CustomStorageConnection extends Connection<'CustomStorage', typeof customStorage> {
  readonly [key: string]: unknown
}

const connections = {
  S3: s3 as Of<S3Connection>,
  ADLS: adls as Of<ADLSConnection>,
  GCS: gcs as Of<GCSConnection>,
  CustomStorage: customStorage as Of<CustomStorageConnection>,
}

/** The type of `storageServices`. */
export interface StorageServices extends Family<Schemas<typeof connections>> {}

/**
 * OpenMetadata's services of object stores: 4 service types, each with its connection. `serviceType` narrows
 * `connection.config`.
 *
 * Source: OpenMetadata 2.0.7; `semantics.md` §1, §11.
 */
export const storageServices: StorageServices = /* @__PURE__ */ openMetadataFamily({
  entityType: 'storageService',
  collection: 'storageServices',
  open: ['CustomStorage'],
  connections,
})
