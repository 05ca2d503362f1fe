import { type BadRequest, badRequest, type EntityAlreadyExists, entityAlreadyExists } from '../../model/errors.js'
import type { Service } from '../../model/service.js'
import type { Stored } from '../../ports/store.js'
import type { Decision } from '../decide.js'
import type { ImportIntent, Kind } from '../intent.js'

const CREATE = ['Create'] as const
const EDIT = ['EditAll'] as const

export const toImport: Kind<ImportIntent> = {
  sees: 'anything',
  isTimeless: true,
  asks: (_, held) => (held === undefined ? CREATE : EDIT),
  idBrought: ({ chain, at }) => chain[at]?.id,
  begins: (intent) => imported(intent, null),
  decides: imported,
}

/**
 * One version of a service that was kept elsewhere, behind the one before it. Where it is already, or a later one of the same
 * service, it stays: an import that was cut short goes on. Source: `semantics.md` §3.
 */
function imported(
  { chain, at, clear, beside }: ImportIntent,
  held: Stored | null,
): Decision | BadRequest | EntityAlreadyExists {
  const service = chain[at] as Service
  const place = held === null ? -1 : chain.findIndex((version) => isSame(version, held.service))
  if (held !== null && place === -1) return entityAlreadyExists(service.fullyQualifiedName)
  if (held !== null && place >= at) return { outcome: 'unchanged', stored: held }
  if (place !== at - 1)
    return badRequest([{ path: '/history', message: 'has an earlier version that was not imported' }])
  const isLast = at === chain.length - 1
  const stored: Stored = Object.freeze({
    service,
    sealed: null,
    // Who follows it where it is now goes on.
    beside: held?.beside ?? (isLast ? beside : null),
    revision: (held?.revision ?? 0) + 1,
  })
  return isLast && clear !== null ? { outcome: 'imported', stored, clear } : { outcome: 'imported', stored }
}

const isSame = (one: Service, other: Service) =>
  one.id === other.id && one.version === other.version && one.updatedAt === other.updatedAt
