import type { Result, ResultAsync } from 'neverthrow'
import type { Issue, VerbError } from '../model/errors.js'

/** What `unwrap` throws: the error value of a verb as an `Error`, with all of its fields. */
export type ServicebookError<E extends VerbError = VerbError> = Error & { readonly name: 'ServicebookError' } & E

/**
 * The value of a result; an error is thrown instead of answered. For scripts, tests, and whoever would rather catch.
 *
 * Takes what a verb answers, before or after `await`: `await unwrap(createService(…))` and
 * `unwrap(await createService(…))` are the same. So does what `allServices` yields.
 *
 * Throws, or rejects with, an `Error` whose `name` is `ServicebookError`, with the fields of the error value: `code`, and
 * what belongs to it, such as `issues` or `applied`. Its message begins with the code and, of a `BAD_REQUEST`, has every
 * issue with its path, each on a line of its own. Its `cause` is that of the value: what a store threw. Its stack begins
 * where `unwrap` was called. Throws `TypeError` for what is no result.
 *
 * @example
 * const service = await unwrap(getService(book, 'mlflow_prod'))
 * service.version // 0.1
 *
 * @example
 * try {
 *   await unwrap(createService(book, { name: 'a::b', serviceType: 'Sklearn' }))
 * } catch (error) {
 *   error.code // 'BAD_REQUEST'
 *   error.message // 'BAD_REQUEST: /name must not hold "::" or a line break'
 * }
 *
 * Source: `semantics.md` §10.
 */
export function unwrap<T, E extends VerbError>(result: ResultAsync<T, E>): Promise<T>
export function unwrap<T, E extends VerbError>(result: Result<T, E>): T
export function unwrap<T, E extends VerbError>(result: Result<T, E> | ResultAsync<T, E>): T | Promise<T> {
  if (!isLater(result)) return answerIn(result, stackFromCaller)
  // By the time that it is settled, nobody knows any more where it was asked for.
  const error = stackFromCaller()
  return Promise.resolve(result.then<T, never>((settled) => answerIn(settled, () => error)))
}

function isLater<T, E>(result: Result<T, E> | ResultAsync<T, E>): result is ResultAsync<T, E> {
  return typeof (result as { then?: unknown } | null | undefined)?.then === 'function'
}

function stackFromCaller(): Error {
  const error = new Error()
  Error.captureStackTrace?.(error, unwrap)
  return error
}

function answerIn<T>(result: Result<T, VerbError>, stack: () => Error): T {
  if (typeof (result as Partial<typeof result> | null | undefined)?.isOk !== 'function')
    throw new TypeError('unwrap takes what a verb answered: unwrap(await createService(…))')
  if (result.isOk()) return result.value
  throw thrown(result.error, stack())
}

/** The fields of the value on the error, those that every `Error` has as every `Error` has them. */
function thrown({ message, ...value }: VerbError, error: Error): Error {
  const text = `${value.code}: ${'issues' in value ? linesOf(value.issues) : message}`
  const { cause, ...fields } = value as { readonly cause?: unknown }
  const own = { name: 'ServicebookError', message: text, ...('cause' in value && { cause }) }
  for (const [key, one] of Object.entries(own))
    Object.defineProperty(error, key, { value: one, configurable: true, writable: true })
  // V8 wrote it when the error was made, with the name and the message of then.
  const at = error.stack?.indexOf('\n') ?? -1
  if (at !== -1) error.stack = `ServicebookError: ${text}${error.stack?.slice(at)}`
  return Object.assign(error, fields)
}

const linesOf = (issues: readonly Issue[]) =>
  issues.map(({ path, message }) => (path === '' ? message : `${path} ${message}`)).join('\n')
