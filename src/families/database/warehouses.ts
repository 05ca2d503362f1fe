import { choice, flag, freeMap, is, must, password, text, textMap, whole } from '../fields.js'
import type { Connection } from '../openmetadata.js'
import { passwordAuth } from '../parts/auth.js'
import { sampleDataStorage } from '../parts/sampling.js'
import { sslConfig } from '../parts/ssl.js'
import { pattern, patterns, supports } from '../patterns.js'

export const vertica = () => ({
  scheme: is('vertica+vertica_python'),
  username: must(text()),
  password: password(),
  hostPort: must(text()),
  database: text(),
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
})
export interface VerticaConnection extends Connection<'Vertica', typeof vertica> {}

export const exasol = () => ({
  scheme: is('exa+websocket'),
  username: must(text()),
  password: must(password()),
  hostPort: must(text()),
  tls: choice(['disable-tls', 'ignore-certificate', 'validate-certificate'], 'validate-certificate'),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'UsageExtraction', 'LineageExtraction'),
})
export interface ExasolConnection extends Connection<'Exasol', typeof exasol> {}

export const clickhouse = () => ({
  scheme: choice(['clickhouse+http', 'clickhouse+native'], 'clickhouse+http'),
  username: text(),
  password: password(),
  hostPort: must(text()),
  databaseName: text(),
  databaseSchema: text(),
  duration: whole(),
  https: flag(),
  secure: flag(),
  keyfile: text(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports(
    'MetadataExtraction',
    'UsageExtraction',
    'LineageExtraction',
    'DBTExtraction',
    'Profiler',
    'QueryComment',
  ),
  sampleDataStorageConfig: sampleDataStorage(),
})
export interface ClickhouseConnection extends Connection<'Clickhouse', typeof clickhouse> {}

export const doris = () => ({
  scheme: is('doris'),
  username: must(text()),
  password: password(),
  hostPort: must(text()),
  databaseName: text(),
  databaseSchema: text(),
  sslConfig: sslConfig(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'DBTExtraction', 'Profiler', 'QueryComment', 'ViewLineageExtraction'),
})
export interface DorisConnection extends Connection<'Doris', typeof doris> {}

export const starRocks = () => ({
  scheme: is('mysql+pymysql'),
  username: must(text()),
  password: password(),
  hostPort: must(text()),
  databaseName: text(),
  databaseSchema: text(),
  sslConfig: sslConfig(),
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
    'ViewLineageExtraction',
  ),
})
export interface StarRocksConnection extends Connection<'StarRocks', typeof starRocks> {}

export const iomete = () => ({
  hostPort: must(text()),
  username: must(text()),
  password: must(password()),
  cluster: must(text()),
  dataPlane: must(text()),
  catalog: text(),
  databaseSchema: text(),
  ...patterns('schema', 'table'),
  ...supports('MetadataExtraction', 'DBTExtraction', 'Profiler'),
  sampleDataStorageConfig: sampleDataStorage(),
  supportsViewLineageExtraction: flag(true),
})
export interface IometeConnection extends Connection<'Iomete', typeof iomete> {}

export const burstIQ = () => ({
  username: must(text()),
  password: must(password()),
  realmName: must(text()),
  biqSdzName: must(text()),
  biqCustomerName: must(text()),
  biqSystemWalletId: text(),
  tableFilterPattern: pattern(),
  ...supports('MetadataExtraction', 'LineageExtraction', 'Profiler'),
})
export interface BurstIQConnection extends Connection<'BurstIQ', typeof burstIQ> {}

export const questDB = () => ({
  scheme: is('postgresql+psycopg2'),
  username: must(text()),
  authType: must(passwordAuth()),
  hostPort: must(text()),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  tableFilterPattern: pattern(),
  ...supports('MetadataExtraction', 'ViewLineageExtraction'),
})
export interface QuestDBConnection extends Connection<'QuestDB', typeof questDB> {}
