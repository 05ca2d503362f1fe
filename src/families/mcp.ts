import type { Family } from './family.js'
import { type Config, choice, flag, list, must, openObject, password, text, textMap, texts, whole } from './fields.js'
import { type Connection, type Of, openMetadataFamily, type Schemas } from './openmetadata.js'
import { pattern } from './patterns.js'

const mcpServer = () => ({
  name: must(text()),
  transport: choice(['Stdio', 'SSE', 'StreamableHTTP'], 'Stdio'),
  command: text(),
  args: texts(),
  env: textMap(),
  url: text(),
  apiKey: password(),
})
interface McpServer extends Config<typeof mcpServer> {}

const mcp = () => ({
  discoveryMethod: choice(['ConfigFile', 'DirectConnection', 'Registry'], 'ConfigFile'),
  configFilePaths: texts([]),
  servers: list(openObject<McpServer>(mcpServer), []),
  registryUrl: text(),
  connectionTimeout: whole(30),
  initializationTimeout: whole(60),
  fetchTools: flag(true),
  fetchResources: flag(true),
  fetchPrompts: flag(true),
  serverFilterPattern: pattern(),
  supportsMetadataExtraction: flag(true),
})
export interface McpConnection extends Connection<'Mcp', typeof mcp> {}

const connections = {
  Mcp: mcp as Of<McpConnection>,
}

/** The type of `mcpServices`. */
export interface McpServices extends Family<Schemas<typeof connections>> {
  readonly without: readonly ('style' | 'entityStatus')[]
}

/**
 * OpenMetadata's services of Model Context Protocol servers: 1 service types, each with its connection. `serviceType` narrows
 * `connection.config`.
 *
 * Source: OpenMetadata 2.0.7; `semantics.md` §1, §11.
 */
export const mcpServices: McpServices = /* @__PURE__ */ openMetadataFamily({
  entityType: 'mcpService',
  collection: 'mcpServices',
  without: ['style', 'entityStatus'],
  connections,
})
