import type { Family } from './family.js'
import {
  type Config,
  choice,
  either,
  flag,
  freeMap,
  object,
  openObject,
  password,
  text,
  textMap,
  uri,
  whole,
} from './fields.js'
import { type Connection, type Of, openMetadataFamily, type Schemas } from './openmetadata.js'
import { optionalBasicAuth } from './parts/auth.js'
import { awsCredentials } from './parts/aws.js'
import { SSL_CHECKS } from './parts/ssl.js'
import { pattern } from './patterns.js'

const apiKeyAuth = () => ({
  apiKey: password(),
  apiKeyId: text(),
})
interface ApiKeyAuth extends Config<typeof apiKeyAuth> {}

const certificatePaths = () => ({
  caCertPath: text(),
  clientCertPath: text(),
  privateKeyPath: text(),
})
interface CertificatePaths extends Config<typeof certificatePaths> {}

const certificateValues = () => ({
  caCertValue: password(),
  clientCertValue: password(),
  privateKeyValue: password(),
  stagingDir: text('/tmp/openmetadata-certs'),
})
interface CertificateValues extends Config<typeof certificateValues> {}

const searchCertificates = () => ({
  certificates: either(object<CertificatePaths>(certificatePaths), object<CertificateValues>(certificateValues)),
})
interface SearchCertificates extends Config<typeof searchCertificates> {}

const elasticSearch = () => ({
  hostPort: uri(),
  authType: either(optionalBasicAuth(), object<ApiKeyAuth>(apiKeyAuth)),
  sslConfig: openObject<SearchCertificates>(searchCertificates),
  connectionTimeoutSecs: whole(30),
  connectionArguments: freeMap(),
  searchIndexFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface ElasticSearchConnection extends Connection<'ElasticSearch', typeof elasticSearch> {}

const openSearch = () => ({
  hostPort: uri(),
  authType: either(optionalBasicAuth(), awsCredentials()),
  verifySSL: choice(SSL_CHECKS, 'no-ssl'),
  sslConfig: openObject<SearchCertificates>(searchCertificates),
  connectionTimeoutSecs: whole(30),
  connectionArguments: freeMap(),
  searchIndexFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface OpenSearchConnection extends Connection<'OpenSearch', typeof openSearch> {}

const customSearch = () => ({
  sourcePythonClass: text(),
  connectionOptions: textMap(),
  searchIndexFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface CustomSearchConnection extends Connection<'CustomSearch', typeof customSearch> {
  readonly [key: string]: unknown
}

const connections = {
  ElasticSearch: elasticSearch as Of<ElasticSearchConnection>,
  OpenSearch: openSearch as Of<OpenSearchConnection>,
  CustomSearch: customSearch as Of<CustomSearchConnection>,
}

/** The type of `searchServices`. */
export interface SearchServices extends Family<Schemas<typeof connections>> {}

/**
 * OpenMetadata's services of search engines: 3 service types, each with its connection. `serviceType` narrows
 * `connection.config`.
 *
 * Source: OpenMetadata 2.0.7; `semantics.md` §1, §11.
 */
export const searchServices: SearchServices = /* @__PURE__ */ openMetadataFamily({
  entityType: 'searchService',
  collection: 'searchServices',
  open: ['CustomSearch'],
  connections,
})
