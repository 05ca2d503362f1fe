import type { Issue } from 'servicebook'

/** The parameters of a query, by type; an empty one counts as absent. What cannot be read is an issue. */
export function parametersOf(query: URLSearchParams) {
  const issues: Issue[] = []
  const text = (name: string) => query.get(name) || undefined
  return {
    issues,
    text,
    integer(name: string): number | undefined {
      const value = text(name)
      if (value === undefined) return undefined
      if (!/^-?\d{1,15}$/.test(value)) issues.push({ path: `/${name}`, message: 'must be an integer' })
      return Number(value)
    },
    boolean(name: string): boolean | undefined {
      const value = text(name)
      if (value === undefined) return undefined
      if (value !== 'true' && value !== 'false') issues.push({ path: `/${name}`, message: 'must be true or false' })
      return value === 'true'
    },
    /** OpenMetadata's `fields`: what to show of what is only shown when asked for. */
    fields(): ReadonlySet<string> {
      const named = (text('fields') ?? '').split(',').flatMap((part) => part.trim() || [])
      for (const name of named)
        if (name !== '*' && !FIELDS.includes(name))
          issues.push({ path: '/fields', message: `has the unknown field ${name.slice(0, 100)}` })
      return new Set(named.includes('*') ? FIELDS : named)
    },
  }
}

export type Parameters = ReturnType<typeof parametersOf>

/** Services here have no pipelines and no followers, which clients may ask for all the same. */
export const FIELDS: readonly string[] = [
  'owners',
  'tags',
  'domain',
  'domains',
  'dataProducts',
  'pipelines',
  'followers',
]
