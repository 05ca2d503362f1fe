/**
 * Whatever sends SQL: a `pg.Pool` or `pg.Client`, PGlite, or a few words around another driver. Values are text or `null`;
 * rows are answered as a list, or under `rows`, each an object or a list. The host's parsers, serializers and renamings of
 * columns make no difference, unless they change text: that is said before anything is written.
 *
 * @example
 * const sql = postgres(process.env.DATABASE_URL)
 * const client = { query: (text, values) => sql.unsafe(text, values) } // postgres.js
 */
export interface PostgresClient {
  query(text: string, values: unknown[]): Promise<readonly unknown[] | { readonly rows: readonly unknown[] }>
}

/** What a client's first answer said. */
export interface Meeting {
  /** Whether there is a table of the name that was asked for. */
  readonly there: boolean
  /** Whether the server spreads its tables over others. */
  readonly distributed: boolean
}

/** A statement that is parsed and planned once for each connection, in the form that pg gave it. */
interface NamedStatement {
  readonly name: string
  readonly text: string
  readonly values: unknown[]
}

/** The client's `query`, which takes either form where the host says so. */
export type Query = (statement: string | NamedStatement, values?: unknown[]) => Promise<unknown>

/** What all stores on one client share. */
export interface Line {
  readonly query: Query
  met: Promise<Meeting> | undefined
  /** Resolves if the client takes named statements. */
  takesNames: Promise<void> | undefined
  /** How often a connection had forgotten a name, or had it from somebody else. */
  forgotten: number
}

const lines = new WeakMap<PostgresClient, Line>()

export function lineOf(client: PostgresClient): Line {
  const known = lines.get(client)
  if (known !== undefined) return known
  const sent: Query = (statement, values) =>
    typeof statement === 'string'
      ? client.query(statement, values as unknown[])
      : client.query(statement as never, statement.values)
  const query = isOneConnection(client) ? oneByOne(sent) : sent
  const line: Line = { query, met: undefined, takesNames: undefined, forgotten: 0 }
  lines.set(client, line)
  return line
}

/** A connection of pg takes one statement at a time; its pool, PGlite and postgres.js put calls in line themselves. */
function isOneConnection(client: PostgresClient): boolean {
  return 'connect' in client && !('totalCount' in client)
}

function oneByOne(query: Query): Query {
  let tail: Promise<unknown> = Promise.resolve()
  return (statement, values) => {
    const mine = tail.then(() => query(statement, values))
    tail = mine.catch(() => {})
    return mine
  }
}
