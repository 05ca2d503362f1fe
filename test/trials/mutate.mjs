import fc from 'fast-check'

/* Input that is nearly right: a good value, with something bad put in at some place. */

const nasty = [
  ...[
    undefined,
    null,
    true,
    false,
    0,
    -1,
    1.5,
    Number.NaN,
    2 ** 60,
    -0,
    '',
    'a',
    '\0',
    '\ud800',
    '__proto__',
    '*********',
  ],
  ...['a::b', 'x'.repeat(300), '../..', 'https://u:p@h', '٪', '\u2028', [], {}, [[]], [null], { __proto__: null }],
  ...[JSON.parse('{"__proto__":{"polluted":true}}'), JSON.parse('{"constructor":{"prototype":{"polluted":true}}}')],
]

/** Many times the same, since what is quadratic shows only then. */
export const long = (pieces) =>
  fc.tuple(fc.constantFrom(...pieces), fc.constantFrom(300, 3000, 20_000)).map(([piece, times]) => piece.repeat(times))

/** Pieces that somebody looks for in texts. */
const sought = ['password=', '://', 'https://a:', '@', '%25', '%', ';pwd=', 'a=b&', '"', ' ', '\ud83d\ude00', '/', '?']

export const anything = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...nasty) },
  { weight: 13, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 13, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 1, arbitrary: long(sought) },
)
export const edit = fc.record({
  place: fc.nat(1000),
  how: fc.constantFrom('replace', 'replace', 'add', 'remove', 'repeat'),
  value: anything,
})

/** A value of which some places have been changed; what it is made from stays as it is. */
export const mutated = (values) =>
  fc.tuple(values, fc.array(edit, { maxLength: 3 })).map(([value, edits]) => edits.reduce(changed, value))

/** Places by number, in the order of a walk; the root is none, so that something is left of the value. */
export function changed(value, { place, how, value: given }) {
  const places = []
  const walk = (at) => {
    if (typeof at !== 'object' || at === null || places.length > 200) return
    for (const key of Object.keys(at)) {
      places.push([at, key])
      walk(at[key])
    }
  }
  const copy = copied(value)
  walk(copy)
  if (places.length === 0) return given
  const [holder, key] = places[place % places.length]
  if (how === 'replace') put(holder, key, given)
  else if (how === 'remove') delete holder[key]
  else if (how === 'repeat' && Array.isArray(holder)) holder.push(holder[key])
  else put(holder, Array.isArray(holder) ? holder.length : typeof given === 'string' ? given : 'unknown', given)
  return copy
}

/** As JSON.parse does it: a key `__proto__` is a key. */
const put = (holder, key, value) =>
  Object.defineProperty(holder, key, { value, enumerable: true, writable: true, configurable: true })

function copied(value) {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copied)
  const copy = {}
  for (const key of Object.keys(value)) put(copy, key, copied(value[key]))
  return copy
}

/** Requests as they should be. */
export const requests = fc.constantFrom(
  { name: 'a', serviceType: 'Sklearn' },
  {
    name: 'b.c',
    serviceType: 'Mlflow',
    description: 'x',
    connection: { config: { trackingUri: 'http://h:1', registryUri: 'mysql://u:p@h/d' } },
  },
  {
    name: 'c',
    serviceType: 'SageMaker',
    displayName: 'C',
    tags: [
      { tagFQN: 'PII.None' },
      { tagFQN: 'Tier.Tier1', source: 'Classification', labelType: 'Manual', state: 'Confirmed' },
    ],
    owners: [{ id: '11111111-1111-4111-8111-111111111111', type: 'user' }],
    connection: { config: { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: 'hidden' } } },
  },
  {
    name: 'd',
    serviceType: 'CustomMlModel',
    domain: 'a.b',
    dataProducts: ['p'],
    connection: { config: { type: 'CustomMlModel', sourcePythonClass: 'x', connectionOptions: { a: 'b' } } },
  },
  {
    name: 'e',
    serviceType: 'VertexAI',
    connection: {
      config: {
        location: 'l',
        credentials: { gcpConfig: { type: 'service_account', projectId: 'p', privateKey: 'k' } },
      },
    },
  },
)

export const patches = fc.constantFrom(
  [{ op: 'add', path: '/description', value: 'x' }],
  [
    { op: 'test', path: '/name', value: 'a' },
    { op: 'remove', path: '/tags/0' },
  ],
  [{ op: 'move', from: '/displayName', path: '/description' }],
  [{ op: 'replace', path: '/connection/config/trackingUri', value: 'http://other' }],
  [{ op: 'copy', from: '/tags', path: '/owners' }],
)
