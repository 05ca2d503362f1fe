import { describe, expect, test } from 'vitest'
import type { Service } from '../src/model/service.js'
import { applyChange, diff } from '../src/rules/diff.js'

/* §3 a change description: an entry for each field, lists by the elements that came and went. */

const change = (more: object = {}) => ({
  ...{ fieldsAdded: [], fieldsUpdated: [], fieldsDeleted: [], previousVersion: 0.1 },
  ...more,
})
const tag = (tagFQN: string) => ({ tagFQN, source: 'Classification', labelType: 'Manual', state: 'Confirmed' }) as const
const owner = (digit: number) => ({ id: `${digit}`, type: 'user' as const })

describe.each<[string, unknown, unknown]>([
  ['description', 'a', 'b'],
  ['displayName', 'a', 'b'],
  ['domain', 'a', 'b'],
  ['serviceType', 'Mlflow', 'Sklearn'],
  ['connection', { config: { a: 1 } }, { config: { a: 2 } }],
  ['deleted', false, true],
  ['style', { color: 'a' }, { color: 'b' }],
  ['ingestionRunner', { id: '1', type: 'a' }, { id: '2', type: 'a' }],
  ['entityStatus', 'Draft', 'Approved'],
])('§3 %s', (name, oldValue, newValue) => {
  test('is added, updated, deleted, or nothing at all', () => {
    expect(diff({}, { [name]: newValue }, 0.1)).toEqual(change({ fieldsAdded: [{ name, newValue }] }))
    expect(diff({ [name]: oldValue }, { [name]: newValue }, 0.1)).toEqual(
      change({ fieldsUpdated: [{ name, oldValue, newValue }] }),
    )
    expect(diff({ [name]: oldValue }, {}, 0.1)).toEqual(change({ fieldsDeleted: [{ name, oldValue }] }))
    expect(diff({ [name]: oldValue }, { [name]: structuredClone(oldValue) }, 0.1)).toEqual(change())
  })
  test('a change leads from the one to the other', () => {
    for (const [before, after] of [
      [{}, { [name]: newValue }],
      [{ [name]: oldValue }, { [name]: newValue }],
      [{ [name]: oldValue }, {}],
    ])
      expect(applyChange(before as unknown as Service, diff(before as never, after as never, 0.1))).toEqual(after)
  })
})

describe.each<[string, readonly [unknown, unknown, unknown]]>([
  ['owners', [owner(1), owner(2), owner(3)]],
  ['dataProducts', ['a', 'b', 'c']],
  ['tags', [tag('a'), tag('b'), tag('c')]],
])('§3 %s', (name, [a, b, c]) => {
  test('tell the elements that came and went; their order is no change', () => {
    expect(diff({ [name]: [a, b] }, { [name]: [b, c] }, 0.1)).toEqual(
      change({ fieldsAdded: [{ name, newValue: [c] }], fieldsDeleted: [{ name, oldValue: [a] }] }),
    )
    expect(diff({ [name]: [a, b] }, { [name]: [b, a] }, 0.1)).toEqual(change())
    expect(diff({}, { [name]: [a] }, 0.1)).toEqual(change({ fieldsAdded: [{ name, newValue: [a] }] }))
    expect(diff({ [name]: [a] }, {}, 0.1)).toEqual(change({ fieldsDeleted: [{ name, oldValue: [a] }] }))
  })
  test('a change leads from the one to the other; a list that is empty is absent, but for tags', () => {
    const applied = (before: object, after: object) =>
      applyChange(before as Service, diff(before as never, after as never, 0.1))
    expect(applied({ [name]: [a, b] }, { [name]: [b, c] })).toEqual({ [name]: [b, c] })
    expect(applied({}, { [name]: [a] })).toEqual({ [name]: [a] })
    expect(applied({ [name]: [a, b] }, {})).toStrictEqual(name === 'tags' ? { tags: [] } : {})
  })
})

test('§8 a connection that looks the same has changed where only a secret did, and nothing else has', () => {
  const connection = { config: { password: '*********' } }
  const [before, after] = [
    { connection, description: 'a' },
    { connection, description: 'a' },
  ] as never[]
  expect(diff(before as never, after as never, 0.1, true)).toEqual(
    change({ fieldsUpdated: [{ name: 'connection', oldValue: connection, newValue: connection }] }),
  )
  expect(diff(before as never, after as never, 0.1)).toEqual(change())
})

test('§3 a change description is frozen at every depth, as a service is', () => {
  const told = diff(
    { tags: [tag('a')], domain: 'a', style: {} },
    { tags: [tag('b')], description: 'b', style: { color: 'a' } },
    0.1,
  )
  const parts = [told, ...[told.fieldsAdded, told.fieldsUpdated, told.fieldsDeleted].flatMap((list) => [list, ...list])]
  expect(parts).toHaveLength(9)
  for (const part of parts) expect(part).toSatisfy(Object.isFrozen)
  for (const { name, newValue } of told.fieldsAdded) if (name === 'tags') expect(newValue).toSatisfy(Object.isFrozen)
})
