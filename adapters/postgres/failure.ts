/* SQLSTATE codes: PostgreSQL, Appendix A. */
const LOST: ReadonlySet<string> = new Set(['40001', '40P01'])
export const IN_FAILED_TRANSACTION = '25P02'
const UNDEFINED_TABLE = '42P01'
const CANCELED = '57014'
/** A name of a statement that the connection does not have, or has already. */
const NAMES: ReadonlySet<string> = new Set(['26000', '42P05'])

/**
 * With these the server refused a statement before its commit: a value, a rule or a right, a name or a syntax, a lost race,
 * a limit, a lock, an error of a trigger. Not among them: a connection that broke (08, 25P03, 25P04), a shutdown (57P), what
 * the system or the server itself got wrong (58, XX), a completion that is unknown (40003), foreign servers (HV).
 */
const REFUSED = /^(0A...|2[1234678]...|25...|3D...|3F...|40...|42...|44...|5[345]...|57014|P0...)$/
const LEAVES_OPEN: ReadonlySet<string> = new Set(['25P03', '25P04', '40003'])

/** Whether a rival won, and the statement, of which nothing was written, may be sent again. */
export const isLost = (error: unknown) => LOST.has(sqlState(error) ?? '')

/** Whether a statement was not run for its name, which its connection has lost, or has from who had it before. */
export const isForgotten = (error: unknown) => NAMES.has(sqlState(error) ?? '')

/**
 * The five characters of an error that came from the server. Those of a driver, such as EPIPE, begin with an E.
 */
export function sqlState(error: unknown): string | undefined {
  const code = fieldOf(error, 'code')
  return typeof code === 'string' && /^[0-9FHPX][0-9A-Z]{4}$/.test(code) ? code : undefined
}

/**
 * The failure of a statement, with `applied: false` where it is certain that nothing was written. A distributed server that
 * is told to cancel may have a node that has committed by then.
 */
export function judged(error: unknown, distributed: boolean): unknown {
  const state = sqlState(error)
  if (state === UNDEFINED_TABLE) {
    return unwritten(error, `${messageOf(error)}: has migrate() from servicebook/postgres been run?`)
  }
  const refused =
    state !== undefined && REFUSED.test(state) && !LEAVES_OPEN.has(state) && !(distributed && state === CANCELED)
  return refused || isUnsent(error) ? marked(error, false) : error
}

/** A failure that came before anything could be written, whatever it is. A new one: drivers give one error to several. */
export function unwritten(cause: unknown, message = messageOf(cause)): Error {
  const code = fieldOf(cause, 'code')
  return Object.assign(new Error(message, { cause }), { applied: false }, code === undefined ? {} : { code })
}

/** The failure, and what it says about the write. Some cannot be written on. */
export function marked(error: unknown, applied: false | 'unknown'): unknown {
  const says = typeof error === 'object' && error !== null && fieldOf(error, 'message') === messageOf(error)
  if (says && Reflect.set(error, 'applied', applied)) return error
  return Object.assign(new Error(messageOf(error), { cause: error }), { applied })
}

/* What drivers say when a statement never left: of their own they have no code for it, or one that says so. */
const UNSENT_CODES: ReadonlySet<unknown> = new Set([
  'CONNECT_TIMEOUT', // postgres.js: until the server is ready for a first statement
  'CONNECTION_ENDED', // postgres.js: after end()
  'ERR_SOCKET_CONNECTION_TIMEOUT', // node:net
])
const UNSENT_MESSAGES: ReadonlySet<unknown> = new Set([
  'timeout exceeded when trying to connect', // a pool of pg that is full
  'Connection terminated due to connection timeout', // a pool of pg whose new connection took too long
  'Cannot use a pool after calling end on the pool',
  'Client has encountered a connection error and is not queryable', // pg
  'Client was closed and is not queryable', // pg
  'PGlite is closing',
  'PGlite is closed',
])
const CONNECTING: ReadonlySet<unknown> = new Set(['connect', 'getaddrinfo'])

/**
 * Whether the connection was never made. Codes such as EHOSTUNREACH do not tell: one that stands can end with them too.
 * A host of several addresses fails with an error for each.
 */
function isUnsent(error: unknown): boolean {
  const errors = fieldOf(error, 'errors')
  if (Array.isArray(errors) && errors.length > 0) return errors.every(isUnsent)
  if (CONNECTING.has(fieldOf(error, 'syscall')) || UNSENT_CODES.has(fieldOf(error, 'code'))) return true
  return fieldOf(error, 'code') === undefined && UNSENT_MESSAGES.has(fieldOf(error, 'message'))
}

function fieldOf(error: unknown, field: string): unknown {
  return typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[field] : undefined
}

/** Several errors in one have a message each, and none of their own. */
function messageOf(error: unknown): string {
  const [message, errors] = [fieldOf(error, 'message'), fieldOf(error, 'errors')]
  if (typeof message === 'string' && message !== '') return message
  return Array.isArray(errors) && errors.length > 0 ? errors.map(messageOf).join('; ') : String(error)
}
