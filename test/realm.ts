import { expect } from 'vitest'

type Package = typeof import('servicebook') &
  typeof import('servicebook/memory') &
  typeof import('servicebook/http') &
  typeof import('servicebook/postgres')

/**
 * What a host does, with the `Request`, `AbortController`, `TextEncoder` and `Uint8Array` of where it runs; answers what came
 * of it. Nothing but globals and its arguments are named in it, so that its text runs in other realms too.
 */
export async function lifeOf(
  library: Package,
  { aesCipher }: typeof import('servicebook/cipher'),
): Promise<Readonly<Record<string, unknown>>> {
  const { bulkUpsert, createService, getService, mlmodelServices, openBook, patchService, revealConnection } = library
  const { memoryStore, postgresStore, serviceHandler, upsertService } = library
  const cipher = aesCipher({ keys: { k: new Uint8Array(32).fill(7) }, current: 'k' })
  const book = openBook({ family: mlmodelServices, store: memoryStore(), cipher })
  const registryUri = 'postgresql://ml:hush@db/runs'
  const connection = { config: { trackingUri: 'http://mlflow:5000', registryUri } }
  const request = { name: 'ä', serviceType: 'Mlflow' as const, connection, tags: [{ tagFQN: 'Tier.Tier1' }] }
  const stopped = new AbortController()
  stopped.abort()
  const rows = [{ name: 'b', serviceType: 'Sklearn' as const }]

  const handler = serviceHandler(book, { authenticate: () => ({ name: 'ada' }) })
  const path = 'http://localhost/v1/services/mlmodelServices'
  const put = async (body: string | Uint8Array<ArrayBuffer>) => {
    const headers = { 'Content-Type': 'application/json' }
    const answer = await handler(new Request(path, { method: 'PUT', headers, body }))
    const shown = (await answer.json()) as { name?: string; message?: string }
    return `${answer.status} ${shown.name ?? shown.message}`
  }
  const text = JSON.stringify({ name: 'ü', serviceType: 'Sklearn' })
  const toldBy = async (answer: unknown) => {
    const result = (await answer) as { isOk(): boolean; value: unknown; error: unknown }
    return (result.isOk() ? result.value : result.error) as Record<string, unknown>
  }
  const uriIn = (shown: unknown) => (shown as typeof connection).config.registryUri

  return {
    created: (await toldBy(createService(book, request, { by: { name: 'ada', teams: [] } }))).name,
    again: (await toldBy(upsertService(book, request))).outcome,
    shown: uriIn((await toldBy(getService(book, { name: 'ä' }))).connection),
    revealed: uriIn(await toldBy(revealConnection(book, 'ä'))),
    refused: (await toldBy(createService(book, { name: 'a::b', serviceType: 'Mlflow' }))).message,
    patched: (await toldBy(patchService(book, 'ä', [{ op: 'add', path: '/description', value: 'x' }]))).outcome,
    bulked: (await toldBy(bulkUpsert(book, rows, { signal: new AbortController().signal }))).status,
    aborted: (await toldBy(bulkUpsert(book, rows, { signal: stopped.signal }))).status,
    inText: await put(text),
    inBytes: await put(new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>),
    inOthers: await put(new Uint8Array([0xff])),
    read: (await handler(new Request(`${path}/name/b`))).status,
    durable: postgresStore({ query: async () => ({ rows: [] }) }, { schema: 'ä' }).durable,
  }
}

/** What comes of it, wherever. */
export const LIFE = {
  created: 'ä',
  again: 'unchanged',
  shown: 'postgresql://ml:*********@db/runs',
  revealed: 'postgresql://ml:hush@db/runs',
  refused: expect.stringContaining('/name'),
  patched: 'updated',
  bulked: 'success',
  aborted: 'aborted',
  inText: '201 ü',
  inBytes: '200 ü',
  inOthers: '400 The body is not UTF-8',
  read: 200,
  durable: true,
}
