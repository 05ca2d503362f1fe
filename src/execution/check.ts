import type { Book } from '../book.js'
import { type BadRequest, badRequest, type Issue, type StoreFailed, storeFailed } from '../model/errors.js'
import type { Principal } from '../model/principal.js'
import type { Service } from '../model/service.js'
import { asPassed } from './entrance.js'
import { unheard } from './host.js'

/*
 * The host's own rules on what a service may be. Source: `semantics.md` §9.
 */

/** What the checks of a book have to say of a service as it would be; one that fails lets nothing through. */
export function breach(
  { checks }: Book,
  after: Service,
  before: Service | null,
  by: Principal | undefined,
): BadRequest | StoreFailed | undefined {
  try {
    const issues = checks.flatMap((check) => issuesOf(check(after, before, asPassed(by))))
    return issues.length === 0 ? undefined : badRequest(issues)
  } catch (cause) {
    return storeFailed('check', cause)
  }
}

function issuesOf(answer: unknown): readonly Issue[] {
  if (Array.isArray(answer) && answer.every(isIssue)) return answer.map(({ path, message }) => ({ path, message }))
  unheard(answer)
  throw new TypeError('a check must answer a list of issues, { path, message } each, at once')
}

function isIssue(value: unknown): value is Issue {
  const { path, message } = (value ?? {}) as Partial<Issue>
  return typeof path === 'string' && typeof message === 'string'
}
