import type { Family } from './family.js'
import { choice, flag, must, password, text, textMap, whole } from './fields.js'
import { type Connection, type Of, openMetadataFamily, type Schemas } from './openmetadata.js'
import { pattern } from './patterns.js'

const openAI = () => ({
  apiKey: must(password()),
  organization: text(),
  baseURL: text('https://api.openai.com/v1'),
  timeout: whole(60),
  maxRetries: whole(3),
  modelFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface OpenAIConnection extends Connection<'OpenAI', typeof openAI> {}

const anthropic = () => ({
  apiKey: must(password()),
  baseURL: text('https://api.anthropic.com'),
  timeout: whole(60),
  maxRetries: whole(3),
  modelFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface AnthropicConnection extends Connection<'Anthropic', typeof anthropic> {}

const azureOpenAI = () => ({
  apiKey: must(password()),
  endpoint: must(text()),
  apiVersion: text('2024-02-15-preview'),
  deployment: text(),
  timeout: whole(60),
  maxRetries: whole(3),
  modelFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface AzureOpenAIConnection extends Connection<'AzureOpenAI', typeof azureOpenAI> {}

const bedrock = () => ({
  awsAccessKeyId: password(),
  awsSecretAccessKey: password(),
  awsSessionToken: password(),
  region: must(text()),
  assumeRoleArn: text(),
  timeout: whole(60),
  maxRetries: whole(3),
  modelFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface BedrockConnection extends Connection<'Bedrock', typeof bedrock> {}

const vertexAI = () => ({
  projectId: must(text()),
  location: text('us-central1'),
  credentials: must(password()),
  timeout: whole(60),
  maxRetries: whole(3),
  modelFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface LlmVertexAIConnection extends Connection<'VertexAI', typeof vertexAI> {}

const ollama = () => ({
  baseURL: must(text()),
  timeout: whole(60),
  maxRetries: whole(3),
  modelFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface OllamaConnection extends Connection<'Ollama', typeof ollama> {}

const huggingFace = () => ({
  apiKey: must(password()),
  baseURL: text('https://api-inference.huggingface.co'),
  timeout: whole(60),
  maxRetries: whole(3),
  modelFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface HuggingFaceConnection extends Connection<'HuggingFace', typeof huggingFace> {}

const customLLM = () => ({
  baseURL: must(text()),
  apiKey: password(),
  authType: choice(['None', 'APIKey', 'Bearer', 'BasicAuth', 'Custom'], 'APIKey'),
  headers: textMap(),
  timeout: whole(60),
  maxRetries: whole(3),
  verifySsl: flag(true),
  modelFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface CustomLLMConnection extends Connection<'CustomLLM', typeof customLLM> {}

const connections = {
  OpenAI: openAI as Of<OpenAIConnection>,
  Anthropic: anthropic as Of<AnthropicConnection>,
  AzureOpenAI: azureOpenAI as Of<AzureOpenAIConnection>,
  Bedrock: bedrock as Of<BedrockConnection>,
  VertexAI: vertexAI as Of<LlmVertexAIConnection>,
  Ollama: ollama as Of<OllamaConnection>,
  HuggingFace: huggingFace as Of<HuggingFaceConnection>,
  CustomLLM: customLLM as Of<CustomLLMConnection>,
}

/** The type of `llmServices`. */
export interface LlmServices extends Family<Schemas<typeof connections>> {
  readonly without: readonly ('style' | 'entityStatus')[]
}

/**
 * OpenMetadata's services of large language models: 8 service types, each with its connection. `serviceType` narrows
 * `connection.config`.
 *
 * Source: OpenMetadata 2.0.7; `semantics.md` §1, §11.
 */
export const llmServices: LlmServices = /* @__PURE__ */ openMetadataFamily({
  entityType: 'llmService',
  collection: 'llmServices',
  without: ['style', 'entityStatus'],
  connections,
})
