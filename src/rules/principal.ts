import type { Issue } from '../model/errors.js'
import { UUID_PATTERN } from '../model/fields.js'
import type { Principal } from '../model/principal.js'

const UUID = new RegExp(UUID_PATTERN)

/** What is wrong with the principal a host passed. */
export function principalIssues(by: unknown): readonly Issue[] {
  if (by === undefined) return []
  const { name, isBot, isAdmin, id, teams } = (by ?? {}) as Partial<Principal>
  const issues: Issue[] = []
  if (typeof name !== 'string' || name === '' || name.length > 256 || !name.isWellFormed() || name.includes('\0')) {
    issues.push({ path: '/by/name', message: 'must be the name of a principal, 1 to 256 characters' })
  }
  for (const [key, value] of Object.entries({ isBot, isAdmin })) {
    if (value !== undefined && typeof value !== 'boolean')
      issues.push({ path: `/by/${key}`, message: 'must be a boolean' })
  }
  if (id !== undefined && !isUuid(id)) issues.push({ path: '/by/id', message: 'must be a UUID' })
  if (teams !== undefined && !(Array.isArray(teams) && teams.every(isUuid)))
    issues.push({ path: '/by/teams', message: 'must be a list of UUIDs' })
  return issues
}

const isUuid = (value: unknown) => typeof value === 'string' && UUID.test(value)
