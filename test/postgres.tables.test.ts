import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { bulkUpsert, mlmodelServices, openBook, upsertService } from 'servicebook'
import { migrate, migrations, type PostgresClient, type PostgresOptions, postgresStore } from 'servicebook/postgres'
import { expect, onTestFinished, test } from 'vitest'
import * as sql from '../adapters/postgres/sql.js'
import { tablesOf } from '../adapters/postgres/tables.js'
import type { Request } from './arbitraries.js'
import { FAMILY, stateOf } from './catalogue.js'
import { databaseUrl, openDatabase, pool } from './database.js'

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request

function freshSchema(name = `t_${randomUUID()}`): string {
  const quoted = `"${name.replaceAll('"', '""')}"`
  onTestFinished(async () => {
    await pool.query(`drop schema if exists ${quoted} cascade`)
  })
  return name
}

/** What the catalog says of the tables in a schema, without its name. */
async function tablesIn(schema: string): Promise<string> {
  const columns = await pool.query(
    `select table_name, column_name, data_type, collation_name, is_nullable, column_default
     from information_schema.columns where table_schema = $1 order by 1, ordinal_position`,
    [schema],
  )
  const indexes = await pool.query('select indexdef from pg_indexes where schemaname = $1 order by 1', [schema])
  return JSON.stringify([columns.rows, indexes.rows]).replaceAll(schema, 'SCHEMA')
}

test('migrate can be run again, and by eight processes at once; what is there is asked for with two selects', async () => {
  const schema = freshSchema()
  const pools = Array.from({ length: 8 }, () => new pg.Pool({ connectionString: databaseUrl, max: 1 }))
  await Promise.all(pools.map((one) => migrate(one, { schema })))
  await Promise.all(pools.map((one) => one.end()))
  const sent: string[] = []
  const spy: PostgresClient = {
    query(text, values) {
      sent.push(text)
      return pool.query(text, values)
    },
  }
  await migrate(spy, { schema })
  expect(sent.map((text) => text.split(' ')[0])).toEqual(['select', 'select'])
  const { rows } = await pool.query(`select version from "${schema}".servicebook_migrations order by 1`)
  expect(rows.map(({ version }) => version)).toEqual(migrations().map(({ version }) => version))
})

test('migrate works beside writers, and rewrites no table', async () => {
  const { schema, store, close } = await openDatabase()
  onTestFinished(close)
  const book = openBook({ family: mlmodelServices, store })
  const files = async () =>
    (
      await pool.query(
        `select relname, pg_relation_filenode(oid) from pg_class where relnamespace = $1::regnamespace`,
        [schema],
      )
    ).rows
  const before = await files()
  const writing = bulkUpsert(
    book,
    Array.from({ length: 3000 }, (_, at) => row(`s${at}`)),
  )
  await Promise.all(Array.from({ length: 5 }, () => migrate(pool, { schema })))
  expect((await writing)._unsafeUnwrap().status).toBe('success')
  expect(await files()).toEqual(before)
})

test('a host with a tool of its own gets the same tables from migrations', async () => {
  const [ours, theirs] = [freshSchema(), freshSchema()]
  await migrate(pool, { schema: ours })
  await pool.query(`create schema "${theirs}"`)
  for (const { statements } of migrations({ schema: theirs })) for (const text of statements) await pool.query(text)
  await pool.query(
    `create table "${theirs}".servicebook_migrations (like "${ours}".servicebook_migrations including all)`,
  )
  expect(await tablesIn(theirs)).toBe(await tablesIn(ours))
  const book = openBook({ family: mlmodelServices, store: postgresStore(pool, { schema: theirs }) })
  expect((await upsertService(book, row('a'))).isOk()).toBe(true)
})

test('schema and prefix are quoted, whatever is in them, and keep tables apart', async () => {
  const hostile: PostgresOptions[] = [
    { schema: freshSchema(`we"ird'; drop schema x; --`), prefix: `p"'\\$$%` },
    { schema: freshSchema('Ünï códe.$1'), prefix: '' },
    { schema: freshSchema('E\\'), prefix: 'Upper ' },
    { schema: freshSchema(), prefix: 'x'.repeat(32) },
  ]
  for (const options of hostile) {
    await Promise.all([migrate(pool, options), migrate(pool, options)])
    const other = { ...options, prefix: 'other_' }
    await migrate(pool, other)
    const [one, two] = [options, other].map((which) =>
      openBook({ family: mlmodelServices, store: postgresStore(pool, which) }),
    )
    if (one === undefined || two === undefined) throw new Error('two books')
    await upsertService(one, row('a'))
    await upsertService(one, row('a', { description: 'x' }))
    expect((await stateOf(one.store)).history[0]).toHaveLength(1)
    expect((await stateOf(two.store)).current).toHaveLength(0)
  }
})

