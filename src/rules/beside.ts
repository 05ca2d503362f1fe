import { BESIDE_FIELDS, type Beside, type BesideField } from '../model/beside.js'
import type { Issue } from '../model/errors.js'
import type { ChangeDescription, FieldChange, Service } from '../model/service.js'
import type { Stored } from '../ports/store.js'
import { sameValue } from './same.js'

/*
 * How what stands beside a service is shown, and what is told of a change of it. Source: `semantics.md` §7.
 */

const follower = (id: string) => Object.freeze({ id, type: 'user' as const })
const followersOf = (beside: Beside | null | undefined) => beside?.followers ?? []

/** A service with what was asked for of what stands beside it: followers also where there are none. */
export function withBeside(
  { service, beside }: Pick<Stored, 'service' | 'beside'>,
  fields: readonly BesideField[],
): Service {
  if (fields.length === 0) return service
  const followers = fields.includes('followers') ? Object.freeze(followersOf(beside).map(follower)) : undefined
  const result = fields.includes('testConnectionResult') ? beside?.testConnectionResult : undefined
  return Object.freeze({
    ...service,
    ...(followers !== undefined && { followers }),
    ...(result !== undefined && { testConnectionResult: result }),
  }) as Service
}

/** The fields that were asked for, read once; or what is wrong with them. */
export function besideFieldsOf(given: unknown = []): {
  readonly fields: readonly BesideField[]
  readonly issues: readonly Issue[]
} {
  const fields: readonly unknown[] | undefined = Array.isArray(given) ? [...given] : undefined
  const areKnown = fields?.every((field) => (BESIDE_FIELDS as readonly unknown[]).includes(field)) === true
  if (areKnown) return { fields: fields as readonly BesideField[], issues: [] }
  return { fields: [], issues: [{ path: '/fields', message: `must be a list of ${BESIDE_FIELDS.join(', ')}` }] }
}

/** What a change of what stands beside a service is told as: the version stays. */
export function besideChange(before: Stored, after: Stored): ChangeDescription {
  const fieldsAdded: FieldChange[] = []
  const fieldsUpdated: FieldChange[] = []
  const fieldsDeleted: FieldChange[] = []
  const [old, now] = [followersOf(before.beside), followersOf(after.beside)]
  const [come, gone] = [now.filter((id) => !old.includes(id)), old.filter((id) => !now.includes(id))]
  if (come.length > 0) fieldsAdded.push({ name: 'followers', newValue: come.map(follower) })
  if (gone.length > 0) fieldsDeleted.push({ name: 'followers', oldValue: gone.map(follower) })
  const [oldValue, newValue] = [before.beside?.testConnectionResult, after.beside?.testConnectionResult]
  const name = 'testConnectionResult'
  if (!sameValue(oldValue, newValue)) {
    if (oldValue === undefined) fieldsAdded.push({ name, newValue })
    else fieldsUpdated.push({ name, oldValue, newValue })
  }
  const frozen = (changes: FieldChange[]) => Object.freeze(changes.map((change) => Object.freeze(change)))
  return Object.freeze({
    fieldsAdded: frozen(fieldsAdded),
    fieldsUpdated: frozen(fieldsUpdated),
    fieldsDeleted: frozen(fieldsDeleted),
    previousVersion: before.service.version,
  })
}
