import { produce } from 'immer'
import { Equal } from 'typebox/value'
import type { ChangeDescription, FieldChange, Service } from './service.js'

/*
 * What changed between two versions of a service. Source: OpenMetadata's `changeDescription`; `semantics.md` §3.
 */

type Compared = Partial<Service>

const scalars = ['displayName', 'description', 'domain', 'serviceType', 'connection', 'deleted'] as const
const lists = ['owners', 'tags'] as const

/**
 * The change description that leads from one version to another: an entry for each field that was added, updated or
 * deleted, whole values. Lists report the elements that were added and removed; a connection is one entry. Values are
 * values here; at the HTTP edge they are JSON text.
 *
 * `connectionChanged` says that the connection is another one though it looks the same, since only a secret changed.
 */
export function diff(
  before: Compared,
  after: Compared,
  previousVersion: number,
  connectionChanged = false,
): ChangeDescription {
  const fieldsAdded: FieldChange[] = []
  const fieldsUpdated: FieldChange[] = []
  const fieldsDeleted: FieldChange[] = []
  for (const name of scalars) {
    const oldValue = before[name]
    const newValue = after[name]
    if (oldValue === newValue || Equal(oldValue, newValue)) {
      if (name !== 'connection' || !connectionChanged) continue
    }
    if (oldValue === undefined) fieldsAdded.push({ name, newValue })
    else if (newValue === undefined) fieldsDeleted.push({ name, oldValue })
    else fieldsUpdated.push({ name, oldValue, newValue })
  }
  for (const name of lists) {
    const oldElements: readonly object[] = before[name] ?? []
    const newElements: readonly object[] = after[name] ?? []
    if (oldElements === newElements) continue
    const added = newElements.filter((element) => !oldElements.some((other) => Equal(element, other)))
    const removed = oldElements.filter((element) => !newElements.some((other) => Equal(element, other)))
    if (added.length > 0) fieldsAdded.push({ name, newValue: Object.freeze(added) })
    if (removed.length > 0) fieldsDeleted.push({ name, oldValue: Object.freeze(removed) })
  }
  for (const entries of [fieldsAdded, fieldsUpdated, fieldsDeleted]) entries.forEach(Object.freeze)
  return Object.freeze({
    fieldsAdded: Object.freeze(fieldsAdded),
    fieldsUpdated: Object.freeze(fieldsUpdated),
    fieldsDeleted: Object.freeze(fieldsDeleted),
    previousVersion,
  })
}

/** Whether a change description says that nothing changed. */
export function isEmpty({ fieldsAdded, fieldsUpdated, fieldsDeleted }: ChangeDescription): boolean {
  return fieldsAdded.length === 0 && fieldsUpdated.length === 0 && fieldsDeleted.length === 0
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
      if (!isList(name)) delete draft[name]
      else
        draft[name] = elementsOf(draft[name]).filter(
          (element) => !elementsOf(oldValue).some((gone) => Equal(element, gone)),
        )
    }
    for (const { name, newValue } of [...change.fieldsAdded, ...change.fieldsUpdated]) {
      draft[name] = isList(name) ? [...elementsOf(draft[name]), ...elementsOf(newValue)] : newValue
    }
  })
}

const isList = (name: string) => (lists as readonly string[]).includes(name)
const elementsOf = (list: unknown) => (list ?? []) as readonly unknown[]
