import type { Beside, TestConnectionResult } from '../model/beside.js'
import { type BadRequest, badRequest, type Issue } from '../model/errors.js'
import { ENTITY_STATUSES, ID_PATTERN, UUID_PATTERN } from '../model/fields.js'
import { fqn } from '../model/fqn.js'
import { isInstant } from '../model/instant.js'
import type { Service } from '../model/service.js'
import { tenths } from '../model/version.js'
import { frozenCopy } from './copy.js'
import type { Limits } from './limits.js'
import { checkedResult } from './report.js'
import { wholeShape } from './shape.js'
import type { Validate } from './validate.js'

/*
 * What `exportServices` wrote, read again. It may come from anywhere, so that each version is checked as the request that
 * would make it, and what only the library writes by itself. Source: `semantics.md` §1, §3, §8.
 */

/** A service that was kept elsewhere. */
export interface Imported {
  /** All versions, the oldest first. */
  readonly chain: readonly Service[]
  readonly sealed: string | null
  readonly beside: Beside | null
}

/** What only the library writes, and no request has. */
const WRITTEN = [
  'id',
  'fullyQualifiedName',
  'version',
  'deleted',
  'updatedAt',
  'updatedBy',
  'changeDescription',
  'entityStatus',
  'provider',
] as const
const KEYS: readonly string[] = ['family', 'service', 'history', 'sealed', 'beside']

/** A record holds requests, as many as there are versions, each a few levels down. */
const boundsOf = (limits: Limits): Limits => ({
  ...limits,
  request: Number.MAX_SAFE_INTEGER,
  elements: Math.max(limits.elements, 10_000_000),
  depth: limits.depth + 8,
})

const ID = new RegExp(ID_PATTERN)

/** Of a family; or everything that is wrong with it. */
export function importedOf(
  given: unknown,
  entityType: string,
  validate: Validate,
  limits: Limits,
): Imported | BadRequest {
  const { value, found } = frozenCopy(given, wholeShape, boundsOf(limits))
  if (found.issues.length > 0) return badRequest(found.issues, found.more)
  if (!isObject(value)) return badRequest([{ path: '', message: 'must be an object, as exportServices answers it' }])
  const { family, service, history = [], sealed = null, beside = null } = value
  const issues: Issue[] = Object.keys(value)
    .filter((key) => !KEYS.includes(key))
    .map((key) => ({ path: `/${key}`, message: 'is not known' }))
  if (family !== entityType) issues.push({ path: '/family', message: `must be ${entityType}` })
  if (sealed !== null && typeof sealed !== 'string') issues.push({ path: '/sealed', message: 'must be a text or null' })
  if (!Array.isArray(history))
    issues.push({ path: '/history', message: 'must be a list of versions, the newest first' })
  const kept = besideOf(beside, limits)
  if (Array.isArray(kept)) issues.push(...kept.map((issue) => ({ ...issue, path: `/beside${issue.path}` })))
  if (issues.length > 0) return badRequest(issues)
  const versions = [service, ...(history as readonly unknown[])]
  for (const [at, version] of versions.entries()) {
    const path = at === 0 ? '/service' : `/history/${at - 1}`
    const wrong = wrongWith(version, validate)
    issues.push(...wrong.map((issue) => ({ ...issue, path: path + issue.path })))
    if (wrong.length > 0 || at === 0 || issues.length > 0) continue
    const [newer, older] = [versions[at - 1], version] as readonly Service[]
    if (!follows(older as Service, newer as Service))
      issues.push({ path, message: 'must be an older version of the one before it' })
  }
  if (issues.length > 0) return badRequest(issues.slice(0, 100), Math.max(0, issues.length - 100))
  const chain = versions.reverse() as readonly Service[]
  return { chain, sealed: sealed as string | null, beside: kept as Beside | null }
}

const USER = new RegExp(UUID_PATTERN)

