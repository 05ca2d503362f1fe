import type { TObject, TString } from 'typebox'
import type { Family } from './family.js'
import { type Of, openMetadataFamily, type Schemas } from './openmetadata.js'
import {
  type AirflowConnection,
  airflow,
  type CustomPipelineConnection,
  customPipeline,
  type DagsterConnection,
  type DBTCloudConnection,
  dagster,
  dbtCloud,
  type MatillionConnection,
  matillion,
  type NifiConnection,
  nifi,
  type PrefectConnection,
  prefect,
  type SnowplowConnection,
  snowplow,
} from './pipeline/orchestrators.js'
import {
  type DatabricksPipelineConnection,
  type DataFactoryConnection,
  type DomoPipelineConnection,
  databricksPipeline,
  dataFactory,
  domoPipeline,
  type GluePipelineConnection,
  gluePipeline,
  type MicrosoftFabricPipelineConnection,
  type MulesoftConnection,
  microsoftFabricPipeline,
  mulesoft,
  type SapBw4HanaPipelineConnection,
  type SSISConnection,
  sapBw4HanaPipeline,
  ssis,
  type WherescapeConnection,
  wherescape,
} from './pipeline/platforms.js'
import {
  type AirbyteConnection,
  airbyte,
  type FivetranConnection,
  type FlinkConnection,
  fivetran,
  flink,
  type KafkaConnectConnection,
  type KinesisFirehoseConnection,
  kafkaConnect,
  kinesisFirehose,
  type OpenLineageConnection,
  openLineage,
  type SparkConnection,
  type SplineConnection,
  type StitchConnection,
  spark,
  spline,
  stitch,
} from './pipeline/streams.js'

const connections = {
  Airflow: airflow as Of<AirflowConnection>,
  GluePipeline: gluePipeline as Of<GluePipelineConnection>,
  KinesisFirehose: kinesisFirehose as Of<KinesisFirehoseConnection>,
  Airbyte: airbyte as Of<AirbyteConnection>,
  Fivetran: fivetran as Of<FivetranConnection>,
  Flink: flink as Of<FlinkConnection>,
  Dagster: dagster as Of<DagsterConnection>,
  Nifi: nifi as Of<NifiConnection>,
  DomoPipeline: domoPipeline as Of<DomoPipelineConnection>,
  CustomPipeline: customPipeline as Of<CustomPipelineConnection>,
  DatabricksPipeline: databricksPipeline as Of<DatabricksPipelineConnection>,
  Spline: spline as Of<SplineConnection>,
  Spark: spark as Of<SparkConnection>,
  OpenLineage: openLineage as Of<OpenLineageConnection>,
  Prefect: prefect as Of<PrefectConnection>,
  KafkaConnect: kafkaConnect as Of<KafkaConnectConnection>,
  DBTCloud: dbtCloud as Of<DBTCloudConnection>,
  Matillion: matillion as Of<MatillionConnection>,
  Stitch: stitch as Of<StitchConnection>,
  DataFactory: dataFactory as Of<DataFactoryConnection>,
  Wherescape: wherescape as Of<WherescapeConnection>,
  SSIS: ssis as Of<SSISConnection>,
  Snowplow: snowplow as Of<SnowplowConnection>,
  Mulesoft: mulesoft as Of<MulesoftConnection>,
  MicrosoftFabricPipeline: microsoftFabricPipeline as Of<MicrosoftFabricPipelineConnection>,
  SapBw4HanaPipeline: sapBw4HanaPipeline as Of<SapBw4HanaPipelineConnection>,
}

/** The type of `pipelineServices`. */
export interface PipelineServices extends Family<Schemas<typeof connections>> {
  readonly unkept: { readonly scheduleInterval: TString; readonly lifeCycle: TObject }
}

/**
 * OpenMetadata's services of pipelines and orchestrators: 26 service types, each with its connection. `serviceType` narrows
 * `connection.config`.
 *
 * Source: OpenMetadata 2.0.7; `semantics.md` §1, §11.
 */
export const pipelineServices: PipelineServices = /* @__PURE__ */ openMetadataFamily({
  entityType: 'pipelineService',
  collection: 'pipelineServices',
  unkept: { scheduleInterval: { type: 'string' }, lifeCycle: { type: 'object' } },
  open: ['CustomPipeline'],
  mapsOfNoSecrets: ['namespaceToServiceMapping'],
  connections,
})
