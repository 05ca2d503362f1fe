import { choice, either, flag, freeMap, must, password, text, textMap, texts, uri, whole } from '../fields.js'
import type { Connection } from '../openmetadata.js'
import { SSL_CHECKS, sslConfig } from '../parts/ssl.js'
import { pattern, patterns, supports } from '../patterns.js'

export const salesforce = () => ({
  username: text(),
  password: password(),
  securityToken: password(),
  consumerKey: password(),
  consumerSecret: password(),
  organizationId: text(),
  sobjectNames: texts(),
  databaseName: text(),
  salesforceApiVersion: text('42.0'),
  salesforceDomain: text('login'),
  sslConfig: sslConfig(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  supportsMetadataExtraction: flag(true),
})
export interface SalesforceConnection extends Connection<'Salesforce', typeof salesforce> {}

export const sapErp = () => ({
  hostPort: uri(),
  apiKey: password(),
  databaseName: text(),
  databaseSchema: text(),
  paginationLimit: whole(10),
  verifySSL: choice(SSL_CHECKS, 'no-ssl'),
  sslConfig: sslConfig(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  supportsMetadataExtraction: flag(true),
})
export interface SapErpConnection extends Connection<'SapErp', typeof sapErp> {}

export const sapSuccessFactors = () => ({
  baseUrl: must(uri()),
  companyId: must(text()),
  authType: choice(['OAuth2Credentials', 'BasicAuth'], 'BasicAuth'),
  username: must(text()),
  password: password(),
  clientId: text(),
  privateKey: password(),
  tokenUrl: uri(),
  apiVersion: text('v2'),
  databaseName: text(),
  verifySSL: choice(SSL_CHECKS, 'no-ssl'),
  sslConfig: sslConfig(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  tableFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface SapSuccessFactorsConnection extends Connection<'SapSuccessFactors', typeof sapSuccessFactors> {}

export const sapBw4Hana = () => ({
  hostPort: must(text()),
  username: must(text()),
  password: must(password()),
  abapSchema: text('SAPHANADB'),
  ...patterns('schema', 'table'),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...supports('MetadataExtraction', 'LineageExtraction'),
})
export interface SapBw4HanaConnection extends Connection<'SapBw4Hana', typeof sapBw4Hana> {}

export const serviceNow = () => ({
  hostPort: must(uri()),
  username: must(text()),
  password: must(password()),
  includeScopes: flag(false),
  includeSystemTables: flag(false),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  tableFilterPattern: pattern(),
  ...supports('MetadataExtraction', 'LineageExtraction'),
})
export interface ServiceNowConnection extends Connection<'ServiceNow', typeof serviceNow> {}

export const epic = () => ({
  fhirServerUrl: uri('https://fhir.epic.com/interconnect-fhir-oauth/api/FHIR'),
  fhirVersion: choice(['R4', 'STU3', 'DSTU2'], 'R4'),
  databaseName: text('epic'),
  ...patterns('schema', 'table'),
  supportsMetadataExtraction: flag(true),
})
export interface EpicConnection extends Connection<'Epic', typeof epic> {}

export const domoDatabase = () => ({
  clientId: must(text()),
  secretToken: must(password()),
  accessToken: password(),
  apiHost: text('api.domo.com'),
  instanceDomain: must(uri()),
  databaseName: text(),
  ...patterns('schema', 'table', 'database'),
  supportsMetadataExtraction: flag(true),
})
export interface DomoDatabaseConnection extends Connection<'DomoDatabase', typeof domoDatabase> {}

export const sas = () => ({
  username: must(text()),
  password: must(password()),
  serverHost: must(uri()),
  datatables: flag(true),
  dataTablesCustomFilter: either(freeMap(), text()),
  reports: flag(false),
  reportsCustomFilter: either(freeMap(), text()),
  dataflows: flag(false),
  dataflowsCustomFilter: either(freeMap(), text()),
  ...patterns('schema', 'table', 'database'),
  supportsMetadataExtraction: flag(true),
})
export interface SASConnection extends Connection<'SAS', typeof sas> {}

export const ssas = () => ({
  httpConnection: must(text()),
  username: must(text()),
  password: must(password()),
  ...supports('MetadataExtraction', 'LineageExtraction'),
})
export interface SSASConnection extends Connection<'SSAS', typeof ssas> {}

export const customDatabase = () => ({
  sourcePythonClass: text(),
  connectionOptions: textMap(),
  ...patterns('schema', 'table', 'database'),
  supportsMetadataExtraction: flag(true),
})
export interface CustomDatabaseConnection extends Connection<'CustomDatabase', typeof customDatabase> {
  readonly [key: string]: unknown
}
