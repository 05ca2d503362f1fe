import fs from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { beforeAll, expect, test } from 'vitest'

/*
 * What a host's editor says: hovers that are names, and what is wrong, where it is wrong.
 */

const SOURCE = `
import { bulkUpsert, createService, getService, listServices, openBook, patchService, revealConnection, upsertService } from 'servicebook'
import type { Service, ServiceRequest } from 'servicebook'
import { allFamilies, databaseServices, type DatabaseServices, messagingServices, mlmodelServices, pipelineServices } from 'servicebook/families'
import { memoryStore } from 'servicebook/memory'

const store = memoryStore()
export const book = openBook({ family: databaseServices, store })
export const models = openBook({ family: mlmodelServices, store })
export const topics = openBook({ family: messagingServices, store })
export const flows = openBook({ family: pipelineServices, store })
export const mysql = { hostPort: 'db:3306', username: 'ada' }
export const creating = createService(book, { name: 'a', serviceType: 'Mysql', connection: { config: mysql } })
export const created = await creating
export const upserted = await upsertService(book, { name: 'a', serviceType: 'Mysql', connection: { config: mysql } })
export const kafka = await createService(topics, { name: 'a', serviceType: 'CustomMessaging' })
export const got = await getService(book, 'a')
export const page = await listServices(book)
export const patched = await patchService(book, 'a', [])
export const revealed = await revealConnection(book, 'a')
export const report = await bulkUpsert(book, [{ name: 'a', serviceType: 'Mysql' }])
const loose = [{ name: 'a', serviceType: 'VertexAI', connection: { config: { location: 'europe-west4' } } }]
export const loosely = await bulkUpsert(models, loose)
if (created.isErr() || got.isErr()) throw new Error()
export const service = created.value
export const connection = service.connection
export const config = service.connection?.config
export const any = got.value
export const narrowed = any.serviceType === 'Snowflake' ? any.connection?.config : undefined
export const typed: 'Mysql' = service.serviceType
export const host: string | undefined = service.connection?.config.hostPort
export const request: ServiceRequest<DatabaseServices> = { name: 'a', serviceType: 'Postgres' }
export const again = await createService(book, request)
export const models2: Service<typeof mlmodelServices> | undefined = undefined
export const airflow = await createService(flows, {
  name: 'a', serviceType: 'Airflow',
  connection: { config: { hostPort: 'http://a', connection: { type: 'Mysql', username: 'a', hostPort: 'h', authType: { password: 'x' } } } },
})
export const books = allFamilies.map((family) => openBook({ family, store }))
export const made = (request: ServiceRequest<DatabaseServices>) => createService(book, request)
`

const WRONG = `
import { createService, openBook } from 'servicebook'
import { databaseServices } from 'servicebook/families'
import { memoryStore } from 'servicebook/memory'
const book = openBook({ family: databaseServices, store: memoryStore() })
createService(book, { name: 'a', serviceType: 'Mysql', connection: { config: { hostport: 'h', username: 'a' } } })
createService(book, { name: 'a', serviceType: 'Mysqll' })
createService(book, { name: 'a', serviceType: 'Mysql', connection: { config: { hostPort: 1234, username: 'a' } } })
createService(book, { name: 'a', serviceType: 'Postgres', connection: { config: { hostPort: 'h', username: 'a', database: 'd', sslMode: 'on' } } })
createService(book, { name: 'a', serviceType: 'Mysql', connection: { config: { username: 'ada' } } })
createService(book, { name: 'a', serviceType: 'Mysql', desciption: 'x' })
`

interface Facts {
  readonly families: Record<string, { collection: string; requestFields: string[]; serviceFields: string[] }>
}
const { families } = JSON.parse(
  fs.readFileSync(new URL('facts/openmetadata-families.json', import.meta.url), 'utf8'),
) as Facts
/** What requests of families have, with a value that fits; `domain` is told in the stead of `domains`. */
const VALUES: Readonly<Record<string, string>> = {
  dataProducts: `['P']`,
  description: `'x'`,
  displayName: `'x'`,
  domain: `'D'`,
  ingestionRunner: `{ id: ID, type: 'runner' }`,
  lifeCycle: `{ created: { timestamp: 1 } }`,
  owners: `[{ id: ID, type: 'user' }]`,
  scheduleInterval: `'5 * * * *'`,
  style: `{ color: '#fff' }`,
  tags: `[{ tagFQN: 'PII.None' }]`,
}
const inProcess = (field: string) => (field === 'domains' ? 'domain' : field)
const WIRE = ['dataContract', 'href', 'impersonatedBy', 'incrementalChangeDescription', 'models', 'pipelines']

