import type { Book } from 'servicebook'
import { openBook } from 'servicebook'
import { allFamilies } from 'servicebook/families'
import { serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'
import { asking } from './edge.js'

/*
 * What OpenMetadata's own tests ask of every family of services, in our own words and values.
 */

test.each(allFamilies)(
  '§2, §7 $collection: a name with a dot, the URL of a service, lists by domain',
  async (family) => {
    const { collection, entityType, serviceTypes } = family
    const at = `/api/v1/services/${collection}`
    const ask = asking(serviceHandler(openBook({ family, store: memoryStore() }) as Book, { basePath: '/api' }))
    const [serviceType] = Object.keys(serviceTypes)
    const make = async (name: string, domain: string) =>
      (await ask('POST', at, { name, serviceType, domains: [domain] })).body

    const dotted = await make('eu.prod', 'Sales')
    expect(dotted).toMatchObject({ name: 'eu.prod', fullyQualifiedName: '"eu.prod"', version: 0.1, deleted: false })
    for (const path of ['/name/eu.prod', '/name/%22eu.prod%22', `/${dotted.id}`])
      expect((await ask('GET', at + path)).body.id, path).toBe(dotted.id)
    expect(new URL(dotted.href).pathname).toBe(`${at}/${dotted.id}`)

    await make('b', 'Sales')
    await make('c', 'Ops')
    const named = async (query: string) =>
      (await ask('GET', `${at}?limit=1000&${query}`)).body.data.map(({ name }: { name: string }) => name)
    expect(await named('domain=Sales')).toEqual(['b', 'eu.prod'])
    expect(await named('domain=Ops')).toEqual(['c'])
    expect(await named('')).toEqual(['b', 'c', 'eu.prod'])

    // Its name is taken, soft-deleted or not, until it is removed.
    const again = { name: 'c', serviceType }
    expect((await ask('POST', at, again)).body).toMatchObject({ code: 409, errorType: 'ENTITY_ALREADY_EXISTS' })
    await ask('DELETE', `${at}/name/c`)
    expect((await ask('POST', at, again)).status).toBe(409)
    const gone = await ask('GET', `${at}/name/c`)
    expect([gone.status, gone.body.message]).toEqual([404, `${entityType} instance for c not found`])
    expect((await ask('GET', `${at}/name/c?include=deleted`)).body).toMatchObject({ deleted: true, version: 0.2 })
    await ask('DELETE', `${at}/name/c?hardDelete=true&recursive=true`)
    expect((await ask('POST', at, again)).body.version).toBe(0.1)
  },
)

const byPassword = { username: 'ada', password: 'hush' }

/** What is sent, what is sent instead later, and, where the first is refused, at which key. */
test.each([
  [
    'apiServices',
    'Rest',
    { openAPISchemaConnection: { openAPISchemaURL: 'https://a.test/s.json' } },
    { token: 'hush' },
  ],
  ['apiServices', 'Rest', { openAPISchemaURL: 'https://a.test/s.json' }, 'openAPISchemaURL'],
  ['dashboardServices', 'Looker', { hostPort: 'https://l.test', clientId: 'c' }, { clientSecret: 'hush' }],
  ['dashboardServices', 'Superset', { hostPort: 'https://s.test' }, { connection: byPassword }],
  ['databaseServices', 'Snowflake', byPassword, { connectionOptions: { a: 'b' }, connectionArguments: { c: 'd' } }],
  ['databaseServices', 'Snowflake', { type: 'Redshift', hostPort: 'r:5439', username: 'ada' }, 'type'],
  ['driveServices', 'GoogleDrive', { driveId: 'd', credentials: {} }, { includeGoogleSheets: true }],
  ['llmServices', 'CustomLLM', { baseURL: 'https://l.test' }, { apiKey: 'hush', timeout: 120 }],
  [
    'mcpServices',
    'Mcp',
    { servers: [{ name: 's', command: 'x', args: ['y'] }] },
    { servers: [{ name: 's', url: 'u' }] },
  ],
  ['metadataServices', 'Atlas', byPassword, { hostPort: 'https://a.test' }],
  ['messagingServices', 'Kafka', { bootstrapServers: 'k:9092' }, { schemaRegistryURL: 'k:8081' }],
  ['pipelineServices', 'Airflow', { hostPort: 'https://a.test' }, { connection: { type: 'Mysql', username: 'ada' } }],
  ['pipelineServices', 'Airflow', { type: 'Redshift' }, 'type'],
  ['searchServices', 'CustomSearch', { connectionOptions: {} }, { sourcePythonClass: 'a.B' }],
  ['searchServices', 'ElasticSearch', { hostPort: 'https://e.test' }, { authType: byPassword }],
  ['securityServices', 'Ranger', { hostPort: 'https://r.test', authType: {} }, { authType: byPassword }],
  ['storageServices', 'S3', { awsConfig: { awsRegion: 'eu' } }, { awsConfig: { awsSecretAccessKey: 'hush' } }],
])('§1, §3 %s: a connection of %s may be partial, must be of its type, and is changed as a whole', async (...row) => {
  const [collection, serviceType, config, other] = row
  const family = allFamilies.find((one) => one.collection === collection) as (typeof allFamilies)[number]
  const ask = asking(serviceHandler(openBook({ family, store: memoryStore(), partialConnections: true }) as Book))
  const at = `/v1/services/${collection}`
  const sent = (config: object) => ({ name: 'a', serviceType, connection: { config } })
  const made = await ask('POST', at, sent(config))
  if (typeof other === 'string') {
    expect(made.status).toBe(400)
    expect(made.body.issues.map(({ path }: { path: string }) => path)).toContain(`/connection/config/${other}`)
    return
  }
  expect([made.status, made.body.connection.config.type]).toEqual([201, serviceType])
  const put = await ask('PUT', at, sent({ ...config, ...other }))
  const name = 'connection'
  expect([put.status, put.body.version, put.body.changeDescription]).toEqual([
    200,
    0.2,
    {
      fieldsAdded: [],
      fieldsUpdated: [{ name, oldValue: 'old-encrypted-value', newValue: 'new-encrypted-value' }],
      fieldsDeleted: [],
      previousVersion: 0.1,
    },
  ])
  expect(JSON.stringify(put.body)).not.toContain('hush')
})
