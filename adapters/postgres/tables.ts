/** Where the tables are, and what they are called. */
export interface PostgresOptions {
  /** The schema of the tables. Default: the one that the connection's `search_path` puts first. */
  readonly schema?: string
  /** What table and index names begin with, 32 bytes at most. Default `servicebook_`. */
  readonly prefix?: string
}

export interface Tables {
  readonly services: string
  readonly versions: string
  readonly events: string
  readonly migrations: string
  /** A name for what belongs to a table, such as an index: it stands in the schema of its table. */
  named(name: string): string
  readonly schema: string | undefined
}

/** PostgreSQL cuts a name off at 63 bytes without a word, and two prefixes could then mean one table. */
const NAME_BYTES = { schema: 63, prefix: 32 }

export const TABLE_OPTIONS = ['schema', 'prefix'] as const

/** A mistake in the program is said at once and by name. `of` is the function that was called. */
export function checked(of: string, client: unknown, options: unknown, known: readonly string[]): void {
  if (typeof (client as { query?: unknown } | null | undefined)?.query !== 'function') {
    throw new TypeError('client must have query(text, values)')
  }
  keysChecked(of, options, known)
}

/** No other options than those there are. */
export function keysChecked(of: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null) throw new TypeError(`the options of ${of} must be an object`)
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw new TypeError(`${key} is no option of ${of}: it takes ${known.join(', ')}`)
  }
}

/** The names, quoted. Throws `TypeError` where one cannot be a name. */
export function tablesOf({ schema, prefix = 'servicebook_' }: PostgresOptions): Tables {
  for (const [option, name] of Object.entries({ schema, prefix })) {
    if (name === undefined) continue
    const bound = NAME_BYTES[option as keyof typeof NAME_BYTES]
    const isName = typeof name === 'string' && name.isWellFormed() && !name.includes('\0')
    if (!isName || (option === 'schema' && name === '') || utf8Length(name) > bound) {
      throw new TypeError(`${option} must be text of at most ${bound} bytes, without NUL`)
    }
  }
  const named = (name: string) => quoted(prefix + name)
  const table = (name: string) => (schema === undefined ? named(name) : `${quoted(schema)}.${named(name)}`)
  return {
    services: table('services'),
    versions: table('versions'),
    events: table('events'),
    migrations: table('migrations'),
    named,
    schema,
  }
}

/** Bytes of a well-formed text in UTF-8, without an encoder: not every test environment has one. */
const utf8Length = (text: string) => encodeURIComponent(text).replace(/%../g, '%').length

/** An identifier as SQL. */
export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

/**
 * A text as SQL, for the few statements that take no parameters. It reads the same under any `standard_conforming_strings`
 * and `backslash_quote`.
 */
export const literal = (text: string) => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
