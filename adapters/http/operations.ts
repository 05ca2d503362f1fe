import {
  type Book,
  bulkUpsert,
  createService,
  deleteService,
  etag,
  type GetOptions,
  getService,
  getVersion,
  type Issue,
  listServices,
  listVersions,
  MASK,
  type PatchOperation,
  type Principal,
  patchService,
  restoreService,
  revealService,
  type Service,
  type ServiceRequest,
  type Subject,
  upsertService,
} from 'servicebook'
import { type Answer, badRequest, refusal } from './answers.js'
import { jsonOf } from './body.js'
import type { Parameters } from './query.js'
import { hrefOf, read, representation, show, type Wire } from './wire.js'

/*
 * What each route does: reads the request, calls one verb, shows what it answered. Source: OpenMetadata's API; `semantics.md`
 * §4–8.
 */

/** A request that has found its book, and who sends it. */
export interface Call {
  readonly request: Request
  readonly book: Book
  readonly by: Principal | undefined
  readonly wire: Wire
  readonly parameters: Parameters
  /** The parts of the path that its pattern leaves open. */
  readonly path: Readonly<Record<string, string>>
  /** Bytes at most, of a body and of that of a bulk. */
  readonly limits: { readonly body: number; readonly bulk: number }
}

export type Operation = (call: Call) => Promise<Answer>

const JSON_TYPE = 'application/json'
const PATCH_TYPE = 'application/json-patch+json'

export const list: Operation = async ({ book, by, wire, parameters }) => {
  const { issues, text, integer } = parameters
  const fields = parameters.fields()
  const limit = integer('limit')
  if (issues.length > 0) return badRequest(issues)
  const filters = {
    serviceType: text('serviceType'),
    owner: text('owner'),
    domain: text('domain'),
    tagFQN: text('tagFQN'),
  }
  const places = { after: text('after'), before: text('before'), include: includeOf(parameters) }
  const listed = await listServices(book, { by, limit, ...places, ...filters, total: true })
  if (listed.isErr()) return refusal(listed.error)
  const { services, paging } = listed.value
  const shown = await Promise.all(services.map((service) => inClear(book, service, by)))
  for (const one of shown) if ('status' in one) return one
  return {
    status: 200,
    body: { data: await Promise.all(shown.map((one) => show(wire, one as Service, fields))), paging },
  }
}

export const create: Operation = async (call) => {
  const { request, book, by, wire, limits } = call
  const body = await jsonOf(request, JSON_TYPE, limits.body)
  if ('status' in body) return body
  const asked = read(body.value)
  if ('issues' in asked) return badRequest(asked.issues)
  const made = await createService(book, asked.request as ServiceRequest, { by })
  if (made.isErr()) return refusal(made.error, asked.domainAt)
  const headers = { Location: hrefOf(wire, made.value), [CHANGE]: 'entityCreated' }
  return written(call, made.value, 201, headers)
}

export const put: Operation = async (call) => {
  const { request, book, by, wire, limits } = call
  const body = await jsonOf(request, JSON_TYPE, limits.body)
  if ('status' in body) return body
  const asked = read(body.value)
  if ('issues' in asked) return badRequest(asked.issues)
  const upserted = await upsertService(book, asked.request as ServiceRequest, { by, ifMatch: ifMatchOf(request) })
  if (upserted.isErr()) return refusal(upserted.error, asked.domainAt)
  const { outcome, service } = upserted.value
  const headers = { [CHANGE]: changes[outcome] }
  if (outcome !== 'created') return written(call, service, 200, headers)
  return written(call, service, 201, { Location: hrefOf(wire, service), ...headers })
}

export const get: Operation = async ({ book, by, wire, path, parameters }) => {
  const fields = parameters.fields()
  if (parameters.issues.length > 0) return badRequest(parameters.issues)
  const got = await getService(book, subjectOf(path), { by, include: includeOf(parameters) })
  if (got.isErr()) return refusal(got.error)
  const shown = await inClear(book, got.value, by)
  if ('status' in shown) return shown
  return { status: 200, headers: { ETag: etag(shown) }, body: await show(wire, shown, fields) }
}

export const patch: Operation = async (call) => {
  const { request, book, by, wire, path, limits } = call
  const body = await jsonOf(request, PATCH_TYPE, limits.body)
  if ('status' in body) return body
  const options = { by, ifMatch: ifMatchOf(request), as: representation(wire) }
  const patched = await patchService(book, subjectOf(path), body.value as PatchOperation[], options)
  if (patched.isErr()) return refusal(patched.error, '/domains/0')
  const { outcome, service } = patched.value
  return written(call, service, 200, { [CHANGE]: changes[outcome] })
}

export const remove: Operation = async (call) => {
  const { request, book, by, path, parameters } = call
  const hard = parameters.boolean('hardDelete')
  parameters.boolean('recursive') // nothing here has children
  if (parameters.issues.length > 0) return badRequest(parameters.issues)
  const deleted = await deleteService(book, subjectOf(path), { by, hard, ifMatch: ifMatchOf(request) })
  if (deleted.isErr()) return refusal(deleted.error)
  return written(call, deleted.value, 200, { [CHANGE]: hard ? 'entityDeleted' : 'entitySoftDeleted' })
}

export const restore: Operation = async (call) => {
  const { request, book, by, limits } = call
  const body = await jsonOf(request, JSON_TYPE, limits.body)
  if ('status' in body) return body
  const { id } = (body.value ?? {}) as { id?: unknown }
  if (typeof id !== 'string') return badRequest([{ path: '/id', message: 'must be the id of a service' }])
  const restored = await restoreService(book, { id }, { by, ifMatch: ifMatchOf(request) })
  if (restored.isErr()) return refusal(restored.error)
  const { outcome, service } = restored.value
  return written(call, service, 200, { [CHANGE]: changes[outcome] })
}

