import { expect, onTestFinished, test, vi } from 'vitest'

/* What a book makes code of before it takes its first services, by how often it does: each time costs about a millisecond. */

/** How often code was made of text so far. */
function codeMade(): () => number {
  const { Function: real } = globalThis
  let made = 0
  globalThis.Function = new Proxy(real, {
    construct(target, args, newTarget) {
      made++
      return Reflect.construct(target, args, newTarget)
    },
  })
  onTestFinished(() => {
    globalThis.Function = real
  })
  return () => made
}

const requests = [
  { serviceType: 'Mlflow', config: { trackingUri: 'http://a', registryUri: 'http://a' } },
  { serviceType: 'Sklearn', config: {} },
  { serviceType: 'CustomMlModel', config: { any: 1 } },
  { serviceType: 'SageMaker', config: { awsConfig: { awsRegion: 'eu' } } },
  { serviceType: 'VertexAI', config: { credentials: { gcpConfig: { type: 'gcp_adc' } }, location: 'eu' } },
].map(({ serviceType, config }) => ({ name: serviceType, serviceType, connection: { config } }))

test('§1 a service type is made code of once in a process, when its first request comes, and again when one is refused', async () => {
  // Nobody else has made any yet.
  vi.resetModules()
  const { createService, mlmodelServices, openBook } = await import('servicebook')
  const { memoryStore } = await import('servicebook/memory')
  const made = codeMade()
  const first = openBook({ family: mlmodelServices, store: memoryStore() })
  expect(made()).toBe(0)
  for (const request of requests) expect((await createService(first, request)).isOk()).toBe(true)
  // One is for what all types have, and one more asks whether code may be made at all.
  const once = requests.length + 2
  expect(made()).toBe(once)
  const further = openBook({ family: mlmodelServices, store: memoryStore() })
  for (const request of requests) expect((await createService(further, request)).isOk()).toBe(true)
  expect(made()).toBe(once)
  for (const _ of [1, 2]) expect((await createService(further, { ...requests[1], name: '' })).isErr()).toBe(true)
  // The check that finds the words, and the one of names alone.
  expect(made()).toBe(once + 2)
})
