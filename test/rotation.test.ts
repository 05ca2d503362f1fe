import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { bulkUpsert, resealServices, upsertService } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { expect, onTestFinished, test } from 'vitest'
import type { Request } from './arbitraries.js'
import { openTestBook, stateOf, storedIn, temporaryDirectory, testCipher } from './catalogue.js'
import { databaseUrl, openDatabase, pool } from './database.js'

const SERVICES = 400

const rows = Array.from({ length: SERVICES }, (_, at): Request => {
  const connectionOptions = { password: `hush ${at}` }
  return {
    name: `s${at}`,
    serviceType: 'CustomMlModel',
    connection: { config: { sourcePythonClass: 'x', connectionOptions } },
  }
})

/** A process that seals anew, says how far it is after each chunk, and goes no further than 120. `open` declares `store`. */
function resealer(open: string, ...args: string[]): ChildProcess {
  const program = `
    import { mlmodelServices, openBook, resealServices } from 'servicebook'
    import { aesCipher } from 'servicebook/cipher'
    ${open}
    const keys = { first: Buffer.alloc(32, 1), second: Buffer.alloc(32, 2) }
    const book = openBook({ family: mlmodelServices, store, cipher: aesCipher({ keys, current: 'second' }) })
    const onProgress = ({ resealed }) => {
      console.log(resealed)
      if (resealed >= 120) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    }
    const report = await resealServices(book, { chunkSize: 10, onProgress })
    if (report.isErr()) throw report.error
    console.log('done')
    process.exit()`
  return spawn(process.execPath, ['--input-type=module', '-e', program, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** Kills it as soon as it says that it has sealed so many anew; answers how many it said in the end, or that it was done. */
async function killedAt(resealed: number, child: ChildProcess): Promise<number | 'done'> {
  let said: number | 'done' = 0
  if (child.stdout === null) throw new Error('no output')
  const closed = once(child, 'close')
  for await (const line of createInterface(child.stdout)) {
    said = line === 'done' ? line : Number(line)
    if (Number(said) >= resealed) child.kill('SIGKILL')
  }
  const [code] = await closed
  if (code !== null && code !== 0) throw new Error(`ended with ${code}: has the package been built?`)
  return said
}

test('§8 on disk: a rotation that is killed again and again comes to its end; compact() then erases what the old key sealed', async () => {
  const directory = temporaryDirectory()
  const store = fsStore(directory)
  const book = openTestBook({ store, cipher: testCipher() })
  await bulkUpsert(book, rows)
  await bulkUpsert(
    book,
    rows.slice(0, 50).map((row) => ({ ...row, description: 'changed' })),
  )
  const before = await stateOf(store)
  await store.close()

  const open = `import { fsStore } from 'servicebook/fs'\nconst store = fsStore(process.argv[1])`
  for (let kills = 0; ; kills++) {
    const said = await killedAt(60, resealer(open, directory))
    await store.open()
    const current = (await storedIn(store)).filter(({ sealed }) => sealed?.startsWith('aes256gcm:second:')).length
    await store.close()
    if (said === 'done') {
      expect(kills).toBeGreaterThanOrEqual(SERVICES / 120 - 1)
      break
    }
    expect(current).toBeGreaterThanOrEqual(said)
  }
  await store.open()
  expect(await stateOf(store)).toEqual(before)
  const alone = openTestBook({ store, cipher: testCipher('second', ['second']) })
  const again = (await bulkUpsert(alone, rows.slice(50)))._unsafeUnwrap()
  expect(again.outcomes).toMatchObject({ unchanged: SERVICES - 50 })

  const bytes = () => readFileSync(`${directory}/mlmodelService.jsonl`, 'utf8')
  expect(bytes()).toContain('aes256gcm:first:')
  const writing = Array.from({ length: 30 }, (_, at) =>
    upsertService(alone, { name: `meanwhile ${at}`, serviceType: 'Sklearn' }),
  )
  await store.compact()
  for (const answer of await Promise.all(writing)) expect(answer.isOk()).toBe(true)
  expect(bytes()).not.toContain('aes256gcm:first:')
  await store.close()
  await store.open()
  expect((await storedIn(store)).length).toBe(SERVICES + 30)
  expect((await resealServices(alone))._unsafeUnwrap()).toMatchObject({ status: 'success', resealed: 0 })
  await store.close()
})

test('§8 in PostgreSQL: a rotation that is killed again and again comes to its end, beside writers that still use the old key', async () => {
  const { store, schema, services, close } = await openDatabase()
  onTestFinished(close)
  const book = openTestBook({ store, cipher: testCipher() })
  await bulkUpsert(book, rows)
  const open = `
    import pg from 'pg'
    import { postgresStore } from 'servicebook/postgres'
    const pool = new pg.Pool({ connectionString: process.argv[1] })
    const store = postgresStore(pool, { schema: process.argv[2] })`
  let writes = 0
  for (let kills = 0; ; kills++) {
    const killed = killedAt(60, resealer(open, databaseUrl, schema))
    const changed = rows.slice(0, 20).map((row) => ({ ...row, description: `round ${writes}` }))
    const report = (await bulkUpsert(book, changed, { chunkSize: 5 }))._unsafeUnwrap()
    expect(report.status).toBe('success')
    writes++
    if ((await killed) === 'done' && kills > 2) break
  }
  expect((await resealServices(openTestBook({ store, cipher: testCipher('second') })))._unsafeUnwrap().status).toBe(
    'success',
  )
  const { rows: left } = await pool.query(`select count(*)::int as left from ${services} where sealed like '%first%'`)
  expect(left).toEqual([{ left: 0 }])
  const { current, history } = await stateOf(store)
  for (const [at, service] of current.entries()) {
    const isChanged = rows.findIndex(({ name }) => name === service.name) < 20
    expect([service.version, history[at]?.length]).toEqual(isChanged ? [(writes + 1) / 10, writes] : [0.1, 0])
  }
  const alone = openTestBook({ store, cipher: testCipher('second', ['second']) })
  expect((await bulkUpsert(alone, rows.slice(20)))._unsafeUnwrap().outcomes.unchanged).toBe(SERVICES - 20)
})
