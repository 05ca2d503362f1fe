import {
  type Config,
  choice,
  either,
  flag,
  freeMap,
  is,
  must,
  object,
  openObject,
  password,
  text,
  textMap,
  whole,
} from '../fields.js'
import type { Connection } from '../openmetadata.js'
import { sampleDataStorage } from '../parts/sampling.js'
import { SSL_MODES, sslConfig } from '../parts/ssl.js'
import { pattern, patterns, supports } from '../patterns.js'

export const mssql = () => ({
  scheme: choice(['mssql+pyodbc', 'mssql+pytds', 'mssql+pymssql'], 'mssql+pytds'),
  username: text(),
  password: password(),
  hostPort: text(),
  database: must(text()),
  driver: text('ODBC Driver 18 for SQL Server'),
  encrypt: flag(false),
  trustServerCertificate: flag(false),
  sslConfig: sslConfig(),
  ingestAllDatabases: flag(false),
  includeSynonyms: flag(false),
  schemaFilterPattern: pattern(['^db_.*', '^guest$', '^information_schema$', '^sys$']),
  tableFilterPattern: pattern(),
  databaseFilterPattern: pattern(['^msdb$', '^model$', '^tempdb$']),
  storedProcedureFilterPattern: pattern(['^sp_', '^xp_', '^ms_']),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...supports('MetadataExtraction', 'DBTExtraction', 'Profiler', 'Database', 'UsageExtraction', 'LineageExtraction'),
  sampleDataStorageConfig: sampleDataStorage(),
  ...supports('QueryComment', 'DataDiff'),
})
export interface MssqlConnection extends Connection<'Mssql', typeof mssql> {}

const azureSqlAuthentication = () => ({
  authentication: choice(['ActiveDirectoryIntegrated', 'ActiveDirectoryPassword']),
  encrypt: flag(),
  trustServerCertificate: flag(),
  connectionTimeout: whole(30),
})
interface AzureSqlAuthentication extends Config<typeof azureSqlAuthentication> {}

export const azureSQL = () => ({
  scheme: is('mssql+pyodbc'),
  username: must(text()),
  password: password(),
  hostPort: must(text()),
  database: must(text()),
  driver: text('ODBC Driver 18 for SQL Server'),
  authenticationMode: openObject<AzureSqlAuthentication>(azureSqlAuthentication),
  ingestAllDatabases: flag(false),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'UsageExtraction', 'LineageExtraction', 'DBTExtraction', 'Profiler', 'Database'),
  sampleDataStorageConfig: sampleDataStorage(),
})
export interface AzureSQLConnection extends Connection<'AzureSQL', typeof azureSQL> {}

const synapseAuthentication = () => ({
  authentication: choice(['ActiveDirectoryIntegrated', 'ActiveDirectoryPassword', 'ActiveDirectoryServicePrincipal']),
  encrypt: flag(),
  trustServerCertificate: flag(),
  connectionTimeout: whole(30),
})
interface SynapseAuthentication extends Config<typeof synapseAuthentication> {}

export const synapse = () => ({
  scheme: is('mssql+pyodbc'),
  username: text(),
  password: password(),
  hostPort: must(text()),
  database: must(text()),
  driver: text('ODBC Driver 18 for SQL Server'),
  clientId: text(),
  clientSecret: password(),
  tenantId: text(),
  authenticationMode: openObject<SynapseAuthentication>(synapseAuthentication),
  ingestAllDatabases: flag(false),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database', 'storedProcedure'),
  ...supports('MetadataExtraction', 'DBTExtraction', 'Profiler', 'Database', 'UsageExtraction', 'LineageExtraction'),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsQueryComment: flag(true),
})
export interface SynapseConnection extends Connection<'Synapse', typeof synapse> {}

const oracleSchema = () => ({
  databaseSchema: must(text()),
})
interface OracleSchema extends Config<typeof oracleSchema> {}

const oracleService = () => ({
  oracleServiceName: must(text()),
})
interface OracleService extends Config<typeof oracleService> {}

const oracleTns = () => ({
  oracleTNSConnection: must(text()),
})
interface OracleTns extends Config<typeof oracleTns> {}

