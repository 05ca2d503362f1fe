/*
 * The catalogue that every host here mounts: who calls, what they may, and where it is kept.
 *
 * npm install servicebook       and what the host says
 * npm install pg                for PostgreSQL
 *
 * TOKEN            the token of an admin; without one nobody is let in
 * USERS            who else has one, as JSON: { "<token>": { "name": "bob", "id": "<uuid>", "teams": ["<uuid>"] } }
 * DATABASE_URL     where to keep the services; without it they go when the process does
 * DATABASE_SCHEMA  in which schema
 * SERVICEBOOK_KEY  32 bytes in base64, to seal secrets; without it PostgreSQL is given none
 */

import { createHash, timingSafeEqual } from 'node:crypto'
import { mlmodelServices, openBook, rolePolicy } from 'servicebook'
import { aesCipher } from 'servicebook/cipher'
import { serviceHandler } from 'servicebook/http'
import { memoryStore } from 'servicebook/memory'
import { migrate, postgresStore } from 'servicebook/postgres'

const { TOKEN, USERS, DATABASE_URL, DATABASE_SCHEMA: schema, SERVICEBOOK_KEY } = process.env

const digest = (text) => createHash('sha256').update(text).digest()
const users = Object.entries({
  ...JSON.parse(USERS || '{}'),
  ...(TOKEN && { [TOKEN]: { name: 'ada', isAdmin: true } }),
})
const known = users.map(([token, user]) => [digest(`Bearer ${token}`), user])

/** Yours asks your sessions or your identity provider. */
function authenticate({ headers }) {
  const given = headers.get('authorization')
  if (given === null) return undefined
  const shown = digest(given)
  return known.find(([token]) => timingSafeEqual(token, shown))?.[1] ?? 'unauthenticated'
}

async function openStore() {
  if (!DATABASE_URL) return memoryStore()
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({ connectionString: DATABASE_URL })
  pool.on('error', (error) => console.error(error.message)) // or a restart of the server ends this process
  const tables = schema ? { schema } : {}
  await migrate(pool, tables)
  return postgresStore(pool, tables)
}

// Admins may everything, owners edit and delete what is theirs or their team's, everybody else reads.
const book = openBook({
  family: mlmodelServices,
  store: await openStore(),
  policy: rolePolicy(),
  ...(SERVICEBOOK_KEY && {
    cipher: aesCipher({ keys: { first: Buffer.from(SERVICEBOOK_KEY, 'base64') }, current: 'first' }),
  }),
})

export const handler = serviceHandler(book, { basePath: '/api', authenticate })
