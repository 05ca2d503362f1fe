import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startServer } from './server.mjs'

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string
  }
}

/** The server that all tests share: the one of `DATABASE_URL`, or one of our own. Without a server nothing runs. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL
  const server = given === undefined ? await startServer({ flags: ['fsync=off', 'max_connections=200'] }) : undefined
  const databaseUrl = given ?? server?.url ?? ''
  const client = new pg.Client(databaseUrl)
  await client.connect()
  const { rows } = await client.query('show server_version')
  await client.end()
  console.log(
    `PostgreSQL ${rows[0].server_version}, ${given === undefined ? 'started for the tests' : 'of DATABASE_URL'}`,
  )
  project.provide('databaseUrl', databaseUrl)
  return async () => server?.stop()
}
