import { bulkUpsert, createService, getService, mlmodelServices, openBook, upsertService } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'

test('smoke', async () => {
  const book = openBook({ family: mlmodelServices, store: memoryStore() })
  const req = {
    name: 'a.b',
    serviceType: 'SageMaker',
    description: 'x',
    tags: [{ tagFQN: 'PII.None' }],
    connection: { config: { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: 'hush' } } },
  } as const
  const made = await createService(book, req, { by: { name: 'ada' } })
  console.dir(made, { depth: 9 })
  console.dir(await createService(book, req), { depth: 9 })
  console.dir(await upsertService(book, req), { depth: 9 })
  console.dir(
    await upsertService(book, {
      ...req,
      connection: { config: { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: 'hush2' } } },
    }),
    { depth: 9 },
  )
  console.dir(
    await bulkUpsert(book, [
      {
        name: 'c',
        serviceType: 'Mlflow',
        connection: { config: { trackingUri: 'http://u:p@h/x', registryUri: 5 as any } },
        zz: 1,
      } as any,
      { name: 'x::y', serviceType: 'Nope' as any },
      {
        name: 'v',
        serviceType: 'VertexAI',
        connection: { config: { location: 'x', credentials: { gcpConfig: { type: 'gcp_adc', projectI: 5 } as any } } },
      },
      null as any,
      { name: 'ok', serviceType: 'Sklearn' },
      { name: 'ok', serviceType: 'Sklearn', description: 'n' },
    ]),
    { depth: 9 },
  )
  console.dir(await getService(book, 'a.b'), { depth: 4 })
  expect(1).toBe(1)
})
