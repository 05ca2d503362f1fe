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
import { passwordAuth } from '../parts/auth.js'
import { awsCredentials } from '../parts/aws.js'
import { gcpCredentials } from '../parts/gcp.js'
import { SSL_MODES, sslConfig } from '../parts/ssl.js'
import { patterns, supports } from '../patterns.js'

export const mongoDB = () => ({
  scheme: choice(['mongodb', 'mongodb+srv'], 'mongodb'),
  username: text(),
  password: password(),
  hostPort: must(text()),
  connectionOptions: textMap(),
  databaseName: text(),
  databaseSchema: text(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'Profiler'),
  sslMode: choice(SSL_MODES, 'disable'),
  sslConfig: sslConfig(),
})
export interface MongoDBConnection extends Connection<'MongoDB', typeof mongoDB> {}

const cassandraCloudConfig = () => ({
  connectTimeout: whole(),
  requestTimeout: whole(),
  token: password(),
  secureConnectBundle: text(),
})
interface CassandraCloudConfig extends Config<typeof cassandraCloudConfig> {}

const cassandraCloud = () => ({
  cloudConfig: openObject<CassandraCloudConfig>(cassandraCloudConfig),
})
interface CassandraCloud extends Config<typeof cassandraCloud> {}

export const cassandra = () => ({
  username: text(),
  authType: either(passwordAuth(), object<CassandraCloud>(cassandraCloud)),
  hostPort: text(),
  databaseName: text(),
  connectionArguments: freeMap(),
  sslMode: choice(SSL_MODES, 'disable'),
  sslConfig: sslConfig(),
  ...patterns('schema', 'table', 'database'),
  supportsMetadataExtraction: flag(true),
})
export interface CassandraConnection extends Connection<'Cassandra', typeof cassandra> {}

export const couchbase = () => ({
  scheme: is('couchbase'),
  bucket: text(),
  username: must(text()),
  password: must(password()),
  hostport: must(text()),
  ...patterns('schema', 'table', 'database'),
  supportsMetadataExtraction: flag(true),
})
export interface CouchbaseConnection extends Connection<'Couchbase', typeof couchbase> {}

export const dynamoDB = () => ({
  awsConfig: must(awsCredentials()),
  databaseName: text(),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'Profiler'),
})
export interface DynamoDBConnection extends Connection<'DynamoDB', typeof dynamoDB> {}

export const bigTable = () => ({
  credentials: must(gcpCredentials()),
  connectionOptions: textMap(),
  connectionArguments: freeMap(),
  ...patterns('schema', 'table', 'database'),
  ...supports('MetadataExtraction', 'Database'),
})
export interface BigTableConnection extends Connection<'BigTable', typeof bigTable> {}
