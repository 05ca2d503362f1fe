import {
  type Config,
  choice,
  decimal,
  either,
  flag,
  must,
  object,
  password,
  text,
  textMap,
  uri,
  whole,
} from '../fields.js'
import type { Connection } from '../openmetadata.js'
import { oauthClient, optionalBasicAuth } from '../parts/auth.js'
import { awsCredentials } from '../parts/aws.js'
import { SASL_MECHANISMS, SSL_CHECKS, sslConfig } from '../parts/ssl.js'
import { pattern } from '../patterns.js'

export const kinesisFirehose = () => ({
  awsConfig: must(awsCredentials()),
  messagingServiceName: text(),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface KinesisFirehoseConnection extends Connection<'KinesisFirehose', typeof kinesisFirehose> {}

export const airbyte = () => ({
  hostPort: must(uri()),
  auth: either(optionalBasicAuth(), oauthClient()),
  apiVersion: text('api/v1'),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface AirbyteConnection extends Connection<'Airbyte', typeof airbyte> {}

export const fivetran = () => ({
  apiKey: must(password()),
  hostPort: uri('https://api.fivetran.com'),
  apiSecret: must(password()),
  limit: whole(1000),
  pipelineFilterPattern: pattern(),
  verifySSL: choice(SSL_CHECKS, 'no-ssl'),
  sslConfig: sslConfig(),
  supportsMetadataExtraction: flag(true),
})
export interface FivetranConnection extends Connection<'Fivetran', typeof fivetran> {}

export const flink = () => ({
  hostPort: must(uri()),
  verifySSL: choice(SSL_CHECKS, 'no-ssl'),
  sslConfig: sslConfig(),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface FlinkConnection extends Connection<'Flink', typeof flink> {}

export const spline = () => ({
  hostPort: must(uri()),
  uiHostPort: uri(),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface SplineConnection extends Connection<'Spline', typeof spline> {}

export const spark = () => ({
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(false),
})
export interface SparkConnection extends Connection<'Spark', typeof spark> {}

const saslConfig = () => ({
  saslMechanism: choice(SASL_MECHANISMS, 'PLAIN'),
  saslUsername: text(),
  saslPassword: password(),
})
interface SaslConfig extends Config<typeof saslConfig> {}

const openLineageKafka = () => ({
  brokersUrl: must(text()),
  topicName: must(text()),
  consumerGroupName: text(),
  consumerOffsets: choice(['earliest', 'latest'], 'earliest'),
  poolTimeout: decimal(1),
  sessionTimeout: whole(30),
  securityProtocol: choice(['PLAINTEXT', 'SASL_PLAINTEXT', 'SSL', 'SASL_SSL'], 'PLAINTEXT'),
  sslConfig: sslConfig(),
  saslConfig: object<SaslConfig>(saslConfig),
})
interface OpenLineageKafka extends Config<typeof openLineageKafka> {}

const openLineageKinesis = () => ({
  streamName: must(text()),
  awsConfig: must(awsCredentials()),
  consumerOffsets: choice(['TRIM_HORIZON', 'LATEST'], 'TRIM_HORIZON'),
  poolTimeout: decimal(1),
  sessionTimeout: whole(30),
})
interface OpenLineageKinesis extends Config<typeof openLineageKinesis> {}

export const openLineage = () => ({
  brokerConfig: must(
    either(object<OpenLineageKafka>(openLineageKafka), object<OpenLineageKinesis>(openLineageKinesis)),
  ),
  namespaceToServiceMapping: textMap(),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface OpenLineageConnection extends Connection<'OpenLineage', typeof openLineage> {}

export const kafkaConnect = () => ({
  hostPort: must(uri()),
  KafkaConnectConfig: optionalBasicAuth(),
  verifySSL: flag(true),
  messagingServiceName: text(),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface KafkaConnectConnection extends Connection<'KafkaConnect', typeof kafkaConnect> {}

export const stitch = () => ({
  hostPort: must(text()),
  token: must(password()),
  pipelineFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface StitchConnection extends Connection<'Stitch', typeof stitch> {}
