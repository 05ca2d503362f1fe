import { deleteService, type Service, type Stored, upsertService } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, test } from 'vitest'
import { above, type HeldFamily, heldFamily, kept } from '../adapters/held.js'
import { type Listed, roster } from '../adapters/roster.js'
import { FAMILY, openTestBook } from './catalogue.js'

/* §10: what memory holds, in layers, and what a roster tells of it. */

interface Entry {
  readonly stored: Stored
}
const entry = (name: string, id = `id of ${name}`) =>
  ({ stored: { service: { id, name, deleted: false } } }) as unknown as Entry

describe('§10 a layer', () => {
  const put = (family: HeldFamily<Entry>, name: string, after: Entry | undefined = entry(name)) =>
    family.put(name, family.get(name), after)
  const shown = (family: HeldFamily<Entry>) => [...family.keys()].sort()

  test('shows what is below and not gone, and what came since', () => {
    const lowest: HeldFamily<Entry> = heldFamily()
    for (const name of ['a', 'b', 'c']) put(lowest, name)
    const family = heldFamily(lowest)
    expect([shown(family), family.size(), family.depth]).toEqual([['a', 'b', 'c'], 3, 2])
    put(family, 'd')
    put(family, 'a', entry('a', 'another'))
    family.put('b', family.get('b'), undefined)
    expect([shown(family), family.size()]).toEqual([['a', 'c', 'd'], 3])
    expect([shown(lowest), lowest.size(), lowest.get('a')]).toEqual([['a', 'b', 'c'], 3, entry('a')])
    expect([family.names.fqnOf('another'), family.names.fqnOf('id of b'), family.names.fqnOf('id of c')]).toEqual([
      'a',
      undefined,
      'c',
    ])
    put(family, 'b')
    family.put('d', family.get('d'), undefined)
    expect([shown(family), family.own.size]).toEqual([['a', 'b', 'c'], 2])
  })

  test('in which nothing was written is none: the one below is kept, and what comes stands on that', () => {
    const lowest: HeldFamily<Entry> = heldFamily()
    expect([kept(lowest), above(lowest).below]).toEqual([lowest, undefined])
    put(lowest, 'a')
    const family = above(kept(lowest))
    expect(family.below).toBe(lowest)
    expect(kept(family)).toBe(lowest)
    expect(above(family).below).toBe(lowest)
    put(family, 'b')
    expect(kept(family)).toBe(family)
  })
})

describe('a roster', () => {
  const listed = (id: string, deleted = false): Listed => ({ id, deleted, service: () => ({ id }) as Service })

  function of(given: Readonly<Record<string, Listed>>) {
    const held = new Map(Object.entries(given))
    const names = roster(held, (name) => held.get(name))
    const change = (name: string, after: Listed | undefined) => {
      names.changed(name, held.get(name), after)
      if (after === undefined) held.delete(name)
      else held.set(name, after)
    }
    return { names, change }
  }

  test('finds an id that is lower than one before it, or that took the place of another', () => {
    const { names, change } = of({ a: listed('m') })
    expect([names.fqnOf('m'), names.fqnOf('z'), names.highestId()]).toEqual(['a', undefined, 'm'])
    change('b', listed('z'))
    change('c', listed('b'))
    expect([names.fqnOf('z'), names.fqnOf('b'), names.highestId()]).toEqual(['b', 'c', 'z'])
    change('c', listed('b2'))
    change('b', undefined)
    change('b', listed('y'))
    expect(['b', 'b2', 'y', 'z'].map((id) => names.fqnOf(id))).toEqual([undefined, undefined, 'b', undefined])
  })

  test('has a name in its order as long as it is held', () => {
    const { names, change } = of({ a: listed('1'), b: listed('2') })
    expect([...names.sorted().upwards()]).toEqual(['a', 'b'])
    change('a', undefined)
    change('c', listed('3'))
    change('c', listed('4'))
    expect([[...names.sorted().upwards()], names.sorted().size()]).toEqual([['b', 'c'], 2])
  })

  test('counts the deleted ones, those below it too', async () => {
    const store = memoryStore()
    const book = openTestBook({ store })
    for (const name of ['a', 'b', 'c']) await upsertService(book, { name, serviceType: 'Sklearn' })
    for (const name of ['a', 'b']) await deleteService(book, name)
    const totals = async () =>
      Promise.all(
        (['non-deleted', 'deleted', 'all', undefined] as const).map(
          async (include) => (await store.list(FAMILY, { limit: 0, total: true, ...(include && { include }) })).total,
        ),
      )
    expect(await totals()).toEqual([1, 2, 3, 1])
    const back = store.snapshot()
    expect(await totals()).toEqual([1, 2, 3, 1])
    await deleteService(book, 'c')
    await deleteService(book, 'a', { hard: true })
    expect(await totals()).toEqual([0, 2, 2, 0])
    back()
    expect(await totals()).toEqual([1, 2, 3, 1])
  })
})
