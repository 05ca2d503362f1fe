import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import type { Book, Family, ServiceStore } from 'servicebook'
import { failed, misunderstood } from './failed.js'
import { ofFile } from './files.js'
import { cipherOf } from './keys.js'

/** Where services are, as the command line says. */
export interface Where {
  readonly memory?: boolean
  readonly directory?: string
  /** `true` for the URL of the environment. */
  readonly postgres?: string | true
  readonly families?: readonly string[]
}

/** A store that is open. */
export interface Opened {
  readonly store: ServiceStore
  /** How people call it; no credentials. */
  readonly name: string
  close(): Promise<void>
}

/** The one store that is named; `undefined` for memory, which is also what no name means where `fallback` says so. */
export function placeOf(
  { memory, directory, postgres }: Where,
  fallback?: 'memory',
): 'memory' | 'directory' | 'postgres' {
  const named = [memory && 'memory', directory !== undefined && 'directory', postgres !== undefined && 'postgres']
  const [place, other] = named.filter((name) => name !== false && name !== undefined)
  if (other !== undefined) throw misunderstood(`--${place} and --${other} do not go together`)
  if (place === undefined && fallback === undefined)
    throw misunderstood('Say where: --directory <dir> or --postgres [url]')
  return (place ?? fallback) as 'memory' | 'directory' | 'postgres'
}

/**
 * Opens a store that outlives the process. To `read` goes beside a process that writes; to `keep` what is there makes no
 * directory where there is none, and neither does a `plan`.
 */
export async function opened(
  where: Where,
  env: NodeJS.ProcessEnv,
  use: 'read' | 'keep' | 'plan' | 'write' = 'write',
): Promise<Opened> {
  const place = placeOf(where)
  if (place === 'memory')
    throw misunderstood('What is in memory is not there when this begins: --directory or --postgres')
  if (place === 'directory') {
    const directory = where.directory as string
    // As if it had been made; but a plan makes nothing.
    if (use === 'plan' && !existsSync(directory)) {
      const { memoryStore } = await import('servicebook/memory')
      return { store: { ...memoryStore(), durable: true }, name: directory, close: async () => {} }
    }
    if (use === 'read' || use === 'keep') await present(directory)
    const { fsStore } = await import('servicebook/fs')
    const store = fsStore(directory, { readOnly: use === 'read' })
    const { cut } = await store.open()
    for (const { file, line, bytes, kept } of cut)
      console.error(`${file}: a write was cut off at line ${line}; its ${bytes} bytes are kept in ${kept}`)
    return { store, name: directory, close: () => store.close() }
  }
  const { pool, name } = await connected(where, env)
  const { migrate, postgresStore } = await import('servicebook/postgres')
  try {
    await (use === 'read' ? pool.query('select 1') : migrate(pool))
  } catch (error) {
    await pool.end()
    throw failed(`PostgreSQL: ${reason(error)}`)
  }
  return { store: postgresStore(pool), name, close: () => pool.end() }
}

/** Milliseconds until a server that does not answer is given up. */
const CONNECT = 15_000

/** Whoever misspells a directory shall not get an empty one. */
export async function present(directory: string): Promise<void> {
  await readdir(directory).catch((error: Error) => {
    throw ofFile(directory, error)
  })
}

/** How many services there are in all, for those who tell how far they are. */
export async function countOf({ store }: Pick<Opened, 'store'>, books: readonly Book[]): Promise<number> {
  let count = 0
  for (const { family } of books) {
    const { total = 0 } = await store.list(family.entityType, { limit: 0, include: 'all', total: true })
    count += total
  }
  return count
}

/** A pool of connections to the database; it says what to install where it cannot. */
export async function connected({ postgres }: Where, env: NodeJS.ProcessEnv) {
  const url = postgres === true ? env.DATABASE_URL : postgres
  if (url === undefined || url === '') throw misunderstood('--postgres without a url needs DATABASE_URL')
  if (!URL.canParse(url)) throw misunderstood('--postgres must be a URL, postgres://user@host/database')
  const driver = await import('pg').catch(() => {
    throw failed('PostgreSQL needs a driver beside servicebook: npm install pg')
  })
  const pool = new driver.default.Pool({ connectionString: url, connectionTimeoutMillis: CONNECT })
  // A connection that breaks while nobody uses it is made anew.
  pool.on('error', () => {})
  const { host, pathname } = new URL(url)
  return { pool, name: `postgres://${host}${pathname}` }
}

const reason = (error: unknown) => {
  const { message, code } = error as NodeJS.ErrnoException
  return message || code || 'it does not answer'
}

/** The families that are named, all of them unless told. */
export async function familiesOf(names: readonly string[] | undefined): Promise<readonly Family[]> {
  const { allFamilies } = await import('servicebook/families')
  if (names === undefined) return allFamilies
  return names
    .flatMap((name) => name.split(','))
    .map((name) => {
      const family = allFamilies.find(({ collection, entityType }) => [collection, entityType].includes(name))
      if (family === undefined)
        throw misunderstood(`${name} is no family: there are ${allFamilies.map((one) => one.collection).join(', ')}`)
      return family
    })
}

/** A book for each family that is named, on an open store. */
export async function booksOn(
  { store }: Pick<Opened, 'store'>,
  where: Where,
  env: NodeJS.ProcessEnv,
): Promise<readonly Book[]> {
  const { openBook } = await import('servicebook')
  const [families, cipher] = await Promise.all([familiesOf(where.families), cipherOf(env)])
  return families.map((family) => openBook({ family, store, partialConnections: true, ...(cipher && { cipher }) }))
}
