import fc from 'fast-check'
import { fqn, type mlmodelServices, type ServiceRequest } from 'servicebook'

export type Request = ServiceRequest<typeof mlmodelServices>

/** Names that have broken catalogues before. All are valid. */
export const nastyNames = [
  'a',
  'A',
  'a.b',
  '"a.b"',
  'a"b',
  '"a"',
  '"',
  '""',
  '..',
  '.',
  '/',
  ':',
  'a:b',
  ' a ',
  '__proto__',
  'constructor',
  'toString',
  '%2e',
  '\\',
  "'; drop table service; --",
  '\u202eabc',
  'שלום',
  '\u00e9',
  'e\u0301',
  '\u{1f600}'.repeat(256),
  '\uff21',
  '\u{1f600}',
  '01a2094f-9f1d-793a-8d5c-0123456789ab',
]

/** Any valid name: 1 to 256 code points, no `::`, no line break, no NUL. */
export const anyName = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...nastyNames) },
  {
    weight: 1,
    arbitrary: fc
      .string({ unit: 'binary', minLength: 1, maxLength: 20 })
      .filter((name) => !/::|[\n\r\u2028\u2029\0]/.test(name)),
  },
)

/** A few names, so that they meet again. */
export const fewNames = fc.constantFrom('a', 'A', 'a.b', '"a"', 'ü', '__proto__')

const text = fc.oneof(
  fc.constantFrom('', 'one', 'two', 'Größe 😀'),
  fc.string({ maxLength: 12 }).filter((s) => !s.includes('\0')),
)
const perhaps = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc
    .option(arbitrary, { nil: undefined, freq: 3 })
    .chain((value) =>
      value === undefined ? fc.constantFrom(undefined, null) : fc.constant(value as T | null | undefined),
    )

const owner = fc.record({
  id: fc.constantFrom(
    '11111111-1111-4111-8111-111111111111',
    '22222222-2222-4222-8222-22222222abcd',
    '22222222-2222-4222-8222-22222222ABCD',
  ),
  type: fc.constantFrom('user' as const, 'team' as const),
})

const tag = fc.record(
  {
    tagFQN: fc.constantFrom('PII.None', 'PII.Sensitive', 'Tier.Tier1'),
    source: fc.constantFrom('Classification' as const, 'Glossary' as const),
    labelType: fc.constantFrom('Manual' as const, 'Automated' as const),
    state: fc.constantFrom('Suggested' as const, 'Confirmed' as const),
  },
  { requiredKeys: ['tagFQN'] },
)

const style = fc.record(
  { color: fc.constantFrom('red', ''), coverImage: fc.constantFrom({}, { url: 'https://a.test/c' }) },
  { requiredKeys: [] },
)
const runner = fc.record({
  id: fc.constantFrom('11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-22222222ABCD'),
  type: fc.constant('ingestionRunner'),
})

const domain = fc.constantFrom('Sales', 'Sales.EMEA', fqn.build(['R.D', 'Ops']))

const dataProduct = fc.constantFrom('Churn', 'Sales.Churn', fqn.build(['a.b']))

const filterPattern = fc.record(
  {
    includes: fc.array(fc.constantFrom('^prod_', '.*'), { maxLength: 2 }),
    excludes: fc.array(fc.constant('tmp'), { maxLength: 1 }),
  },
  { requiredKeys: [] },
)

const uri = fc.constantFrom('http://mlflow:5000', 'file:///runs', 'sqlite:///m.db', 'http://[::1]:5000/a@b')
const secretUri = fc.constantFrom(
  'mysql+pymysql://ml:hush@db:3306/runs',
  'postgresql://ml:p%40ss@db/runs',
  'redis://:pw@cache',
)
const secretText = fc.constantFrom('hush', 'hush hush', '')

type Typed = Pick<Request, 'serviceType' | 'connection'>

