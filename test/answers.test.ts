import { type Book, type Change, createService } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test, vi } from 'vitest'
import { breach } from '../src/execution/check.js'
import { idOf, idsGiven, refusedForId, timeOf } from '../src/execution/host.js'
import { openTestBook, storedIn } from './catalogue.js'

/* §1, §9 what the host's own functions answer, at the edge of what they may. */

const failed = (during: string) => ({ code: 'STORE_FAILED', during, applied: false })
const ID = '00000000-0000-4000-8000-00000000000a'
const OTHER = '00000000-0000-4000-8000-00000000000b'

test.each([0, 1, 8.64e15])('§1 %d is a time', (time) => {
  expect(timeOf(openTestBook({ now: () => time }))).toBe(time)
})

test.each([-1, 8.64e15 + 1, 0.5, Number.NaN, '0', undefined])('§1 %s is no time', (time) => {
  expect(timeOf(openTestBook({ now: () => time as never }))).toMatchObject(failed('clock'))
})

test('§1 what a clock or a maker of ids throws is told as the cause', () => {
  const cause = new Error('stopped')
  const throws = () => {
    throw cause
  }
  expect(timeOf(openTestBook({ now: throws }))).toMatchObject({ ...failed('clock'), cause })
  expect(idOf(openTestBook({ newId: throws }))).toMatchObject({ ...failed('id'), cause })
})

test('§1 an id of the host is one in lower case, and what is none is refused', () => {
  expect(idOf(openTestBook({ newId: () => ID.toUpperCase() }))).toBe(ID)
  for (const none of ['', 'a', `${ID}0`, 7, null, [ID], { toString: () => ID }])
    expect(idOf(openTestBook({ newId: () => none as never }))).toMatchObject(failed('id'))
})

test('§1 of one call no two names have one id; a name may have its own again', () => {
  const isGiven = idsGiven(openTestBook({ newId: () => ID }))
  expect([isGiven(ID, 'a'), isGiven(ID, 'a'), isGiven(ID, 'b'), isGiven(ID, 'a'), isGiven(OTHER, 'b')]).toEqual([
    false,
    false,
    true,
    false,
    false,
  ])
  const own = idsGiven(openTestBook())
  expect([own(ID, 'a'), own(ID, 'b')]).toEqual([false, false])
})

test('§1 a creation is refused for its id where another name has it, and nothing else is', async () => {
  const store = memoryStore()
  await createService(openTestBook({ store, newId: () => ID }), { name: 'held', serviceType: 'Sklearn' })
  const [held] = await storedIn(store)
  const find = vi.spyOn(store, 'find')
  const host = openTestBook({ store, newId: () => ID })
  const creation = (name: string, id: string) =>
    ({ before: null, after: { ...held, service: { ...held?.service, fullyQualifiedName: name, id } } }) as Change
  const refused = async (book: Book, change: Change, isBrought = false) =>
    (await refusedForId(book, change, isBrought))?.during
  expect(await refused(host, creation('new', ID))).toBe('id')
  expect(await refused(host, creation('held', ID))).toBeUndefined()
  expect(await refused(host, creation('new', OTHER))).toBeUndefined()
  expect(find).toHaveBeenCalledTimes(3)
  // Of our own ids nobody has another; of one that was brought somebody may.
  expect(await refused(openTestBook({ store }), creation('new', ID))).toBeUndefined()
  const update = { ...creation('new', ID), before: held } as Change
  expect(await refused(host, update)).toBeUndefined()
  expect(await refused(host, { before: held, after: null } as Change)).toBeUndefined()
  expect(find).toHaveBeenCalledTimes(3)
  expect(await refused(openTestBook({ store }), creation('new', ID), true)).toBe('id')
  find.mockImplementation(() => {
    throw new Error('down')
  })
  expect(await refused(host, creation('new', ID))).toBe('load')
})

test('§9 a check answers a list of issues at once, each of a path and a message, and nothing else of them is told', () => {
  const answered = (answer: unknown) =>
    breach(openTestBook({ checks: [() => answer as never] }), {} as never, null, undefined)
  expect(answered([])).toBeUndefined()
  const issue = { path: '/name', message: 'is not liked' }
  expect(answered([{ ...issue, secret: 'hush' }])).toMatchObject({ code: 'BAD_REQUEST' })
  expect(JSON.stringify(answered([{ ...issue, secret: 'hush' }]))).not.toContain('hush')
  const listlike = { every: () => true, map: () => [], length: 0 }
  for (const none of [
    undefined,
    null,
    'no',
    listlike,
    [issue, 7],
    [null],
    [{ path: '/a' }],
    [{ message: 'b' }],
    [{ path: 1, message: 'b' }],
    [{ path: '/a', message: 1 }],
  ])
    expect(answered(none)).toMatchObject(failed('check'))
})

test('§9 the issues of all checks are told together, in their order', () => {
  const says = (path: string) => () => [{ path, message: 'no' }]
  const book = openTestBook({ checks: [says('/b'), () => [], says('/a')] })
  expect(breach(book, {} as never, null, undefined)).toMatchObject({ issues: [{ path: '/b' }, { path: '/a' }] })
})
