import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startServer } from './server.mjs'

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string
    /** What the schemas of this run begin with. */
    schemas: string
  }
}

/** The server that all tests share: the one of `DATABASE_URL`, or one of our own. Without a server nothing runs. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL
  // No test crashes this one; those that crash a server start their own.
  const flags = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200']
  const server = given === undefined ? await startServer({ flags }) : undefined
  const databaseUrl = given ?? server?.url ?? ''
  const client = new pg.Client(databaseUrl)
  await client.connect()
  const { rows } = await client.query('show server_version')
  await client.end()
  console.log(
    `PostgreSQL ${rows[0].server_version}, ${given === undefined ? 'started for the tests' : 'of DATABASE_URL'}`,
  )
  const schemas = `t_${randomBytes(4).toString('hex')}_`
  project.provide('databaseUrl', databaseUrl)
  project.provide('schemas', schemas)
  return async () => {
    if (server === undefined) await dropSchemas(databaseUrl, schemas)
    else await server.stop()
  }
}

/** A server of somebody else is left as it was found. */
async function dropSchemas(databaseUrl: string, schemas: string): Promise<void> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  const { rows } = await client.query('select nspname from pg_namespace where starts_with(nspname, $1)', [schemas])
  for (const { nspname } of rows) await client.query(`drop schema ${nspname} cascade`)
  await client.end()
}