/** A service type with a connection that fits it, or none. Every type but Sklearn may carry secrets. */
export function typed(secrets: boolean): fc.Arbitrary<Typed> {
  const anyUri = secrets ? fc.oneof(uri, secretUri) : uri
  const secret = secrets ? secretText : fc.constant(undefined)
  const config = <T extends string, C extends object>(serviceType: T, fields: fc.Arbitrary<C>) =>
    fc.option(fields, { nil: undefined, freq: 4 }).map((given) => ({
      serviceType,
      ...(given === undefined ? {} : { connection: { config: given } }),
    }))
  return fc.oneof(
    config(
      'Mlflow',
      fc.record({ trackingUri: anyUri, registryUri: anyUri, mlModelFilterPattern: perhaps(filterPattern) }),
    ),
    config('Sklearn', fc.record({ supportsMetadataExtraction: perhaps(fc.boolean()) })),
    config(
      'SageMaker',
      fc.record({
        awsConfig: fc.record({
          awsRegion: fc.constantFrom('eu-west-1', 'us-east-2'),
          awsAccessKeyId: perhaps(fc.constant('AKIA0')),
          awsSecretAccessKey: perhaps(secret),
          awsSessionToken: perhaps(secret),
        }),
      }),
    ),
    config(
      'VertexAI',
      fc.record({
        location: fc.constantFrom('europe-west4', 'us-central1'),
        credentials: fc.record({
          gcpConfig: fc.oneof(
            fc.record({
              type: fc.constant('service_account'),
              projectId: fc.constantFrom('p', ['p', 'q']),
              privateKey: perhaps(secret),
            }),
            fc.record({ path: fc.constant('/keys/gcp.json') }),
            fc.record({ type: fc.constant('external_account'), audience: fc.constant('aud') }),
            fc.constant({ type: 'gcp_adc' }),
          ),
        }),
      }),
    ),
    config(
      'CustomMlModel',
      fc.record({
        sourcePythonClass: fc.constant('acme.Source'),
        connectionOptions: perhaps(
          secrets
            ? fc.dictionary(fc.constantFrom('a', 'b', 'constructor', 'a/b~c'), secretText, { maxKeys: 3 })
            : fc.constant({}),
        ),
      }),
    ),
  ) as fc.Arbitrary<Typed>
}

/** Valid requests for these names. */
export function requests(names: fc.Arbitrary<string>, { secrets = true } = {}): fc.Arbitrary<Request> {
  return fc
    .tuple(
      fc.record({
        name: names,
        displayName: perhaps(text),
        description: perhaps(text),
        owners: perhaps(fc.array(owner, { maxLength: 3 })),
        domain: perhaps(domain),
        tags: perhaps(fc.array(tag, { maxLength: 4 })),
        style: perhaps(style),
        ingestionRunner: perhaps(runner),
      }),
      perhaps(fc.array(dataProduct, { maxLength: 3 })),
      typed(secrets),
    )
    .map(([fields, dataProducts, type]) => {
      // Without a domain they would be refused, unless the stored service has one.
      return { ...fields, ...(fields.domain && { dataProducts }), ...type } as Request
    })
}

/** Requests that break a rule, each in its own way. */
export const badRequests: fc.Arbitrary<Request> = fc.constantFrom(
  ...[
    null,
    [],
    'a',
    {},
    { name: 'a' },
    { name: 'a::b', serviceType: 'Sklearn' },
    { name: '', serviceType: 'Sklearn' },
    { name: 'a', serviceType: 'Nope' },
    { name: 'a', serviceType: 'Sklearn', unknown: 1 },
    { name: 'a', serviceType: 'Mlflow', connection: { config: { trackingUri: 'x' } } },
    {
      name: 'a',
      serviceType: 'SageMaker',
      connection: { config: { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: '*********' } } },
    },
  ].map((request) => request as unknown as Request),
)

export const principals = fc.constantFrom(
  undefined,
  { name: 'ada' },
  { name: 'grace' },
  { name: 'ingestion-bot', isBot: true },
)
