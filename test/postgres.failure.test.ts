import { once } from 'node:events'
import net from 'node:net'
import pg from 'pg'
import postgres from 'postgres'
import { createService, mlmodelServices, openBook } from 'servicebook'
import { type PostgresClient, postgresStore } from 'servicebook/postgres'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { databaseUrl } from './database.js'

/* P6, P3: what a failure says about the write, and when a statement is sent again. */

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const failureOn = async (client: PostgresClient) =>
  (
    await createService(openBook({ family: mlmodelServices, store: postgresStore(client) }), {
      name: 'a',
      serviceType: 'Mlflow',
    })
  )._unsafeUnwrapErr()

/** The list that a server is told, as it answers it. */
const LIST = 'a_b|{"c\\d"},|'

/** A server as far as a store has to meet it, which then does what it is told. */
function server(answer: () => unknown, distributed = false): PostgresClient & { asked: number } {
  const client = {
    asked: 0,
    async query(text: string, values: unknown[]) {
      if (text.includes('pg_extension'))
        return [[...values.slice(0, 3), LIST, null, 'true', String(distributed), 'UTF8']]
      client.asked++
      return answer() as unknown[]
    },
  }
  return client
}

const failing = (thrown: unknown, distributed?: boolean) =>
  server(() => {
    throw thrown
  }, distributed)

const error = (fields: object) => Object.assign(new Error('it failed'), fields)

describe('P6 applied: false is said only where it is certain', () => {
  const refusals =
    '0A000 21000 22P05 23505 25006 25P02 28P01 3D000 3F000 40002 42501 44000 53100 54000 55P03 57014 P0001'
  test.each(refusals.split(' '))('the server refuses with %s', async (code) => {
    expect(await failureOn(failing(error({ code })))).toMatchObject({ applied: false, cause: { code } })
  })

  const others =
    '08000 08003 08006 08P01 25P03 25P04 40003 57000 57P01 57P02 57P03 57P05 58000 58030 F0000 HV000 XX000 XX001 XX002 99999'
  test.each(others.split(' '))('the server ends with %s, which may come after the commit', async (code) => {
    expect(await failureOn(failing(error({ code })))).toMatchObject({ applied: 'unknown', cause: { code } })
  })

  test('a cancellation on a distributed server, of which a node may have committed', async () => {
    expect(await failureOn(failing(error({ code: '57014' }), true))).toMatchObject({ applied: 'unknown' })
    expect(await failureOn(failing(error({ code: '23505' }), true))).toMatchObject({ applied: false })
  })

  const codes = ['EHOSTUNREACH', 'ECONNREFUSED', 'ETIMEDOUT', 'ENETUNREACH', 'ECONNRESET', 'EPIPE']
  test.each(codes)('%s of a socket: by what it was doing', async (code) => {
    for (const [syscall, applied] of [
      ['connect', false],
      ['getaddrinfo', false],
      ['read', 'unknown'],
      ['write', 'unknown'],
      [undefined, 'unknown'],
    ] as const)
      expect(await failureOn(failing(error({ code, syscall })))).toMatchObject({ applied })
  })

  test('a host of several addresses: by every one of them', async () => {
    const [connect, read] = [error({ syscall: 'connect' }), error({ syscall: 'read' })]
    const failed = await failureOn(failing(new AggregateError([connect, connect], '')))
    expect(failed).toMatchObject({ applied: false })
    expect(failed.message).toContain('it failed; it failed')
    expect(await failureOn(failing(new AggregateError([connect, read], '')))).toMatchObject({ applied: 'unknown' })
    expect(await failureOn(failing(new AggregateError([], 'x')))).toMatchObject({ applied: 'unknown' })
  })

  test.each([
    ['CONNECTION_CLOSED', 'unknown'],
    ['CONNECTION_DESTROYED', 'unknown'],
    ['CONNECTION_ENDED', false],
    ['CONNECT_TIMEOUT', false],
  ] as const)('%s of postgres.js', async (code, applied) => {
    expect(await failureOn(failing(error({ code })))).toMatchObject({ applied })
  })

  test.each([
    ['Connection terminated unexpectedly', 'unknown'],
    ['Query read timeout', 'unknown'],
    ['timeout exceeded when trying to connect', false],
    ['Connection terminated due to connection timeout', false],
    ['PGlite is closed', false],
  ] as const)('%s, of pg or PGlite', async (message, applied) => {
    expect(await failureOn(failing(new Error(message)))).toMatchObject({ applied })
  })

  test('an error that cannot be written on, and what is none', async () => {
    expect(await failureOn(failing(Object.freeze(error({ code: '23505' }))))).toMatchObject({ applied: false })
    for (const thrown of [undefined, null, 'no', Object.freeze({ code: 'XX000' })])
      expect(await failureOn(failing(thrown))).toMatchObject({ code: 'STORE_FAILED', applied: 'unknown' })
  })

  test('what fails before the first statement of a client is sent has written nothing, whatever it is', async () => {
    const breaks: PostgresClient = {
      query: async () => {
        throw error({ code: 'ECONNRESET', syscall: 'read' })
      },
    }
    expect(await failureOn(breaks)).toMatchObject({ applied: false, cause: { code: 'ECONNRESET' } })
  })
})

