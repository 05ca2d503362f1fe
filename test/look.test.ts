import { createService, deleteService, getService, type Operation, type Policy } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test, vi } from 'vitest'
import { absence, includeIssues, limitIssues, nameOf, present, subjectIssues } from '../src/execution/look.js'
import { openTestBook, storedIn } from './catalogue.js'

/* §2, §7, §9 how one service is named, and what is said where there is none. */

const ID = '0199f3a2-5b1c-7d3e-8f4a-5b6c7d8e9fa0'
const paths = (issues: readonly { readonly path: string }[]) => issues.map(({ path }) => path)

test('§2 a subject is a text, an id or a name, and only one of them', () => {
  for (const good of ['', 'a', { id: ID }, { id: ID.toUpperCase() }, { name: '' }])
    expect(subjectIssues(good), JSON.stringify(good)).toEqual([])
  for (const none of [undefined, null, 7, {}, { id: ID, name: 'a' }, { id: 7 }, { name: 7 }, { id: 7, name: 'a' }])
    expect(paths(subjectIssues(none)), JSON.stringify(none)).toEqual([''])
  for (const id of ['', 'a', `${ID}0`, `x${ID}`]) expect(paths(subjectIssues({ id }))).toEqual(['/id'])
})

test('§2 a text that parses as one part is an FQN, any other a raw name; what no name can be names nothing', () => {
  expect(nameOf('a.b')).toBe('"a.b"')
  expect(nameOf('"a.b"')).toBe('"a.b"')
  expect(nameOf({ name: '"a.b"' })).toBe('"""a.b"""')
  expect(nameOf({ id: ID })).toBeUndefined()
  expect(nameOf('x'.repeat(1024))).toHaveLength(1024)
  for (const none of ['x'.repeat(1025), 'a\0', 'a\ud800']) {
    expect(nameOf(none)).toBeUndefined()
    expect(nameOf({ name: none })).toBeUndefined()
  }
})

test('§2 for what no name can be a store is not asked', async () => {
  const store = memoryStore()
  const load = vi.spyOn(store, 'load')
  const error = (await getService(openTestBook({ store }), 'a\0'))._unsafeUnwrapErr()
  expect(error).toMatchObject({ code: 'ENTITY_NOT_FOUND', entity: 'a\0' })
  expect(load).not.toHaveBeenCalled()
})

test('§7 a soft-deleted service is shown to whoever asks for it', async () => {
  const book = openTestBook()
  await createService(book, { name: 'live', serviceType: 'Sklearn' })
  await createService(book, { name: 'gone', serviceType: 'Sklearn' })
  await deleteService(book, 'gone')
  const seen = async (include: 'non-deleted' | 'deleted' | 'all') =>
    (await storedIn(book.store)).filter((one) => present(one, include) === one).map(({ service }) => service.name)
  expect(await seen('non-deleted')).toEqual(['live'])
  expect(await seen('deleted')).toEqual(['gone'])
  expect((await seen('all')).sort()).toEqual(['gone', 'live'])
  for (const include of ['non-deleted', 'deleted', 'all'] as const) expect(present(undefined, include)).toBeUndefined()
})

test('§7 a limit is a whole number from 0 to 1,000,000, and include one of three', () => {
  for (const limit of [0, 1, 1_000_000]) expect(limitIssues(limit)).toEqual([])
  for (const limit of [-1, 1_000_001, 1.5, Number.NaN, '1', null]) expect(paths(limitIssues(limit))).toEqual(['/limit'])
  for (const include of ['non-deleted', 'deleted', 'all']) expect(includeIssues(include)).toEqual([])
  for (const include of ['', 'none', null, undefined]) expect(paths(includeIssues(include))).toEqual(['/include'])
})

test('§9 that there is none is told to whoever may see services, or may do this; to others what they would hear if it were there', async () => {
  const asked: unknown[] = []
  const told = async (allowed: readonly Operation[], operation: Operation | undefined) => {
    asked.length = 0
    const policy: Policy = (_, asks, target) => {
      asked.push([asks, target])
      return allowed.includes(asks) ? 'allow' : 'forbidden'
    }
    const answer = await absence(openTestBook({ policy }), 'a', { name: 'ada' }, operation)
    return 'operation' in answer ? [answer.code, answer.operation] : [answer.code]
  }
  expect(await told([], 'Delete')).toEqual(['FORBIDDEN', 'Delete'])
  expect(asked).toEqual([
    ['ViewBasic', undefined],
    ['Delete', undefined],
  ])
  expect(await told(['Delete'], 'Delete')).toEqual(['ENTITY_NOT_FOUND'])
  expect(await told(['ViewBasic'], 'Delete')).toEqual(['ENTITY_NOT_FOUND'])
  expect(asked).toEqual([['ViewBasic', undefined]])
  expect(await told([], undefined)).toEqual(['ENTITY_NOT_FOUND'])
  expect(asked).toEqual([])
})

test('§10 of a name that is not there the first 300 characters are told', async () => {
  const told = async (subject: Parameters<typeof absence>[1]) => {
    const answer = await absence(openTestBook(), subject, undefined, undefined)
    return 'entity' in answer ? answer.entity : answer
  }
  expect(await told('a')).toBe('a')
  expect(await told({ name: 'b' })).toBe('b')
  expect(await told({ id: ID })).toBe(ID)
  expect(await told('x'.repeat(300))).toBe('x'.repeat(300))
  expect(await told({ name: 'x'.repeat(301) })).toBe(`${'x'.repeat(300)}…`)
})

test('§9 without a principal the policy is asked with no target, and only that it wants one ends the call', async () => {
  const store = memoryStore()
  await createService(openTestBook({ store }), { name: 'a', serviceType: 'Sklearn' })
  const read = async (policy: Policy) => {
    const answer = await getService(openTestBook({ store, policy }), 'a')
    return answer.isOk() ? 'seen' : answer.error.code
  }
  expect(await read((_, _operation, target) => (target === undefined ? 'unauthenticated' : 'allow'))).toBe(
    'UNAUTHORIZED',
  )
  expect(await read((_, _operation, target) => (target === undefined ? 'forbidden' : 'allow'))).toBe('seen')
  expect(await read((_, _operation, target) => (target === undefined ? 'allow' : 'forbidden'))).toBe('FORBIDDEN')
})
