import { tracingChannel } from 'node:diagnostics_channel'
import { err, ok } from 'neverthrow'
import { expect, onTestFinished, test, vi } from 'vitest'
import { asPassed, entered, optionsOf, subjectOf } from '../src/execution/entrance.js'
import { openTestBook } from './catalogue.js'

/* §10 the entrance of every verb: what it is given is read once, into plain values. */

const throws = () => {
  throw new Error('hostile')
}
const entering = (book: unknown, options: unknown, known: readonly string[] = ['by', 'limit']) =>
  entered('verb', book, options as object, known as never, 'load', async (read) => ok(read))
const refused = async (book: unknown, options: unknown = {}) => (await entering(book, options))._unsafeUnwrapErr()

test('§10 V8 a book has all that one is opened with, and what lacks anything is none', async () => {
  const book = openTestBook()
  expect((await entering(book, {})).isOk()).toBe(true)
  const lacking = ['validate', 'now', 'newId', 'store'].map((key) => ({ ...book, [key]: 7 }))
  const throwing = Object.defineProperty({ ...book }, 'family', { get: throws })
  const families = [
    { ...book, family: {} },
    { ...book, family: undefined },
  ]
  for (const none of [undefined, null, 7, 'book', ...lacking, { ...book, store: null }, ...families, throwing])
    expect(await refused(none)).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: '' }] })
})

test('§10 V8 options are an object, and what cannot be read of them is told at its place', async () => {
  const book = openTestBook()
  for (const none of [null, 7, 'options', throws])
    expect(await refused(book, none)).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: '' }] })
  expect(optionsOf(null, [])).toMatchObject({ issues: [{ path: '' }], more: 0 })
  expect(optionsOf(7, [])).toMatchObject({ issues: [{ path: '' }] })
  const unlisted = new Proxy({}, { ownKeys: throws })
  expect(optionsOf(unlisted, ['by'])).toMatchObject({ issues: [{ path: '' }] })
  const getters = Object.defineProperty({ limit: 1 }, 'by', { get: throws, enumerable: true })
  expect(optionsOf(getters, ['by', 'limit'])).toMatchObject({ issues: [{ path: '/by' }] })
  expect(optionsOf({ limt: 1, by: { name: 'ada' } }, ['by', 'limit'])).toMatchObject({ issues: [{ path: '/limt' }] })
})

test('§10 an option that is undefined is none, and each is read once', () => {
  expect(optionsOf({ limit: undefined, by: undefined }, ['by', 'limit'])).toStrictEqual({ options: {} })
  let reads = 0
  const given = {
    get limit() {
      return ++reads
    },
  }
  expect(optionsOf(given, ['limit'])).toEqual({ options: { limit: 1 } })
  expect(reads).toBe(1)
  const as = { show: () => ({}) }
  expect(optionsOf({ as }, ['as'])).toEqual({ options: { as } })
})

test('§9 a principal is copied, so that it cannot change on the way, and the policy is shown the one that was passed', () => {
  const teams = ['t']
  const by = { name: 'ada', isBot: false, isAdmin: true, id: 'i', teams, role: 'steward' }
  const read = optionsOf({ by }, ['by'])
  const copy = 'options' in read && (read.options.by as typeof by)
  expect(copy).toEqual({ name: 'ada', isBot: false, isAdmin: true, id: 'i', teams: ['t'] })
  teams.push('another')
  expect(copy).toMatchObject({ teams: ['t'] })
  expect(asPassed(copy as never)).toBe(by)
  // Also where one verb calls another.
  const again = optionsOf({ by: copy }, ['by'])
  expect(asPassed('options' in again ? (again.options.by as never) : undefined)).toBe(by)
  expect(asPassed(undefined)).toBeUndefined()
  expect(asPassed(by)).toBe(by)
})

test('§9 what is no principal is passed on to be refused; of a function nothing is read', () => {
  const read = (by: unknown) => optionsOf({ by }, ['by'])
  for (const none of [null, 'ada', 7]) expect(read(none)).toEqual({ options: { by: none } })
  expect(read(Object.assign(() => {}, { isBot: true }))).toStrictEqual({ options: { by: {} } })
  expect(read({ name: 'ada', teams: 'none' })).toMatchObject({ options: { by: { teams: 'none' } } })
})

test('§2 a subject is read once: its id, its name, and nothing that is undefined', () => {
  expect(subjectOf('a')).toBe('a')
  expect(subjectOf({ id: 'i', name: undefined, more: 1 })).toStrictEqual({ id: 'i' })
  expect(subjectOf({ name: 'n' })).toStrictEqual({ name: 'n' })
  expect(subjectOf({ id: 'i', name: 'n' })).toStrictEqual({ id: 'i', name: 'n' })
  for (const none of [undefined, null, Object.defineProperty({}, 'id', { get: throws })])
    expect(subjectOf(none)).toBeUndefined()
})

test('§10 what is thrown past the entrance is STORE_FAILED, during what it may have left undone', async () => {
  for (const [during, applied] of [
    ['load', false],
    ['commit', 'unknown'],
  ] as const)
    expect((await entered('verb', openTestBook(), {}, [], during, throws))._unsafeUnwrapErr()).toMatchObject({
      code: 'STORE_FAILED',
      during,
      applied,
    })
})

test.each([
  [
    'a count of outcomes',
    ok({ outcomes: { created: 2, updated: 1 }, failed: 1 }),
    { created: 2, updated: 1, failed: 1 },
  ],
  ['a count of what was resealed', ok({ resealed: 3, failed: 1 }), { resealed: 3, failed: 1 }],
  ['an outcome', ok({ outcome: 'updated' }), { updated: 1 }],
  ['anything else', ok({ outcome: 7 }), { done: 1 }],
  ['an error', err({ code: 'FORBIDDEN', message: 'x' }), { FORBIDDEN: 1 }],
])('seen: a verb that answers %s says so', async (_, answer, outcomes) => {
  const ends: unknown[] = []
  const channel = tracingChannel('servicebook.verb')
  const listener = { asyncEnd: (message: unknown) => void ends.push(structuredClone(message)) } as never
  channel.subscribe(listener)
  onTestFinished(() => void channel.unsubscribe(listener))
  const book = openTestBook()
  await entered('verb', book, {}, [], 'load', async () => answer as never)
  const error = answer.isErr() ? { error: { code: answer.error.code } } : {}
  expect(ends).toEqual([{ verb: 'verb', family: book.family.entityType, ...error, outcomes }])
})

test('seen: where nobody listens nothing is begun to be told', async () => {
  const channel = tracingChannel('servicebook.verb')
  const begun = vi.spyOn(channel.start, 'runStores')
  onTestFinished(() => begun.mockRestore())
  expect((await entering(openTestBook(), {})).isOk()).toBe(true)
  expect(begun).not.toHaveBeenCalled()
})
