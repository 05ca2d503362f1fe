import { copyFileSync, readFileSync } from 'node:fs'
import path from 'node:path'
import {
  bulkUpsert,
  listServices,
  listVersions,
  mlmodelServices,
  openBook,
  revealConnection,
  type Service,
  type ServiceRequest,
  type ServiceStore,
} from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { migrate, postgresStore } from 'servicebook/postgres'
import { expect, onTestFinished, test } from 'vitest'
import { FAMILY, temporaryDirectory, testCipher } from './catalogue.js'
import { pool } from './database.js'

/* What an earlier version wrote is read as it was, its secrets too, and the same request on it changes nothing. */

interface Told {
  readonly requests: readonly ServiceRequest<typeof mlmodelServices>[]
  readonly services: readonly Service[]
  readonly versions: Readonly<Record<string, readonly Service[]>>
  readonly connections: Readonly<Record<string, { readonly config: object }>>
}

const fixture = (name: string) => path.join(import.meta.dirname, 'fixtures', name)
const toldIn = (name: string): Told => JSON.parse(readFileSync(fixture(name), 'utf8'))

/** As a service reads that was stored before it had a status. */
const asToday = (service: Service) => ({ ...service, entityStatus: 'Unprocessed' })

async function holds(store: ServiceStore, told: Told): Promise<void> {
  const book = openBook({ family: mlmodelServices, store, cipher: testCipher() })
  const { services } = (await listServices(book, { include: 'all', limit: 100 }))._unsafeUnwrap()
  expect(services).toEqual(told.services.map(asToday))
  for (const { name, connection } of services) {
    const versions = (await listVersions(book, { name }, { limit: 100 }))._unsafeUnwrap()
    expect(versions.services).toEqual(told.versions[name]?.map(asToday))
    if (connection === undefined) continue
    expect((await revealConnection(book, { name }))._unsafeUnwrap()).toEqual(told.connections[name])
  }
  // The last thing that happened to `plain` was a patch.
  const again = told.requests.filter(({ name }) => name !== 'plain')
  const report = (await bulkUpsert(book, again))._unsafeUnwrap()
  expect(report.rows).toMatchObject(again.map(() => ({ outcome: 'unchanged' })))
}

test('§1 a journal of format 1 opens, and the same requests on it are unchanged', async () => {
  const directory = temporaryDirectory()
  copyFileSync(fixture('journal-1.jsonl'), path.join(directory, `${FAMILY}.jsonl`))
  const store = fsStore(directory)
  expect(await store.open()).toMatchObject({ services: 6, cut: [] })
  await holds(store, toldIn('journal-1.json'))
  await store.compact()
  await holds(store, toldIn('journal-1.json'))
  await store.close()
})

test('§1 tables of step 1 are migrated, and the same requests on them are unchanged', async () => {
  onTestFinished(() => void pool.query('drop schema if exists fixture cascade'))
  await pool.query('drop schema if exists fixture cascade; create schema fixture')
  await pool.query(readFileSync(fixture('tables-1.sql'), 'utf8'))
  await pool.query(
    'create table fixture.servicebook_migrations (version int primary key, applied_at timestamptz default now())',
  )
  await pool.query('insert into fixture.servicebook_migrations values (1)')
  await migrate(pool, { schema: 'fixture' })
  await holds(postgresStore(pool, { schema: 'fixture' }), toldIn('tables-1.json'))
})
