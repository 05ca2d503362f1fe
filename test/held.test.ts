import type { Fqn, Stored } from 'servicebook'
import { expect, test } from 'vitest'
import { above, type HeldFamily, heldFamily, kept } from '../adapters/held.js'

/* §10: what came and went above a snapshot leaves nothing behind, however many snapshots there are. */

interface Entry {
  readonly stored: Stored
}

const entryOf = (name: string) => ({ stored: { service: { id: name, deleted: false } } }) as unknown as Entry

test('a name that came and went between two snapshots is not remembered', () => {
  let family: HeldFamily<Entry> = heldFamily()
  family.put('stays' as Fqn, undefined, entryOf('stays'))
  for (let at = 0; at < 40; at++) {
    const name = `n${at}` as Fqn
    family = above(kept(family))
    family.put(name, undefined, entryOf(name))
    family = above(kept(family))
    family.put(name, family.get(name), undefined)
  }
  let remembered = 0
  for (let layer: typeof family | undefined = kept(family); layer !== undefined; layer = layer.below)
    remembered += layer.own.size
  expect([...family.keys()]).toEqual(['stays'])
  expect(family.size()).toBe(1)
  // Of those that the layers above the lowest have not become one with yet.
  expect(remembered).toBeLessThan(40)
})
