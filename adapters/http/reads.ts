import { etag, type GetOptions, getService, getVersion, listServices, listVersions, type Service } from 'servicebook'
import { badRequest, notThere, refusal } from './answers.js'
import { type Call, inClear, type Operation } from './call.js'
import { knownTo } from './complete.js'
import { subjectOf, versionIn } from './path.js'
import type { Parameters } from './query.js'
import { refers, show, showOne } from './wire.js'

/*
 * Routes that read. Source: OpenMetadata's API; `semantics.md` §7.
 */

export const list: Operation = async ({ book, by, wire, parameters }) => {
  const { issues, text, integer } = parameters
  parameters.undone('offset', 'includeRelations')
  const fields = parameters.fields()
  const limit = integer('limit')
  parameters.exclusive('before', 'after')
  if (issues.length > 0) return badRequest(issues)
  const filters = {
    serviceType: text('serviceType'),
    owner: text('owner'),
    domain: text('domain'),
    tagFQN: text('tagFQN'),
  }
  const places = { after: text('after'), before: text('before'), include: includeOf(parameters) }
  const beside = besideIn(fields)
  const listed = await listServices(book, { by, limit, ...places, ...filters, total: true, fields: beside })
  if (listed.isErr()) return refusal(listed.error)
  if (filters.domain !== undefined) {
    const known = await knownTo(book, [{ type: 'domain', fullyQualifiedName: filters.domain }])
    if ('status' in known) return known
    if (known[0] === false) return notThere('domain', filters.domain)
  }
  const { services, paging } = listed.value
  const shown = await Promise.all(services.map((service) => inClear(book, service, by)))
  for (const one of shown) if ('status' in one) return one
  return {
    status: 200,
    body: { data: await show(wire, shown as readonly Service[], fields), paging },
  }
}

export const get: Operation = async (call) => {
  const { book, by, wire, path, parameters } = call
  parameters.undone('includeRelations')
  const fields = parameters.fields()
  if (parameters.issues.length > 0) return badRequest(parameters.issues)
  // The server keeps the last result of a test in the service itself, and so shows it unasked.
  const beside = besideIn(new Set([...fields, 'testConnectionResult']))
  const got = await getService(book, subjectOf(path), { by, include: includeOf(parameters), fields: beside })
  if (got.isErr()) return refusal(got.error)
  const shown = await inClear(book, got.value, by)
  if ('status' in shown) return shown
  const tag = etag(shown)
  const state = { etag: tag, updatedAt: shown.updatedAt, covers: covers(call, shown, fields) }
  return { status: 200, headers: { ETag: tag }, state, body: await showOne(wire, shown, fields) }
}

export const versions: Operation = async ({ book, by, wire, path, parameters }) => {
  const { issues, text, integer } = parameters
  const [limit = 0, offset = 0, field] = [integer('limit'), integer('offset'), text('fieldChanged')]
  if (limit < 0 || limit > 1000) issues.push({ path: '/limit', message: 'must be from 0, which is all, to 1000' })
  if (offset < 0) issues.push({ path: '/offset', message: 'must not be negative' })
  if (issues.length > 0) return badRequest(issues)
  const versions: string[] = []
  let left = offset
  let room = ROOM
  let before: number | undefined
  let [isWhole, isCut] = [false, false]
  while (!isWhole && !isCut && room > 0) {
    const page = await listVersions(book, subjectOf(path), { by, limit: PAGE, before })
    if (page.isErr()) return refusal(page.error)
    const { services, more } = page.value
    const wanted = field === undefined ? services : services.filter((service) => hasChanged(service, field))
    const skipped = Math.min(left, wanted.length)
    left -= skipped
    for (const one of await show(wire, wanted.slice(skipped))) {
      isCut ||= room <= 0 || (limit > 0 && versions.length === limit)
      if (isCut) break
      const text = JSON.stringify(one)
      room -= text.length
      versions.push(text)
    }
    before = services.at(-1)?.version
    isWhole = !isCut && (!more || before === undefined)
  }
  const { entityType } = book.family
  return { status: 200, body: { entityType, versions, ...(!isWhole && !wire.strict && { more: true }) } }
}

/** Whether a version says that a field changed, by the name it has on the wire; those inside it count. */
function hasChanged({ changeDescription }: Service, field: string): boolean {
  const { fieldsAdded = [], fieldsUpdated = [], fieldsDeleted = [] } = changeDescription ?? {}
  return [...fieldsAdded, ...fieldsUpdated, ...fieldsDeleted].some(
    ({ name }) => name === field || (name === 'domain' && field === 'domains') || name.startsWith(`${field}.`),
  )
}

/** Versions read at a time. */
const PAGE = 100

/** Characters of versions in one answer: as much as a bulk may bring, and well below what one text can hold. */
const ROOM = 64 * 2 ** 20

export const version: Operation = async ({ book, by, wire, path }) => {
  const got = await getVersion(book, subjectOf(path), versionIn(path), { by })
  if (got.isErr()) return refusal(got.error)
  return { status: 200, body: await showOne(wire, got.value) }
}

/**
 * Whether the tag of a service covers all that is shown of it: not what the host knows of others, not what stands beside
 * the service, and not secrets, which one caller sees and the next does not.
 */
function covers({ by, wire }: Call, service: Service, fields: ReadonlySet<string>): boolean {
  // No verb takes a result away again: where none is shown there was none before.
  if (besideIn(fields).length > 0 || service.testConnectionResult !== undefined) return false
  if (by?.isBot === true && service.connection !== undefined) return false
  return wire.describe === undefined || !refers(wire, service, fields)
}

const besideIn = (fields: ReadonlySet<string>) => BESIDE.filter((field) => fields.has(field))
const BESIDE = ['followers', 'testConnectionResult'] as const

const includeOf = ({ text }: Parameters) => text('include') as GetOptions['include']
