import { type Book, getService, type Operation, type Principal } from 'servicebook'
import { type Answer, refusal } from './answers.js'
import type { Call } from './call.js'
import { subjectOf } from './path.js'

/*
 * Who may be turned away before a body is read. Source: `semantics.md` §4, §9.
 */

/** Bodies of more bytes are not read for whoever may not write. */
export const LARGE = 65_536

/**
 * What the policy says, where it can be said before the body is read: that it wants somebody for whatever the body may ask
 * for, or, of a large body, that this one may not create. What it says of a service needs the service; it is asked by the
 * verb, and of everything else too, so that what it throws here is no matter.
 */
export async function turnedAway(
  { book, by, request }: Call,
  ...operations: readonly Operation[]
): Promise<Answer | undefined> {
  const { policy } = book
  if (policy === undefined) return undefined
  try {
    if (by === undefined) {
      for (const operation of operations)
        if ((await policy(undefined, operation, undefined)) !== 'unauthenticated') return undefined
      return wanting(operations[0] as Operation)
    }
    if (operations[0] !== 'Create' || !isLarge(request.headers)) return undefined
    return denied(by, 'Create', await policy(by, 'Create', undefined))
  } catch {
    return undefined
  }
}

/**
 * What the policy says of whoever may do nothing of this to the service that the path names, asked when a body turns out
 * to be large. Which services a PUT or a bulk is about stands in the body.
 */
export async function turnedFrom(call: Call, operations: readonly Operation[]): Promise<Answer | undefined> {
  const { book, by, path } = call
  const { policy } = book
  if (policy === undefined || by === undefined) return undefined
  const found = await getService(book, subjectOf(path), { by })
  if (found.isErr()) return undefined // the verb says it better
  try {
    let answer: Answer | undefined
    for (const operation of operations) {
      const denial = denied(by, operation, await policy(by, operation, found.value))
      if (denial === undefined) return undefined
      answer ??= denial
    }
    return answer
  } catch {
    return undefined
  }
}

function denied(by: Principal, operation: Operation, answer: unknown): Answer | undefined {
  if (answer === 'unauthenticated') return wanting(operation)
  if (answer !== 'forbidden') return undefined
  const message = `${by.name} may not ${operation}`
  return refusal({ code: 'FORBIDDEN', message, principal: by.name, operation })
}

/** What nobody is told where the policy of a book wants somebody for whatever may be seen. */
export async function nobody({ policy }: Book, by: Principal | undefined): Promise<Answer | undefined> {
  if (by !== undefined || policy === undefined) return undefined
  try {
    return (await policy(undefined, 'ViewBasic', undefined)) === 'unauthenticated' ? wanting('ViewBasic') : undefined
  } catch (cause) {
    return refusal({ code: 'STORE_FAILED', message: '', during: 'authorise', applied: false, cause })
  }
}

const wanting = (operation: Operation) =>
  refusal({ code: 'UNAUTHORIZED', message: 'Authentication is required', operation })

function isLarge(headers: Headers): boolean {
  const length = headers.get('Content-Length')
  return length === null || !(Number(length) <= LARGE)
}
