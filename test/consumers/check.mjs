/*
 * What a host does, with every entry that runs anywhere; `aesCipher` needs `node:crypto`. It is run as it is, with `require`
 * in the place of `import`, and bundled.
 */
import {
  bulkUpsert,
  createService,
  mlmodelServices,
  openBook,
  revealConnection,
  unwrap,
  upsertService,
} from 'servicebook'
import { serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { postgresStore } from 'servicebook/postgres'

export async function check(aesCipher) {
  const cipher = aesCipher?.({ keys: { first: new Uint8Array(32) }, current: 'first' })
  const book = openBook({ family: mlmodelServices, store: memoryStore(), ...(cipher && { cipher }) })
  const config = { trackingUri: 'http://mlflow:5000', registryUri: 'postgresql://mlflow:hush@db/runs' }
  const request = { name: 'mlflow', serviceType: 'Mlflow', connection: { config } }

  const made = await unwrap(createService(book, request))
  equal(made.connection.config.registryUri, 'postgresql://mlflow:*********@db/runs')
  equal((await unwrap(revealConnection(book, 'mlflow'))).config.registryUri, config.registryUri)
  equal((await unwrap(upsertService(book, request))).outcome, 'unchanged')
  equal((await createService(book, request)).error.code, 'ENTITY_ALREADY_EXISTS')
  const { error } = await createService(book, { ...request, name: 'a::b', connection: { config: {} } })
  equal(
    error.issues.map(({ path }) => path).join(),
    '/name,/connection/config/trackingUri,/connection/config/registryUri',
  )
  const rows = Array.from({ length: 2_500 }, (_, at) => ({ name: `model ${at}`, serviceType: 'Sklearn' }))
  equal((await unwrap(bulkUpsert(book, rows))).outcomes.created, 2_500)

  // Under Jest, jsdom has neither this nor TextEncoder: there the HTTP edge and PostgreSQL are out of place.
  if (typeof Request === 'undefined') return 'ok'
  equal(postgresStore({ query: async () => ({ rows: [] }) }).durable, true)
  const handler = serviceHandler(book, { authenticate: () => ({ name: 'ada' }) })
  const answer = await handler(new Request('http://localhost/v1/services/mlmodelServices/name/mlflow'))
  equal(`${answer.status} ${(await answer.json()).fullyQualifiedName}`, '200 mlflow')
  return 'ok'
}

function equal(actual, expected) {
  if (actual !== expected) throw new Error(`${String(actual)} is not ${String(expected)}`)
}
