import type { Principal } from '../ports/policy.js'
import type { Issue } from './errors.js'

/** What is wrong with the principal a host passed. */
export function principalIssues(by: unknown): readonly Issue[] {
  if (by === undefined) return []
  const { name, isBot } = (by ?? {}) as Partial<Principal>
  const issues: Issue[] = []
  if (typeof name !== 'string' || name === '' || name.length > 256 || !name.isWellFormed() || name.includes('\0')) {
    issues.push({ path: '/by/name', message: 'must be the name of a principal, 1 to 256 characters' })
  }
  if (isBot !== undefined && typeof isBot !== 'boolean')
    issues.push({ path: '/by/isBot', message: 'must be a boolean' })
  return issues
}
