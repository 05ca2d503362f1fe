import { type BadRequest, badRequest, type Issue, type PreconditionFailed } from '../model/errors.js'
import { ENTITY_STATUSES, isEntityStatus } from '../model/fields.js'
import type { Operation } from '../model/principal.js'
import type { EntityStatus, Service } from '../model/service.js'
import type { Representation } from '../ports/representation.js'
import { applyPatch, type PatchOperation, tokensOf } from './apply.js'
import { frozenCopy } from './copy.js'
import { add } from './findings.js'
import type { Limits } from './limits.js'
import { sameValue } from './same.js'
import { maskedPath } from './secrets.js'
import { wholeShape } from './shape.js'

/*
 * JSON Patch on a masked service. Source: RFC 6902; RFC 6901 for paths; `semantics.md` §7.
 */

/** What no patch changes, since the library writes it, or verbs of its own do; a `test` may look at it. */
const OWN = [
  ...['id', 'name', 'fullyQualifiedName', 'version', 'deleted', 'updatedAt', 'updatedBy', 'changeDescription'],
  ...['provider', 'followers', 'testConnectionResult'],
]

/**
 * The operations as they were passed, copied and checked one by one; the service is not looked at. `dropped` are fields of
 * which a change counts for nothing.
 */
export function checkedOperations(
  given: unknown,
  limits: Limits,
  dropped: readonly string[] = [],
): readonly PatchOperation[] | BadRequest {
  if (!Array.isArray(given)) return badRequest([{ path: '', message: 'must be a list of JSON Patch operations' }])
  const { value, found } = frozenCopy(given, wholeShape, limits)
  const operations = (value ?? []) as readonly Record<string, unknown>[]
  for (const [at, operation] of operations.entries()) {
    for (const { path, message } of issuesOf(operation, given[at], dropped)) add(found, message, () => `/${at}${path}`)
  }
  // A key of a value may hold a credential, and so may a path to it.
  const issues = found.issues.map(({ path, message }) => ({ path: maskedPath(path), message }))
  if (issues.length > 0) return badRequest(issues, found.more)
  return operations.map(defined)
}

/** An operation with what RFC 6902 defines for it; anything else does not count. The copy leaves out what is undefined. */
function defined({ op, path, from, value = null }: Record<string, unknown>): PatchOperation {
  const operation = NEEDS_VALUE.has(op) ? { op, path, value } : NEEDS_FROM.has(op) ? { op, path, from } : { op, path }
  return operation as PatchOperation
}

const NEEDS_VALUE: ReadonlySet<unknown> = new Set(['add', 'replace', 'test'])
const NEEDS_FROM: ReadonlySet<unknown> = new Set(['move', 'copy'])

function issuesOf(operation: Record<string, unknown> | null, given: unknown, dropped: readonly string[]): Issue[] {
  if (typeof operation !== 'object' || operation === null || Array.isArray(operation))
    return [{ path: '', message: 'must be an operation: { op, path, … }' }]
  const { op, path, from } = operation
  const issues: Issue[] = []
  const isKnown = NEEDS_VALUE.has(op) || NEEDS_FROM.has(op) || op === 'remove'
  if (!isKnown) issues.push({ path: '/op', message: 'must be one of add, remove, replace, move, copy, test' })
  issues.push(...pointerIssues('/path', path))
  if (NEEDS_FROM.has(op)) issues.push(...pointerIssues('/from', from))
  if (NEEDS_VALUE.has(op) && !('value' in (given as object))) issues.push({ path: '/value', message: 'is required' })
  if (issues.length > 0 || op === 'test') return issues
  const isRefused = (pointer: string) => isOwn(pointer) && !dropped.includes(fieldOf(pointer))
  const refuse = (part: string, pointer: string) =>
    issues.push({ path: part, message: `${maskedPath(pointer) || 'the service itself'} cannot be changed` })
  if (isRefused(path as string)) refuse('/path', path as string)
  if (op === 'move' && isRefused(from as string)) refuse('/from', from as string)
  return issues
}

