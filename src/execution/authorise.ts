import type { Book } from '../book.js'
import {
  type Forbidden,
  forbidden,
  type StoreFailed,
  storeFailed,
  type Unauthorized,
  unauthorized,
} from '../model/errors.js'
import { ANONYMOUS, type Operation, type Principal } from '../model/principal.js'
import type { Service } from '../model/service.js'
import type { Awaitable } from '../ports/store.js'
import { asPassed } from './entrance.js'

export type Denial = Unauthorized | Forbidden | StoreFailed

/**
 * The policy's answer, as an error unless it allows; without a wait where the policy needs none. A policy that fails
 * denies. Source: `semantics.md` §9.
 */
export function denial(
  book: Book,
  by: Principal | undefined,
  operation: Operation,
  target: Service | undefined,
): Awaitable<Denial | undefined> {
  if (book.policy === undefined) return undefined
  try {
    const answer: unknown = book.policy(asPassed(by), operation, target)
    if (typeof answer !== 'object' || answer === null) return denialOf(answer, by, operation)
    return heard(answer, by, operation)
  } catch (cause) {
    return storeFailed('authorise', cause)
  }
}

async function heard(answer: unknown, by: Principal | undefined, operation: Operation) {
  try {
    return denialOf(await answer, by, operation)
  } catch (cause) {
    return storeFailed('authorise', cause)
  }
}

function denialOf(answer: unknown, by: Principal | undefined, operation: Operation): Denial | undefined {
  if (answer === 'allow') return undefined
  return answer === 'unauthenticated' ? unauthorized(operation) : forbidden(by?.name ?? ANONYMOUS, operation)
}

/** The first denial of all that the policy is asked for, which it is at once; nothing asked is nothing denied. */
export function denials(
  book: Book,
  by: Principal | undefined,
  operations: readonly Operation[],
  target: Service | undefined,
): Awaitable<Denial | undefined> {
  const [only] = operations
  if (only === undefined || book.policy === undefined) return undefined
  if (operations.length === 1) return denial(book, by, only, target)
  return firstOf(operations.map((operation) => denial(book, by, operation, target)))
}

async function firstOf(answers: readonly Awaitable<Denial | undefined>[]): Promise<Denial | undefined> {
  return (await Promise.all(answers)).find((answer) => answer !== undefined)
}

/** Without a principal the policy is asked before anything is loaded; only that it wants one ends the call. */
export async function missingPrincipal(
  book: Book,
  by: Principal | undefined,
  operation: Operation | undefined,
): Promise<Unauthorized | StoreFailed | undefined> {
  if (by !== undefined || operation === undefined) return undefined
  const answer = await denial(book, by, operation, undefined)
  return answer?.code === 'FORBIDDEN' ? undefined : answer
}
