import { randomUUID } from 'node:crypto'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { migrate, postgresStore } from 'servicebook/postgres'
import { storeLaws } from 'servicebook/testing'
import { afterAll, describe, inject, test } from 'vitest'

const fresh = () => `t${randomUUID().slice(0, 8)}`

describe('a PostgreSQL server, by pg', () => {
  const pool = new pg.Pool({ connectionString: inject('databaseUrl'), max: 20 })
  afterAll(() => pool.end())
  storeLaws({
    test,
    async open() {
      const schema = fresh()
      await migrate(pool, { schema })
      return {
        store: postgresStore(pool, { schema }),
        again: () => postgresStore(pool, { schema }),
        fails: () => postgresStore(new pg.Pool({ host: '127.0.0.1', port: 1 })),
        close: async () => {
          await pool.query(`drop schema ${schema} cascade`)
        },
      }
    },
  })
})

describe('PGlite', async () => {
  const lite = new PGlite()
  afterAll(() => lite.close())
  storeLaws({
    test,
    async open() {
      const schema = fresh()
      await migrate(lite, { schema })
      return {
        store: postgresStore(lite, { schema }),
        again: () => postgresStore(lite, { schema }),
        fails: async () => {
          const closed = new PGlite()
          await closed.close()
          return postgresStore(closed)
        },
        close: async () => {
          await lite.query(`drop schema ${schema} cascade`)
        },
      }
    },
  })
})