test('an option that cannot be a name is a TypeError, since PostgreSQL would cut it off without a word', async () => {
  for (const options of [{ schema: '' }, { schema: 'x'.repeat(64) }, { prefix: 'é'.repeat(17) }, { schema: 'a\0' }]) {
    expect(() => postgresStore(pool, options)).toThrow(TypeError)
    expect(() => migrations(options)).toThrow(TypeError)
    await expect(migrate(pool, options)).rejects.toThrow(TypeError)
  }
  expect(() => postgresStore(pool, { prefix: 7 } as never)).toThrow(TypeError)
  expect(() => postgresStore(undefined as never)).toThrow(TypeError)
})

test('V8 an option that is not known, or not what it must be, is said at once and by name', async () => {
  expect(() => postgresStore(pool, { shema: 'x' } as never)).toThrow(/^shema is no option of postgresStore: .*schema/)
  expect(() => postgresStore(pool, { inTransaction: 'yes' } as never)).toThrow(/^inTransaction must be a boolean/)
  expect(() => postgresStore(pool, null as never)).toThrow(/^the options of postgresStore must be an object/)
  expect(() => postgresStore(pool, 'catalogue' as never)).toThrow(/^the options of postgresStore must be an object/)
  expect(() => postgresStore({ schema: 'x' } as never, pool as never)).toThrow(/^client must have query/)
  expect(() => migrations({ table: 'x' } as never)).toThrow(/^table is no option of migrations/)
  await expect(migrate(pool, { inTransaction: true } as never)).rejects.toThrow(
    /^inTransaction is no option of migrate/,
  )
  await expect(migrate({} as never)).rejects.toThrow(/^client must have query/)
  const { removeTombstones } = postgresStore(pool)
  await expect(removeTombstones({ older: 1 } as never)).rejects.toThrow(/^older is no option of removeTombstones/)
  for (const olderThan of [Number.POSITIVE_INFINITY, Number.NaN, '90000' as never]) {
    await expect(removeTombstones({ olderThan })).rejects.toThrow(/^olderThan must be/)
  }
})

test('scale-out: every unique index starts with the shard column, and nothing ties two names together', async () => {
  const { schema, close } = await openDatabase()
  onTestFinished(close)
  const tables = [`${schema}.servicebook_services`, `${schema}.servicebook_versions`]
  const unique = await pool.query(
    `select c.relname as index, a.attname as first
     from pg_index i join pg_class c on c.oid = i.indexrelid
     join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
     where i.indrelid = any($1::regclass[]) and i.indisunique`,
    [tables],
  )
  expect(unique.rows).toHaveLength(2)
  expect(unique.rows.map(({ first }) => first)).toEqual(['fqn', 'fqn'])
  const ties = await pool.query(
    `select conname from pg_constraint where conrelid = any($1::regclass[]) and contype not in ('p', 'n')
     union all select tgname from pg_trigger where tgrelid = any($1::regclass[])
     union all select attname from pg_attribute where attrelid = any($1::regclass[]) and atthasdef and attnum > 0`,
    [tables],
  )
  expect(ties.rows).toEqual([])
})

test('scale-out: the statements read before they write, lock by writing, and name the shards they need', () => {
  const tables = tablesOf({})
  const kinds = ['create', 'update', 'creates', 'updates', 'reverts'] as const
  const commits = kinds.map((kind) => sql.commit(tables, kind, true))
  for (const [at, kind] of kinds.entries()) {
    const text = commits[at] as string
    const reads = kind.startsWith('create') ? -1 : text.indexOf('old as materialized')
    expect(reads > 0, kind).toBe(!kind.startsWith('create'))
    expect(reads).toBeLessThan(text.indexOf('written as'))
    expect(text.match(/order by fqn collate "C"/g) ?? [], kind).toHaveLength(kind.endsWith('s') ? 1 : 0)
    // A statement that changes a table twice is refused by some.
    for (const table of [tables.services, tables.versions])
      expect(text.split(`insert into ${table}`).length + text.split(`delete from ${table}`).length).toBeLessThanOrEqual(
        3,
      )
  }
  for (const text of [sql.load(tables, 'one'), sql.load(tables, 'many'), sql.versions(tables), ...commits]) {
    expect(text).not.toMatch(
      /for (no key )?(update|share)|\bx(min|max)\b|\bctid\b|advisory|\btemp|prepare|\bset (local|session)/i,
    )
  }
  // Where a statement reads a table it says which names it wants; where it inserts, the rows say so.
  for (const text of [sql.load(tables, 'one'), sql.load(tables, 'many'), sql.versions(tables), ...commits]) {
    const reads = text.match(/(from|join|update) "servicebook_\w+"/g) ?? []
    const names = text.match(/fqn = (any\(\$\d::text\[\]\)|\$\d::text|past\.fqn)|held\.fqn = past\.fqn/g) ?? []
    expect(names.length, text).toBeGreaterThanOrEqual(reads.length)
  }
})