export const oracle = () => ({
  scheme: is('oracle+cx_oracle'),
  username: must(text()),
  password: password(),
  hostPort: text(),
  oracleConnectionType: must(
    either(
      openObject<OracleSchema>(oracleSchema),
      openObject<OracleService>(oracleService),
      openObject<OracleTns>(oracleTns),
    ),
  ),
  instantClientDirectory: text('/instantclient'),
  databaseName: text(),
  preserveIdentifierCase: flag(false),
  useDBATable: flag(true),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  schemaFilterPattern: pattern(['^sys$', '^ctxsys$', '^dbsnmp$', '^outln$']),
  ...patterns('table', 'database', 'storedProcedure'),
  ...supports(
    'MetadataExtraction',
    'UsageExtraction',
    'LineageExtraction',
    'DBTExtraction',
    'Profiler',
    'QueryComment',
    'DataDiff',
  ),
  sampleDataStorageConfig: sampleDataStorage(),
})
export interface OracleConnection extends Connection<'Oracle', typeof oracle> {}

export const db2 = () => ({
  scheme: choice(['db2+ibm_db', 'ibmi'], 'db2+ibm_db'),
  username: must(text()),
  password: password(),
  hostPort: must(text()),
  database: must(text()),
  licenseFileName: text(),
  license: text(),
  clidriverVersion: text(),
  sslMode: choice(SSL_MODES, 'disable'),
  sslConfig: sslConfig(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'DBTExtraction', 'Profiler', 'Database', 'QueryComment'),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsViewLineageExtraction: flag(true),
})
export interface Db2Connection extends Connection<'Db2', typeof db2> {}

export const informix = () => ({
  scheme: is('informix'),
  username: must(text()),
  password: must(password()),
  hostPort: must(text()),
  database: must(text()),
  serverName: must(text()),
  ingestAllDatabases: flag(false),
  sslMode: choice(SSL_MODES, 'disable'),
  sslConfig: sslConfig(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  schemaFilterPattern: pattern(['^sysmaster$', '^sysutils$', '^sysuser$', '^sysadmin$']),
  tableFilterPattern: pattern(),
  databaseFilterPattern: pattern(['^sysmaster$', '^sysutils$', '^sysuser$', '^sysadmin$']),
  storedProcedureFilterPattern: pattern(),
  ...supports('MetadataExtraction', 'Profiler', 'Database', 'QueryComment', 'LineageExtraction', 'UsageExtraction'),
})
export interface InformixConnection extends Connection<'Informix', typeof informix> {}

const sapHanaSql = () => ({
  hostPort: must(text()),
  username: must(text()),
  password: must(password()),
  databaseSchema: text(),
  database: text(),
})
interface SapHanaSql extends Config<typeof sapHanaSql> {}

const sapHanaHdb = () => ({
  userKey: password(),
})
interface SapHanaHdb extends Config<typeof sapHanaHdb> {}

export const sapHana = () => ({
  scheme: is('hana'),
  connection: must(either(object<SapHanaSql>(sapHanaSql), object<SapHanaHdb>(sapHanaHdb))),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'DBTExtraction', 'Profiler', 'LineageExtraction', 'QueryComment'),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsDataDiff: flag(true),
})
export interface SapHanaConnection extends Connection<'SapHana', typeof sapHana> {}

export const teradata = () => ({
  scheme: is('teradatasql'),
  username: must(text()),
  password: password(),
  logmech: choice(['TD2', 'LDAP', 'JWT', 'KRB5', 'CUSTOM', 'TDNEGO'], 'TD2'),
  logdata: text(),
  hostPort: must(text()),
  tmode: choice(['ANSI', 'TERA', 'DEFAULT'], 'DEFAULT'),
  account: text(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database', 'storedProcedure'),
  ...supports('MetadataExtraction', 'Profiler', 'QueryComment'),
  sampleDataStorageConfig: sampleDataStorage(),
  ...supports('ViewLineageExtraction', 'LineageExtraction', 'UsageExtraction'),
})
export interface TeradataConnection extends Connection<'Teradata', typeof teradata> {}