describe('P6 drivers that were never connected, or are no more', () => {
  const wrapped = (sql: postgres.Sql): PostgresClient => ({
    query: (text, values) => sql.unsafe(text, values as never),
  })
  /** Takes connections and never says a word. */
  async function silent(): Promise<{ host: string; port: number }> {
    const listener = net.createServer((socket) => void socket.on('error', () => {}))
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    onTestFinished(() => void listener.close())
    return { host: '127.0.0.1', port: (listener.address() as net.AddressInfo).port }
  }

  test.each<[string, () => Promise<PostgresClient>]>([
    ['pg, refused', async () => new pg.Pool({ host: '127.0.0.1', port: 1 })],
    ['pg, no such host', async () => new pg.Pool({ host: 'nowhere.invalid' })],
    ['pg, no such database', async () => new pg.Pool({ connectionString: `${databaseUrl}_not` })],
    ['pg, no answer', async () => new pg.Pool({ ...(await silent()), connectionTimeoutMillis: 30 })],
    ['pg, ended', async () => ended(new pg.Pool({ connectionString: databaseUrl }))],
    ['one connection of pg, ended', async () => ended(await connected())],
    ['postgres.js, refused', async () => wrapped(postgres({ host: '127.0.0.1', port: 1 }))],
    ['postgres.js, no answer', async () => wrapped(postgres({ ...(await silent()), connect_timeout: 0.03 }))],
    [
      'postgres.js, ended',
      async () => {
        const sql = postgres(databaseUrl)
        await sql.end()
        return wrapped(sql)
      },
    ],
  ])('%s', async (_, open) => {
    const client = await open()
    // As if it had been met before: only then does the failure itself have to tell.
    let met = false
    const known: PostgresClient = {
      query(text, values) {
        if (met) return client.query(text, values)
        met = true
        return server(() => []).query(text, values)
      },
    }
    expect(await failureOn(known)).toMatchObject({ code: 'STORE_FAILED', during: 'commit', applied: false })
  })

  async function ended<T extends { end(): Promise<void> }>(client: T): Promise<T> {
    await client.end()
    return client
  }

  async function connected(): Promise<pg.Client> {
    const client = new pg.Client(databaseUrl)
    await client.connect()
    return client
  }
})

describe('P3 a deadlock is sent again later and later', () => {
  test('pauses up to a second, none before the first, of another length for every rival', async () => {
    const drawn = vi.spyOn(Math, 'random').mockReturnValue(0)
    const waited = vi.spyOn(Math, 'min')
    const client = failing(error({ code: '40P01' }))
    expect(await failureOn(client)).toMatchObject({ applied: false, cause: { code: '40P01' } })
    expect(client.asked).toBe(11)
    const bounds = waited.mock.results.flatMap(({ value }, at) => (waited.mock.calls[at]?.[1] === 1000 ? [value] : []))
    expect(bounds).toEqual([16, 32, 64, 128, 256, 512, 1000, 1000, 1000])
    expect(drawn.mock.calls.length).toBeGreaterThanOrEqual(bounds.length)
  })

  test('under faked timers that nobody advances it goes on', async () => {
    let failures = 3
    const client = server(() => {
      if (failures-- > 0) throw error({ code: '40001' })
      return []
    })
    vi.useFakeTimers()
    const book = openBook({ family: mlmodelServices, store: postgresStore(client) })
    expect((await createService(book, { name: 'a', serviceType: 'Mlflow' })).isOk()).toBe(true)
    expect(client.asked).toBe(4)
  })
})
