import type { Change, Stored } from 'servicebook'
import { expect, test, vi } from 'vitest'
import { rehearsal } from '../src/execution/rehearsal.js'

/* §6 a dry run: what would be written is kept in front of the store, and the store is only read. */

const stored = (fullyQualifiedName: string, revision = 1) =>
  ({ service: { fullyQualifiedName }, revision }) as unknown as Stored
const writing = (after: Stored | null): Change => ({ before: null, after })

test('§6 what would have been written is read back, what is there comes from the store, once', async () => {
  const there = stored('there')
  const load = vi.fn((_: string, fqns: readonly string[]) => new Map(fqns.includes('there') ? [['there', there]] : []))
  const store = rehearsal({ load })
  expect(await store.load('family', ['a', 'there'])).toEqual(new Map([['there', there]]))
  const written = stored('a', 2)
  expect(store.commit('family', [writing(written)])).toEqual([])
  expect(await store.load('family', ['a', 'b', 'there'])).toEqual(
    new Map([
      ['a', written],
      ['there', there],
    ]),
  )
  expect(await store.load('family', ['a'])).toEqual(new Map([['a', written]]))
  expect(load.mock.calls).toEqual([
    ['family', ['a', 'there']],
    ['family', ['b', 'there']],
  ])
})

test('§6 what would have been written in the place of what is there is what is read', async () => {
  const store = rehearsal({ load: async () => new Map([['a', stored('a', 1)]]) })
  expect((await store.load('family', ['a'])).get('a')?.revision).toBe(1)
  await store.commit('family', [writing(stored('a', 2)), writing(null)])
  expect((await store.load('family', ['a', 'b'])).get('a')?.revision).toBe(2)
})

test('§6 the answer of the store stays as it was', async () => {
  const answer = new Map([['a', stored('a')]])
  const store = rehearsal({ load: () => answer })
  await store.commit('family', [writing(stored('b'))])
  expect([...(await store.load('family', ['a', 'b'])).keys()]).toEqual(['a', 'b'])
  expect([...answer.keys()]).toEqual(['a'])
})
