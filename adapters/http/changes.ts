import { type ChangeDescription, diff, type FieldChange, type Reference, type Service } from 'servicebook'
import { dataProduct, domainsOf, type Refer } from './references.js'

/*
 * What changed, as it is told on the wire. Source: OpenMetadata's `entityHistory.json`; `semantics.md` §3, §7.
 */

type Json = Readonly<Record<string, unknown>>

/** What a write changed by itself, by what it found; `null` stands for the version before. */
export function changeOf(service: Service, before: Service | null): ChangeDescription | undefined {
  const { changeDescription } = service
  if (before === null || changeDescription?.previousVersion === before.version) return changeDescription
  return diff(before, service, before.version)
}

export function referredInChange(change: ChangeDescription | undefined): readonly Reference[] {
  if (change === undefined) return []
  const all: Reference[] = []
  for (const changes of [change.fieldsAdded, change.fieldsUpdated, change.fieldsDeleted])
    for (const { name, oldValue, newValue } of changes)
      all.push(...referredIn(name, oldValue), ...referredIn(name, newValue))
  return all
}

/** The references in a changed value. */
function referredIn(name: string, value: unknown): readonly Reference[] {
  if (value === undefined) return []
  if (name === 'owners') return value as readonly Reference[]
  if (name === 'dataProducts') return (value as readonly string[]).map(dataProduct)
  return name === 'domain' ? domainsOf(value as string) : []
}

const REFERRING: ReadonlySet<string> = new Set(['owners', 'dataProducts', 'domain'])

/** Old and new values that are no scalars are JSON text, and references are whole. */
export function shownChange(strict: boolean, change: ChangeDescription, refer: Refer): Json {
  const text = (name: string, value: unknown, encrypted: string) => {
    if (name === 'connection' && strict) return encrypted
    const whole = REFERRING.has(name) ? referredIn(name, value).map(refer) : value
    return typeof whole === 'object' ? JSON.stringify(whole) : whole
  }
  const all = (changes: readonly FieldChange[]) =>
    changes.map(({ name, oldValue, newValue }) => {
      const one: Record<string, unknown> = { name: name === 'domain' ? 'domains' : name }
      if (oldValue !== undefined) one.oldValue = text(name, oldValue, 'old-encrypted-value')
      if (newValue !== undefined) one.newValue = text(name, newValue, 'new-encrypted-value')
      return one
    })
  const { fieldsAdded, fieldsUpdated, fieldsDeleted, previousVersion } = change
  return {
    fieldsAdded: all(fieldsAdded),
    fieldsUpdated: all(fieldsUpdated),
    fieldsDeleted: all(fieldsDeleted),
    previousVersion,
  }
}

/** The fields of every entity of which the server tells who changed them last, where they are still there. */
const SUMMARISED: ReadonlySet<string> = new Set(['description', 'owners'])

/** Who changed them in this version. What earlier versions changed is told by these. */
export function summary({ updatedBy, updatedAt }: Service, change: ChangeDescription): Json {
  const { fieldsAdded, fieldsUpdated, fieldsDeleted } = change
  const isThere = ({ name }: FieldChange) => SUMMARISED.has(name) && !fieldsDeleted.some((gone) => gone.name === name)
  const told = [...fieldsAdded.filter(isThere), ...fieldsUpdated.filter(isThere)].map(({ name }) => name)
  if (told.length === 0) return {}
  return {
    changeSummary: Object.fromEntries(told.map((name) => [name, { changedBy: updatedBy, changedAt: updatedAt }])),
  }
}
