import { choice, either, flag, must, password, text, textMap, uri, whole } from '../fields.js'
import type { Connection } from '../openmetadata.js'
import { apiAccessToken, basicAuth } from '../parts/auth.js'
import { SSL_CHECKS, sslConfig } from '../parts/ssl.js'
import { pattern, patterns } from '../patterns.js'

export const redash = () => ({
  username: must(text()),
  hostPort: must(uri()),
  apiKey: must(password()),
  redashVersion: text('10.0.0'),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
  supportsMetadataExtraction: flag(true),
})
export interface RedashConnection extends Connection<'Redash', typeof redash> {}

export const metabase = () => ({
  username: text(),
  password: password(),
  apiKey: password(),
  hostPort: must(uri()),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
  supportsMetadataExtraction: flag(true),
})
export interface MetabaseConnection extends Connection<'Metabase', typeof metabase> {}

export const mode = () => ({
  hostPort: uri('https://app.mode.com'),
  accessToken: must(password()),
  accessTokenPassword: must(password()),
  workspaceName: must(text()),
  filterQueryParam: text(),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
  supportsMetadataExtraction: flag(true),
})
export interface ModeConnection extends Connection<'Mode', typeof mode> {}

export const domoDashboard = () => ({
  clientId: must(text()),
  secretToken: must(password()),
  accessToken: password(),
  apiHost: text('api.domo.com'),
  instanceDomain: must(uri()),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
  supportsMetadataExtraction: flag(true),
})
export interface DomoDashboardConnection extends Connection<'DomoDashboard', typeof domoDashboard> {}

export const lightdash = () => ({
  hostPort: must(uri()),
  apiKey: must(password()),
  projectUUID: must(text()),
  spaceUUID: must(text()),
  proxyAuthentication: password(),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
  supportsMetadataExtraction: flag(true),
})
export interface LightdashConnection extends Connection<'Lightdash', typeof lightdash> {}

export const sigma = () => ({
  hostPort: must(uri()),
  clientId: must(text()),
  clientSecret: must(password()),
  apiVersion: text('v2'),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
  supportsMetadataExtraction: flag(true),
})
export interface SigmaConnection extends Connection<'Sigma', typeof sigma> {}

export const thoughtSpot = () => ({
  hostPort: must(uri()),
  authentication: must(either(basicAuth(), apiAccessToken())),
  apiVersion: choice(['v1', 'v2'], 'v2'),
  orgId: text(),
  supportsMetadataExtraction: flag(true),
})
export interface ThoughtSpotConnection extends Connection<'ThoughtSpot', typeof thoughtSpot> {}

export const grafana = () => ({
  hostPort: must(uri()),
  apiKey: must(password()),
  verifySSL: flag(true),
  ...patterns('dashboard', 'chart'),
  pageSize: whole(100, { minimum: 1 }),
  supportsMetadataExtraction: flag(true),
})
export interface GrafanaConnection extends Connection<'Grafana', typeof grafana> {}

export const hex = () => ({
  hostPort: must(uri()),
  tokenType: choice(['personal', 'workspace'], 'personal'),
  token: must(password()),
  includeTags: flag(true),
  dashboardFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface HexConnection extends Connection<'Hex', typeof hex> {}

export const omni = () => ({
  hostPort: must(uri()),
  token: must(password()),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
  verifySSL: choice(SSL_CHECKS, 'no-ssl'),
  sslConfig: sslConfig(),
  supportsMetadataExtraction: flag(true),
})
export interface OmniConnection extends Connection<'Omni', typeof omni> {}

export const customDashboard = () => ({
  sourcePythonClass: text(),
  connectionOptions: textMap(),
  ...patterns('dashboard', 'chart', 'dataModel', 'project'),
  supportsMetadataExtraction: flag(true),
})
export interface CustomDashboardConnection extends Connection<'CustomDashboard', typeof customDashboard> {
  readonly [key: string]: unknown
}
