import { type BadRequest, badRequest } from '../../model/errors.js'
import type { Birth } from '../../model/fields.js'
import { ANONYMOUS, type Principal } from '../../model/principal.js'
import type { Service, TagLabel } from '../../model/service.js'
import type { Stored } from '../../ports/store.js'
import type { Decision } from '../decide.js'
import { isTooLarge, type Limits, sizeUnder } from '../limits.js'
import type { Fields } from '../merge.js'
import type { SecretsAfter } from '../sealing.js'
import type { ValidRequest } from '../validate.js'

const noTags: readonly TagLabel[] = Object.freeze([])

/** Every service is born here, its keys in the order in which stores write them: what an index needs stands first. */
export function newborn(
  id: string,
  version: number,
  updatedAt: number,
  by: Principal | undefined,
  { name, fqn, serviceType, birth }: ValidRequest,
  fields: Fields,
) {
  const service: Record<string, unknown> = {
    id,
    name,
    fullyQualifiedName: fqn,
    version,
    deleted: false,
    updatedAt,
    updatedBy: by?.name ?? ANONYMOUS,
    serviceType,
    tags: fields.tags ?? noTags,
  }
  if (fields.displayName !== undefined) service.displayName = fields.displayName
  if (fields.description !== undefined) service.description = fields.description
  if (fields.connection !== undefined) service.connection = fields.connection
  if (fields.owners !== undefined) service.owners = fields.owners
  if (fields.domain !== undefined) service.domain = fields.domain
  if (fields.dataProducts !== undefined) service.dataProducts = fields.dataProducts
  if (fields.style !== undefined) service.style = fields.style
  if (fields.ingestionRunner !== undefined) service.ingestionRunner = fields.ingestionRunner
  for (const field in birth) service[field] = (fields as Birth)[field as keyof Birth] ?? birth[field as keyof Birth]
  return service
}

/** A newborn as it is to be stored. */
export function decision(
  outcome: 'created' | 'updated' | 'restored',
  service: Record<string, unknown>,
  revision: number,
  secrets: SecretsAfter,
  beside: Stored['beside'],
): Decision {
  const stored = { service: Object.freeze(service) as unknown as Service, sealed: secrets.sealed, beside, revision }
  Object.freeze(stored)
  return secrets.clear === undefined ? { outcome, stored } : { outcome, stored, clear: secrets.clear }
}

/** Data products are parts of a domain. */
export function withoutDomain({ domain, dataProducts }: Fields): BadRequest | undefined {
  if (dataProducts === undefined || domain !== undefined) return undefined
  return badRequest([{ path: '/dataProducts', message: 'need a domain, and the service has none' }])
}

/** What is left would be no request: the whole of a service is measured as whoever sends it back would send it. */
export function tooLarge({ name, serviceType }: ValidRequest, fields: Fields, limits: Limits): BadRequest | undefined {
  const { displayName, description, owners, domain, dataProducts, tags, style, ingestionRunner, connection } = fields
  // Every change comes by here: the whole is put together only near the limit.
  const size =
    sizeUnder('name', name) +
    sizeUnder('serviceType', serviceType) +
    sizeUnder('displayName', displayName) +
    sizeUnder('description', description) +
    sizeUnder('owners', owners) +
    sizeUnder('domain', domain) +
    sizeUnder('dataProducts', dataProducts) +
    sizeUnder('tags', tags) +
    sizeUnder('style', style) +
    sizeUnder('ingestionRunner', ingestionRunner) +
    sizeUnder('connection', connection)
  const texts = { name, serviceType, displayName, description }
  const whole = () => ({ ...texts, owners, domain, dataProducts, tags, style, ingestionRunner, connection })
  if (!isTooLarge(whole, size, limits)) return undefined
  return badRequest([{ path: '', message: `is larger than ${limits.request} bytes with what the service keeps` }])
}
