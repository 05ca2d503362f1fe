import type { Fqn, ListQuery, Page, Service, Stored, VersionQuery } from 'servicebook'
import { type Listed, roster } from '../roster.js'
import { isWhole, storedOf } from './front.js'
import { type Index, type Node, type recent, tenthsOf } from './node.js'

export interface Reads {
  readonly names: ReturnType<typeof roster>
  load(fqns: readonly Fqn[]): Map<Fqn, Stored>
  find(id: string): Stored | undefined
  list(query: ListQuery): Page
  versions(fqn: Fqn, id: string, query: VersionQuery): readonly Service[]
}

/** What is answered from an index and the file that it tells the places of. */
export function readsOf(
  file: string,
  index: Index,
  memory: ReturnType<typeof recent>,
  bytesAt: (offset: number, length: number) => Buffer,
): Reads {
  const names = roster(index, listed)

  function read(node: Node): Stored {
    if (node.stored !== undefined) return node.stored
    const line = bytesAt(node.offset, node.length)
    const stored = line.length === node.length && isWhole(line, 0, node.length) ? storedOf(line) : undefined
    if (stored?.service.id !== node.id || stored.revision !== node.revision) {
      throw new Error(`${file} (byte ${node.offset}) is damaged; it was whole when the store was opened`)
    }
    return stored
  }

  function listed(fqn: Fqn): Listed | undefined {
    const node = index.get(fqn)
    return node && { id: node.id, deleted: node.deleted, service: () => read(node).service }
  }

  return {
    names,

    load(fqns: readonly Fqn[]): Map<Fqn, Stored> {
      const found = new Map<Fqn, Stored>()
      for (const fqn of fqns) {
        const node = index.get(fqn)
        if (node === undefined) continue
        const stored = read(node)
        memory.keep(node, stored)
        found.set(fqn, stored)
      }
      return found
    },

    find(id: string): Stored | undefined {
      const fqn = names.fqnOf(id)
      const node = fqn === undefined ? undefined : index.get(fqn)
      return node && read(node)
    },

    list(query: ListQuery): Page {
      return names.page(query)
    },

    versions(fqn: Fqn, id: string, { limit, below = Number.POSITIVE_INFINITY }: VersionQuery): readonly Service[] {
      const node = index.get(fqn)
      const services: Service[] = []
      if (node?.id !== id) return services
      for (let older = node.older; older !== null && services.length < limit; older = older.older) {
        if (older.tenths < tenthsOf(below)) services.push(read(older).service)
      }
      return services
    },
  }
}
