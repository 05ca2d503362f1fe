import { type Issue, type PreconditionFailed, preconditionFailed } from './errors.js'
import { END_OF_TIME } from './instant.js'
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

/**
 * What a verb that changes a service may demand of the one that is stored; where it is not so, the verb answers
 * `PRECONDITION_FAILED` and writes nothing, a race that was lost on the way included. Source: RFC 9110 §13.
 */
export interface Preconditions {
  /**
   * The entity tag that the service must have, as `etag(service)` makes it, or one of several, as in `If-Match`; `*` is
   * any. Then nothing is created. `W/"0.2"`, as OpenMetadata's clients write it, is whatever is at version 0.2: changes
   * that consolidated into that version are not told apart.
   */
  readonly ifMatch?: string | undefined
  /**
   * The entity tags that the service must not have, as in `If-None-Match`; `*` is any. An upsert with `*` creates or
   * changes nothing, be the service that is there soft-deleted.
   */
  readonly ifNoneMatch?: string | undefined
  /**
   * Milliseconds since the epoch after which the service must not have changed. Only asked where `ifMatch` is absent, and
   * not of a service that is not there.
   */
  readonly ifUnmodifiedSince?: number | undefined
}

/** Their names, as verbs take them among their options. */
export const PRECONDITIONS = ['ifMatch', 'ifNoneMatch', 'ifUnmodifiedSince'] as const

export const demandsAny = (when: Preconditions) => PRECONDITIONS.some((name) => when[name] !== undefined)

/** What of a state is not as demanded, in the order of RFC 9110 §13.2.2. */
export function unmet(when: Preconditions, service: Service | undefined): PreconditionFailed | undefined {
  const { ifMatch, ifNoneMatch, ifUnmodifiedSince } = when
  const actual = service === undefined ? null : etag(service)
  if (ifMatch !== undefined) {
    if (!names(ifMatch, actual, versionTag(service))) return preconditionFailed(ifMatch, actual)
  } else if (ifUnmodifiedSince !== undefined && service !== undefined && service.updatedAt > ifUnmodifiedSince) {
    return preconditionFailed(`no change after ${ifUnmodifiedSince}`, actual)
  }
  if (ifNoneMatch === undefined || !names(ifNoneMatch, actual, `W/${actual}`)) return undefined
  return preconditionFailed(`none of ${ifNoneMatch}`, actual)
}

/** OpenMetadata's weak tag, of the version alone: what one projection of a service shows is no part of it. */
const versionTag = (service: Service | undefined) => (service === undefined ? '' : `W/"${service.version.toFixed(1)}"`)

/** Whether tags, or `*`, name a state by its tag or by the weak one that is as good. Source: RFC 9110 §8.8.3.2. */
function names(tags: string, actual: string | null, weak: string): boolean {
  if (actual === null) return false
  if (tags.trim() === '*') return true
  return tags.split(',').some((part) => {
    const tag = part.trim()
    return tag === actual || tag === weak
  })
}

/** Entity tags separated by commas, of which some may be missing. Source: RFC 9110 §5.6.1, §8.8.3. */
const TAGS = /^(?:[ \t]*(?:(?:W\/)?"[^"]*")?[ \t]*(?:,|$))*$/
const LONGEST = 1000

export function preconditionIssues({ ifMatch, ifNoneMatch, ifUnmodifiedSince }: Preconditions): readonly Issue[] {
  const issues: Issue[] = []
  const isText = (tags: unknown) => typeof tags === 'string' && tags.length <= LONGEST
  if (ifMatch !== undefined && !isText(ifMatch))
    issues.push({ path: '/ifMatch', message: 'must be an entity tag as etag(service) makes it, several of them, or *' })
  // What cannot be read names no state, which here would let a write through that was to be held back.
  if (ifNoneMatch !== undefined && !(isText(ifNoneMatch) && (ifNoneMatch.trim() === '*' || TAGS.test(ifNoneMatch))))
    issues.push({ path: '/ifNoneMatch', message: 'must be entity tags as etag(service) makes them, or *' })
  const isTime = typeof ifUnmodifiedSince === 'number' && Math.abs(ifUnmodifiedSince) <= END_OF_TIME
  if (ifUnmodifiedSince !== undefined && !isTime)
    issues.push({ path: '/ifUnmodifiedSince', message: 'must be milliseconds since the epoch' })
  return issues
}
