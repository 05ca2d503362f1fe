import type { Family } from './family.js'
import { flag, must, text, textMap } from './fields.js'
import { type Connection, type Of, openMetadataFamily, type Schemas } from './openmetadata.js'
import { awsCredentials } from './parts/aws.js'
import { gcpCredentials } from './parts/gcp.js'
import { pattern } from './patterns.js'

const mlflow = () => ({
  trackingUri: must(text()),
  registryUri: must(text()),
  mlModelFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface MlflowConnection extends Connection<'Mlflow', typeof mlflow> {}

const sklearn = () => ({
  mlModelFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface SklearnConnection extends Connection<'Sklearn', typeof sklearn> {}

const customMlModel = () => ({
  sourcePythonClass: text(),
  connectionOptions: textMap(),
  mlModelFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface CustomMlModelConnection extends Connection<'CustomMlModel', typeof customMlModel> {
  readonly [key: string]: unknown
}

const sageMaker = () => ({
  awsConfig: must(awsCredentials()),
  mlModelFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface SageMakerConnection extends Connection<'SageMaker', typeof sageMaker> {}

const vertexAI = () => ({
  credentials: must(gcpCredentials()),
  location: must(text()),
  mlModelFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface VertexAIConnection extends Connection<'VertexAI', typeof vertexAI> {}

const connections = {
  Mlflow: mlflow as Of<MlflowConnection>,
  Sklearn: sklearn as Of<SklearnConnection>,
  CustomMlModel: customMlModel as Of<CustomMlModelConnection>,
  SageMaker: sageMaker as Of<SageMakerConnection>,
  VertexAI: vertexAI as Of<VertexAIConnection>,
}

/** The type of `mlmodelServices`. */
export interface MlModelServices extends Family<Schemas<typeof connections>> {}

/**
 * OpenMetadata's services of ML models: 5 service types, each with its connection. `serviceType` narrows
 * `connection.config`.
 *
 * Source: OpenMetadata 2.0.7; `semantics.md` §1, §11.
 */
export const mlmodelServices: MlModelServices = /* @__PURE__ */ openMetadataFamily({
  entityType: 'mlmodelService',
  collection: 'mlmodelServices',
  open: ['CustomMlModel'],
  connections,
})
