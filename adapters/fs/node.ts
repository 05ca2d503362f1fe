import type { Fqn, Stored } from 'servicebook'

/**
 * A put line of the journal in the index: where it stands, and what is needed to decide on it unread. Superseded
 * versions hang on the one that superseded them, newest first; that chain is the history.
 */
export interface Node {
  readonly id: string
  readonly revision: number
  /** The version times ten: a small integer, where a fraction would take an object of its own. */
  readonly tenths: number
  readonly deleted: boolean
  /** Byte where the line begins. Compaction moves it. */
  offset: number
  length: number
  older: Node | null
  /** The service, while it is kept in memory. */
  stored: Stored | undefined
}

/** The history rule: what is superseded by a higher version is kept; what is not below the new version goes. */
export function keptBelow(tenths: number, before: Node | null | undefined): Node | null {
  let newest = before ?? null
  while (newest !== null && newest.tenths >= tenths) newest = newest.older
  return newest
}

/** A service's lines, newest first. */
export function chainOf(node: Node | null): readonly Node[] {
  const chain: Node[] = []
  for (let link = node; link !== null; link = link.older) chain.push(link)
  return chain
}

/** Whether what is held is exactly what a change starts from. */
export function isHeld(before: Stored | null, held: Node | undefined | null): boolean {
  if (before === null || !held) return before === null && !held
  return before.revision === held.revision && before.service.id === held.id
}

/**
 * Keeps the services read or written last in memory, up to so many bytes of journal: two generations, the older of which
 * is let go as soon as the younger has its half.
 */
export function recent(bytes: number) {
  let young = new Set<Node>()
  let old = new Set<Node>()
  let held = 0
  return {
    keep(node: Node, stored: Stored): void {
      node.stored = stored
      if (young.has(node)) return
      young.add(node)
      held += node.length
      if (held * 2 < bytes) return
      for (const past of old) if (!young.has(past)) past.stored = undefined
      old = young
      young = new Set()
      held = 0
    },
  }
}

export const tenthsOf = (version: number) => Math.round(version * 10)

export type Index = Map<Fqn, Node>
