import fc from 'fast-check'
import {
  bulkUpsert,
  createService,
  type Family,
  getService,
  MASK,
  openBook,
  patchService,
  revealConnection,
  type ServiceStore,
  upsertService,
} from 'servicebook'
import { allFamilies } from 'servicebook/families'
import { fsStore } from 'servicebook/fs'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryDirectory, testCipher } from './catalogue.js'
import { openDatabase } from './database.js'
import { type Config, configs, secretsIn, textAt } from './families.generated.js'

/*
 * A property for each of the 147 service types: a valid config comes back as it was given, and every secret in it is found
 * and hidden, wherever it is kept.
 */

const request = (name: string, serviceType: string, config: Config) => ({
  name,
  serviceType,
  description: 'd',
  connection: { config: config as never },
})

function expectHidden(shown: unknown, config: Config) {
  expect(JSON.stringify(shown)).not.toContain('hush')
  for (const path of secretsIn(config)) expect([path, textAt(shown, path)]).toEqual([path, MASK])
}

describe.each(allFamilies.map((family) => ({ family, entityType: family.entityType })))('$entityType', ({ family }) => {
  test.each(Object.keys(family.serviceTypes))(
    '§1, §8 %s: create, get, reveal, patch, the same once more',
    async (serviceType) => {
      await fc.assert(
        fc.asyncProperty(configs(family.entityType, serviceType), async (config) => {
          const book = openBook({ family, store: memoryStore() })
          const made = (await createService(book, request('a', serviceType, config)))._unsafeUnwrap()
          expectHidden(made.connection?.config, config)
          expect((await getService(book, 'a'))._unsafeUnwrap()).toEqual(made)
          const clear = async () => (await revealConnection(book, 'a'))._unsafeUnwrap()?.config
          const revealed = await clear()
          expect(revealed).toMatchObject(config)
          for (const again of [config, made.connection?.config as Config, revealed as Config]) {
            const { outcome } = (await upsertService(book, request('a', serviceType, again)))._unsafeUnwrap()
            expect(outcome).toBe('unchanged')
          }
          const change = [{ op: 'replace', path: '/description', value: 'e' } as const]
          const patched = (await patchService(book, 'a', change))._unsafeUnwrap().service
          expect([patched.version, patched.connection]).toEqual([0.2, made.connection])
          expect(await clear()).toEqual(revealed)
        }),
        { numRuns: 4 },
      )
    },
  )

  test('§8 in a journal and on PostgreSQL, sealed, and read again', async () => {
    const directory = temporaryDirectory()
    const database = await openDatabase()
    onTestFinished(database.close)
    const rows = Object.keys(family.serviceTypes).flatMap((serviceType) =>
      fc
        .sample(configs(family.entityType, serviceType), 2)
        .map((config, at) => request(`${serviceType}${at}`, serviceType, config)),
    )
    const journal = fsStore(directory)
    await written(family, journal, rows)
    await journal.close()
    const again = fsStore(directory)
    onTestFinished(() => again.close())
    await expectKept(family, again, rows)
    await written(family, database.store, rows)
    await expectKept(family, database.again(), rows)
    expect(await database.bytes()).not.toContain('hush')
  })
})

async function written(family: Family, store: ServiceStore, rows: readonly ReturnType<typeof request>[]) {
  const report = (await bulkUpsert(openBook({ family, store, cipher: testCipher() }), rows))._unsafeUnwrap()
  expect(report.rows.filter((row) => 'error' in row)).toEqual([])
}

async function expectKept(family: Family, store: ServiceStore, rows: readonly ReturnType<typeof request>[]) {
  const book = openBook({ family, store, cipher: testCipher() })
  for (const { name, connection } of rows) {
    expectHidden((await getService(book, { name }))._unsafeUnwrap().connection?.config, connection.config)
    expect((await revealConnection(book, { name }))._unsafeUnwrap()?.config).toMatchObject(connection.config)
  }
}
