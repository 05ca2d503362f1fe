import { createService, openBook } from 'servicebook'
import { dashboardServices, databaseServices, pipelineServices } from 'servicebook/families'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'

/*
 * Unions of connections, and connections in connections. §1: of a union the branch is chosen by the value's `type` or
 * other constant, else by the most declared keys, else by order.
 */

const store = memoryStore()
const flows = openBook({ family: pipelineServices, store })
const dashboards = openBook({ family: dashboardServices, store })
const databases = openBook({ family: databaseServices, store })

async function airflow(name: string, connection: object) {
  const config = { hostPort: 'http://airflow:8080', connection }
  const made = await createService(flows, { name, serviceType: 'Airflow', connection: { config: config as never } })
  return made.match(
    (service) => service.connection?.config.connection as object,
    (error) => (error.code === 'BAD_REQUEST' ? error.issues.map(({ path, message }) => `${path} ${message}`) : error),
  )
}
const AT = '/connection/config/connection'

test('§1 the defaults of a union are those of the branch that the value names', async () => {
  const named = { type: 'Postgres', username: 'a', hostPort: 'h', database: 'd' }
  expect(await airflow('a', named)).toMatchObject({
    ...named,
    scheme: 'postgresql+psycopg2',
    sslMode: 'disable',
    schemaFilterPattern: { includes: [], excludes: ['^information_schema$'] },
  })
  expect(await airflow('b', { type: 'Backend' })).toEqual({ type: 'Backend' })
})

test('§1 of branches that declare as many keys of the value, one that lacks nothing goes first', async () => {
  expect(await airflow('c', { username: 'a', hostPort: 'h' })).toMatchObject({ type: 'Mysql', scheme: 'mysql+pymysql' })
  expect(await airflow('d', {})).toEqual({ type: 'Backend' })
  const config = { hostPort: 'http://s', connection: { username: 'a', hostPort: 'h' } }
  const made = await createService(dashboards, { name: 'd', serviceType: 'Superset', connection: { config } })
  expect(made._unsafeUnwrap().connection?.config.connection).toMatchObject({ type: 'Mysql' })
  const files = { securityConfig: { awsRegion: 'eu' } }
  const powerBI = { clientId: 'c', clientSecret: 's', tenantId: 't', pbitFilesSource: files }
  const connection = { config: powerBI as never }
  const report = await createService(dashboards, { name: 'p', serviceType: 'PowerBI', connection })
  expect(report._unsafeUnwrap().connection?.config.pbitFilesSource).toMatchObject({ pbitFileConfigType: 's3' })
})

test('§1 what is wrong in a union that nothing fits is told of the branch that the caller meant', async () => {
  expect(await airflow('e', { type: 'Postgres', username: 'a', hostPort: 'h' })).toEqual([`${AT}/database is required`])
  expect(await airflow('f', { type: 'Mysql', username: 1, hostPort: 'h', database: 'd' })).toEqual([
    `${AT}/database is not a known field`,
    `${AT}/username must be a string`,
  ])
  expect(await airflow('g', { authConfig: { username: 'a' }, verifySSL: 'x' })).toEqual(
    expect.arrayContaining([`${AT}/authConfig/password is required`]),
  )
  const config = { hostPort: 'h', username: 'a', authType: { gcpConfig: { gcpConfig: { path: 7 } } } }
  const made = await createService(databases, {
    name: 'a',
    serviceType: 'Mysql',
    connection: { config: config as never },
  })
  expect(made._unsafeUnwrapErr().message).toBe('/connection/config/authType/gcpConfig/gcpConfig/path must be a string')
})
