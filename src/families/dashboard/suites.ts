import { type MysqlConnection, mysql, type PostgresConnection, postgres } from '../database/relational.js'
import {
  type Config,
  choice,
  either,
  flag,
  is,
  list,
  must,
  object,
  openObject,
  password,
  text,
  uri,
  whole,
} from '../fields.js'
import { type Connection, nested } from '../openmetadata.js'
import { basicAuth } from '../parts/auth.js'
import { awsCredentials } from '../parts/aws.js'
import { SSL_CHECKS, sslConfig } from '../parts/ssl.js'
import { patterns, supports } from '../patterns.js'

const supersetApi = () => ({
  provider: must(choice(['db', 'ldap'])),
  username: must(text()),
  password: must(password()),
  verifySSL: choice(SSL_CHECKS, 'no-ssl'),
  sslConfig: sslConfig(),
})
interface SupersetApi extends Config<typeof supersetApi> {}

export const superset = () => ({
  hostPort: must(uri()),
  connection: must(
    either(
      object<SupersetApi>(supersetApi),
      nested<PostgresConnection>('Postgres', postgres),
      nested<MysqlConnection>('Mysql', mysql),
    ),
  ),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
  supportsMetadataExtraction: flag(true),
})
export interface SupersetConnection extends Connection<'Superset', typeof superset> {}

const gitHubCredentials = () => ({
  type: is('GitHub'),
  gitHostURL: uri('https://github.com'),
  repositoryOwner: must(text()),
  repositoryName: must(text()),
  token: password(),
})
interface GitHubCredentials extends Config<typeof gitHubCredentials> {}

const bitBucketCredentials = () => ({
  type: is('BitBucket'),
  gitHostURL: uri('https://bitbucket.org'),
  repositoryOwner: must(text()),
  repositoryName: must(text()),
  token: password(),
  branch: must(text()),
})
interface BitBucketCredentials extends Config<typeof bitBucketCredentials> {}

const gitlabCredentials = () => ({
  type: is('Gitlab'),
  gitHostURL: uri('https://gitlab.com'),
  repositoryOwner: must(text()),
  repositoryName: must(text()),
  token: password(),
})
interface GitlabCredentials extends Config<typeof gitlabCredentials> {}

export const looker = () => ({
  clientId: must(text()),
  clientSecret: must(password()),
  hostPort: must(uri()),
  gitCredentials: either(
    object<Record<never, never>>(() => ({})),
    text(),
    object<GitHubCredentials>(gitHubCredentials),
    object<BitBucketCredentials>(bitBucketCredentials),
    object<GitlabCredentials>(gitlabCredentials),
  ),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
  supportsMetadataExtraction: flag(true),
})
export interface LookerConnection extends Connection<'Looker', typeof looker> {}

const tableauAccessToken = () => ({
  personalAccessTokenName: must(text()),
  personalAccessTokenSecret: must(password()),
})
interface TableauAccessToken extends Config<typeof tableauAccessToken> {}

export const tableau = () => ({
  hostPort: must(uri()),
  authType: either(basicAuth(), object<TableauAccessToken>(tableauAccessToken)),
  siteName: text(),
  paginationLimit: whole(10),
  apiVersion: text(),
  proxyURL: uri(),
  verifySSL: choice(SSL_CHECKS, 'no-ssl'),
  sslConfig: sslConfig(),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
  supportsMetadataExtraction: flag(true),
})
export interface TableauConnection extends Connection<'Tableau', typeof tableau> {}

const qlikCertificateValues = () => ({
  sslConfig: must(sslConfig()),
})
interface QlikCertificateValues extends Config<typeof qlikCertificateValues> {}

const qlikCertificatePath = () => ({
  clientCertificate: must(text()),
  clientKeyCertificate: must(password()),
  rootCertificate: must(text()),
})
interface QlikCertificatePath extends Config<typeof qlikCertificatePath> {}

export const qlikSense = () => ({
  displayUrl: uri(),
  hostPort: must(uri()),
  certificates: must(
    either(
      openObject<QlikCertificateValues>(qlikCertificateValues),
      openObject<QlikCertificatePath>(qlikCertificatePath),
    ),
  ),
  validateHostName: flag(false),
  userDirectory: text(),
  userId: text(),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
  supportsMetadataExtraction: flag(true),
})
export interface QlikSenseConnection extends Connection<'QlikSense', typeof qlikSense> {}

export const qlikCloud = () => ({
  token: must(password()),
  hostPort: must(uri()),
  spaceTypes: list(choice(['Managed', 'Shared', 'Personal', 'Data']), ['Managed', 'Shared', 'Personal', 'Data'], {
    minItems: 1,
  }),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
  supportsMetadataExtraction: flag(true),
})
export interface QlikCloudConnection extends Connection<'QlikCloud', typeof qlikCloud> {}

export const microStrategy = () => ({
  username: must(text()),
  password: must(password()),
  hostPort: must(uri()),
  projectName: text(),
  loginMode: text('1'),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
  supportsMetadataExtraction: flag(true),
})
export interface MicroStrategyConnection extends Connection<'MicroStrategy', typeof microStrategy> {}

const sapS4HanaBasicAuth = () => ({
  authType: is('basic'),
  username: must(text()),
  password: must(password()),
})
interface SapS4HanaBasicAuth extends Config<typeof sapS4HanaBasicAuth> {}

const sapS4HanaOauth = () => ({
  authType: is('oauth2'),
  clientId: must(text()),
  clientSecret: must(password()),
  tokenEndpoint: must(uri()),
})
interface SapS4HanaOauth extends Config<typeof sapS4HanaOauth> {}

export const sapS4Hana = () => ({
  hostPort: must(uri()),
  authType: must(either(object<SapS4HanaBasicAuth>(sapS4HanaBasicAuth), object<SapS4HanaOauth>(sapS4HanaOauth))),
  clientNumber: text('100'),
  verifySSL: choice(SSL_CHECKS, 'no-ssl'),
  sslConfig: sslConfig(),
  ...patterns('dashboard', 'chart', 'dataModel'),
  ...supports('MetadataExtraction', 'LineageExtraction'),
})
export interface SapS4HanaConnection extends Connection<'SapS4Hana', typeof sapS4Hana> {}

export const quickSight = () => ({
  awsConfig: must(awsCredentials()),
  awsAccountId: must(text()),
  identityType: choice(['IAM', 'QUICKSIGHT', 'ANONYMOUS'], 'IAM'),
  namespace: text(),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
  supportsMetadataExtraction: flag(true),
})
export interface QuickSightConnection extends Connection<'QuickSight', typeof quickSight> {}
