import { type MysqlConnection, mysql, type PostgresConnection, postgres } from './database/relational.js'
import type { Family } from './family.js'
import {
  type Config,
  choice,
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
import { type Connection, nested, type Of, openMetadataFamily, type Schemas } from './openmetadata.js'
import { apiAccessToken, basicAuth } from './parts/auth.js'
import { SSL_CHECKS, sslConfig } from './parts/ssl.js'
import { patterns, supports } from './patterns.js'

const amundsen = () => ({
  username: must(text()),
  password: must(password()),
  hostPort: must(uri()),
  maxConnectionLifeTime: whole(50),
  validateSSL: flag(false),
  encrypted: flag(false),
  ...patterns('schema', 'table', 'database'),
  supportsMetadataExtraction: flag(true),
})
export interface AmundsenConnection extends Connection<'Amundsen', typeof amundsen> {}

const metadataES = () => ({
  entities: texts([
    'table',
    'topic',
    'dashboard',
    'pipeline',
    'mlmodel',
    'user',
    'team',
    'glossaryTerm',
    'tag',
    'entityReportData',
    'webAnalyticEntityViewReportData',
    'webAnalyticUserActivityReportData',
    'container',
    'query',
  ]),
  recreateIndex: flag(true),
  runMode: choice(['stream', 'batch']),
  searchIndexMappingLanguage: choice(['EN', 'JP', 'ZH', 'RU'], 'EN'),
  batchSize: whole(100),
  ...patterns('schema', 'table', 'database'),
  supportsMetadataExtraction: flag(true),
})
export interface MetadataESConnection extends Connection<'MetadataES', typeof metadataES> {}

const openMetadataJwt = () => ({
  jwtToken: must(password()),
})
interface OpenMetadataJwt extends Config<typeof openMetadataJwt> {}

const searchComponent = () => ({
  type: must(text()),
  config: freeMap(),
})
interface SearchComponent extends Config<typeof searchComponent> {}

const openMetadata = () => ({
  clusterName: text('openmetadata'),
  hostPort: must(text()),
  authProvider: choice(
    ['basic', 'azure', 'google', 'okta', 'auth0', 'aws-cognito', 'custom-oidc', 'ldap', 'saml', 'openmetadata'],
    'basic',
  ),
  verifySSL: choice(SSL_CHECKS, 'no-ssl'),
  sslConfig: sslConfig(),
  securityConfig: object<OpenMetadataJwt>(openMetadataJwt),
  secretsManagerProvider: choice(
    [
      'db',
      'managed-aws',
      'aws',
      'managed-aws-ssm',
      'aws-ssm',
      'managed-azure-kv',
      'azure-kv',
      'in-memory',
      'gcp',
      'kubernetes',
    ],
    'db',
  ),
  secretsManagerLoader: choice(['noop', 'airflow', 'env'], 'noop'),
  apiVersion: text('v1'),
  includeTopics: flag(true),
  includeTables: flag(true),
  includeDashboards: flag(true),
  includePipelines: flag(true),
  includeMlModels: flag(true),
  includeUsers: flag(true),
  includeTeams: flag(true),
  includeGlossaryTerms: flag(true),
  includeTags: flag(true),
  includePolicy: flag(true),
  includeMessagingServices: flag(true),
  enableVersionValidation: flag(true),
  includeDatabaseServices: flag(true),
  includePipelineServices: flag(true),
  limitRecords: whole(1000),
  forceEntityOverwriting: flag(false),
  storeServiceConnection: flag(true),
  elasticsSearch: object<SearchComponent>(searchComponent),
  ...patterns('schema', 'table', 'database'),
  ...supports('DataInsightExtraction', 'ElasticSearchReindexingExtraction'),
  extraHeaders: textMap(),
})
export interface OpenMetadataConnection extends Connection<'OpenMetadata', typeof openMetadata> {}

const atlas = () => ({
  username: must(text()),
  password: must(password()),
  hostPort: uri(),
  databaseServiceName: texts(),
  messagingServiceName: texts(),
  entity_type: must(text()),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  supportsMetadataExtraction: flag(true),
})
export interface AtlasConnection extends Connection<'Atlas', typeof atlas> {}

const alation = () => ({
  hostPort: must(uri()),
  authType: must(either(basicAuth(), apiAccessToken())),
  connection: either(
    nested<PostgresConnection>('Postgres', postgres),
    nested<MysqlConnection>('Mysql', mysql),
    freeMap(),
  ),
  projectName: text('AlationAPI'),
  paginationLimit: whole(10),
  includeUndeployedDatasources: flag(false),
  includeHiddenDatasources: flag(false),
  ingestDatasources: flag(true),
  ingestUsersAndGroups: flag(true),
  ingestDomains: flag(true),
  ingestKnowledgeArticles: flag(true),
  ingestDashboards: flag(true),
  alationTagClassificationName: text('alationTags'),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  supportsMetadataExtraction: flag(true),
})
export interface AlationConnection extends Connection<'Alation', typeof alation> {}

const alationSink = () => ({
  hostPort: must(uri()),
  authType: must(either(basicAuth(), apiAccessToken())),
  projectName: text('AlationAPI'),
  paginationLimit: whole(10),
  datasourceLinks: textMap(),
  verifySSL: choice(SSL_CHECKS, 'no-ssl'),
  sslConfig: sslConfig(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  supportsMetadataExtraction: flag(true),
})
export interface AlationSinkConnection extends Connection<'AlationSink', typeof alationSink> {}

const collibra = () => ({
  username: must(text()),
  password: must(password()),
  hostPort: must(uri()),
  ...patterns('glossary', 'domain'),
  enableEnrichment: flag(false),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  supportsMetadataExtraction: flag(true),
})
export interface CollibraConnection extends Connection<'Collibra', typeof collibra> {}

const connections = {
  Amundsen: amundsen as Of<AmundsenConnection>,
  MetadataES: metadataES as Of<MetadataESConnection>,
  OpenMetadata: openMetadata as Of<OpenMetadataConnection>,
  Atlas: atlas as Of<AtlasConnection>,
  Alation: alation as Of<AlationConnection>,
  AlationSink: alationSink as Of<AlationSinkConnection>,
  Collibra: collibra as Of<CollibraConnection>,
}

/** The type of `metadataServices`. */
export interface MetadataServices extends Family<Schemas<typeof connections>> {
  readonly without: readonly ('style' | 'dataProducts')[]
}

/**
 * OpenMetadata's services of metadata catalogues: 7 service types, each with its connection. `serviceType` narrows
 * `connection.config`.
 *
 * Source: OpenMetadata 2.0.7; `semantics.md` §1, §11.
 */
export const metadataServices: MetadataServices = /* @__PURE__ */ openMetadataFamily({
  entityType: 'metadataService',
  collection: 'metadataServices',
  mapsOfNoSecrets: ['datasourceLinks'],
  without: ['style', 'dataProducts'],
  with: ['provider'],
  connections,
})
