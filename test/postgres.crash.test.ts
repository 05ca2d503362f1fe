import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { bulkUpsert, mlmodelServices, openBook, type Service } from 'servicebook'
import { migrate, postgresStore } from 'servicebook/postgres'
import { expect, onTestFinished, test } from 'vitest'
import type { Request } from './arbitraries.js'
import { stateOf } from './catalogue.js'
import { databaseUrl, openDatabase, pool } from './database.js'
import { startServer } from './server.mjs'

const opening = `
  import pg from 'pg'
  import { bulkUpsert, mlmodelServices, openBook } from 'servicebook'
  import { postgresStore } from 'servicebook/postgres'
  const [url, schema, ...rest] = process.argv.slice(1)
  const pool = new pg.Pool({ connectionString: url, max: 4, application_name: schema })
  const book = openBook({ family: mlmodelServices, store: postgresStore(pool, { schema }) })`

/** A process of its own on the built package. */
function run(program: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', opening + program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function textOf(child: ChildProcess): Promise<string> {
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (part) => (text += part))
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
  return text.trim()
}

/** Every version a service has had, in order, each once and each the successor of the one before. */
function isExact(service: Service, history: readonly Service[]): void {
  const versions = [service, ...history].map(({ version }) => version)
  expect(versions).toEqual(versions.map((_, at) => (versions.length - at) / 10))
  for (const [at, one] of [service, ...history].entries()) {
    expect(one.id).toBe(service.id)
    expect(one.changeDescription?.previousVersion).toBe(history[at]?.version)
    if (history[at] !== undefined) expect(one.updatedAt).toBeGreaterThan(history[at].updatedAt)
  }
}

test('eight processes upsert ten hot names: every increment is accounted for, and no deadlock surfaces', async () => {
  const { schema, store, close } = await openDatabase()
  onTestFinished(close)
  const program = `
    const [writer] = rest
    const failures = []
    for (let round = 0; round < 15; round++) {
      const names = Array.from({ length: 10 }, (_, at) => 'hot' + ((at * 7 + round * 3 + Number(writer)) % 10))
      const rows = names.map((name) => ({ name, serviceType: 'Sklearn', description: writer + ' ' + round }))
      const report = (await bulkUpsert(book, rows, { by: { name: 'writer' + writer } }))._unsafeUnwrap()
      failures.push(...report.rows.filter((row) => row.error !== undefined).map((row) => row.error.message))
    }
    console.log(JSON.stringify(failures))
    await pool.end()`
  const writers = Array.from({ length: 8 }, (_, writer) => run(program, databaseUrl, schema, String(writer)))
  expect(await Promise.all(writers.map(textOf))).toEqual(new Array(8).fill('[]'))
  const { current, history } = await stateOf(store)
  expect(current).toHaveLength(10)
  for (const [at, service] of current.entries()) {
    isExact(service, history[at] ?? [])
    const written = [service, ...(history[at] ?? [])].map(({ description }) => description)
    expect(new Set(written).size).toBe(8 * 15)
    expect(written).toHaveLength(8 * 15)
  }
})

/** Each row twice in a run of the bulk, the second time changed, so that there is history to get wrong. */
const rowsOf = (count: number): Request[] =>
  Array.from({ length: count }, (_, at) => ({
    name: `s${String(at >> 1).padStart(6, '0')}`,
    serviceType: 'Sklearn',
    description: `edition ${at & 1}`,
  }))

test('kill -9 of the client in mid-bulk: every acknowledged service is there, and every history is exact', async () => {
  const { schema, store, close } = await openDatabase()
  onTestFinished(close)
  const program = `
    function* rows() {
      for (let at = 0; ; at++)
        yield { name: 's' + String(at >> 1).padStart(6, '0'), serviceType: 'Sklearn', description: 'edition ' + (at & 1) }
    }
    await bulkUpsert(book, rows(), { chunkSize: 50, rows: 'failed', onProgress: ({ processed, failed }) => console.log(processed - failed) })`
  for (const chunks of [1, 7, 25]) {
    const child = run(program, databaseUrl, schema)
    let acknowledged = 0
    let seen = 0
    if (child.stdout === null) throw new Error('no output')
    for await (const line of createInterface(child.stdout)) {
      acknowledged = Number(line)
      if (++seen === chunks) child.kill('SIGKILL')
    }
    // The server finds out that its client is gone when it has done what it was told.
    const left = 'select from pg_stat_activity where application_name = $1'
    while ((await pool.query(left, [schema])).rows.length > 0);
    const { current, history } = await stateOf(store)
    expect(acknowledged).toBeGreaterThanOrEqual(chunks * 50)
    expect(current.length).toBeGreaterThanOrEqual(acknowledged >> 1)
    current.forEach((service, at) => {
      isExact(service, history[at] ?? [])
    })
    const acknowledgedServices = current.slice(0, acknowledged >> 1)
    expect(acknowledgedServices.map(({ name }) => name)).toEqual([
      ...new Set(rowsOf(acknowledged).map(({ name }) => name)),
    ])
    for (const { description } of acknowledgedServices) expect(description).toBe('edition 1')
  }
})

test('a restart of the server in mid-bulk: what was acknowledged is there, and the bulk can be sent again', async () => {
  const server = await startServer({ flags: ['fsync=off'] })
  onTestFinished(() => server.stop())
  const connections = new pg.Pool({ connectionString: server.url, max: 4 })
  connections.on('error', () => {})
  await migrate(connections)
  const book = openBook({ family: mlmodelServices, store: postgresStore(connections) })
  const rows = rowsOf(4000)
  let restarted: Promise<void> | undefined
  const restart = async () => {
    await server.crash()
    await server.start()
  }
  const onProgress = ({ processed }: { processed: number }) => {
    if (processed >= 1000) restarted ??= restart()
  }
  const report = (await bulkUpsert(book, rows, { chunkSize: 100, onProgress }))._unsafeUnwrap()
  await restarted
  const failed = report.rows.filter((row) => row.error !== undefined)
  expect(failed.length).toBeGreaterThan(0)
  expect(new Set(failed.map((row) => row.error?.code))).toEqual(new Set(['STORE_FAILED']))

  const { current, history } = await stateOf(book.store)
  const held = new Map(current.map((service, at) => [service.fullyQualifiedName, [service, ...(history[at] ?? [])]]))
  for (const versions of held.values()) isExact(versions[0] as Service, versions.slice(1))
  for (const row of report.rows) {
    if (row.outcome === undefined) continue
    const version = held.get(row.fqn)?.find((one) => one.version === row.version)
    expect(version?.description, row.fqn).toBe(rows[row.index]?.description)
  }

  const again = (await bulkUpsert(book, rows))._unsafeUnwrap()
  expect(again.status).toBe('success')
  expect((await stateOf(book.store)).current.map(({ description }) => description)).toEqual(
    new Array(2000).fill('edition 1'),
  )
  await connections.end()
})
