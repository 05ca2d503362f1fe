import {
  type ConnectionTestReport,
  type Followed,
  followService,
  reportConnectionTest,
  unfollowService,
} from 'servicebook'
import { turnedAway } from './admission.js'
import { type Answer, badRequest, CHANGE, refusal } from './answers.js'
import { jsonOf } from './body.js'
import type { Call, Operation } from './call.js'
import { demandsOf } from './conditions.js'
import { JSON_TYPE } from './media.js'
import { subjectOf } from './path.js'
import { showOne } from './wire.js'

/*
 * Routes that change what stands beside a service. Source: OpenMetadata's API, `changeEvent.json`; `semantics.md` §7.
 */

/** The body is the id of the user, as a JSON text. */
export const follow: Operation = async (call) => {
  const { request, book, by, limits, path } = call
  const away = await turnedAway(call, 'EditAll')
  if (away !== undefined) return away
  const body = await jsonOf(request, JSON_TYPE, limits.body)
  if ('status' in body) return body
  const userId = body.value as string
  const followed = await followService(book, subjectOf(path), userId, { by, ...demandsOf(request) })
  if (followed.isErr()) return refusal(followed.error, () => '')
  return event(call, followed.value, { fieldsAdded: changed(userId, followed.value) })
}

export const unfollow: Operation = async (call) => {
  const { request, book, by, path } = call
  const { userId = '' } = path
  const unfollowed = await unfollowService(book, subjectOf(path), userId, { by, ...demandsOf(request) })
  if (unfollowed.isErr()) return refusal(unfollowed.error)
  return event(call, unfollowed.value, { fieldsDeleted: changed(userId, unfollowed.value) })
}

/** What changed, by the followers after it: of a follow the new one, of an unfollow the old one. */
function changed(userId: string, { outcome }: Followed): readonly string[] {
  return outcome === 'unchanged' ? [] : [JSON.stringify([{ id: userId.toLowerCase(), type: 'user' }])]
}

interface Changes {
  readonly fieldsAdded?: readonly string[]
  readonly fieldsDeleted?: readonly string[]
}

/** The server answers what it tells its listeners. */
function event({ book, by }: Call, { outcome, service }: Followed, changes: Changes): Answer {
  const name = 'followers'
  const { fieldsAdded = [], fieldsDeleted = [] } = changes
  const { id, fullyQualifiedName, version } = service
  const body = {
    id: crypto.randomUUID(),
    eventType: outcome === 'unchanged' ? 'entityNoChange' : 'entityUpdated',
    entityType: book.family.entityType,
    entityId: id,
    entityFullyQualifiedName: fullyQualifiedName,
    previousVersion: version,
    currentVersion: version,
    userName: by?.name ?? 'anonymous',
    timestamp: book.now(),
    changeDescription: {
      fieldsAdded: fieldsAdded.map((newValue) => ({ name, newValue })),
      fieldsUpdated: [],
      fieldsDeleted: fieldsDeleted.map((oldValue) => ({ name, oldValue })),
      previousVersion: version,
    },
  }
  return {
    status: 200,
    headers: { [CHANGE]: outcome === 'unchanged' ? 'entityNoChange' : 'entityFieldsChanged' },
    body,
  }
}

export const report: Operation = async (call) => {
  const { request, book, by, wire, limits, path } = call
  const away = await turnedAway(call, 'EditAll')
  if (away !== undefined) return away
  const body = await jsonOf(request, JSON_TYPE, limits.body)
  if ('status' in body) return body
  if (typeof body.value !== 'object' || body.value === null)
    return badRequest([{ path: '', message: 'must be the result of a test' }])
  const result = body.value as ConnectionTestReport
  const reported = await reportConnectionTest(book, subjectOf(path), result, { by, ...demandsOf(request) })
  if (reported.isErr()) return refusal(reported.error)
  const { outcome, service } = reported.value
  return {
    status: 200,
    headers: { [CHANGE]: outcome === 'unchanged' ? 'entityNoChange' : 'entityFieldsChanged' },
    body: await showOne(wire, service),
  }
}
