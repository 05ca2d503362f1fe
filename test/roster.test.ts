import type { Service } from 'servicebook'
import { expect, test } from 'vitest'
import { type Listed, roster } from '../adapters/roster.js'

test('names that come and go are not kept for ever', () => {
  const held = new Map<string, Listed>()
  let rebuilt = 0
  const keys = () => {
    rebuilt++
    return held.keys()
  }
  const names = roster(
    {
      keys,
      get size() {
        return held.size
      },
    } as never,
    (name) => held.get(name),
  )
  const add = (name: string) => {
    held.set(name, { id: `id of ${name}`, deleted: false, service: () => ({ name, id: `id of ${name}` }) as Service })
    names.add(name)
  }
  add('stays')
  const shown = () => names.page({ limit: 10 }).services.map(({ name }) => name)
  expect([shown(), names.fqnOf('id of stays')]).toEqual([['stays'], 'stays'])
  for (let at = 0; at < 5000; at++) {
    add(`gone ${at}`)
    held.delete(`gone ${at}`)
  }
  add('also')
  expect([shown(), names.fqnOf('id of also'), names.fqnOf('id of gone 7')]).toEqual([
    ['also', 'stays'],
    'also',
    undefined,
  ])
  // Made anew from what is held, instead of carrying five thousand names along.
  expect(rebuilt).toBeGreaterThan(2)
})
