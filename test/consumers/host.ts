/*
 * What a host in TypeScript writes, with every entry of the package. It is compiled as ESM, as CommonJS and for a bundler,
 * by the oldest and the newest compiler; the errors it expects show that the types are there and are not `any`.
 */
import {
  type BulkRow,
  bulkUpsert,
  createService,
  mlmodelServices,
  openBook,
  type Policy,
  rolePolicy,
  type Service,
  unwrap,
} from 'servicebook'
import { aesCipher } from 'servicebook/cipher'
import { fsStore } from 'servicebook/fs'
import { serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { migrations, postgresStore } from 'servicebook/postgres'
import { storeLaws } from 'servicebook/testing'

const policy: Policy = rolePolicy()
const cipher = aesCipher({ keys: { first: new Uint8Array(32) }, current: 'first' })
const book = openBook({ family: mlmodelServices, store: memoryStore(), policy, cipher })

export async function trackingUri(name: string): Promise<string | undefined> {
  const made = await createService(book, {
    name,
    serviceType: 'Mlflow',
    connection: { config: { trackingUri: 'http://mlflow:5000', registryUri: 'http://mlflow:5000' } },
  })
  if (made.isErr()) throw new Error(made.error.code === 'BAD_REQUEST' ? made.error.issues[0]?.path : made.error.message)
  const service: Service<typeof mlmodelServices> = made.value
  // @ts-expect-error services are read-only
  service.name = 'b'
  // What was made of a request for one service type is of that type.
  return unwrap(made).connection?.config.trackingUri
}

export async function outcomes(): Promise<readonly BulkRow[]> {
  // @ts-expect-error there is no such service type
  await bulkUpsert(book, [{ name: 'a', serviceType: 'Nope' }])
  return (await bulkUpsert(book, [{ name: 'a', serviceType: 'Sklearn' }])).match(
    ({ rows }) => rows,
    () => [],
  )
}

export const stores = [fsStore('./services'), postgresStore({ query: async () => ({ rows: [] }) })]
export const handler: (request: Request) => Promise<Response> = serviceHandler(book)
export const sql: readonly string[] = migrations().flatMap(({ statements }) => statements)
export const laws = () =>
  storeLaws({ test: (_name, run) => void run, open: () => ({ store: memoryStore(), again: memoryStore }) })
