import { Type } from 'typebox'

const closed = { additionalProperties: false } as const

/** A string that is a secret: masked wherever a service is shown, sealed before it is stored. */
export const secret = () => Type.String({ format: 'password' })

/** A map from any key to a secret, such as connection options of all kinds. */
export const secretMap = () => Type.Unsafe<Record<string, string>>(Type.Object({}, { additionalProperties: secret() }))

const stringMap = () => Type.Unsafe<Record<string, string>>(Type.Object({}, { additionalProperties: Type.String() }))

/** OpenMetadata's `filterPattern`: regular expressions of names to take in and to leave out. */
export const filterPattern = Type.Object(
  { includes: Type.Optional(Type.Array(Type.String())), excludes: Type.Optional(Type.Array(Type.String())) },
  closed,
)

/** OpenMetadata's `awsCredentials`. */
export const awsCredentials = Type.Object(
  {
    awsAccessKeyId: Type.Optional(Type.String()),
    awsSecretAccessKey: Type.Optional(secret()),
    awsRegion: Type.String(),
    awsSessionToken: Type.Optional(secret()),
    endPointURL: Type.Optional(Type.String()),
    profileName: Type.Optional(Type.String()),
    assumeRoleArn: Type.Optional(Type.String()),
    assumeRoleSessionName: Type.Optional(Type.String({ default: 'OpenMetadataSession' })),
    assumeRoleSourceIdentity: Type.Optional(Type.String()),
  },
  closed,
)

const projectId = Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())]))

const gcpValues = Type.Object(
  {
    type: Type.Optional(Type.Literal('service_account')),
    projectId,
    privateKeyId: Type.Optional(Type.String()),
    privateKey: Type.Optional(secret()),
    clientEmail: Type.Optional(Type.String()),
    clientId: Type.Optional(Type.String()),
    authUri: Type.Optional(Type.String()),
    tokenUri: Type.Optional(Type.String()),
    authProviderX509CertUrl: Type.Optional(Type.String()),
    clientX509CertUrl: Type.Optional(Type.String()),
  },
  closed,
)

const gcpCredentialsPath = Type.Object(
  { type: Type.Optional(Type.Literal('gcp_credential_path')), path: Type.String(), projectId },
  closed,
)

const gcpExternalAccount = Type.Object(
  {
    type: Type.Optional(Type.Literal('external_account')),
    audience: Type.Optional(Type.String()),
    subjectTokenType: Type.Optional(Type.String()),
    tokenURL: Type.Optional(Type.String()),
    credentialSource: Type.Optional(stringMap()),
  },
  closed,
)

const gcpApplicationDefault = Type.Object({ type: Type.Optional(Type.Literal('gcp_adc')), projectId }, closed)

/** OpenMetadata's `gcpCredentials`: service-account values, a path, an external account, or application default. */
export const gcpCredentials = Type.Object(
  {
    gcpConfig: Type.Union([gcpValues, gcpCredentialsPath, gcpExternalAccount, gcpApplicationDefault]),
    gcpImpersonateServiceAccount: Type.Optional(
      Type.Object(
        {
          impersonateServiceAccount: Type.Optional(Type.String()),
          lifetime: Type.Optional(Type.Integer()),
        },
        closed,
      ),
    ),
  },
  closed,
)
