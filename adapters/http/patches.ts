import type { Representation, Service } from 'servicebook'
import { read } from './requests.js'
import { type Json, showOne, type Wire } from './wire.js'

/*
 * Patches of a service as it is shown. Clients that compare whole objects tell of fields that only the library writes, as
 * they were when the client last saw them, which may lead to what is not there now. Source: RFC 6902; OpenMetadata's Java
 * client.
 */

/** What clients send back as they got it, beside what they may not change, and the server drops. */
const UNWRITTEN: readonly string[] = [
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

/** What clients send back with a patch as they got it, and the server drops. */
const DROPPED = ['id', 'name', 'fullyQualifiedName', 'deleted', ...UNWRITTEN]

/**
 * Services as clients see them when they write a patch. They may change `domain` or `domains`, and whichever they changed
 * counts.
 */
export function representation(wire: Wire): Representation & { before(): Service | undefined } {
  let seen: Json = {}
  let before: Service | undefined
  return {
    before: () => before,
    dropped: DROPPED,
    async show(service) {
      before = service
      seen = await showOne(wire, service)
      return seen
    },
    read(given) {
      // What is dropped may have been put there all the same; the name is that of the service.
      const isSame = (field: string) => JSON.stringify(given[field]) === JSON.stringify(seen[field])
      const unchanged = ['domain', 'domains'].find(isSame)
      const isKept = (key: string) => key === 'name' || (key !== unchanged && !DROPPED.includes(key))
      const result = read(Object.fromEntries(Object.entries(given).filter(([key]) => isKept(key))))
      return 'issues' in result ? result : { request: result.request as Json }
    },
  }
}
