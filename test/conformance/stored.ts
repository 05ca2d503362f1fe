import { type Beside, type Change, fqn, type Place, type Service, type Stored } from 'servicebook'

export const FAMILY = 'mlmodelService'
export const OTHER_FAMILY = 'databaseService'

/** What a law sets of a service; the rest is filled in. */
export type Fields = Partial<Omit<Service, 'name' | 'fullyQualifiedName'>>

let births = 0

/** A service at birth, with an id above all earlier ones. */
export function born(name: string, fields: Fields = {}, sealed: string | null = null): Stored {
  births += 1
  const service: Service = {
    id: `019b0000-0000-7000-8000-${births.toString(16).padStart(12, '0')}`,
    name,
    fullyQualifiedName: fqn.quote(name),
    version: 0.1,
    deleted: false,
    updatedAt: 1_764_000_000_000 + births,
    updatedBy: 'ada',
    serviceType: 'Mlflow',
    tags: [],
    ...fields,
  }
  return frozen({ service, sealed, beside: null, revision: 1 })
}

/** The service one write later, a version higher unless `fields` say otherwise. */
export function next(before: Stored, fields: Fields = {}, sealed = before.sealed): Stored {
  const { service, revision } = before
  const version = (Math.round(service.version * 10) + 1) / 10
  const after = { ...service, version, updatedAt: service.updatedAt + 1, ...fields }
  return frozen({ service: after, sealed, beside: before.beside, revision: revision + 1 })
}

/** The same version one write later, with something else beside it. */
export function besides(before: Stored, beside: Beside | null): Stored {
  return frozen({ ...before, beside, revision: before.revision + 1 })
}

/** The same content under another revision, which no store was given. */
export function atRevision(stored: Stored, revision: number): Stored {
  return frozen({ ...stored, revision })
}

export const create = (after: Stored): Change => ({ before: null, after })
export const update = (before: Stored, after: Stored): Change => ({ before, after })
export const removal = (before: Stored): Change => ({ before, after: null })

export const placeOf = ({ name, id }: Service): Place => ({ name, id })
export const fqnOf = ({ service }: Stored) => service.fullyQualifiedName

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.values(value).forEach(frozen)
    Object.freeze(value)
  }
  return value
}