export const versions: Operation = async ({ book, by, wire, path }) => {
  const page = await listVersions(book, subjectOf(path), { by, limit: 1_000_000 })
  if (page.isErr()) return refusal(page.error)
  const shown = await Promise.all(page.value.services.map((service) => show(wire, service)))
  return {
    status: 200,
    body: { entityType: book.family.entityType, versions: shown.map((one) => JSON.stringify(one)) },
  }
}

export const version: Operation = async ({ book, by, wire, path }) => {
  const got = await getVersion(book, subjectOf(path), versionIn(path), { by })
  if (got.isErr()) return refusal(got.error)
  return { status: 200, body: await show(wire, got.value) }
}

/** One answer for all rows, 200 whatever became of them, as on the server. */
export const bulk: Operation = async ({ request, book, by, wire, parameters, limits }) => {
  const dryRun = parameters.boolean('dryRun') ?? false
  if (parameters.boolean('overrideMetadata'))
    parameters.issues.push({ path: '/overrideMetadata', message: 'is not supported' })
  if (parameters.issues.length > 0) return badRequest(parameters.issues)
  const body = await jsonOf(request, JSON_TYPE, limits.bulk)
  if ('status' in body) return body
  if (!Array.isArray(body.value)) return badRequest([{ path: '', message: 'must be an array of create requests' }])
  const rows = body.value.map((row) => ({ row, ...read(row) }))
  const readable = rows.flatMap((row, at) => ('issues' in row ? [] : { ...row, at }))
  const requests = readable.map((row) => row.request as ServiceRequest)
  const bulked = await bulkUpsert(book, requests, { by, dryRun, signal: request.signal })
  if (bulked.isErr()) return refusal(bulked.error)
  const report = bulked.value

  const failed = new Map<number, object>()
  const passed: object[] = []
  const fail = (at: number, { body }: Answer) => failed.set(at, failedRow(rows[at]?.row, body as Refusal, wire.strict))
  for (const [at, row] of rows.entries()) if ('issues' in row) fail(at, badRequest(row.issues))
  for (const done of report.rows) {
    const { at, domainAt } = readable[done.index] as (typeof readable)[number]
    if ('error' in done) fail(at, refusal(done.error, domainAt))
    else passed.push({ request: done.fqn, status: 200 })
  }
  const failure = report.rows.flatMap((row) =>
    'error' in row && row.error.code === 'STORE_FAILED' ? row.error : [],
  )[0]
  const processed = passed.length + failed.size
  const status = failed.size === 0 ? 'success' : passed.length === 0 ? 'failure' : 'partialSuccess'
  const aborted = report.status === 'aborted'
  return {
    status: 200,
    failure,
    body: {
      dryRun,
      status: aborted ? 'aborted' : status,
      ...(aborted && { abortReason: 'The request was aborted' }),
      numberOfRowsProcessed: processed,
      numberOfRowsPassed: passed.length,
      numberOfRowsFailed: failed.size,
      successRequest: passed,
      failedRequest: [...failed].sort(([a], [b]) => a - b).map(([, row]) => row),
    },
  }
}

interface Refusal {
  readonly code: number
  readonly errorType: string
  readonly message: string
  readonly issues?: readonly Issue[]
}

/**
 * A row that failed. What it asked for is told without its connection, and without what it should not have, since a secret
 * may be in either.
 */
function failedRow(row: unknown, { code, message, errorType, issues }: Refusal, strict: boolean): object {
  const shown = Object.entries(typeof row === 'object' && row !== null ? row : {}).filter(([key]) => HARMLESS.has(key))
  return {
    request: Object.fromEntries(shown),
    status: code,
    message,
    ...(!strict && { errorType, ...(issues && { issues }) }),
  }
}

const HARMLESS: ReadonlySet<string> = new Set([
  'name',
  'displayName',
  'description',
  'serviceType',
  'owners',
  'tags',
  'domain',
  'domains',
  'dataProducts',
])

/** The header that says what a write did. */
const CHANGE = 'X-OpenMetadata-Change'
const changes = {
  created: 'entityCreated',
  updated: 'entityUpdated',
  unchanged: 'entityNoChange',
  restored: 'entityRestored',
} as const

async function written(
  { book, wire, by }: Call,
  service: Service,
  status: number,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const clear = await inClear(book, service, by)
  // It is written, whether or not its secrets can be shown.
  const shown = 'status' in clear ? service : clear
  return { status, headers: { ETag: etag(shown), ...headers }, body: await show(wire, shown) }
}

/**
 * A service as a principal may see it: to bots in clear, as on the server, where the policy allows `ViewSecrets`; to everybody
 * else masked.
 */
async function inClear(book: Book, service: Service, by: Principal | undefined): Promise<Service | Answer> {
  if (by?.isBot !== true || !JSON.stringify(service.connection ?? null).includes(MASK)) return service
  const revealed = await revealService(book, { id: service.id }, { by, include: 'all' })
  if (revealed.isOk()) return revealed.value
  return revealed.error.code === 'STORE_FAILED' ? refusal(revealed.error) : service
}

const subjectOf = ({ id, fqn }: Call['path']): Subject => (id === undefined ? (fqn ?? '') : { id })
const includeOf = ({ text }: Parameters) => text('include') as GetOptions['include']
const ifMatchOf = ({ headers }: Request) => headers.get('If-Match') ?? undefined
const versionIn = ({ version = '' }: Call['path']) => (/^\d+(\.\d)?$/.test(version) ? Number(version) : Number.NaN)
