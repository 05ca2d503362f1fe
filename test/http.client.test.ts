import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'
import { openApiDocument, serviceHandler } from 'servicebook/http'
import { toNodeHandler } from 'srvx/node'
import ts from 'typescript'
import { expect, onTestFinished, test } from 'vitest'
import { openTestBook, temporaryDirectory } from './catalogue.js'
import { asking, MODELS } from './edge.js'

/*
 * A client that is generated from the OpenAPI document, and OpenMetadata's documented examples, over a real socket.
 */

/** The handler on loopback, below `/api`. */
async function listening() {
  const book = openTestBook()
  const server = createServer(toNodeHandler(serviceHandler(book, { basePath: '/api' })) as never).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { book, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api` }
}

/** What a user writes with openapi-fetch; it throws where an answer is not what it should be. */
const program = `
import createClient from 'openapi-fetch'
import type { components, paths } from './paths.js'

type Service = components['schemas']['MlModelService']

function done<T>({ data, error }: { data?: T; error?: components['schemas']['ErrorMessage'] }): T {
  if (data === undefined) throw new Error(error?.message ?? 'no answer')
  return data
}

/** The type of the service tells the type of its connection. */
function where(service: Service): string | undefined {
  if (service.serviceType === 'Mlflow') return service.connection?.config.trackingUri
  if (service.serviceType === 'SageMaker') return service.connection?.config.awsConfig.awsRegion
  return undefined
}

export async function run(baseUrl: string): Promise<readonly unknown[]> {
  const client = createClient<paths>({ baseUrl })
  const at = '/v1/services/mlmodelServices'
  const said: unknown[] = [done(await client.GET('/v1/system/version')).version]

  const config = { trackingUri: 'http://mlflow:5000', registryUri: 'http://mlflow:5000' }
  const body = { name: 'ml.flow', serviceType: 'Mlflow', connection: { config }, domains: ['Sales'] } as const
  const made = done(await client.POST(at, { body: { ...body, domains: [...body.domains] } }))
  said.push(where(made), made.domains?.[0]?.fullyQualifiedName)
  const again = await client.POST(at, { body: { name: 'ml.flow', serviceType: 'Sklearn' } })
  said.push(again.error?.errorType, again.response.status)
  const bad = await client.PUT(at, { body: { name: 'a::b', serviceType: 'Sklearn' } })
  said.push(bad.error?.issues?.map((issue) => issue.path))

  const path = { fqn: 'ml.flow' }
  const got = await client.GET(\`\${at}/name/{fqn}\`, { params: { path, query: { fields: 'tags', include: 'all' } } })
  said.push(done(got).id === made.id, done(got).tags, got.response.headers.get('etag') !== null)
  const patched = await client.PATCH(\`\${at}/name/{fqn}\`, {
    params: { path, header: { 'If-Match': got.response.headers.get('etag') ?? '' } },
    body: [{ op: 'add', path: '/description', value: 'Prod' }],
    headers: { 'Content-Type': 'application/json-patch+json' },
  })
  said.push(done(patched).description, done(patched).version)

  const rows = [{ name: 'b', serviceType: 'Sklearn' }, { name: 'c', serviceType: 'Sklearn' }] as const
  said.push(done(await client.PUT(\`\${at}/bulk\`, { body: [...rows] })).numberOfRowsPassed)
  const page = done(await client.GET(at, { params: { query: { limit: 2 } } }))
  const rest = done(await client.GET(at, { params: { query: { limit: 2, after: page.paging.after } } }))
  said.push([...page.data, ...rest.data].map((service) => service.name), page.paging.total)

  const byId = { path: { id: made.id } }
  said.push(done(await client.DELETE(\`\${at}/{id}\`, { params: byId })).deleted)
  said.push(done(await client.PUT(\`\${at}/restore\`, { body: { id: made.id } })).deleted)
  const history = done(await client.GET(\`\${at}/{id}/versions\`, { params: byId }))
  said.push(history.versions.map((text) => (JSON.parse(text) as Service).version))
  const first = await client.GET(\`\${at}/{id}/versions/{version}\`, { params: { path: { id: made.id, version: '0.1' } } })
  said.push(done(first).version)
  return said
}
`

/** What is wrong with it by the types of the client, a line each. */
function faultsOf(directory: string, files: readonly string[]): readonly string[] {
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--skipLibCheck',
    '--types',
    'node',
  ]
  const { stdout } = spawnSync(
    process.execPath,
    [path.resolve('node_modules/typescript-7/bin/tsc'), ...options, ...files],
    {
      cwd: directory,
      encoding: 'utf8',
    },
  )
  return stdout.split('\n').filter((line) => line.includes('error TS'))
}

test('a client generated from the document compiles, tells types apart, and works', async () => {
  const { book, url } = await listening()
  const directory = temporaryDirectory()
  fs.symlinkSync(path.resolve('node_modules'), path.join(directory, 'node_modules'))
  fs.writeFileSync(path.join(directory, 'package.json'), '{"type":"module"}')
  const document = openApiDocument(book, { basePath: '/api' })
  const types = astToString(await openapiTS(JSON.parse(JSON.stringify(document))))
  fs.writeFileSync(path.join(directory, 'paths.d.ts'), types)
  fs.writeFileSync(path.join(directory, 'program.ts'), program)
  expect(faultsOf(directory, ['program.ts'])).toEqual([])

  const mistakes = [
    ['config.trackingUri', 'config.awsConfig'],
    ["serviceType: 'Mlflow'", "serviceType: 'SageMaker'"],
    ["include: 'all'", "include: 'some'"],
    ["[{ op: 'add', path: '/description', value: 'Prod' }]", "[{ op: 'add', path: '/description' }]"],
    ["name: 'a::b', serviceType", 'serviceType'],
  ] as const
  for (const [at, [right, wrong]] of mistakes.entries()) {
    expect(program).toContain(right)
    fs.writeFileSync(path.join(directory, `mistake${at}.ts`), program.replace(right, wrong))
  }
  const files = mistakes.map((_, at) => `mistake${at}.ts`)
  const faults = faultsOf(directory, files)
  expect(files.filter((file) => !faults.some((fault) => fault.startsWith(file)))).toEqual([])

  const { outputText } = ts.transpileModule(program, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
  })
  fs.writeFileSync(path.join(directory, 'program.js'), outputText)
  const { run } = (await import(pathToFileURL(path.join(directory, 'program.js')).href)) as {
    run(url: string): Promise<unknown>
  }
  expect(await run(url)).toEqual([
    '2.0.7',
    'http://mlflow:5000',
    'Sales',
    'ENTITY_ALREADY_EXISTS',
    409,
    ['/name'],
    true,
    [],
    true,
    'Prod',
    0.2,
    2,
    ['b', 'c', 'ml.flow'],
    3,
    true,
    false,
    [0.4, 0.3, 0.2, 0.1],
    0.1,
  ])
})

test('OpenMetadata’s documented examples: create, create or update, bulk', async () => {
  const { url } = await listening()
  const ask = asking(fetch, url)
  const request = {
    name: 'mlflow_svc',
    displayName: 'MLflow Production',
    serviceType: 'Mlflow',
    description: 'Production MLflow tracking server',
    connection: {
      config: {
        type: 'Mlflow',
        trackingUri: 'http://localhost:8088',
        registryUri: 'http://localhost:8088',
        supportsMetadataExtraction: true,
      },
    },
  }
  const made = await ask('POST', MODELS, request)
  expect(made.status).toBe(201)
  expect(made.body).toMatchObject({
    ...request,
    id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    fullyQualifiedName: 'mlflow_svc',
    version: 0.1,
    updatedAt: expect.any(Number),
    updatedBy: expect.any(String),
    href: `${url}${MODELS}/${made.body.id}`,
    owners: [],
    tags: [],
    deleted: false,
    domains: [],
  })
  expect((await ask('POST', MODELS, request)).body).toEqual({
    code: 409,
    errorType: 'ENTITY_ALREADY_EXISTS',
    message: expect.any(String),
  })
  for (const [description, version] of [
    ['Production MLflow tracking server', 0.1],
    ['Tracks what is in production', 0.2],
  ]) {
    const put = await ask('PUT', MODELS, { ...request, description })
    expect([put.status, put.body.description, put.body.version]).toEqual([200, description, version])
  }
  const bulk = await ask('PUT', `${MODELS}/bulk`, [request, { name: 'sklearn_svc', serviceType: 'Sklearn' }])
  expect([bulk.status, bulk.body.status, bulk.body.numberOfRowsPassed]).toEqual([200, 'success', 2])
  const { body } = await ask('GET', MODELS)
  expect(body.data.map(({ name }: { name: string }) => name)).toEqual(['mlflow_svc', 'sklearn_svc'])
})
