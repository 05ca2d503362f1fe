import { expect, test } from 'vitest'
import { distribution, inOne, lockWaits } from './citus.js'
import { openDatabase, pool } from './database.js'

/* P2: what the tests do where DATABASE_URL is a coordinator of Citus. There is none at hand; so their text is held. */

test('P2 the tables are spread by name, versions and events beside their services, with few shards, on every node the migrations', () => {
  expect(distribution('t')).toEqual([
    'set local citus.shard_count = 4',
    "select create_distributed_table('t.servicebook_services', 'fqn', colocate_with => 'none')",
    "select create_distributed_table('t.servicebook_versions', 'fqn', colocate_with => 't.servicebook_services')",
    "select create_distributed_table('t.servicebook_events', 'fqn', colocate_with => 't.servicebook_services')",
    "select create_reference_table('t.servicebook_migrations')",
  ])
})

test('P2 it is one transaction, on one connection, which is not used again', async () => {
  const [sent, released]: [string[], unknown[]] = [[], []]
  const client = { query: async (text: string) => sent.push(text), release: (end: unknown) => released.push(end) }
  await inOne({ connect: async () => client } as never, ['a', 'b'])
  expect(sent).toEqual(['begin', 'a', 'b', 'commit'])
  expect(released).toEqual([true])
})

test('P2 who waits for a lock is asked of all nodes', () => {
  expect(lockWaits(true)).toContain('citus_lock_waits')
  expect(lockWaits(false)).toContain('pg_locks')
})

test('P2 a database of the tests can be left undistributed, and holds the tables that are spread', async () => {
  const { schema, close } = await openDatabase(pool, { distributed: false })
  for (const text of distribution(schema).slice(1)) {
    const [, table] = /'(\S+)'/.exec(text) as RegExpExecArray
    expect((await pool.query('select to_regclass($1)::oid > 0 as there', [table])).rows).toEqual([{ there: true }])
  }
  await close()
})
