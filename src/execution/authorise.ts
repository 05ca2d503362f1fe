import type { Book } from '../book.js'
import {
  type Forbidden,
  forbidden,
  type StoreFailed,
  storeFailed,
  type Unauthorized,
  unauthorized,
} from '../model/errors.js'
import type { Operation, Principal } from '../model/principal.js'
import type { Service } from '../model/service.js'
import { ANONYMOUS } from '../rules/decide.js'
import { asPassed } from './entrance.js'

export type Denial = Unauthorized | Forbidden | StoreFailed

/** The policy's answer, as an error unless it allows. A policy that fails denies. Source: `semantics.md` §9. */
export async function denial(
  book: Book,
  by: Principal | undefined,
  operation: Operation,
  target: Service | undefined,
): Promise<Denial | undefined> {
  if (book.policy === undefined) return undefined
  try {
    const answer = await book.policy(asPassed(by), operation, target)
    if (answer === 'allow') return undefined
    return answer === 'unauthenticated' ? unauthorized(operation) : forbidden(by?.name ?? ANONYMOUS, operation)
  } catch (cause) {
    return storeFailed('authorise', cause)
  }
}

/** Without a principal the policy is asked before anything is loaded; only that it wants one ends the call. */
export async function missingPrincipal(
  book: Book,
  by: Principal | undefined,
  operation: Operation,
): Promise<Unauthorized | StoreFailed | undefined> {
  if (by !== undefined) return undefined
  const answer = await denial(book, by, operation, undefined)
  return answer?.code === 'FORBIDDEN' ? undefined : answer
}
