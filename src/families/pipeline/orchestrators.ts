import {
  type MysqlConnection,
  mysql,
  type PostgresConnection,
  postgres,
  type SQLiteConnection,
  sqlite,
} from '../database/relational.js'
import {
  type Config,
  choice,
  either,
  flag,
  is,
  must,
  object,
  password,
  text,
  textMap,
  texts,
  uri,
  whole,
} from '../fields.js'
import { type Connection, nested } from '../openmetadata.js'
import { accessToken, basicAuth } from '../parts/auth.js'
import { awsCredentials } from '../parts/aws.js'
import { gcpCredentials } from '../parts/gcp.js'
import { SSL_CHECKS, sslConfig } from '../parts/ssl.js'
import { pattern } from '../patterns.js'

const airflowGcp = () => ({
  credentials: must(gcpCredentials()),
})
interface AirflowGcp extends Config<typeof airflowGcp> {}

const mwaaConfig = () => ({
  mwaaEnvironmentName: must(text()),
  awsConfig: must(awsCredentials()),
})
interface MwaaConfig extends Config<typeof mwaaConfig> {}

const airflowMwaa = () => ({
  mwaaConfig: must(object<MwaaConfig>(mwaaConfig)),
})
interface AirflowMwaa extends Config<typeof airflowMwaa> {}

const airflowRestApi = () => ({
  type: is('RestAPI'),
  authConfig: must(
    either(basicAuth(), accessToken(), object<AirflowGcp>(airflowGcp), object<AirflowMwaa>(airflowMwaa)),
  ),
  apiVersion: choice(['v1', 'v2', 'auto'], 'auto'),
  verifySSL: flag(true),
})
interface AirflowRestApi extends Config<typeof airflowRestApi> {}

const airflowBackend = () => ({
  type: is('Backend'),
  pipelineFilterPattern: pattern(),
})
interface AirflowBackend extends Config<typeof airflowBackend> {}

export const airflow = () => ({
  hostPort: must(uri()),
  numberOfStatus: whole(10),
  connection: must(
    either(
      object<AirflowRestApi>(airflowRestApi),
      object<AirflowBackend>(airflowBackend),
      nested<MysqlConnection>('Mysql', mysql),
      nested<PostgresConnection>('Postgres', postgres),
      nested<SQLiteConnection>('SQLite', sqlite),
    ),
  ),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface AirflowConnection extends Connection<'Airflow', typeof airflow> {}

export const dagster = () => ({
  host: must(uri()),
  token: password(),
  timeout: whole(1000),
  stripAssetKeyPrefixLength: whole(0, { minimum: 0 }),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface DagsterConnection extends Connection<'Dagster', typeof dagster> {}

const prefectCloud = () => ({
  apiKey: must(password()),
  accountId: must(text()),
  workspaceId: must(text()),
})
interface PrefectCloud extends Config<typeof prefectCloud> {}

const prefectServer = () => ({
  authString: password(''),
})
interface PrefectServer extends Config<typeof prefectServer> {}

export const prefect = () => ({
  hostPort: must(text()),
  authType: must(either(object<PrefectCloud>(prefectCloud), object<PrefectServer>(prefectServer))),
  numberOfStatus: whole(10, { minimum: 1, maximum: 100 }),
  verifySSL: choice(SSL_CHECKS, 'no-ssl'),
  sslConfig: sslConfig(),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface PrefectConnection extends Connection<'Prefect', typeof prefect> {}

const nifiBasicAuth = () => ({
  username: text(),
  password: password(),
  verifySSL: flag(false),
})
interface NifiBasicAuth extends Config<typeof nifiBasicAuth> {}

const nifiCertificate = () => ({
  certificateAuthorityPath: text(),
  clientCertificatePath: text(),
  clientkeyPath: text(),
})
interface NifiCertificate extends Config<typeof nifiCertificate> {}

export const nifi = () => ({
  hostPort: must(uri()),
  nifiConfig: must(either(object<NifiBasicAuth>(nifiBasicAuth), object<NifiCertificate>(nifiCertificate))),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface NifiConnection extends Connection<'Nifi', typeof nifi> {}

const matillionEtl = () => ({
  type: is('MatillionETL'),
  hostPort: must(text()),
  username: must(text()),
  password: must(password()),
  sslConfig: sslConfig(),
})
interface MatillionEtl extends Config<typeof matillionEtl> {}

const matillionDpc = () => ({
  type: is('MatillionDPC'),
  clientId: text(),
  clientSecret: password(),
  region: choice(['us1', 'eu1'], 'us1'),
  personalAccessToken: password(),
})
interface MatillionDpc extends Config<typeof matillionDpc> {}

export const matillion = () => ({
  connection: either(object<MatillionEtl>(matillionEtl), object<MatillionDpc>(matillionDpc)),
  pipelineFilterPattern: pattern(),
  lineageLookbackDays: whole(30, { minimum: 1, maximum: 365 }),
  supportsMetadataExtraction: flag(true),
})
export interface MatillionConnection extends Connection<'Matillion', typeof matillion> {}

export const dbtCloud = () => ({
  host: must(uri()),
  discoveryAPI: must(uri()),
  accountId: must(text()),
  jobIds: texts(),
  projectIds: texts(),
  environmentIds: texts(),
  numberOfRuns: whole(100),
  token: must(password()),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface DBTCloudConnection extends Connection<'DBTCloud', typeof dbtCloud> {}

export const snowplow = () => ({
  deployment: must(choice(['BDP', 'Community'])),
  consoleUrl: uri(),
  apiKey: password(),
  organizationId: text(),
  configPath: text(),
  cloudProvider: choice(['AWS', 'GCP', 'Azure'], 'AWS'),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface SnowplowConnection extends Connection<'Snowplow', typeof snowplow> {}

export const customPipeline = () => ({
  sourcePythonClass: text(),
  connectionOptions: textMap(),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface CustomPipelineConnection extends Connection<'CustomPipeline', typeof customPipeline> {
  readonly [key: string]: unknown
}
