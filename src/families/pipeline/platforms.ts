import { type MssqlConnection, mssql } from '../database/enterprise.js'
import { decimal, either, flag, freeMap, must, password, text, uri, whole } from '../fields.js'
import { type Connection, nested } from '../openmetadata.js'
import { accessToken, basicAuth, oauthClient } from '../parts/auth.js'
import { awsCredentials } from '../parts/aws.js'
import { azureAdSetup, azureCredentials } from '../parts/azure.js'
import { pattern } from '../patterns.js'
import { type S3Connection, s3 } from '../storage.js'

export const dataFactory = () => ({
  subscription_id: must(text()),
  resource_group_name: must(text()),
  factory_name: must(text()),
  run_filter_days: whole(7),
  configSource: azureCredentials(),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface DataFactoryConnection extends Connection<'DataFactory', typeof dataFactory> {}

export const wherescape = () => ({
  hostPort: uri(),
  databaseConnection: must(nested<MssqlConnection>('Mssql', mssql)),
  supportsMetadataExtraction: flag(true),
})
export interface WherescapeConnection extends Connection<'Wherescape', typeof wherescape> {}

export const ssis = () => ({
  databaseConnection: nested<MssqlConnection>('Mssql', mssql),
  packageConnection: must(either(nested<S3Connection>('S3', s3), text())),
  supportsMetadataExtraction: flag(true),
})
export interface SSISConnection extends Connection<'SSIS', typeof ssis> {}

export const databricksPipeline = () => ({
  hostPort: must(text()),
  authType: must(either(accessToken(), oauthClient(), azureAdSetup())),
  connectionTimeout: decimal(120),
  httpPath: text(),
  connectionArguments: freeMap(),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
  lineageLookBackDays: whole(90, { minimum: 1, maximum: 365 }),
})
export interface DatabricksPipelineConnection extends Connection<'DatabricksPipeline', typeof databricksPipeline> {}

export const gluePipeline = () => ({
  awsConfig: must(awsCredentials()),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface GluePipelineConnection extends Connection<'GluePipeline', typeof gluePipeline> {}

export const microsoftFabricPipeline = () => ({
  workspaceId: must(text()),
  clientId: must(text()),
  clientSecret: must(password()),
  tenantId: must(text()),
  authorityUri: text('https://login.microsoftonline.com/'),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface MicrosoftFabricPipelineConnection
  extends Connection<'MicrosoftFabricPipeline', typeof microsoftFabricPipeline> {}

export const sapBw4HanaPipeline = () => ({
  hostPort: must(text()),
  username: must(text()),
  password: must(password()),
  abapSchema: text('SAPHANADB'),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface SapBw4HanaPipelineConnection extends Connection<'SapBw4HanaPipeline', typeof sapBw4HanaPipeline> {}

export const domoPipeline = () => ({
  clientId: must(text()),
  secretToken: must(password()),
  accessToken: password(),
  apiHost: text('api.domo.com'),
  instanceDomain: must(uri()),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface DomoPipelineConnection extends Connection<'DomoPipeline', typeof domoPipeline> {}

export const mulesoft = () => ({
  hostPort: uri('https://anypoint.mulesoft.com'),
  authentication: must(either(basicAuth(), oauthClient())),
  organizationId: text(),
  environmentId: text(),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface MulesoftConnection extends Connection<'Mulesoft', typeof mulesoft> {}
