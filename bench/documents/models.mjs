import { fqn } from '../../dist/index.js'

/** How documents are built, as the report states it. */
export const how =
  'Requests are parsed by JSON.parse from text anew for every use, so that strings are flat and nothing is shared; ' +
  'peers get whole services built the same way, ids included. Changed: every description edited, a third with a tag ' +
  'more. Unchanged: the same content in fresh objects.'

/** Which edition of the documents a step takes. */
export const editionOf = { create: 0, changed: 1, unchanged: 1 }

const PER_TEXT = 1000

/**
 * The same documents in every run, kept as text outside the heap. `requests` is what a caller of servicebook sends;
 * `services` is what a store without rules of its own is given to keep.
 */
export function documents(size, from = 0) {
  const texts = new Map()
  const parsed = (make, edition) => {
    const key = `${make.name} ${edition}`
    if (!texts.has(key))
      texts.set(
        key,
        textsOf((index) => make(index, edition), from, from + size),
      )
    return texts.get(key).flatMap((text) => JSON.parse(text.toString()))
  }
  return {
    size,
    requests: (edition) => parsed(requestOf, edition),
    services: (edition) => parsed(serviceOf, edition),
  }
}

function textsOf(make, from, to) {
  const texts = []
  for (let start = from; start < to; start += PER_TEXT) {
    const documents = Array.from({ length: Math.min(PER_TEXT, to - start) }, (_, place) => make(start + place))
    texts.push(Buffer.from(JSON.stringify(documents)))
  }
  return texts
}

const teams = ['fraud', 'churn', 'pricing', 'search', 'vision', 'speech', 'risk', 'ads', 'supply', 'credit']
const places = ['eu-west-1', 'eu-central-1', 'us-east-1', 'us-west-2', 'ap-south-1', 'sa-east-1']
const stages = ['prod', 'staging', 'research']
const sentences = [
  'Models are registered by the training pipeline and promoted after the weekly review.',
  'Every run logs its parameters, metrics and the hash of the data set it saw.',
  'The feature store snapshot is taken at midnight UTC and kept for ninety days.',
  'Inference is served from two regions; the smaller one takes over within a minute.',
  'Drift is watched on the twenty features with the highest attribution.',
  'Owners are paged when the calibration error leaves its band for an hour.',
  'Shadow traffic, five per cent of all, is scored by the candidate beside the champion.',
  'See the runbook before restarting the tracking server; uploads in flight are lost.',
]
const tags = ['PII.None', 'PII.Sensitive', 'Tier.Tier1', 'Tier.Tier2', 'Tier.Tier3', 'DataQuality.Certified']

const tagDefaults = { source: 'Classification', labelType: 'Manual', state: 'Confirmed' }

const connections = [
  ({ host, place }) => ({
    serviceType: 'Mlflow',
    config: {
      type: 'Mlflow',
      trackingUri: `https://mlflow.${host}.${place}.example.com:5000`,
      registryUri: `postgresql://mlflow@registry.${host}.${place}.example.com:5432/mlflow`,
      supportsMetadataExtraction: true,
      mlModelFilterPattern: { includes: [`^${host}_.*`, '^shared_.*'], excludes: ['.*_tmp$', '.*_scratch$'] },
    },
  }),
  () => ({ serviceType: 'Sklearn', config: { type: 'Sklearn', supportsMetadataExtraction: true } }),
  ({ host, place, index }) => ({
    serviceType: 'SageMaker',
    config: {
      type: 'SageMaker',
      awsConfig: {
        awsRegion: place,
        endPointURL: `https://runtime.sagemaker.${place}.amazonaws.com`,
        assumeRoleArn: `arn:aws:iam::${100000000000 + (index % 97)}:role/${host}-catalogue-reader`,
        assumeRoleSessionName: 'OpenMetadataSession',
      },
      mlModelFilterPattern: { includes: [`^${host}-.*`] },
      supportsMetadataExtraction: true,
    },
  }),
  ({ host, place, index }) => ({
    serviceType: 'VertexAI',
    config: {
      type: 'VertexAI',
      credentials: {
        gcpConfig: {
          type: 'external_account',
          audience: `//iam.googleapis.com/projects/${index}/locations/global/workloadIdentityPools/${host}`,
          subjectTokenType: 'urn:ietf:params:oauth:token-type:jwt',
          tokenURL: 'https://sts.googleapis.com/v1/token',
        },
      },
      location: place,
    },
  }),
  ({ host }) => ({
    serviceType: 'CustomMlModel',
    config: { type: 'CustomMlModel', sourcePythonClass: `catalogue.sources.${host}.ModelRegistrySource` },
  }),
]

function requestOf(index, edition) {
  const draw = drawFrom(index)
  const host = draw(teams)
  const place = draw(places)
  const stage = draw(stages)
  const { serviceType, config } = connections[index % connections.length]({ host, place, index })
  const special = index % 20 === 7 // a name that must be quoted, a text beyond Latin-1
  const own = [draw(tags.slice(0, 2)), draw(tags.slice(2, 5))]
  if (edition === 1 && index % 3 === 0) own.push(tags[5])
  return {
    name: `${serviceType.toLowerCase()}${special ? '.' : '_'}${host}_${stage}_${String(index).padStart(7, '0')}`,
    displayName: `${serviceType} of ${host}${special ? ' → ' : ', '}${stage}, ${place}`,
    description: `${edition === 0 ? '' : '**Revised.** '}${[1, 2, 3].map(() => draw(sentences)).join('\n')}`,
    serviceType,
    connection: { config },
    owners: [{ id: idOf(index % 499, 4), type: index % 4 === 0 ? 'user' : 'team' }],
    domain: `Analytics.${host}`,
    tags: own.map((tagFQN, place) => (place === 0 ? { tagFQN } : { tagFQN, ...tagDefaults })),
  }
}

function serviceOf(index, edition) {
  const { name, tags, ...fields } = requestOf(index, edition)
  const identity = { id: idOf(index, 7), name, fullyQualifiedName: fqn.quote(name) }
  const state = {
    version: edition === 0 ? 0.1 : 0.2,
    deleted: false,
    updatedAt: 1764000000000 + index,
    updatedBy: 'ada',
  }
  return { ...identity, ...state, ...fields, tags: tags.map((tag) => ({ ...tag, ...tagDefaults })) }
}

function idOf(index, version) {
  const digits = index.toString(16).padStart(12, '0')
  return `0199f3a2-5b1c-${version}d3e-8f4a-${digits}`
}

/** The same choices for the same index (mulberry32). */
function drawFrom(seed) {
  let state = seed * 2654435761
  return (list) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return list[((mixed ^ (mixed >>> 14)) >>> 0) % list.length]
  }
}
