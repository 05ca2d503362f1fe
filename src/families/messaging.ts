import type { Family } from './family.js'
import { choice, flag, freeMap, must, password, text, textMap, uri } from './fields.js'
import { type Connection, type Of, openMetadataFamily, type Schemas } from './openmetadata.js'
import { awsCredentials } from './parts/aws.js'
import { gcpCredentials } from './parts/gcp.js'
import { SASL_MECHANISMS, SECURITY_PROTOCOLS, sslConfig } from './parts/ssl.js'
import { pattern, supports } from './patterns.js'

const kafka = () => ({
  bootstrapServers: must(text()),
  schemaRegistryURL: uri(),
  saslUsername: text(),
  saslPassword: password(),
  securityProtocol: choice(SECURITY_PROTOCOLS, 'PLAINTEXT'),
  saslMechanism: choice(SASL_MECHANISMS, 'PLAIN'),
  basicAuthUserInfo: password(),
  consumerConfig: freeMap({}),
  schemaRegistryConfig: freeMap({}),
  schemaRegistryTopicSuffixName: text('-value'),
  consumerConfigSSL: sslConfig(),
  schemaRegistrySSL: sslConfig(),
  topicFilterPattern: pattern(['^__.*', '^_schemas$', '^_confluent.*']),
  ...supports('MetadataExtraction', 'Profiler'),
})
export interface KafkaConnection extends Connection<'Kafka', typeof kafka> {}

const redpanda = () => ({
  bootstrapServers: must(text()),
  schemaRegistryURL: uri(),
  saslUsername: text(),
  saslPassword: password(),
  schemaRegistryTopicSuffixName: text('-value'),
  securityProtocol: choice(SECURITY_PROTOCOLS, 'PLAINTEXT'),
  saslMechanism: choice(SASL_MECHANISMS, 'PLAIN'),
  basicAuthUserInfo: password(),
  consumerConfig: freeMap({}),
  schemaRegistryConfig: freeMap({}),
  topicFilterPattern: pattern(['^__.*', '^_schemas$', '^_confluent.*']),
  ...supports('MetadataExtraction', 'Profiler'),
})
export interface RedpandaConnection extends Connection<'Redpanda', typeof redpanda> {}

const kinesis = () => ({
  awsConfig: must(awsCredentials()),
  topicFilterPattern: pattern(),
  ...supports('MetadataExtraction', 'Profiler'),
})
export interface KinesisConnection extends Connection<'Kinesis', typeof kinesis> {}

const pubSub = () => ({
  gcpConfig: gcpCredentials(),
  projectId: text(),
  hostPort: text('pubsub.googleapis.com'),
  useEmulator: flag(false),
  schemaRegistryEnabled: flag(true),
  includeSubscriptions: flag(true),
  includeDeadLetterTopics: flag(false),
  topicFilterPattern: pattern(),
  ...supports('MetadataExtraction', 'Profiler'),
})
export interface PubSubConnection extends Connection<'PubSub', typeof pubSub> {}

const customMessaging = () => ({
  sourcePythonClass: text(),
  connectionOptions: textMap(),
  topicFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface CustomMessagingConnection extends Connection<'CustomMessaging', typeof customMessaging> {
  readonly [key: string]: unknown
}

const connections = {
  Kafka: kafka as Of<KafkaConnection>,
  Redpanda: redpanda as Of<RedpandaConnection>,
  Kinesis: kinesis as Of<KinesisConnection>,
  PubSub: pubSub as Of<PubSubConnection>,
  CustomMessaging: customMessaging as Of<CustomMessagingConnection>,
}

/** The type of `messagingServices`. */
export interface MessagingServices extends Family<Schemas<typeof connections>> {}

/**
 * OpenMetadata's services of message brokers: 5 service types, each with its connection. `serviceType` narrows
 * `connection.config`.
 *
 * Source: OpenMetadata 2.0.7; `semantics.md` §1, §11.
 */
export const messagingServices: MessagingServices = /* @__PURE__ */ openMetadataFamily({
  entityType: 'messagingService',
  collection: 'messagingServices',
  open: ['CustomMessaging'],
  connections,
})
