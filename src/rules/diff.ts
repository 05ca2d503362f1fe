import { isDraft, original, produce } from 'immer'
import type { ChangeDescription, FieldChange, Service } from '../model/service.js'
import { finder, sameValue } from './same.js'

/*
 * What changed between two versions of a service. Source: OpenMetadata's `changeDescription`; `semantics.md` §3.
 */

type Compared = Partial<Service>

const lists = ['owners', 'dataProducts', 'tags'] as const

/**
 * The change description that leads from one version to another: an entry for each field that was added, updated or
 * deleted, whole values. Lists report the elements that were added and removed; a connection is one entry. Values are
 * values here; at the HTTP edge they are JSON text.
 *
 * `connectionChanged` says that the connection is another one though it looks the same, since only a secret changed.
 * Default `false`.
 *
 * @example
 * diff({ description: 'old' }, { description: 'new' }, 0.1).fieldsUpdated
 * // [{ name: 'description', oldValue: 'old', newValue: 'new' }]
 *
 * Source: OpenMetadata's `changeDescription`; `semantics.md` §3.
 */
export function diff(
  before: Compared,
  after: Compared,
  previousVersion: number,
  connectionChanged = false,
): ChangeDescription {
  const found: Found = { fieldsAdded: [], fieldsUpdated: [], fieldsDeleted: [] }
  // Each field by its own name, since every change comes by here, and a name out of a list is found much later.
  scalar(found, 'description', before.description, after.description)
  scalar(found, 'displayName', before.displayName, after.displayName)
  scalar(found, 'domain', before.domain, after.domain)
  scalar(found, 'serviceType', before.serviceType, after.serviceType)
  scalar(found, 'connection', before.connection, after.connection, connectionChanged)
  scalar(found, 'deleted', before.deleted, after.deleted)
  scalar(found, 'style', before.style, after.style)
  scalar(found, 'ingestionRunner', before.ingestionRunner, after.ingestionRunner)
  scalar(found, 'entityStatus', before.entityStatus, after.entityStatus)
  list(found, 'owners', before.owners, after.owners)
  list(found, 'dataProducts', before.dataProducts, after.dataProducts)
  list(found, 'tags', before.tags, after.tags)
  return Object.freeze({
    fieldsAdded: entries(found.fieldsAdded),
    fieldsUpdated: entries(found.fieldsUpdated),
    fieldsDeleted: entries(found.fieldsDeleted),
    previousVersion,
  })
}

interface Found {
  readonly fieldsAdded: FieldChange[]
  readonly fieldsUpdated: FieldChange[]
  readonly fieldsDeleted: FieldChange[]
}

function scalar(found: Found, name: keyof Compared, oldValue: unknown, newValue: unknown, isAnother = false): void {
  if (!isAnother && sameValue(oldValue, newValue)) return
  if (oldValue === undefined) found.fieldsAdded.push(Object.freeze({ name, newValue }))
  else if (newValue === undefined) found.fieldsDeleted.push(Object.freeze({ name, oldValue }))
  else found.fieldsUpdated.push(Object.freeze({ name, oldValue, newValue }))
}

type Elements = readonly unknown[]

function list(
  found: Found,
  name: (typeof lists)[number],
  oldElements: Elements = none,
  newElements: Elements = none,
): void {
  if (oldElements === newElements) return
  const added = without(newElements, oldElements)
  const removed = without(oldElements, newElements)
  if (added.length > 0) found.fieldsAdded.push(Object.freeze({ name, newValue: added }))
  if (removed.length > 0) found.fieldsDeleted.push(Object.freeze({ name, oldValue: removed }))
}

const none: readonly never[] = Object.freeze([])

/** Most of the three are empty, and in every version that is kept. */
const entries = (changes: FieldChange[]): readonly FieldChange[] =>
  changes.length === 0 ? none : Object.freeze(changes.slice())

function without(elements: readonly unknown[], others: readonly unknown[]): readonly unknown[] {
  const isAmong = finder(others, sameValue)
  return Object.freeze(elements.filter((element) => !isAmong(element)).slice())
}

/**
 * The service that a change description leads to: its fields as `diff` recorded them. It is the inverse of `diff` but
 * for secrets, which no change description holds. Order in lists is not part of a change. Version, `updatedAt` and
 * `updatedBy` stay, since a change description does not say them.
 *
 * @example applyChange(before, after.changeDescription) // what `after` holds
 */
export function applyChange<S extends Service>(service: S, change: ChangeDescription): S {
  return produce(service, (draft: Record<string, unknown>) => {
    for (const { name, oldValue } of change.fieldsDeleted) {
      const left = isList(name) ? without(elementsOf(draft[name]), elementsOf(oldValue)) : none
      if (left.length > 0 || name === 'tags') draft[name] = left
      else delete draft[name] // a service always has tags, and no other list that is empty
    }
    for (const { name, newValue } of [...change.fieldsAdded, ...change.fieldsUpdated]) {
      draft[name] = isList(name) ? [...elementsOf(draft[name]), ...elementsOf(newValue)] : newValue
    }
  })
}

const isList = (name: string) => (lists as readonly string[]).includes(name)
const elementsOf = (list: unknown) => ((isDraft(list) ? original(list) : list) ?? none) as readonly unknown[]
