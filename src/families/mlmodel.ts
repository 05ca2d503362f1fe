import { Type } from 'typebox'
import { awsCredentials, filterPattern, gcpCredentials, secretMap } from './credentials.js'
import { defineFamily } from './family.js'

const closed = { additionalProperties: false } as const
const supportsMetadataExtraction = Type.Optional(Type.Boolean())
const mlModelFilterPattern = Type.Optional(filterPattern)

/**
 * OpenMetadata's ML model services: `Mlflow`, `Sklearn`, `SageMaker`, `VertexAI` and `CustomMlModel`, each with its
 * connection schema. `serviceType` narrows `connection.config`.
 *
 * Source: OpenMetadata, "Create an ML Model Service"; `semantics.md` §1.
 */
export const mlmodelServices = defineFamily({
  entityType: 'mlmodelService',
  collection: 'mlmodelServices',
  unmarkedSecrets: { fields: ['awsSessionToken'], freeTexts: true },
  serviceTypes: {
    Mlflow: Type.Object(
      { trackingUri: Type.String(), registryUri: Type.String(), supportsMetadataExtraction, mlModelFilterPattern },
      closed,
    ),
    Sklearn: Type.Object({ supportsMetadataExtraction }, closed),
    SageMaker: Type.Object({ awsConfig: awsCredentials, mlModelFilterPattern, supportsMetadataExtraction }, closed),
    VertexAI: Type.Object({ credentials: gcpCredentials, location: Type.String() }, closed),
    CustomMlModel: Type.Object({
      sourcePythonClass: Type.String(),
      connectionOptions: Type.Optional(secretMap()),
    }),
  },
})