/** A line for each field of a request, which compiles where the family has it, and for each field of a service. */
const FIELDS = `
import { createService, openBook, type Service } from 'servicebook'
import * as families from 'servicebook/families'
import { memoryStore } from 'servicebook/memory'
const store = memoryStore()
const ID = '11111111-1111-4111-8111-111111111111'
${Object.values(families)
  .map(({ collection, serviceFields }) => {
    const asked = Object.entries(VALUES).map(
      ([field, value]) => `createService(${collection}, { ...base, ${field}: ${value} })`,
    )
    const shown = serviceFields.filter((field) => !WIRE.includes(field)).map((field) => `shown.${inProcess(field)}`)
    return `{
const ${collection} = openBook({ family: families.${collection}, store })
const shown = {} as Service<typeof families.${collection}>
const base = { name: 'a', serviceType: Object.keys(families.${collection}.serviceTypes)[0] as typeof shown.serviceType }
${[...asked, ...shown].join('\n')}
}`
  })
  .join('\n')}`

const root = path.resolve(import.meta.dirname, '..')
const files = new Map([
  [path.join(root, 'test/hovered.ts'), SOURCE],
  [path.join(root, 'test/wrong.ts'), WRONG],
  [path.join(root, 'test/fields.ts'), FIELDS],
])
let service: ts.LanguageService

beforeAll(() => {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root)
  // By the declarations that hosts get, and not by the sources.
  delete options.paths
  service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [...files.keys()],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      const text = files.get(name) ?? ts.sys.readFile(name)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => files.has(name) || ts.sys.fileExists(name),
    readFile: ts.sys.readFile,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  })
})

function hover(name: string): string {
  const at = SOURCE.indexOf(`export const ${name}`) + 'export const '.length
  const info = service.getQuickInfoAtPosition(path.join(root, 'test/hovered.ts'), at)
  return ts.displayPartsToString(info?.displayParts)
}

test('what hosts write compiles, and leads a compiler through nothing of TypeBox, where it would make a million types', () => {
  const found = service.getSemanticDiagnostics(path.join(root, 'test/hovered.ts'))
  expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([])
  expect(service.getProgram()?.getInstantiationCount()).toBeLessThan(300_000)
})

test.each([
  ['book', 'const book: Book<DatabaseServices>'],
  ['models', 'const models: Book<MlModelServices>'],
  ['created', 'const created: Result<ServiceOf<"Mysql", MysqlConnection>, CreateServiceError>'],
  ['kafka', 'const kafka: Result<ServiceOf<"CustomMessaging", CustomMessagingConnection>, CreateServiceError>'],
  ['got', 'const got: Result<Service<DatabaseServices>, GetServiceError>'],
  ['service', 'const service: ServiceOf<"Mysql", MysqlConnection>'],
  ['config', 'const config: MysqlConnection | undefined'],
  ['any', 'const any: Service<DatabaseServices>'],
  ['narrowed', 'const narrowed: SnowflakeConnection | undefined'],
  ['request', 'const request: ServiceRequest<DatabaseServices>'],
  ['again', 'const again: Result<ServiceOf<"Postgres", PostgresConnection>, CreateServiceError>'],
  ['books', 'const books: Book<Family<Readonly<Record<string, TSchema>>>>[]'],
])('a hover over %s is a name', (name, expected) => {
  expect(hover(name)).toBe(expected)
})

test('no hover is longer than 120 characters', () => {
  const names = [...SOURCE.matchAll(/^export const (\w+)/gm)].map(([, name]) => name as string)
  const long = names.map(hover).filter((text) => text.length > 120)
  expect(long).toEqual([])
  expect(names.length).toBeGreaterThan(20)
})

test('a wrong value is flagged at the value, and a typo is told what was meant', () => {
  const found = service
    .getSemanticDiagnostics(path.join(root, 'test/wrong.ts'))
    .map(({ start = 0, length = 0, messageText }) => {
      return [WRONG.slice(start, start + length), ts.flattenDiagnosticMessageText(messageText, ' ')]
    })
  expect(found).toEqual([
    ['hostport', expect.stringMatching(/Did you mean to write 'hostPort'\?/)],
    ['serviceType', expect.stringMatching(/Did you mean '"Mysql"'\?/)],
    ['hostPort', expect.stringContaining("Type 'number' is not assignable to type 'string'")],
    ['sslMode', expect.stringContaining('\'"on"\' is not assignable')],
    ['config', expect.stringContaining("'hostPort' is missing")],
    ['desciption', expect.stringMatching(/Did you mean to write 'description'\?/)],
  ])
})

test('§11 a request of a family has the fields that it has in OpenMetadata and no others, and a service those it shows', () => {
  const found = service
    .getSemanticDiagnostics(path.join(root, 'test/fields.ts'))
    .map(({ start = 0 }) => FIELDS.slice(FIELDS.lastIndexOf('\n', start) + 1, FIELDS.indexOf('\n', start)))
  const refused = Object.values(families).flatMap(({ collection, requestFields }) =>
    Object.entries(VALUES)
      .filter(([field]) => !requestFields.map(inProcess).includes(field))
      .map(([field, value]) => `createService(${collection}, { ...base, ${field}: ${value} })`),
  )
  expect(found).toEqual(refused)
  const fields = Object.values(families).flatMap(({ requestFields }) => requestFields.map(inProcess))
  expect(new Set(fields)).toEqual(new Set([...Object.keys(VALUES), 'name', 'serviceType', 'connection']))
})
