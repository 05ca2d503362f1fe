/** Names of a block at most; a block that grows beyond is cut in two. */
const BLOCK = 512

/**
 * Names in code point order, each once, in blocks that are in order too: to add or remove one, one block is moved, however
 * many names there are. Made from names that are in order.
 */
export function ordered(sorted: readonly string[]) {
  const blocks: string[][] = []
  let size = sorted.length
  for (let at = 0; at < sorted.length; at += BLOCK / 2) blocks.push(sorted.slice(at, at + BLOCK / 2))

  /** The block in which a name is or would be: the last that begins at or before it. */
  function blockOf(name: string): number {
    return Math.max(0, firstWhere(blocks, (block) => compareCodePoints(block[0] as string, name) > 0) - 1)
  }
  const placeIn = (block: readonly string[], name: string) =>
    firstWhere(block, (other) => compareCodePoints(other, name) >= 0)

  return {
    size: () => size,

    /** What is moved together: what one more name costs can be seen here. */
    blocks: (): readonly (readonly string[])[] => blocks,

    add(name: string): void {
      const at = blockOf(name)
      const block = blocks[at]
      if (block === undefined) blocks.push([name])
      else {
        const place = placeIn(block, name)
        if (block[place] === name) return
        block.splice(place, 0, name)
        if (block.length > BLOCK) blocks.splice(at + 1, 0, block.splice(BLOCK / 2))
      }
      size++
    },

    remove(name: string): void {
      const at = blockOf(name)
      const block = blocks[at] ?? []
      const place = placeIn(block, name)
      if (block[place] !== name) return
      block.splice(place, 1)
      if (block.length === 0) blocks.splice(at, 1)
      size--
    },

    /** From a name on, it included if it is there, or from the beginning. */
    *upwards(from?: string): Generator<string> {
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

    /** From a name back, it included if it is there. */
    *downwards(from: string): Generator<string> {
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