/** What stood beside it, as the verbs would have put it there; or what is wrong with it. */
function besideOf(given: unknown, limits: Limits): Beside | null | Issue[] {
  if (given === null) return null
  if (!isObject(given)) return [{ path: '', message: 'must be an object or null' }]
  const { followers, testConnectionResult: tested, ...others } = given
  const issues: Issue[] = Object.keys(others).map((key) => ({ path: `/${key}`, message: 'is not known' }))
  const isUser = (id: unknown) => typeof id === 'string' && USER.test(id) && id === id.toLowerCase()
  const isList = Array.isArray(followers) && followers.every(isUser) && new Set(followers).size === followers.length
  if (followers !== undefined && !(isList && followers.length <= limits.elements))
    issues.push({ path: '/followers', message: `must be UUIDs in lower case, each once, ${limits.elements} at most` })
  const result = tested === undefined ? undefined : checkedResult(tested, limits)
  if (result !== undefined && 'code' in result)
    issues.push(...result.issues.map((issue) => ({ ...issue, path: `/testConnectionResult${issue.path}` })))
  if (issues.length > 0) return issues
  return Object.freeze({
    ...(followers !== undefined && { followers: followers as readonly string[] }),
    ...(result !== undefined && { testConnectionResult: result as TestConnectionResult }),
  })
}

function wrongWith(version: unknown, validate: Validate): readonly Issue[] {
  if (!isObject(version)) return [{ path: '', message: 'must be a service' }]
  const request: Record<string, unknown> = { ...version }
  for (const key of WRITTEN) delete request[key]
  const valid = validate(request)
  if ('error' in valid) return valid.error.issues
  const issues: Issue[] = []
  const must = (key: string, isSo: boolean, what: string) => {
    if (!isSo) issues.push({ path: `/${key}`, message: `must be ${what}` })
  }
  const { id, fullyQualifiedName, version: number, deleted, updatedAt, updatedBy, changeDescription, tags } = version
  must('id', typeof id === 'string' && ID.test(id), 'a UUID in lower case')
  must('fullyQualifiedName', fullyQualifiedName === fqn.quote(valid.name), 'the quoted name')
  must('version', isVersion(number), 'a version')
  must('deleted', typeof deleted === 'boolean', 'a boolean')
  must('updatedAt', isInstant(updatedAt), 'whole milliseconds since the epoch')
  must('updatedBy', typeof updatedBy === 'string', 'a text')
  must('tags', Array.isArray(tags), 'a list')
  const { entityStatus, provider } = version
  const isStatus = entityStatus === undefined || (ENTITY_STATUSES as readonly unknown[]).includes(entityStatus)
  must('entityStatus', isStatus, `one of ${ENTITY_STATUSES.join(', ')}`)
  must('provider', provider === undefined || provider === 'user' || provider === 'system', 'user or system')
  const isFirst = changeDescription === undefined
  must('changeDescription', isFirst || isChange(changeDescription), 'a change description')
  // What stands where a secret would be masked has to be the mask.
  const { connection } = version as Partial<Service>
  if (connection !== undefined && !isWithin(connection, valid.connection))
    issues.push({ path: '/connection/config', message: 'holds a secret in clear' })
  return issues
}

function follows(older: Service, newer: Service): boolean {
  const { id, name, version, updatedAt } = older
  return id === newer.id && name === newer.name && version < newer.version && updatedAt < newer.updatedAt
}

const isVersion = (version: unknown) =>
  typeof version === 'number' && version >= 0.1 && version < 1e12 && tenths(version) / 10 === version

function isChange(value: unknown): boolean {
  if (!isObject(value)) return false
  const { fieldsAdded, fieldsUpdated, fieldsDeleted, previousVersion, ...others } = value
  const lists = [fieldsAdded, fieldsUpdated, fieldsDeleted]
  const isWhole = lists.every(
    (list) => Array.isArray(list) && list.every((one) => isObject(one) && typeof one.name === 'string'),
  )
  return isWhole && isVersion(previousVersion) && Object.keys(others).length === 0
}

/** Whether all that stands in the one stands in the other, which may have defaults besides. */
function isWithin(one: unknown, other: unknown): boolean {
  if (Array.isArray(one))
    return Array.isArray(other) && one.length === other.length && one.every((each, at) => isWithin(each, other[at]))
  if (!isObject(one)) return Object.is(one, other)
  return (
    isObject(other) &&
    Object.entries(one).every(([key, each]) => Object.hasOwn(other, key) && isWithin(each, other[key]))
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
