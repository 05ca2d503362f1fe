import type { PostgresClient } from './client.js'
import { createEvents } from './events.js'
import { IN_FAILED_TRANSACTION, sqlState } from './failure.js'
import { meet, type Send, sender } from './send.js'
import * as sql from './sql.js'
import {
  checked,
  keysChecked,
  literal,
  type PostgresOptions,
  quoted,
  TABLE_OPTIONS,
  type Tables,
  tablesOf,
} from './tables.js'

/** A step of the tables' history. */
export interface Migration {
  readonly version: number
  /** What it does, in a few words. */
  readonly name: string
  /** Each a statement, without parameters, to be run in this order and in one transaction. */
  readonly statements: readonly string[]
}

/**
 * The SQL that makes the tables, step by step, for hosts with a migration tool of their own: run what is new to you, and
 * do not call `migrate`. A step that was published never changes, and none rewrites a table.
 *
 * Throws `TypeError` when an option is not known, or cannot be a name.
 *
 * @example
 * for (const { statements } of migrations({ schema: 'catalogue' })) console.log(`${statements.join(';\n\n')};`)
 */
export function migrations(options: PostgresOptions = {}): readonly Migration[] {
  keysChecked('migrations', options, TABLE_OPTIONS)
  const tables = tablesOf(options)
  return [
    { version: 1, name: 'create services and versions', statements: sql.createTables(tables) },
    { version: 2, name: 'add what stands beside a service', statements: sql.addBeside(tables) },
    { version: 3, name: 'create events, for the outbox', statements: createEvents(tables) },
  ]
}

/**
 * Makes or updates the tables of `postgresStore`, and the schema if one is named and missing. Call it before the store is
 * used, in every process that starts: what is there already is left alone, without a lock and without the right to
 * create, and processes that come at the same time wait for each other. Each step is one transaction; none rewrites a
 * table, so that it can run while others write.
 *
 * Rejects with the driver's error; with `TypeError` when an option is not known or cannot be a name, or `client` has no
 * `query`.
 *
 * @example
 * const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })
 * await migrate(pool)
 */
export async function migrate(client: PostgresClient, options: PostgresOptions = {}): Promise<void> {
  checked('migrate', client, options, TABLE_OPTIONS)
  const tables = tablesOf(options)
  const send = sender(client)
  const steps = migrations(options)
  const { there } = await meet(client, tables.migrations)
  if (there) {
    const rows = await send(`select version::text as version from ${tables.migrations}`, [])
    const versions = new Set(rows.map(([version]) => Number(version)))
    if (steps.every(({ version }) => versions.has(version))) return
  }
  await done(send, preparation(tables))
  for (const step of steps) await done(send, application(tables, step))
}

/** Duplicates: of a schema, of a table, of a column, and of their names in the catalog. */
const THERE: ReadonlySet<unknown> = new Set(['42P06', '42P07', '42701', '23505'])

/**
 * Where transactions see what was there when they began (`default_transaction_isolation`), who waited for the lock does not
 * see what the other made. By then that is there for a transaction that begins.
 */
async function done(send: Send, block: string): Promise<void> {
  const text = `do ${literal(block)}`
  try {
    await send(text, [])
  } catch (error) {
    if (!THERE.has(sqlState(error))) throw error
    await send(text, []).catch((second) => {
      throw sqlState(second) === IN_FAILED_TRANSACTION ? error : second
    })
  }
}

/** The lock lasts as long as the statement. It is of the database, so that it has to name the tables it is for. */
const lock = (tables: Tables) => `
  perform pg_advisory_xact_lock(hashtextextended(${literal(`servicebook ${tables.migrations}`)}, 0));`

const preparation = (tables: Tables) => `begin${lock(tables)}${
  tables.schema === undefined
    ? ''
    : `
  if not exists (select from pg_namespace where nspname = ${literal(tables.schema)}) then
    create schema ${quoted(tables.schema)};
  end if;`
}
  if to_regclass(${literal(tables.migrations)}) is null then
    create table ${tables.migrations} (version int primary key, applied_at timestamptz not null default now());
  end if;
end`

const application = (tables: Tables, { version, statements }: Migration) => `begin${lock(tables)}
  if not exists (select from ${tables.migrations} where version = ${version}) then
    ${statements.join(';\n')};
    insert into ${tables.migrations} (version) values (${version});
  end if;
end`
