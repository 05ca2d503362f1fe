import { expect, test } from 'vitest'
import { besideChange, besideFieldsOf, withBeside } from '../src/rules/beside.js'
import { toFollow, toReport, toUnfollow } from '../src/rules/decide/beside.js'
import { decided, held } from './deciding.js'

/* §7 what stands beside a service: how it comes there, how it is told, how it is shown. */

const [ADA, EVE] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000e']
const user = (id: string) => ({ id, type: 'user' })
const follow = (userId: string, id?: string) => {
  return { kind: toFollow, when: undefined, userId, by: { name: 'ada', ...(id !== undefined && { id }) } }
}
const unfollow = (userId: string) => ({ ...follow(userId), kind: toUnfollow })
const passed = { status: 'Successful' as const, steps: [] }
const failed = { status: 'Failed' as const, steps: [] }
const report = (result: typeof passed | typeof failed) => ({ ...follow(ADA), kind: toReport, result })
const having = (beside: object | null) => held({}, {}, { beside, revision: 4 })

test('§7 a follower more, and the last one less: nothing is left beside the service', () => {
  const none = having(null)
  const one = { ...having({ followers: [ADA] }), revision: 5 }
  expect(decided(follow(ADA), none)).toEqual({ outcome: 'updated', stored: one })
  expect(decided(follow(ADA), one)).toEqual({ outcome: 'unchanged', stored: one })
  expect(decided(unfollow(ADA), one)).toEqual({ outcome: 'updated', stored: { ...none, revision: 6 } })
  expect(decided(unfollow(ADA), none)).toEqual({ outcome: 'unchanged', stored: none })
})

test('§7 who unfollows leaves the others, and what else stands there', () => {
  const before = having({ followers: [ADA, EVE], testConnectionResult: passed })
  const beside = { followers: [EVE], testConnectionResult: passed }
  expect(decided(unfollow(ADA), before)).toMatchObject({ stored: { beside } })
  const last = having({ followers: [EVE], testConnectionResult: passed })
  expect(decided(unfollow(EVE), last)).toHaveProperty('stored.beside', { testConnectionResult: passed })
})

test('§1 a service has as many followers as a list may have elements', () => {
  const before = having({ followers: [ADA] })
  expect(decided(follow(EVE), before, {}, { elements: 2 })).toMatchObject({ outcome: 'updated' })
  const error = { code: 'BAD_REQUEST', issues: [{ path: '/userId' }] }
  expect(decided(follow(EVE), before, {}, { elements: 1 })).toMatchObject(error)
  expect(decided(follow(ADA), before, {}, { elements: 1 })).toMatchObject({ outcome: 'unchanged' })
})

test('§7 a test result takes the place of the one before', () => {
  const before = having({ followers: [ADA], testConnectionResult: passed })
  expect(decided(report(passed), before)).toEqual({ outcome: 'unchanged', stored: before })
  const beside = { followers: [ADA], testConnectionResult: failed }
  expect(decided(report(failed), before)).toEqual({ outcome: 'updated', stored: { ...before, beside, revision: 5 } })
})

test('§9 following oneself asks ViewBasic, for another EditAll, in either case of the id', () => {
  for (const { asks } of [toFollow, toUnfollow]) {
    expect(asks(follow(ADA, ADA.toUpperCase()), undefined)).toEqual(['ViewBasic'])
    expect(asks(follow(EVE, ADA), undefined)).toEqual(['EditAll'])
    expect(asks(follow(ADA), undefined)).toEqual(['EditAll'])
  }
  expect(toReport.asks(report(passed), undefined)).toEqual(['EditAll'])
})

test('§7 the directory is asked for who follows', () => {
  expect(toFollow.refers?.(follow(ADA), undefined)).toEqual([{ reference: { type: 'user', id: ADA }, path: '/userId' }])
})

test('§7 a change is told by who came and went, and by the result before and after; the version stays', () => {
  const change = (more: object) => ({
    ...{ fieldsAdded: [], fieldsUpdated: [], fieldsDeleted: [], previousVersion: 0.1 },
    ...more,
  })
  const name = 'testConnectionResult'
  expect(besideChange(having(null), having({ followers: [ADA, EVE] }))).toEqual(
    change({ fieldsAdded: [{ name: 'followers', newValue: [user(ADA), user(EVE)] }] }),
  )
  expect(besideChange(having({ followers: [ADA, EVE] }), having({ followers: [EVE] }))).toEqual(
    change({ fieldsDeleted: [{ name: 'followers', oldValue: [user(ADA)] }] }),
  )
  expect(besideChange(having(null), having({ testConnectionResult: passed }))).toEqual(
    change({ fieldsAdded: [{ name, newValue: passed }] }),
  )
  expect(besideChange(having({ testConnectionResult: passed }), having({ testConnectionResult: failed }))).toEqual(
    change({ fieldsUpdated: [{ name, oldValue: passed, newValue: failed }] }),
  )
  expect(besideChange(having(null), having(null))).toEqual(change({}))
  for (const kind of [toFollow, toUnfollow, toReport]) expect(kind.tells).toBe(besideChange)
})

test('§7 it is shown where it is asked for, followers also where there are none', () => {
  const stored = having({ followers: [ADA], testConnectionResult: passed })
  const { service } = stored
  expect(withBeside(stored, [])).toBe(service)
  expect(withBeside(stored, ['followers'])).toEqual({ ...service, followers: [user(ADA)] })
  expect(withBeside(stored, ['testConnectionResult'])).toEqual({ ...service, testConnectionResult: passed })
  for (const beside of [null, {}]) {
    const shown = withBeside(having(beside), ['followers', 'testConnectionResult'])
    expect(shown).toStrictEqual({ ...service, followers: [] })
  }
})

test('§7 the fields that are asked for are a list of those there are', () => {
  expect(besideFieldsOf()).toEqual({ fields: [], issues: [] })
  expect(besideFieldsOf(['followers'])).toEqual({ fields: ['followers'], issues: [] })
  for (const given of [['votes'], ['followers', 'votes'], 'followers', null, {}])
    expect(besideFieldsOf(given)).toMatchObject({ fields: [], issues: [{ path: '/fields' }] })
})
