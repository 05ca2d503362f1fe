import type { Family } from './family.js'
import { type Config, choice, either, flag, must, object, password, text, uri } from './fields.js'
import {
  type Connection,
  type Of,
  openMetadataFamily,
  type Schemas,
  type UnclassedConnection,
  unclassed,
} from './openmetadata.js'
import { awsCredentials } from './parts/aws.js'
import { SSL_CHECKS, sslConfig } from './parts/ssl.js'
import { patterns } from './patterns.js'

const openApiUrl = () => ({
  openAPISchemaURL: must(uri()),
})
interface OpenApiUrl extends Config<typeof openApiUrl> {}

const openApiFile = () => ({
  openAPISchemaFilePath: must(text()),
})
interface OpenApiFile extends Config<typeof openApiFile> {}

const openApiS3 = () => ({
  openAPISchemaS3URL: must(uri()),
  awsCredentials: must(awsCredentials()),
})
interface OpenApiS3 extends Config<typeof openApiS3> {}

const rest = () => ({
  openAPISchemaConnection: must(
    either(object<OpenApiUrl>(openApiUrl), object<OpenApiFile>(openApiFile), object<OpenApiS3>(openApiS3)),
  ),
  token: password(),
  docURL: uri(),
  ...patterns('apiCollection', 'apiEndpoint'),
  verifySSL: choice(SSL_CHECKS, 'no-ssl'),
  sslConfig: sslConfig(),
  supportsMetadataExtraction: flag(true),
})
export interface RestConnection extends Connection<'Rest', typeof rest> {}

const connections = {
  Rest: rest as Of<RestConnection>,
  WEBHOOK: unclassed as Of<UnclassedConnection>,
}

/** The type of `apiServices`. */
export interface ApiServices extends Family<Schemas<typeof connections>> {
  readonly without: readonly 'style'[]
}

/**
 * OpenMetadata's services of APIs: 2 service types, each with its connection. `serviceType` narrows
 * `connection.config`.
 *
 * Source: OpenMetadata 2.0.7; `semantics.md` §1, §11.
 */
export const apiServices: ApiServices = /* @__PURE__ */ openMetadataFamily({
  entityType: 'apiService',
  collection: 'apiServices',
  open: ['WEBHOOK'],
  without: ['style'],
  connections,
})
