/** Names of a block at most; a block that grows beyond is cut in two. */
const BLOCK = 512

/**
 * Names in code point order, each once, in blocks that are in order too: to add or remove one, one block is moved, however
 * many names there are. Made from names that are in order.
 */
export function ordered(sorted: readonly string[]): Ordered {
  const blocks: string[][] = []
  for (let at = 0; at < sorted.length; at += BLOCK / 2) blocks.push(sorted.slice(at, at + BLOCK / 2))
  return inBlocks(blocks, sorted.length, new WeakSet(blocks))
}

export interface Ordered {
  size(): number
  /** What is moved together: what one more name costs can be seen here. */
  blocks(): readonly (readonly string[])[]
  /** Another one with the same names; from now on neither sees what becomes of the other. Only what is moved is copied. */
  fork(): Ordered
  add(name: string): void
  remove(name: string): void
  /** From a name on, it included if it is there, or from the beginning. */
  upwards(from?: string): Generator<string>
  /** From a name back, it included if it is there. */
  downwards(from: string): Generator<string>
}

/** What is in a block that is not its own is somebody else's too. */
function inBlocks(blocks: string[][], names: number, isOwn: WeakSet<string[]>): Ordered {
  let size = names
  let own = isOwn

  /** The block in which a name is or would be: the last that begins at or before it. */
  function blockOf(name: string): number {
    return Math.max(0, firstWhere(blocks, (block) => compareCodePoints(block[0] as string, name) > 0) - 1)
  }
  const placeIn = (block: readonly string[], name: string) =>
    firstWhere(block, (other) => compareCodePoints(other, name) >= 0)

  function fresh(block: string[]): string[] {
    own.add(block)
    return block
  }

  function owned(block: string[], at: number): string[] {
    if (own.has(block)) return block
    const copy = fresh([...block])
    blocks[at] = copy
    return copy
  }

  return {
    size: () => size,
    blocks: () => blocks,

    fork() {
      own = new WeakSet()
      return inBlocks([...blocks], size, new WeakSet())
    },

    add(name) {
      const at = blockOf(name)
      const block = blocks[at]
      if (block === undefined) blocks.push(fresh([name]))
      else {
        const place = placeIn(block, name)
        if (block[place] === name) return
        const moved = owned(block, at)
        moved.splice(place, 0, name)
        if (moved.length > BLOCK) blocks.splice(at + 1, 0, fresh(moved.splice(BLOCK / 2)))
      }
      size++
    },

    remove(name) {
      const at = blockOf(name)
      const block = blocks[at] ?? []
      const place = placeIn(block, name)
      if (block[place] !== name) return
      const moved = owned(block, at)
      moved.splice(place, 1)
      if (moved.length === 0) blocks.splice(at, 1)
      size--
    },

    *upwards(from) {
      let place = 0
      let at = 0
      if (from !== undefined) {
        at = blockOf(from)
        place = placeIn(blocks[at] ?? [], from)
      }
      for (; at < blocks.length; at++, place = 0) {
        const block = blocks[at] as string[]
        for (; place < block.length; place++) yield block[place] as string
      }
    },

    *downwards(from) {
      let at = blockOf(from)
      let place = placeIn(blocks[at] ?? [], from)
      if (blocks[at]?.[place] !== from) place--
      for (; at >= 0; at--, place = (blocks[at]?.length ?? 0) - 1) {
        const block = blocks[at] ?? []
        for (; place >= 0; place--) yield block[place] as string
      }
    },
  }
}

/** The first place from which on something is so; the length where it never is. */
function firstWhere<T>(list: readonly T[], isSo: (element: T) => boolean): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isSo(list[middle] as T)) high = middle
    else low = middle + 1
  }
  return low
}

/** JavaScript compares UTF-16 code units, which puts U+1F600 before U+FF21. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at)
    const right = b.charCodeAt(at)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** Surrogates stand for code points above every other code unit. */
const rank = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)