test('P1 scale-out: what is read before a write is materialized in every form, so that no planner moves the reading', () => {
  const parts = (kind: sql.Kind) =>
    [...sql.commit(tablesOf({}), kind, true).matchAll(/(?:with |, )(\w+) as (materialized )?\(\n\s*(\w+)/g)].map(
      ([, name, materialized, verb]) => `${name} ${materialized ?? ''}${verb}`,
    )
  const [change, old] = ['change materialized select', 'old materialized select']
  expect(parts('create')).toEqual(['written insert', 'told insert'])
  expect(parts('update')).toEqual([old, 'written update', 'kept insert', 'told insert'])
  expect(parts('creates')).toEqual([change, 'written insert', 'told insert'])
  expect(parts('updates')).toEqual([change, old, 'written insert', 'kept insert', 'told insert'])
  expect(parts('reverts')).toEqual([change, old, 'written insert', 'dropped delete', 'told insert'])
})

test('P3 the keys of removed services go in one order, and without waiting for whoever takes one of them', async () => {
  const { store, schema, services, close } = await openDatabase(pool, { distributed: false })
  onTestFinished(close)
  const book = openBook({ family: mlmodelServices, store })
  await bulkUpsert(book, [row('a'), row('b'), row('c')])
  const held = await store.load(FAMILY, ['a', 'b', 'c'])
  await store.commit(
    FAMILY,
    [...held.values()].map((before) => ({ before, after: null })),
  )
  await pool.query(`update ${services} set removed_at = now() - interval '2 days'`)
  const other = await pool.connect()
  onTestFinished(async () => other.release(true))
  await other.query(`begin; update ${services} set revision = revision + 1 where fqn = 'b'`)
  const text = sql.removeTombstones(tablesOf({ schema }), false)
  const cleaner = await pool.connect()
  onTestFinished(async () => cleaner.release(true))
  await cleaner.query(`set lock_timeout = '5s'`)
  expect((await cleaner.query(text, ['86400000'])).rows).toEqual([{ removed: '2' }])
  await other.query('commit')
  expect((await cleaner.query(text, ['86400000'])).rows).toEqual([{ removed: '1' }])
  expect(text).toMatch(/old as materialized \(\s+select .* order by fqn collate "C", family for update skip locked/)
  // Over several shards nothing may be locked like this.
  expect(sql.removeTombstones(tablesOf({ schema }), true)).not.toContain('for update')
})

test('what is listed comes from an index in its order, also at a size where that matters', async () => {
  const { store, schema, services, close } = await openDatabase(pool, { distributed: false })
  onTestFinished(close)
  const book = openBook({ family: mlmodelServices, store })
  await upsertService(book, row('s0'))
  await pool.query(
    `insert into ${services} (fqn, family, id, revision, name, deleted, service)
     select 's' || n, family, gen_random_uuid(), 1, 's' || n, false, service from ${services}, generate_series(1, 20000) n`,
  )
  await pool.query(`analyze ${services}`)
  const place = { name: 's15', id: '00000000-0000-0000-0000-000000000000' }
  for (const query of [{ limit: 10 }, { limit: 10, after: place }, { limit: 10, before: place }]) {
    const { text, values } = sql.list(tablesOf({ schema }), FAMILY, query, 'page')
    const { rows } = await pool.query(`explain ${text}`, values)
    const plan = rows.map((line) => line['QUERY PLAN']).join('\n')
    expect(plan).toContain('services_name')
    expect(plan).not.toMatch(/Sort|Seq Scan/)
  }
})
