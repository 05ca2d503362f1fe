import { steps } from '../book.mjs'
import { editionOf } from '../documents/models.mjs'

/*
 * The least that any store of these services has to do in memory. Floors check nothing, decide nothing and keep no history.
 */

/**
 * The least that isolation costs: nobody outside can change what is held. Ids and FQNs are there already; objects are born as
 * literals wherever their fields are known, which the compiler likes best.
 */
export async function copied(documents, { time }) {
  const held = new Map()
  for (const step of steps) {
    const requests = documents.requests(editionOf[step])
    const services = documents.services(editionOf[step])
    await time(step, () => {
      for (let index = 0; index < requests.length; index++) {
        const service = frozenService(requests[index], services[index])
        held.set(service.fullyQualifiedName, service)
      }
    })
  }
  return held
}

function frozenService(request, { id, fullyQualifiedName, version, updatedAt }) {
  const { name, displayName, description, serviceType, connection, owners, domain, tags } = request
  return Object.freeze({
    id,
    name,
    fullyQualifiedName,
    version,
    deleted: false,
    updatedAt,
    updatedBy: 'ada',
    serviceType,
    tags: Object.freeze(tags.map(frozenTag)),
    displayName,
    description,
    connection: Object.freeze({ config: frozenCopy(connection.config) }),
    owners: Object.freeze(owners.map(({ id, type }) => Object.freeze({ id, type }))),
    domain,
  })
}

function frozenTag({ tagFQN, source = 'Classification', labelType = 'Manual', state = 'Confirmed' }) {
  return Object.freeze({ tagFQN, source, labelType, state })
}

export function frozenCopy(value) {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy))
  const copy = {}
  for (const key in value) copy[key] = frozenCopy(value[key]) // Object.keys would take half as long again
  return Object.freeze(copy)
}

export async function ready(documents, { time }) {
  const held = new Map()
  for (const step of steps) {
    const services = documents.services(editionOf[step]).map(frozenCopy)
    await time(step, () => {
      for (const service of services) held.set(service.fullyQualifiedName, service)
    })
  }
  return held
}
