/*
 * Patches as clients make them that compare whole objects: they tell of fields that only the library writes, as they were
 * when the client last saw them, which may lead to what is not there now. Source: RFC 6902; OpenMetadata's Java client.
 */

/** What clients send back as they got it, beside what they may not change, and the server drops. */
export const UNWRITTEN: readonly string[] = [
  ...['href', 'version', 'updatedAt', 'updatedBy', 'changeDescription', 'incrementalChangeDescription'],
  ...['impersonatedBy', 'provider', 'pipelines', 'followers', 'testConnectionResult', 'dataContract', 'models'],
]

interface Kept {
  readonly operations: unknown
  /** Where the path of an issue leads among all the operations. */
  located(path: string): string
}

/** The operations without those that would change only what is dropped; one that tests it stays. */
export function withoutUnwritten(body: unknown): Kept {
  if (!Array.isArray(body)) return { operations: body, located: (path) => path }
  const kept = [...body.entries()].filter(([, operation]) => !isDropped(operation))
  const located = (path: string) =>
    path.replace(/^\/(\d+)(?=\/|$)/, (_, at) => `/${kept[Number(at)]?.[0] ?? Number(at)}`)
  return { operations: kept.map(([, operation]) => operation), located }
}

function isDropped(operation: unknown): boolean {
  const { op, path } = (operation ?? {}) as { readonly op?: unknown; readonly path?: unknown }
  if (typeof path !== 'string') return false
  const [, field = ''] = path.split('/')
  if (!UNWRITTEN.includes(field)) return false
  return op === 'remove' || ((op === 'add' || op === 'replace') && Object.hasOwn(operation as object, 'value'))
}
