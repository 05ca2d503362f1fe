import {
  always,
  type Config,
  either,
  type Field,
  flag,
  must,
  object,
  openObject,
  password,
  text,
  textMap,
  texts,
  uri,
  whole,
} from '../fields.js'

/*
 * What signs in to Google Cloud.
 */

const gcpServiceAccount = () => ({
  type: always('service_account'),
  projectId: either(text(), texts()),
  privateKeyId: text(),
  privateKey: password(),
  clientEmail: text(),
  clientId: text(),
  authUri: uri('https://accounts.google.com/o/oauth2/auth'),
  tokenUri: uri('https://oauth2.googleapis.com/token'),
  authProviderX509CertUrl: uri('https://www.googleapis.com/oauth2/v1/certs'),
  clientX509CertUrl: uri(),
})
interface GcpServiceAccount extends Config<typeof gcpServiceAccount> {}

const gcpCredentialsPath = () => ({
  type: always('gcp_credential_path'),
  path: text(),
  projectId: either(text(), texts()),
})
interface GcpCredentialsPath extends Config<typeof gcpCredentialsPath> {}

const gcpExternalAccount = () => ({
  type: always('external_account'),
  externalType: always('external_account'),
  audience: text(),
  subjectTokenType: text(),
  tokenURL: text(),
  credentialSource: textMap(),
})
interface GcpExternalAccount extends Config<typeof gcpExternalAccount> {}

const gcpApplicationDefault = () => ({
  type: always('gcp_adc'),
  projectId: either(text(), texts()),
})
interface GcpApplicationDefault extends Config<typeof gcpApplicationDefault> {}

const gcpImpersonation = () => ({
  impersonateServiceAccount: text(),
  lifetime: whole(3600),
})
interface GcpImpersonation extends Config<typeof gcpImpersonation> {}

const gcp = () => ({
  gcpConfig: must(
    either(
      object<GcpServiceAccount>(gcpServiceAccount),
      openObject<GcpCredentialsPath>(gcpCredentialsPath),
      object<GcpExternalAccount>(gcpExternalAccount),
      openObject<GcpApplicationDefault>(gcpApplicationDefault),
    ),
  ),
  gcpImpersonateServiceAccount: openObject<GcpImpersonation>(gcpImpersonation),
})
/** OpenMetadata's `gcpCredentials`: the values of a service account, a path to them, an external account, or the default of the application. */
export interface GcpCredentials extends Config<typeof gcp> {}
export function gcpCredentials(): Field<GcpCredentials> {
  return object<GcpCredentials>(gcp)
}

const cloudSql = () => ({
  password: password(),
  enableIamAuth: flag(false),
  gcpConfig: gcpCredentials(),
})
export interface CloudSqlAuth extends Config<typeof cloudSql> {}
export function cloudSqlAuth(): Field<CloudSqlAuth> {
  return object<CloudSqlAuth>(cloudSql)
}
