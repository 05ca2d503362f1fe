import {
  createService,
  deleteService,
  etag,
  type Operation,
  type PatchOperation,
  patchService,
  restoreService,
  type Service,
  type ServiceRequest,
  upsertService,
} from 'servicebook'
import { turnedAway, turnedFrom } from './admission.js'
import { type Answer, badRequest, CHANGE, problem, refusal } from './answers.js'
import { jsonOf } from './body.js'
import { type Call, inClear, type Operation as Work } from './call.js'
import { completeReferences } from './complete.js'
import { demandsOf } from './conditions.js'
import { JSON_PATCH, JSON_TYPE } from './media.js'
import { representation, withoutUnwritten } from './patches.js'
import { subjectOf } from './path.js'
import { located, read } from './requests.js'
import { hrefOf, showOne } from './wire.js'

/*
 * Routes that change one service. Source: OpenMetadata's API; `semantics.md` §4, §5, §7.
 */

export const create: Work = async (call) => {
  const { book, by, wire } = call
  const asked = await askedIn(call, 'Create')
  if ('status' in asked) return asked
  // What is to be created has no state: no tag matches, and none is in the way.
  if (call.request.headers.has('If-Match'))
    return problem('PRECONDITION_FAILED', 'If-Match needs a service that is there')
  const made = await createService(book, asked.request, { by })
  if (made.isErr()) return refusal(made.error, located(asked.domainAt))
  const headers = { Location: hrefOf(wire, made.value), [CHANGE]: 'entityCreated' }
  return written(call, made.value, 201, headers)
}

export const put: Work = async (call) => {
  const { request, book, by, wire, parameters } = call
  const overrideMetadata = parameters.boolean('overrideMetadata')
  if (parameters.issues.length > 0) return badRequest(parameters.issues)
  const asked = await askedIn(call, 'EditAll')
  if ('status' in asked) return asked
  const upserted = await upsertService(book, asked.request, { by, overrideMetadata, ...demandsOf(request) })
  if (upserted.isErr()) return refusal(upserted.error, located(asked.domainAt))
  const { outcome, service } = upserted.value
  const headers = { [CHANGE]: changes[outcome] }
  if (outcome !== 'created') return written(call, service, 200, headers)
  return written(call, service, 201, { Location: hrefOf(wire, service), ...headers })
}

export const patch: Work = async (call) => {
  const { request, book, by, wire, path, limits } = call
  const away = await turnedAway(call, ...EDITS)
  if (away !== undefined) return away
  const body = await jsonOf(request, JSON_PATCH, limits.body, () => turnedFrom(call, EDITS))
  if ('status' in body) return body
  const ended = await completeReferences(book, wire.describe, [body.value])
  if (ended !== undefined) return ended
  const as = representation(wire)
  const options = { by, ...demandsOf(request), as }
  const { operations, located: among } = withoutUnwritten(body.value)
  const patched = await patchService(book, subjectOf(path), operations as PatchOperation[], options)
  if (patched.isErr()) return refusal(patched.error, (issue) => located('/domains/0')(among(issue)))
  const { outcome, service } = patched.value
  return written(call, service, 200, { [CHANGE]: changes[outcome] }, as.before())
}

export const remove: Work = async (call) => {
  const { request, book, by, path, parameters } = call
  const hard = parameters.boolean('hardDelete')
  parameters.boolean('recursive') // nothing here has children
  if (parameters.issues.length > 0) return badRequest(parameters.issues)
  const deleted = await deleteService(book, subjectOf(path), { by, hard, ...demandsOf(request) })
  if (deleted.isErr()) return refusal(deleted.error)
  const { outcome, service } = deleted.value
  return written(call, service, 200, { [CHANGE]: changes[outcome] })
}

export const restore: Work = async (call) => {
  const { request, book, by, limits } = call
  const away = await turnedAway(call, 'EditAll')
  if (away !== undefined) return away
  const body = await jsonOf(request, JSON_TYPE, limits.body)
  if ('status' in body) return body
  const { id } = (body.value ?? {}) as { id?: unknown }
  if (typeof id !== 'string') return badRequest([{ path: '/id', message: 'must be the id of a service' }])
  const restored = await restoreService(book, { id }, { by, ...demandsOf(request) })
  if (restored.isErr()) return refusal(restored.error)
  const { outcome, service } = restored.value
  return written(call, service, 200, { [CHANGE]: changes[outcome] })
}

/** The same, answered as the server answers what it does later. It is done by then: a host may have no background. */
export const removeLater: Work = async (call) => {
  const answer = await remove(call)
  if (answer.status !== 200) return answer
  const { name } = answer.body as { readonly name: string }
  const hardDelete = call.parameters.boolean('hardDelete') ?? false
  const recursive = call.parameters.boolean('recursive') ?? false
  const message = `The deletion of ${name} is under way`
  return { status: 202, body: { jobId: crypto.randomUUID(), message, entityName: name, hardDelete, recursive } }
}

/** What a patch may ask for, by the fields it changes. */
const EDITS = ['EditAll', 'EditDescription', 'EditDisplayName', 'EditOwners', 'EditTags'] as const

/** The create request in a body. */
async function askedIn(call: Call, operation: Operation) {
  const away = await turnedAway(call, operation)
  if (away !== undefined) return away
  const { request, limits } = call
  const body = await jsonOf(request, JSON_TYPE, limits.body)
  if ('status' in body) return body
  const ended = await completeReferences(call.book, call.wire.describe, [body.value])
  if (ended !== undefined) return ended
  const asked = read(body.value)
  return 'issues' in asked ? badRequest(asked.issues) : { ...asked, request: asked.request as ServiceRequest }
}

/** What the header says of each outcome. */
const changes = {
  created: 'entityCreated',
  updated: 'entityUpdated',
  unchanged: 'entityNoChange',
  restored: 'entityRestored',
  deleted: 'entitySoftDeleted',
  removed: 'entityDeleted',
} as const

/** Whether a write made another version of a service. */
const isChange = (change = '') => ['entityUpdated', 'entityRestored', 'entitySoftDeleted'].includes(change)

async function written(
  { book, wire, by }: Call,
  service: Service,
  status: number,
  headers: Readonly<Record<string, string>>,
  before?: Service,
): Promise<Answer> {
  const clear = await inClear(book, service, by)
  // It is written, whether or not its secrets can be shown.
  const shown = 'status' in clear ? service : clear
  const body = await showOne(wire, shown, undefined, isChange(headers[CHANGE]) ? (before ?? null) : undefined)
  return { status, headers: { ETag: etag(shown), ...headers }, body }
}
