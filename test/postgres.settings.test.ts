import pg from 'pg'
import {
  bulkUpsert,
  createService,
  getService,
  listVersions,
  mlmodelServices,
  openBook,
  upsertService,
} from 'servicebook'
import { migrate, migrations, type PostgresClient, postgresStore } from 'servicebook/postgres'
import { expect, onTestFinished, test } from 'vitest'
import { literal } from '../adapters/postgres/tables.js'
import { isCitus, lockWaits } from './citus.js'
import { databaseUrl, emptySchema, pool } from './database.js'

/* P7: what a server or a database may be set to. */

const odd = {
  backslash_quote: 'off',
  standard_conforming_strings: 'off',
  escape_string_warning: 'off',
  DateStyle: 'SQL, DMY',
  IntervalStyle: 'sql_standard',
  TimeZone: 'Pacific/Chatham',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  transform_null_equals: 'on',
  array_nulls: 'off',
  quote_all_identifiers: 'on',
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  client_min_messages: 'debug5',
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
}

/** Connections of other settings. A server of today may know no such setting, or only one of its values. */
async function setTo(settings: Readonly<Record<string, string>>): Promise<pg.Pool> {
  const { rows } = await pool.query('select name from pg_settings where name = any($1::text[])', [
    Object.keys(settings),
  ])
  const flags: string[] = []
  for (const { name } of rows) {
    const flag = `-c ${name}=${(settings[name] as string).replaceAll(' ', '\\ ')}`
    const probe = new pg.Client({ connectionString: databaseUrl, options: flag })
    await probe.connect().then(
      () => flags.push(flag),
      () => {},
    )
    await probe.end()
  }
  const own = new pg.Pool({ connectionString: databaseUrl, max: 2, options: flags.join(' ') })
  onTestFinished(() => own.end())
  return own
}

const texts = [`it's`, `back\\slash \\' \\\\`, `"quoted" E'\\x41' $$`]

test('P7 under odd settings the tables are made, and services are written and read as ever', async () => {
  const own = await setTo(odd)
  expect((await own.query('show backslash_quote')).rows).toEqual([{ backslash_quote: 'off' }])
  const schema = `t_odd's \\"${Math.random()}`
  onTestFinished(async () => void (await pool.query(`drop schema if exists ${pg.escapeIdentifier(schema)} cascade`)))
  const options = { schema, prefix: `p'\\"` }
  await Promise.all([migrate(own, options), migrate(own, options)])
  const store = postgresStore(own, options)
  const book = openBook({ family: mlmodelServices, store })
  for (const name of texts) {
    const request = { name, serviceType: 'Sklearn' as const, description: name }
    const made = (await createService(book, request))._unsafeUnwrap()
    expect((await upsertService(book, { ...request, description: 'new' }))._unsafeUnwrap().service.version).toBe(0.2)
    expect((await getService(book, { name }))._unsafeUnwrap()).toMatchObject({ name, description: 'new' })
    expect((await listVersions(book, { name }))._unsafeUnwrap().services).toContainEqual(made)
  }
  const rows = texts.map((name) => ({ name, serviceType: 'Sklearn' as const, description: `${name} again` }))
  expect((await bulkUpsert(book, rows))._unsafeUnwrap().outcomes.updated).toBe(texts.length)
  expect((await bulkUpsert(book, rows))._unsafeUnwrap().outcomes.unchanged).toBe(texts.length)
  expect(await store.removeTombstones()).toBe(0)
})

test('P7 a text as SQL is that text, whatever the settings', async () => {
  const own = await setTo(odd)
  for (const text of [...texts, `'`, `\\`, `\\'`, `''`, 'line\nbreak']) {
    for (const client of [own, pool]) {
      expect((await client.query(`select ${literal(text)} as text`)).rows).toEqual([{ text }])
    }
  }
})

test('P7 without a schema the tables are where search_path says first', async () => {
  const [first, second] = [await emptySchema(), await emptySchema()]
  onTestFinished(first.close)
  onTestFinished(second.close)
  const own = await setTo({ search_path: `${first.schema},${second.schema}` })
  await migrate(own)
  await migrate(own)
  const book = openBook({ family: mlmodelServices, store: postgresStore(own) })
  expect((await createService(book, { name: 'a', serviceType: 'Mlflow' })).isOk()).toBe(true)
  const { rows } = await pool.query(
    `select table_schema from information_schema.tables where table_schema = any($1) and table_name = 'servicebook_services'`,
    [[first.schema, second.schema]],
  )
  expect(rows).toEqual([{ table_schema: first.schema }])
})

test('P7 a session that speaks another encoding than its driver is told so before anything is written', async () => {
  const { schema, close } = await emptySchema()
  onTestFinished(close)
  const latin = new pg.Client(databaseUrl)
  await latin.connect()
  onTestFinished(() => latin.end())
  await latin.query(`set client_encoding = 'LATIN1'`)
  await expect(migrate(latin, { schema })).rejects.toThrow(/client_encoding must be UTF8/)
  await latin.query(`set client_encoding = 'UTF8'`)
  await migrate(latin, { schema })
})

test('P7 a step that another process makes meanwhile is taken as made, also by who sees only what was there', async () => {
  const { schema, close } = await emptySchema()
  onTestFinished(close)
  const connected = async (options: string) => {
    const client = new pg.Client({ connectionString: databaseUrl, options })
    await client.connect()
    onTestFinished(() => client.end())
    return client
  }
  const late = await connected('-c default_transaction_isolation=repeatable\\ read')
  const early = await connected('')
  const { rows } = await late.query('select pg_backend_pid() as pid')
  const asked = lockWaits(await isCitus(pool))
  const steps = [...migrations({ schema })]
  const overtaken: PostgresClient = {
    async query(text, values) {
      const [step] = steps
      if (step === undefined || !text.includes(`version = ${step.version})`)) return late.query(text, values)
      steps.shift()
      await early.query('begin')
      const lock = `servicebook "${schema}"."servicebook_migrations"`
      await early.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [lock])
      const answer = late.query(text, values)
      answer.catch(() => {})
      while ((await pool.query(asked, [rows[0].pid])).rows.length === 0);
      for (const statement of step.statements) await early.query(statement)
      await early.query(`insert into ${schema}.servicebook_migrations (version) values (${step.version})`)
      await early.query('commit')
      return answer
    },
  }
  await migrate(overtaken, { schema })
  expect(steps).toEqual([])
})
