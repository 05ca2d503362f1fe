import {
  type Config,
  choice,
  decimal,
  either,
  flag,
  freeMap,
  is,
  must,
  object,
  password,
  text,
  textMap,
  texts,
  whole,
} from '../fields.js'
import type { Connection } from '../openmetadata.js'
import { accessToken, oauthClient, passwordAuth } from '../parts/auth.js'
import { iamAuth } from '../parts/aws.js'
import { azureAdSetup } from '../parts/azure.js'
import { gcpCredentials } from '../parts/gcp.js'
import { sampleDataStorage } from '../parts/sampling.js'
import { SSL_MODES, sslConfig } from '../parts/ssl.js'
import { pattern, patterns, supports } from '../patterns.js'

export const bigQuery = () => ({
  scheme: is('bigquery'),
  hostPort: text('bigquery.googleapis.com'),
  billingProjectId: text(),
  credentials: must(gcpCredentials()),
  includePolicyTags: flag(true),
  taxonomyProjectID: texts(),
  taxonomyLocation: text('us'),
  usageLocation: text('us'),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database', 'storedProcedure'),
  ...supports(
    'MetadataExtraction',
    'IncrementalMetadataExtraction',
    'UsageExtraction',
    'LineageExtraction',
    'DBTExtraction',
    'Profiler',
    'Database',
    'QueryComment',
  ),
  supportsSystemProfile: flag(false),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsDataDiff: flag(true),
  costPerTB: decimal(6.25),
})
export interface BigQueryConnection extends Connection<'BigQuery', typeof bigQuery> {}

export const redshift = () => ({
  scheme: is('redshift+psycopg2'),
  username: must(text()),
  authType: either(passwordAuth(), iamAuth()),
  hostPort: must(text()),
  clusterIdentifier: text(),
  workgroupName: text(),
  database: must(text()),
  ingestAllDatabases: flag(false),
  schemaFilterPattern: pattern(['^information_schema$']),
  tableFilterPattern: pattern(['^(?:.*\\.)?mv_tbl__.*__\\d+$']),
  databaseFilterPattern: pattern(['^template1$']),
  storedProcedureFilterPattern: pattern(),
  sslMode: choice(SSL_MODES, 'disable'),
  sslConfig: sslConfig(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...supports(
    'MetadataExtraction',
    'IncrementalMetadataExtraction',
    'UsageExtraction',
    'LineageExtraction',
    'DBTExtraction',
    'Profiler',
    'Database',
    'QueryComment',
  ),
  supportsSystemProfile: flag(false),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsDataDiff: flag(true),
})
export interface RedshiftConnection extends Connection<'Redshift', typeof redshift> {}

const policyAgent = () => ({
  enabled: flag(),
  supportsColumnAccess: flag(),
  supportsFullAccess: flag(),
  supportsMaskedAccess: flag(),
})
interface PolicyAgent extends Config<typeof policyAgent> {}

export const snowflake = () => ({
  scheme: is('snowflake'),
  username: must(text()),
  password: password(),
  account: must(text()),
  role: text(),
  database: text(),
  warehouse: must(text()),
  queryTag: text(),
  accountUsageSchema: text('SNOWFLAKE.ACCOUNT_USAGE'),
  privateKey: password(),
  snowflakePrivatekeyPassphrase: password(),
  includeTransientTables: flag(true),
  includeStreams: flag(false),
  includeStages: flag(false),
  includeSemanticViews: flag(false),
  clientSessionKeepAlive: flag(false),
  useAccessHistory: flag(true),
  accessHistoryChunkSize: whole(2, { minimum: 1 }),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  schemaFilterPattern: pattern(['^information_schema$']),
  tableFilterPattern: pattern(),
  databaseFilterPattern: pattern(['^snowflake$']),
  storedProcedureFilterPattern: pattern(),
  ...supports(
    'MetadataExtraction',
    'IncrementalMetadataExtraction',
    'UsageExtraction',
    'LineageExtraction',
    'DBTExtraction',
    'Profiler',
    'Database',
    'QueryComment',
  ),
  supportsSystemProfile: flag(false),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsDataDiff: flag(true),
  creditCost: decimal(3.3),
  snowflakeSourceHost: text('app.snowflake.com'),
  policyAgentConfig: object<PolicyAgent>(policyAgent, {
    enabled: true,
    supportsColumnAccess: false,
    supportsFullAccess: true,
    supportsMaskedAccess: true,
  }),
})
export interface SnowflakeConnection extends Connection<'Snowflake', typeof snowflake> {}

export const databricks = () => ({
  scheme: is('databricks'),
  hostPort: must(text()),
  authType: must(either(accessToken(), oauthClient(), azureAdSetup())),
  httpPath: must(text()),
  catalog: text(),
  databaseSchema: text(),
  connectionTimeout: whole(120),
  queryHistoryTable: text('system.query.history'),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  schemaFilterPattern: pattern(['^information_schema$']),
  tableFilterPattern: pattern(),
  databaseFilterPattern: pattern(['^system$']),
  ...supports(
    'UsageExtraction',
    'LineageExtraction',
    'DBTExtraction',
    'MetadataExtraction',
    'Profiler',
    'Database',
    'QueryComment',
  ),
  policyAgentConfig: object<PolicyAgent>(policyAgent, {
    enabled: true,
    supportsColumnAccess: false,
    supportsFullAccess: true,
    supportsMaskedAccess: false,
  }),
  sampleDataStorageConfig: sampleDataStorage(),
})
export interface DatabricksConnection extends Connection<'Databricks', typeof databricks> {}

export const unityCatalog = () => ({
  scheme: is('databricks'),
  hostPort: must(text()),
  authType: must(either(accessToken(), oauthClient(), azureAdSetup())),
  httpPath: text(),
  catalog: text(),
  databaseSchema: text(),
  connectionTimeout: whole(120),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  schemaFilterPattern: pattern(['^information_schema$']),
  tableFilterPattern: pattern(),
  databaseFilterPattern: pattern(['^system$']),
  ...supports(
    'UsageExtraction',
    'LineageExtraction',
    'DBTExtraction',
    'MetadataExtraction',
    'Profiler',
    'Database',
    'QueryComment',
  ),
  policyAgentConfig: object<PolicyAgent>(policyAgent, {
    enabled: true,
    supportsColumnAccess: false,
    supportsFullAccess: true,
    supportsMaskedAccess: false,
  }),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsIncrementalMetadataExtraction: flag(true),
})
export interface UnityCatalogConnection extends Connection<'UnityCatalog', typeof unityCatalog> {}

export const microsoftFabric = () => ({
  scheme: is('mssql+pyodbc'),
  hostPort: must(text()),
  database: text(),
  clientId: must(text()),
  clientSecret: must(password()),
  tenantId: must(text()),
  driver: text('ODBC Driver 18 for SQL Server'),
  ingestAllDatabases: flag(false),
  connectionArguments: freeMap(),
  schemaFilterPattern: pattern(['^db_.*', '^guest$', '^information_schema$', '^sys$']),
  ...patterns('table', 'database'),
  ...supports('MetadataExtraction', 'UsageExtraction', 'LineageExtraction', 'DBTExtraction', 'Profiler', 'Database'),
  sampleDataStorageConfig: sampleDataStorage(),
})
export interface MicrosoftFabricConnection extends Connection<'MicrosoftFabric', typeof microsoftFabric> {}
