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
    /** Refuses what the server has and is not done here, since without it the same request means something else. */
    undone(...names: readonly string[]): void {
      for (const name of names) if (text(name) !== undefined) issues.push({ path: `/${name}`, message: UNDONE })
    },
    /** Refuses two that exclude each other, be they empty. */
    exclusive(one: string, other: string): void {
      if (query.has(one) && query.has(other))
        issues.push({ path: `/${one}`, message: `must not stand together with ${other}` })
    },
    /** OpenMetadata's `fields`: what to show of what is only shown when asked for. */
    fields(): ReadonlySet<string> {
      const named = (text('fields') ?? '').split(',').flatMap((part) => part.trim() || [])
      for (const name of named)
        if (name !== '*' && !PROPERTIES.has(name))
          issues.push({ path: '/fields', message: `has the unknown field ${name.slice(0, 100)}` })
      return new Set(named.includes('*') ? FIELDS : named)
    },
  }
}

const UNDONE = 'is not supported'

export type Parameters = ReturnType<typeof parametersOf>

/** What of a service is only shown when asked for. */
export const FIELDS: readonly string[] = [
  ...['owners', 'tags', 'domain', 'domains', 'dataProducts', 'followers', 'testConnectionResult'],
]

/** What clients may ask for: every property of a service of any family, be it shown anyway, or nothing here. */
const PROPERTIES: ReadonlySet<string> = new Set([
  ...FIELDS,
  ...['id', 'name', 'fullyQualifiedName', 'displayName', 'description', 'serviceType', 'connection', 'version'],
  ...['updatedAt', 'updatedBy', 'impersonatedBy', 'href', 'changeDescription', 'incrementalChangeDescription'],
  ...['deleted', 'entityStatus', 'style', 'provider', 'ingestionRunner'],
  ...['pipelines', 'dataContract', 'models'],
])
