import { bulkUpsert, maskedConnection, type ServiceRequest } from 'servicebook'
import { turnedAway } from './admission.js'
import { badRequest, type ErrorMessage, invalid, messageOf, problem, refusal } from './answers.js'
import { jsonOf } from './body.js'
import type { Operation } from './call.js'
import { completeReferences } from './complete.js'
import { conditionOnMany } from './conditions.js'
import { JSON_TYPE } from './media.js'
import { located, read } from './requests.js'
import type { Wire } from './wire.js'

/*
 * The bulk. Source: OpenMetadata's `bulkOperationResult.json`; `semantics.md` §6.
 */

/** One answer for all rows, 200 or, with `async=true`, 202 whatever became of them, as on the server. Issues have their paths in the whole body. */
export const bulk: Operation = async (call) => {
  const { request, book, by, wire, parameters, limits } = call
  const dryRun = parameters.boolean('dryRun') ?? false
  const overrideMetadata = parameters.boolean('overrideMetadata')
  const later = parameters.boolean('async') ?? false
  if (parameters.issues.length > 0) return badRequest(parameters.issues)
  const away = await turnedAway(call, 'EditAll')
  if (away !== undefined) return away
  const body = await jsonOf(request, JSON_TYPE, limits.bulk)
  if ('status' in body) return body
  if (!Array.isArray(body.value)) return badRequest([{ path: '', message: 'must be an array of create requests' }])
  const given: readonly unknown[] = body.value
  if (given.length > limits.rows) return problem('BULK_LIMIT_EXCEPTION', `The bulk has more than ${limits.rows} rows`)

  const conditional = conditionOnMany(request)
  if (conditional !== undefined) return conditional

  const ended = await completeReferences(book, wire.describe, given)
  if (ended !== undefined) return ended
  const failed = new Map<number, ErrorMessage>()
  const rows: { readonly at: number; readonly request: ServiceRequest; readonly domainAt: string }[] = []
  for (const [at, row] of given.entries()) {
    const asked = read(row)
    if ('issues' in asked) failed.set(at, messageOf(invalid(asked.issues), located('/domain', `/${at}`)))
    else rows.push({ at, request: asked.request as ServiceRequest, domainAt: asked.domainAt })
  }
  const requests = rows.map((row) => row.request)
  const bulked = await bulkUpsert(book, requests, { by, dryRun, overrideMetadata, signal: request.signal })
  if (bulked.isErr()) return refusal(bulked.error)

  const passed: object[] = []
  let failure: unknown
  for (const done of bulked.value.rows) {
    const { at, domainAt } = rows[done.index] as (typeof rows)[number]
    if ('outcome' in done) passed.push({ request: done.fqn, status: 200 })
    else {
      failed.set(at, messageOf(done.error, located(domainAt, `/${at}`)))
      if (done.error.code === 'STORE_FAILED') failure ??= done.error
    }
  }
  const aborted = bulked.value.status === 'aborted'
  const status = failed.size === 0 ? 'success' : passed.length === 0 ? 'failure' : 'partialSuccess'
  let room = ROOM
  const failedRequest = [...failed]
    .sort(([a], [b]) => a - b)
    .map(([at, message]) => {
      const row = failedRow(wire, given[at], message, room > 0)
      if (room > 0) room -= JSON.stringify(row).length
      return row
    })
  return {
    // It is done by then: a host may have no background.
    status: later ? 202 : 200,
    failure,
    body: {
      dryRun,
      status: aborted ? 'aborted' : status,
      ...(aborted && { abortReason: 'The request was aborted' }),
      numberOfRowsProcessed: passed.length + failed.size,
      numberOfRowsPassed: passed.length,
      numberOfRowsFailed: failed.size,
      successRequest: passed,
      failedRequest,
    },
  }
}

/**
 * A row that failed. What it asked for is told with its connection masked, so that sending it again is refused and does not
 * make a service without one, and without what it should not have, since a secret may be there; or its name alone, where much
 * has been told already.
 */
function failedRow({ family, strict }: Wire, row: unknown, told: ErrorMessage, whole: boolean): object {
  const { code, message, errorType, issues, more } = told
  const given = (typeof row === 'object' && row !== null ? row : {}) as Readonly<Record<string, unknown>>
  const harmless = Object.entries(given).filter(([key]) => (whole ? HARMLESS.has(key) : key === 'name'))
  const { serviceType, connection } = given
  const masked = whole && connection !== undefined && { connection: maskedConnection(family, serviceType, connection) }
  const request = { ...Object.fromEntries(harmless), ...masked }
  return {
    request,
    status: code,
    message,
    ...(!strict && { errorType, ...(issues && { issues }), ...(more && { more }) }),
  }
}

/** Characters of an answer in which rows that failed are told with all that they asked for. */
const ROOM = 8 * 2 ** 20

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
  'style',
  'ingestionRunner',
])