function pointerIssues(key: string, pointer: unknown): Issue[] {
  if (typeof pointer !== 'string' || (pointer !== '' && pointer[0] !== '/') || /~(?![01])/.test(pointer))
    return [{ path: key, message: 'must be a JSON Pointer' }]
  return tokensOf(pointer).includes('__proto__') ? [{ path: key, message: 'must not name __proto__' }] : []
}

/** The whole service is more than may be changed, too. */
const isOwn = (pointer: string) => pointer === '' || OWN.includes(fieldOf(pointer))

/** The field of the service that a pointer leads into; none is called like that of the whole. */
const fieldOf = (pointer: string) => tokensOf(pointer)[0] ?? ''

const operationOf: ReadonlyMap<string | undefined, Operation> = new Map([
  ['description', 'EditDescription'],
  ['displayName', 'EditDisplayName'],
  ['owners', 'EditOwners'],
  ['tags', 'EditTags'],
])

/** What the policy has to allow for a patch, each once. */
export function operationsOf(
  patch: readonly PatchOperation[],
  dropped: readonly string[] = [],
): readonly [Operation, ...Operation[]] {
  const changed = patch.flatMap((one) =>
    one.op === 'test' ? [] : one.op === 'move' ? [one.path, one.from] : [one.path],
  )
  const counting = changed.map(fieldOf).filter((field) => !dropped.includes(field))
  const asked = new Set(counting.map((field) => operationOf.get(field) ?? 'EditAll'))
  const [first = 'EditAll', ...rest] = asked
  return [first, ...rest]
}

/** What a patch makes of a service: a request for all that it is to be, as yet unchecked. */
export interface Patched {
  readonly request: Readonly<Record<string, unknown>>
  /** Whether it leaves the connection as it is. Then the request has none, and the stored one stays. */
  readonly keepsConnection: boolean
  /** What no request has, and a patch may set; `undefined` in a family without. */
  readonly entityStatus: EntityStatus | undefined
}

/**
 * Applies a patch to a masked service, all of it or, when an operation fails, nothing. `document` is how the service looks
 * to whoever wrote the patch, and `read` makes a request of it again.
 */
export function patched(
  service: Service,
  document: object,
  { read, dropped = [] }: Pick<Representation, 'read' | 'dropped'>,
  patch: readonly PatchOperation[],
  limits: Limits,
): Patched | BadRequest | PreconditionFailed {
  const applied = applyPatch(JSON.parse(JSON.stringify(document)), patch, limits.request)
  if ('failure' in applied) return applied.failure
  const after = applied.document as Readonly<Record<string, unknown>>
  // To write it back is no change; to change it is what delete and restore are for.
  if (dropped.includes('deleted') && (after.deleted ?? service.deleted) !== service.deleted)
    return badRequest([{ path: '/deleted', message: 'cannot be changed' }])
  const left = Object.entries(after).filter(([key]) => !OWN.includes(key))
  const result = read({ ...Object.fromEntries(left), name: service.name })
  if ('issues' in result) return badRequest(result.issues)
  const { entityStatus: given, ...request } = result.request
  const hasStatus = service.entityStatus !== undefined
  // Removed, it is as at birth.
  const entityStatus = given ?? (hasStatus ? 'Unprocessed' : undefined)
  if (!hasStatus && given !== undefined) return badRequest([{ path: '/entityStatus', message: 'is not a known field' }])
  if (entityStatus !== undefined && !isEntityStatus(entityStatus))
    return badRequest([{ path: '/entityStatus', message: `must be one of ${ENTITY_STATUSES.join(', ')}` }])
  const { connection, ...rest } = request
  const keepsConnection = rest.serviceType === service.serviceType && sameValue(connection, service.connection)
  return { request: keepsConnection ? rest : request, keepsConnection, entityStatus }
}
