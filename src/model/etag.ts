import { type Issue, type PreconditionFailed, preconditionFailed } from './errors.js'
import type { Service } from './service.js'

/**
 * The entity tag of a service, as HTTP has it, quotes included: two states of a service never share one.
 *
 * @example etag(service) // '"019b….0.2.1764000000000"'
 *
 * Source: RFC 9110 §8.8.3; `semantics.md` §7.
 */
export function etag({ id, version, updatedAt }: Pick<Service, 'id' | 'version' | 'updatedAt'>): string {
  return `"${id}.${version.toFixed(1)}.${updatedAt}"`
}

/** What is wrong with the state of a service, for whoever demands one of some; `*` is any. Source: RFC 9110 §13.1.1. */
export function unmet(ifMatch: string | undefined, service: Service | undefined): PreconditionFailed | undefined {
  if (ifMatch === undefined) return undefined
  const actual = service === undefined ? null : etag(service)
  if (actual !== null && (ifMatch === '*' || ifMatch.split(',').some((tag) => tag.trim() === actual))) return undefined
  return preconditionFailed(ifMatch, actual)
}

export function ifMatchIssues(ifMatch: unknown): readonly Issue[] {
  if (ifMatch === undefined || (typeof ifMatch === 'string' && ifMatch.length <= 1000)) return []
  return [{ path: '/ifMatch', message: 'must be an entity tag as etag(service) makes it, several of them, or *' }]
}
