import { allServices, listVersions, type Service } from 'servicebook'
import { badRequest, refusal } from './answers.js'
import type { Operation } from './call.js'
import { show } from './wire.js'

/*
 * Versions of all services by time. Source: OpenMetadata's `GET …/history`; `semantics.md` §7.
 */

/**
 * The versions that services had between two moments, newest first, then by id. Stores keep no such order, so that each page
 * looks at every service, and at the versions of those that changed since the first moment.
 */
export const history: Operation = async ({ book, by, wire, parameters }) => {
  const { issues, text, integer } = parameters
  const [startTs, endTs] = [integer('startTs'), integer('endTs')]
  const limit = integer('limit') ?? 10
  if (startTs === undefined) issues.push({ path: '/startTs', message: 'must be there' })
  if (endTs === undefined) issues.push({ path: '/endTs', message: 'must be there' })
  if (limit < 1 || limit > 500) issues.push({ path: '/limit', message: 'must be from 1 to 500' })
  parameters.exclusive('before', 'after')
  const backwards = text('before') !== undefined
  const cursor = text('before') ?? text('after')
  const from = cursor === undefined ? undefined : placeIn(cursor)
  if (cursor !== undefined && from === undefined)
    issues.push({ path: backwards ? '/before' : '/after', message: 'is not a cursor' })
  if (issues.length > 0) return badRequest(issues)

  const [first, last] = [startTs as number, endTs as number]
  const order = (a: Service, b: Service) =>
    backwards ? -compare(placeOf(a), placeOf(b)) : compare(placeOf(a), placeOf(b))
  let total = 0
  let nearest: Service[] = []
  const take = (service: Service) => {
    total++
    const side = from === undefined ? 1 : compare(placeOf(service), from)
    if (backwards ? side < 0 : side > 0) nearest.push(service)
    if (nearest.length > 4 * limit + 100) nearest = nearest.sort(order).slice(0, limit + 1)
  }
  for await (const one of allServices(book, { by, include: 'all' })) {
    if (one.isErr()) return refusal(one.error)
    const service = one.value
    if (service.updatedAt < first) continue
    for (let before: number | undefined, more = true; more; ) {
      const page = await listVersions(book, { id: service.id }, { by, limit: PAGE, before })
      // It may have gone since.
      if (page.isErr()) {
        if (page.error.code !== 'ENTITY_NOT_FOUND') return refusal(page.error)
        break
      }
      for (const version of page.value.services)
        if (version.updatedAt >= first && version.updatedAt <= last) take(version)
      const oldest = page.value.services.at(-1)
      before = oldest?.version
      more = page.value.more && oldest !== undefined && oldest.updatedAt >= first
    }
  }
  nearest.sort(order)
  const isMore = nearest.length > limit
  const page = nearest.slice(0, limit)
  if (backwards) page.reverse()
  const [newest, oldest] = [page[0], page.at(-1)]
  const paging = {
    ...(newest && (backwards ? isMore : from !== undefined) && { before: cursorOf(newest) }),
    ...(oldest && (backwards || isMore) && { after: cursorOf(oldest) }),
    total,
  }
  return { status: 200, body: { data: await show(wire, page), paging } }
}

/** Versions read at a time. */
const PAGE = 100

/** Newest first, then by id, then the higher version. */
type Place = readonly [updatedAt: number, id: string, version: number]

const placeOf = ({ updatedAt, id, version }: Service): Place => [updatedAt, id, version]

function compare([time, id, version]: Place, [otherTime, otherId, otherVersion]: Place): number {
  if (time !== otherTime) return otherTime - time
  if (id !== otherId) return id < otherId ? 1 : -1
  return otherVersion - version
}

const cursorOf = (service: Service) => placeOf(service).join('_')

function placeIn(cursor: string): Place | undefined {
  const [, time, id = '', version] = /^(\d{1,16})_([0-9a-f-]{36})_(\d{1,9}(?:\.\d)?)$/.exec(cursor) ?? []
  return time === undefined ? undefined : [Number(time), id, Number(version)]
}
