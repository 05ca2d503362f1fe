import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { migrate } from 'servicebook/postgres'
import { startServer } from '../server.mjs'

/** The server of `DATABASE_URL`, or one of our own, and tables on it. */
export async function openServer() {
  const given = process.env.DATABASE_URL
  const server = given === undefined ? await startServer({ flags: ['fsync=off', 'max_connections=100'] }) : undefined
  const url = given ?? server.url
  const pool = new pg.Pool({ connectionString: url, max: 8 })
  pool.on('error', () => {})
  const schemas = []
  return {
    url,
    pool,
    server,
    async tables() {
      const schema = `t_${randomUUID().replaceAll('-', '')}`
      await migrate(pool, { schema })
      schemas.push(schema)
      return {
        schema,
        empty: () => pool.query(`truncate ${schema}.servicebook_services, ${schema}.servicebook_versions`),
      }
    },
    async close() {
      for (const schema of schemas) await pool.query(`drop schema ${schema} cascade`)
      await pool.end()
      await server?.stop()
    },
  }
}
