import { z } from 'zod'

/*
 * The check of requests as one would write it in zod: closed objects, bounds and defaults as OpenMetadata has them, for the
 * connections that the documents of the bench have.
 */

const UUID = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/
const bytes = (most) => (text) => text.length * 3 <= most || Buffer.byteLength(text) <= most

const text = z.string()
const uuid = z.string().regex(UUID)
const fqn = z.string().min(1).max(3072)
const texts = z.array(text).max(1000)
const filter = z.strictObject({ includes: texts.optional(), excludes: texts.optional() })
const general = {
  mlModelFilterPattern: filter.optional(),
  supportsMetadataExtraction: z.boolean().default(true),
}

const awsConfig = z.strictObject({
  enabled: z.boolean().default(false),
  awsAccessKeyId: text.optional(),
  awsSecretAccessKey: text.optional(),
  awsRegion: text,
  awsSessionToken: text.optional(),
  endPointURL: text.optional(),
  profileName: text.optional(),
  assumeRoleArn: text.optional(),
  assumeRoleSessionName: text.default('OpenMetadataSession'),
  assumeRoleSourceIdentity: text.optional(),
})

const projectId = z.union([text, texts]).optional()
const gcpConfig = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('service_account'),
    projectId,
    privateKeyId: text.optional(),
    privateKey: text.optional(),
    clientEmail: text.optional(),
    clientId: text.optional(),
    authUri: text.default('https://accounts.google.com/o/oauth2/auth'),
    tokenUri: text.default('https://oauth2.googleapis.com/token'),
    authProviderX509CertUrl: text.default('https://www.googleapis.com/oauth2/v1/certs'),
    clientX509CertUrl: text.optional(),
  }),
  z.looseObject({ type: z.literal('gcp_credential_path'), path: text.optional(), projectId }),
  z.strictObject({
    type: z.literal('external_account'),
    externalType: z.literal('external_account').default('external_account'),
    audience: text.optional(),
    subjectTokenType: text.optional(),
    tokenURL: text.optional(),
    credentialSource: z.record(text, text).optional(),
  }),
  z.looseObject({ type: z.literal('gcp_adc'), projectId }),
])

const configs = {
  Mlflow: z.strictObject({ type: typed('Mlflow'), trackingUri: text, registryUri: text, ...general }),
  Sklearn: z.strictObject({ type: typed('Sklearn'), ...general }),
  SageMaker: z.strictObject({ type: typed('SageMaker'), awsConfig, ...general }),
  VertexAI: z.strictObject({
    type: typed('VertexAI'),
    credentials: z.strictObject({
      gcpConfig,
      gcpImpersonateServiceAccount: z
        .looseObject({ impersonateServiceAccount: text.optional(), lifetime: z.int().default(3600) })
        .optional(),
    }),
    location: text,
    ...general,
  }),
  CustomMlModel: z.looseObject({
    type: typed('CustomMlModel'),
    sourcePythonClass: text.optional(),
    connectionOptions: z.record(text, text).optional(),
    ...general,
  }),
}

function typed(serviceType) {
  return z.literal(serviceType).default(serviceType)
}

const common = {
  name: z
    .string()
    .min(1)
    .max(256)
    .refine((name) => !name.includes('::')),
  displayName: text.optional(),
  description: z
    .string()
    .refine(bytes(4 * 2 ** 20))
    .optional(),
  owners: z
    .array(z.strictObject({ id: uuid, type: z.enum(['user', 'team']) }))
    .max(1000)
    .optional(),
  domain: fqn.optional(),
  dataProducts: z.array(fqn).max(1000).optional(),
  tags: z
    .array(
      z.strictObject({
        tagFQN: fqn,
        source: z.enum(['Classification', 'Glossary']).default('Classification'),
        labelType: z.enum(['Manual', 'Propagated', 'Automated', 'Derived', 'Generated']).default('Manual'),
        state: z.enum(['Suggested', 'Confirmed']).default('Confirmed'),
      }),
    )
    .max(1000)
    .optional(),
}

export const requestSchema = z.discriminatedUnion(
  'serviceType',
  Object.entries(configs).map(([serviceType, config]) =>
    z.strictObject({
      ...common,
      serviceType: z.literal(serviceType),
      connection: z.strictObject({ config }).optional(),
    }),
  ),
)
