import {
  type Config,
  choice,
  either,
  flag,
  freeMap,
  is,
  must,
  object,
  password,
  text,
  textMap,
  uri,
} from '../fields.js'
import { type Connection, nested } from '../openmetadata.js'
import { passwordAuth } from '../parts/auth.js'
import { awsCredentials } from '../parts/aws.js'
import { azureAuth } from '../parts/azure.js'
import { sampleDataStorage } from '../parts/sampling.js'
import { sslConfig } from '../parts/ssl.js'
import { patterns, supports } from '../patterns.js'
import { type MysqlConnection, mysql, type PostgresConnection, postgres } from './relational.js'

export const athena = () => ({
  scheme: is('awsathena+rest'),
  awsConfig: must(awsCredentials()),
  s3StagingDir: must(uri()),
  workgroup: must(text()),
  catalogId: text(),
  databaseName: text(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports(
    'MetadataExtraction',
    'DBTExtraction',
    'Profiler',
    'QueryComment',
    'UsageExtraction',
    'LineageExtraction',
    'DataDiff',
  ),
  sampleDataStorageConfig: sampleDataStorage(),
})
export interface AthenaConnection extends Connection<'Athena', typeof athena> {}

export const hive = () => ({
  scheme: choice(['hive', 'hive+http', 'hive+https'], 'hive'),
  username: text(),
  password: password(),
  hostPort: must(text()),
  auth: choice(['NONE', 'LDAP', 'KERBEROS', 'CUSTOM', 'NOSASL', 'BASIC', 'GSSAPI', 'JWT', 'PLAIN'], 'NONE'),
  kerberosServiceName: text(),
  databaseSchema: text(),
  databaseName: text(),
  authOptions: text(),
  useSSL: flag(false),
  sslConfig: sslConfig(),
  metastoreConnection: either(
    nested<PostgresConnection>('Postgres', postgres),
    nested<MysqlConnection>('Mysql', mysql),
    freeMap(),
  ),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'DBTExtraction', 'Profiler'),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsViewLineageExtraction: flag(true),
})
export interface HiveConnection extends Connection<'Hive', typeof hive> {}

export const impala = () => ({
  scheme: choice(['impala', 'impala4'], 'impala'),
  username: text(),
  password: password(),
  hostPort: must(text()),
  authMechanism: choice(['NOSASL', 'PLAIN', 'GSSAPI', 'LDAP', 'JWT'], 'PLAIN'),
  kerberosServiceName: text(),
  databaseSchema: text(),
  databaseName: text(),
  useSSL: flag(),
  authOptions: text(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'DBTExtraction', 'Profiler'),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsViewLineageExtraction: flag(true),
})
export interface ImpalaConnection extends Connection<'Impala', typeof impala> {}

export const presto = () => ({
  scheme: is('presto'),
  username: must(text()),
  password: password(),
  hostPort: must(text()),
  databaseSchema: text(),
  catalog: text(),
  protocol: text(),
  verify: text(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'DBTExtraction', 'Profiler', 'Database', 'QueryComment'),
  sampleDataStorageConfig: sampleDataStorage(),
})
export interface PrestoConnection extends Connection<'Presto', typeof presto> {}

const jwtAuth = () => ({
  jwt: password(),
})
interface JwtAuth extends Config<typeof jwtAuth> {}

export const trino = () => ({
  scheme: is('trino'),
  username: must(text()),
  authType: either(passwordAuth(), object<JwtAuth>(jwtAuth), azureAuth(), choice(['OAuth2'])),
  hostPort: must(text()),
  catalog: text(),
  databaseSchema: text(),
  proxies: textMap(),
  verify: text(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
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
  queryHistoryTable: text('"system"."runtime"."queries"'),
})
export interface TrinoConnection extends Connection<'Trino', typeof trino> {}

export const druid = () => ({
  scheme: is('druid'),
  username: text(),
  password: password(),
  hostPort: must(text()),
  databaseName: text(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'Profiler', 'QueryComment', 'DBTExtraction'),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsViewLineageExtraction: flag(true),
})
export interface DruidConnection extends Connection<'Druid', typeof druid> {}

export const pinotDB = () => ({
  scheme: choice(['pinot', 'pinot+http', 'pinot+https'], 'pinot'),
  username: text(),
  password: password(),
  hostPort: must(text()),
  pinotControllerHost: must(text()),
  database: text(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'DBTExtraction', 'Profiler', 'QueryComment'),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsViewLineageExtraction: flag(true),
})
export interface PinotDBConnection extends Connection<'PinotDB', typeof pinotDB> {}

const dremioCloud = () => ({
  region: must(choice(['US', 'EU'])),
  personalAccessToken: must(password()),
  projectId: must(text()),
})
interface DremioCloud extends Config<typeof dremioCloud> {}

const dremioSoftware = () => ({
  hostPort: must(text()),
  username: must(text()),
  password: must(password()),
})
interface DremioSoftware extends Config<typeof dremioSoftware> {}

export const dremio = () => ({
  authType: must(either(object<DremioCloud>(dremioCloud), object<DremioSoftware>(dremioSoftware))),
  database: text(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'UsageExtraction', 'LineageExtraction', 'Database'),
})
export interface DremioConnection extends Connection<'Dremio', typeof dremio> {}
