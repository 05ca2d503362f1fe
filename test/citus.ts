import type { Pool } from 'pg'

/*
 * What a host does to run on Citus: the services are spread by name, versions and events lie with them, and every node has the
 * list of migrations. The tests do it wherever the server is a coordinator of Citus, so that `DATABASE_URL` can be one.
 */

/** As one transaction on the coordinator, after `migrate`. */
export function distribution(schema: string): readonly string[] {
  const [services, versions, events, migrations] = ['services', 'versions', 'events', 'migrations'].map(
    (table) => `'${schema}.servicebook_${table}'`,
  )
  return [
    'set local citus.shard_count = 4',
    `select create_distributed_table(${services}, 'fqn', colocate_with => 'none')`,
    `select create_distributed_table(${versions}, 'fqn', colocate_with => ${services})`,
    `select create_distributed_table(${events}, 'fqn', colocate_with => ${services})`,
    `select create_reference_table(${migrations})`,
  ]
}

/** Whether a connection, by the process id of its backend, waits for a lock: on Citus one of a node, which it has there. */
export const lockWaits = (onCitus: boolean) =>
  onCitus
    ? 'select from citus_lock_waits where waiting_gpid = any(select global_pid from citus_stat_activity where process_id = $1)'
    : 'select from pg_locks where pid = $1 and not granted'

const known = new WeakMap<Pool, Promise<boolean>>()

export function isCitus(pool: Pool): Promise<boolean> {
  const asked = "select from pg_extension where extname = 'citus'"
  const answer = known.get(pool) ?? pool.query(asked).then(({ rows }) => rows.length > 0)
  known.set(pool, answer)
  return answer
}

/** Runs statements as one transaction. */
export async function inOne(pool: Pick<Pool, 'connect'>, statements: readonly string[]): Promise<void> {
  const client = await pool.connect()
  try {
    for (const text of ['begin', ...statements, 'commit']) await client.query(text)
  } finally {
    client.release(true)
  }
}
