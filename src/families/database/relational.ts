import { type Config, choice, either, flag, freeMap, is, must, object, password, text, textMap } from '../fields.js'
import { type Connection, nested } from '../openmetadata.js'
import { passwordAuth } from '../parts/auth.js'
import { iamAuth } from '../parts/aws.js'
import { azureAuth } from '../parts/azure.js'
import { cloudSqlAuth } from '../parts/gcp.js'
import { sampleDataStorage } from '../parts/sampling.js'
import { SSL_MODES, sslConfig } from '../parts/ssl.js'
import { pattern, patterns, supports } from '../patterns.js'
import { type S3Connection, s3 } from '../storage.js'

export const mysql = () => ({
  scheme: is('mysql+pymysql'),
  username: must(text()),
  authType: either(passwordAuth(), iamAuth(), azureAuth(), cloudSqlAuth()),
  hostPort: must(text()),
  databaseName: text(),
  databaseSchema: text(),
  sslConfig: sslConfig(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  schemaFilterPattern: pattern(['^information_schema$', '^performance_schema$']),
  ...patterns('table', 'database', 'storedProcedure'),
  ...supports('MetadataExtraction', 'DBTExtraction', 'Profiler', 'QueryComment'),
  sampleDataStorageConfig: sampleDataStorage(),
  ...supports('DataDiff', 'UsageExtraction', 'LineageExtraction'),
  useSlowLogs: flag(false),
  queryHistoryTable: text(),
})
export interface MysqlConnection extends Connection<'Mysql', typeof mysql> {}

export const mariaDB = () => ({
  scheme: is('mysql+pymysql'),
  username: must(text()),
  password: password(),
  hostPort: must(text()),
  databaseName: text(),
  databaseSchema: text(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database', 'storedProcedure'),
  ...supports('MetadataExtraction', 'DBTExtraction', 'Profiler', 'QueryComment'),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsViewLineageExtraction: flag(true),
})
export interface MariaDBConnection extends Connection<'MariaDB', typeof mariaDB> {}

export const singleStore = () => ({
  scheme: is('mysql+pymysql'),
  username: must(text()),
  password: password(),
  hostPort: must(text()),
  databaseName: text(),
  databaseSchema: text(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'DBTExtraction', 'Profiler', 'QueryComment'),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsViewLineageExtraction: flag(true),
})
export interface SingleStoreConnection extends Connection<'SingleStore', typeof singleStore> {}

export const postgres = () => ({
  scheme: choice(['postgresql+psycopg2', 'pgspider+psycopg2'], 'postgresql+psycopg2'),
  username: must(text()),
  authType: either(passwordAuth(), iamAuth(), azureAuth()),
  hostPort: must(text()),
  database: must(text()),
  ingestAllDatabases: flag(false),
  schemaFilterPattern: pattern(['^information_schema$']),
  tableFilterPattern: pattern(),
  databaseFilterPattern: pattern(['^template1$', '^template0$']),
  storedProcedureFilterPattern: pattern(),
  sslMode: choice(SSL_MODES, 'disable'),
  sslConfig: sslConfig(),
  classificationName: text('PostgresPolicyTags'),
  queryStatementSource: text('pg_stat_statements'),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...supports(
    'MetadataExtraction',
    'UsageExtraction',
    'LineageExtraction',
    'DBTExtraction',
    'Profiler',
    'Database',
    'QueryComment',
  ),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsDataDiff: flag(true),
})
export interface PostgresConnection extends Connection<'Postgres', typeof postgres> {}

export const timescale = () => ({
  scheme: is('postgresql+psycopg2'),
  username: must(text()),
  authType: either(passwordAuth(), iamAuth(), azureAuth()),
  hostPort: must(text()),
  database: must(text()),
  ingestAllDatabases: flag(false),
  schemaFilterPattern: pattern(['^information_schema$', '^_timescaledb_.*$']),
  tableFilterPattern: pattern(),
  databaseFilterPattern: pattern(['^template1$', '^template0$']),
  sslMode: choice(SSL_MODES, 'disable'),
  sslConfig: sslConfig(),
  classificationName: text('TimescalePolicyTags'),
  queryStatementSource: text('pg_stat_statements'),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...supports(
    'MetadataExtraction',
    'UsageExtraction',
    'LineageExtraction',
    'DBTExtraction',
    'Profiler',
    'Database',
    'QueryComment',
  ),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsDataDiff: flag(true),
})
export interface TimescaleConnection extends Connection<'Timescale', typeof timescale> {}

export const cockroach = () => ({
  scheme: is('cockroachdb+psycopg2'),
  username: must(text()),
  authType: passwordAuth(),
  hostPort: must(text()),
  database: must(text()),
  ingestAllDatabases: flag(false),
  databaseSchema: text(),
  sslConfig: sslConfig(),
  sslMode: choice(SSL_MODES, 'disable'),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'Profiler'),
})
export interface CockroachConnection extends Connection<'Cockroach', typeof cockroach> {}

export const greenplum = () => ({
  scheme: is('postgresql+psycopg2'),
  username: must(text()),
  authType: either(passwordAuth(), iamAuth()),
  hostPort: must(text()),
  database: must(text()),
  sslMode: choice(SSL_MODES, 'disable'),
  sslConfig: sslConfig(),
  ingestAllDatabases: flag(false),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'DBTExtraction', 'Profiler', 'Database', 'QueryComment'),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsViewLineageExtraction: flag(true),
})
export interface GreenplumConnection extends Connection<'Greenplum', typeof greenplum> {}

export const sqlite = () => ({
  scheme: is('sqlite+pysqlite'),
  username: text(),
  password: password(),
  hostPort: text(),
  database: text(),
  databaseMode: text(':memory:'),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'DBTExtraction', 'Profiler', 'QueryComment'),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsViewLineageExtraction: flag(true),
})
export interface SQLiteConnection extends Connection<'SQLite', typeof sqlite> {}

const accessFile = () => ({
  localFilePath: must(text()),
})
interface AccessFile extends Config<typeof accessFile> {}

export const microsoftAccess = () => ({
  connection: must(either(object<AccessFile>(accessFile), nested<S3Connection>('S3', s3))),
  tableFilterPattern: pattern(),
  ...supports('MetadataExtraction', 'ViewLineageExtraction'),
})
export interface MicrosoftAccessConnection extends Connection<'MicrosoftAccess', typeof microsoftAccess> {}
