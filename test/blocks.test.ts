import { describe, expect, test } from 'vitest'
import { compareCodePoints, ordered } from '../adapters/ordered.js'

/* V9: names in order, in blocks of 512 at most; each case by hand. */

const numbered = (count: number) => Array.from({ length: count }, (_, at) => String(at).padStart(5, '0'))
const all = (names: ReturnType<typeof ordered>) => [...names.upwards()]
const sizes = (names: ReturnType<typeof ordered>) => names.blocks().map(({ length }) => length)

describe('names in order', () => {
  test('are in blocks that are half full when they are made', () => {
    expect([sizes(ordered([])), sizes(ordered(['a'])), sizes(ordered(numbered(600)))]).toEqual([
      [],
      [1],
      [256, 256, 88],
    ])
    expect(all(ordered(numbered(600)))).toEqual(numbered(600))
    expect(ordered(numbered(600)).size()).toBe(600)
  })

  test('are found upwards and downwards from any, be it there or not, across blocks', () => {
    const names = numbered(600)
    const held = ordered(names)
    for (const at of [0, 1, 255, 256, 257, 511, 512, 599]) {
      const name = names[at] as string
      expect([...held.upwards(name)]).toEqual(names.slice(at))
      expect([...held.downwards(name)]).toEqual(names.slice(0, at + 1).reverse())
      expect([...held.upwards(`${name}x`)]).toEqual(names.slice(at + 1))
      expect([...held.downwards(`${name}x`)]).toEqual(names.slice(0, at + 1).reverse())
    }
    expect([[...held.upwards('~')], [...held.downwards('!')]]).toEqual([[], []])
    expect([...held.upwards('!')]).toEqual(names)
    const none = ordered([])
    expect([[...none.upwards()], [...none.upwards('a')], [...none.downwards('a')]]).toEqual([[], [], []])
  })

  test('are each there once, in whatever block they are added', () => {
    const names = numbered(600)
    const held = ordered(names)
    for (const name of ['00000', '00256', '00255', '00512', '00599', '00300']) held.add(name)
    expect([all(held), held.size()]).toEqual([names, 600])
    const added = ['!', '00255x', '00256x', '00400x', '~']
    for (const name of added) held.add(name)
    expect([all(held), held.size()]).toEqual([[...names, ...added].sort(), 605])
    const empty = ordered([])
    for (const name of ['b', 'a', 'b']) empty.add(name)
    expect([all(empty), empty.size(), sizes(empty)]).toEqual([['a', 'b'], 2, [2]])
  })

  test('are cut into two blocks where one has more than 512, in its place', () => {
    const held = ordered(numbered(700))
    for (let at = 0; at < 256; at++) held.add(`00300 ${String(at).padStart(3, '0')}`)
    expect(sizes(held)).toEqual([256, 512, 188])
    held.add('00300 x')
    expect(sizes(held)).toEqual([256, 256, 257, 188])
    expect(all(held)).toEqual([...all(held)].sort(compareCodePoints))
    expect([all(held).length, held.size()]).toEqual([957, 957])
  })

  test('go where they are removed, and an empty block with the last one; of one that is not there nothing goes', () => {
    const names = numbered(300)
    const held = ordered(names)
    for (const name of ['~', '00100x', '!']) held.remove(name)
    expect(held.size()).toBe(300)
    for (const name of names.slice(256)) held.remove(name)
    expect([sizes(held), held.size(), all(held)]).toEqual([[256], 256, names.slice(0, 256)])
    for (const name of names) held.remove(name)
    expect([sizes(held), held.size(), all(held)]).toEqual([[], 0, []])
    held.add('a')
    expect(all(held)).toEqual(['a'])
  })

  test('of a fork are the same until one of the two changes, and only what changes is copied', () => {
    const names = numbered(600)
    const held = ordered(names)
    const fork = held.fork()
    const shared = () => fork.blocks().filter((block, at) => block === held.blocks()[at]).length
    expect([all(fork), fork.size(), shared()]).toEqual([names, 600, 3])
    fork.remove('00300')
    held.add('00301x')
    expect([held.size(), fork.size(), shared()]).toEqual([601, 599, 2])
    expect(all(held)).toEqual([...names, '00301x'].sort())
    expect(all(fork)).toEqual(names.filter((name) => name !== '00300'))
  })
})

test('a name with what stands for a higher code point comes behind, whatever its UTF-16 is', () => {
  const sorted = ['', 'A', 'AA', 'a', '\u{d7ff}', '\u{e000}', '\u{ffff}', '\u{10000}', '\u{10ffff}']
  for (const [at, name] of sorted.entries())
    for (const [other, second] of sorted.entries())
      expect(Math.sign(compareCodePoints(name, second)), `${name} ${second}`).toBe(Math.sign(at - other))
})
