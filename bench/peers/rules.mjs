import { randomUUID } from 'node:crypto'
import equal from 'fast-deep-equal'
import { requestSchema } from './schema.mjs'

/*
 * The rules of an upsert as one would write them without this library: checked by zod, merged, compared, one version higher,
 * with a change description, frozen. Where what was there is kept is the business of the stores beside this file.
 */

/** A request that fits, or what is wrong with it. */
export function checked(request) {
  const { success, data, error } = requestSchema.safeParse(request)
  if (!success) return { issues: error.issues }
  const { name, owners, tags } = data
  return {
    request: {
      ...data,
      fullyQualifiedName: /[."]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name,
      owners: owners && distinct(owners, ownerKey),
      tags: distinct(tags ?? [], tagKey),
    },
  }
}

/** What becomes of the service that is held, or of none, and whether anything did. */
export function decided(held, request, by) {
  if (held === undefined) {
    const { name, fullyQualifiedName, ...fields } = request
    const state = { version: 0.1, deleted: false, updatedAt: Date.now(), updatedBy: by.name }
    return { outcome: 'created', service: { id: randomUUID(), name, fullyQualifiedName, ...state, ...fields } }
  }
  const after = {
    ...held,
    serviceType: request.serviceType,
    displayName: request.displayName,
    description: request.description,
    owners: request.owners ?? held.owners,
    domain: request.domain ?? held.domain,
    dataProducts: request.dataProducts,
    tags: united(held.tags, request.tags),
    connection: request.connection ?? held.connection,
  }
  const changes = { fieldsAdded: [], fieldsUpdated: [], fieldsDeleted: [], previousVersion: held.version }
  let changed = false
  for (const name of FIELDS) {
    const [oldValue, newValue] = [held[name], after[name]]
    if (equal(oldValue, newValue)) {
      after[name] = oldValue // what stays is shared between versions
      continue
    }
    changed = true
    if (LISTS.has(name)) {
      const [added, removed] = [without(newValue, oldValue), without(oldValue, newValue)]
      if (added.length > 0) changes.fieldsAdded.push({ name, newValue: added })
      if (removed.length > 0) changes.fieldsDeleted.push({ name, oldValue: removed })
    } else if (oldValue === undefined) changes.fieldsAdded.push({ name, newValue })
    else if (newValue === undefined) changes.fieldsDeleted.push({ name, oldValue })
    else changes.fieldsUpdated.push({ name, oldValue, newValue })
  }
  if (!changed) return { outcome: 'unchanged', service: held }
  const step = held.serviceType === request.serviceType ? 0.1 : 1
  after.version = Math.round((held.version + step) * 10) / 10
  after.updatedAt = Math.max(Date.now(), held.updatedAt + 1)
  after.updatedBy = by.name
  after.changeDescription = changes
  return { outcome: 'updated', service: after }
}

const FIELDS = ['serviceType', 'displayName', 'description', 'owners', 'domain', 'dataProducts', 'tags', 'connection']
const LISTS = new Set(['owners', 'dataProducts', 'tags'])

const ownerKey = ({ id, type }) => `${type} ${id}`
const tagKey = ({ tagFQN, source }) => `${source} ${tagFQN}`

function distinct(list, keyOf) {
  const byKey = new Map()
  for (const one of list) if (!byKey.has(keyOf(one))) byKey.set(keyOf(one), one)
  return byKey.size === list.length ? list : [...byKey.values()]
}

function united(held, given) {
  const there = new Set(held.map(tagKey))
  const more = given.filter((tag) => !there.has(tagKey(tag)))
  return more.length === 0 ? held : [...held, ...more]
}

const without = (list = [], others = []) => list.filter((one) => !others.some((other) => equal(one, other)))

/** The same value, frozen through and through; what is frozen already stays as it is. */
export function frozen(value) {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const key in value) frozen(value[key])
  return Object.freeze(value)
}
