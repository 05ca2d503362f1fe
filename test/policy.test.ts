import { bulkUpsert, createService, getService, type Policy, type Principal, upsertService } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { openTestBook } from './catalogue.js'

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const ada: Principal = { name: 'ada' }

async function bookWith(policy: Policy) {
  const store = memoryStore()
  await createService(openTestBook({ store }), row('there'))
  const load = vi.spyOn(store, 'load')
  return { book: openTestBook({ store, policy }), load }
}

test('§9 without a principal the policy is asked first, with no target; unauthenticated ends the call before anything is loaded', async () => {
  const policy = vi.fn<Policy>((by) => (by === undefined ? 'unauthenticated' : 'allow'))
  const { book, load } = await bookWith(policy)
  const read = vi.fn()
  const input = {
    *[Symbol.iterator]() {
      read()
      yield row('x')
    },
  }
  const answers = [
    await createService(book, row('x')),
    await upsertService(book, row('there')),
    await bulkUpsert(book, input),
    await getService(book, 'there'),
  ]
  expect(answers.map((answer) => answer._unsafeUnwrapErr())).toMatchObject([
    { code: 'UNAUTHORIZED', operation: 'Create' },
    { code: 'UNAUTHORIZED', operation: 'EditAll' },
    { code: 'UNAUTHORIZED', operation: 'EditAll' },
    { code: 'UNAUTHORIZED', operation: 'ViewBasic' },
  ])
  expect(load).not.toHaveBeenCalled()
  expect(read).not.toHaveBeenCalled()
  for (const [principal, , target] of policy.mock.calls) expect([principal, target]).toEqual([undefined, undefined])
  expect((await createService(book, {} as Request))._unsafeUnwrapErr().code).toBe('BAD_REQUEST')
})

test('§9 each verb asks its operation: Create with no target, EditAll and ViewBasic with the stored service', async () => {
  const policy = vi.fn<Policy>(async () => 'allow' as const)
  const { book } = await bookWith(policy)
  await createService(book, row('new'), { by: ada })
  await upsertService(book, row('newer'), { by: ada })
  await upsertService(book, row('there', { description: 'x' }), { by: ada })
  await getService(book, 'there', { by: ada })
  expect(
    policy.mock.calls.map(([by, operation, target]) => [by?.name, operation, target?.name, target?.version]),
  ).toEqual([
    ['ada', 'Create', undefined, undefined],
    ['ada', 'Create', undefined, undefined],
    ['ada', 'EditAll', 'there', 0.1],
    ['ada', 'ViewBasic', 'there', 0.2],
  ])
})

test('§9 the policy decides each row of a bulk; forbidden rows fail alone', async () => {
  const policy: Policy = async (_, operation, target) =>
    operation === 'Create' || target?.name === 'mine' ? 'allow' : 'forbidden'
  const { book } = await bookWith(policy)
  const report = (
    await bulkUpsert(book, [row('there'), row('mine'), row('mine', { description: 'x' }), row('yours'), row('yours')], {
      by: ada,
    })
  )._unsafeUnwrap()
  const forbidden = { error: { code: 'FORBIDDEN', principal: 'ada', operation: 'EditAll' } }
  expect(report.rows).toMatchObject([
    forbidden,
    { outcome: 'created' },
    { outcome: 'updated' },
    { outcome: 'created' },
    forbidden,
  ])
})

test('§9 the questions of a chunk are asked together', async () => {
  let asked = 0
  let answer = () => {}
  const all = new Promise<void>((resolve) => {
    answer = resolve
  })
  const { book } = await bookWith(async (): Promise<'allow'> => {
    if (++asked === 3) answer()
    await all
    return 'allow'
  })
  const report = (await bulkUpsert(book, [row('a'), row('b'), row('c')], { by: ada }))._unsafeUnwrap()
  expect(report.passed).toBe(3)
})

test('§9 a policy that fails, or answers something else, denies', async () => {
  const failure = new Error('the policy server is down')
  const { book } = await bookWith(() => {
    throw failure
  })
  const failed = { code: 'STORE_FAILED', during: 'authorise', applied: false, cause: failure }
  expect((await upsertService(book, row('a'), { by: ada }))._unsafeUnwrapErr()).toMatchObject(failed)
  expect((await bulkUpsert(book, [row('a')], { by: ada }))._unsafeUnwrap().rows).toMatchObject([{ error: failed }])
  expect((await bulkUpsert(book, [row('a')]))._unsafeUnwrapErr()).toMatchObject(failed)
  const odd = await bookWith((() => true) as never)
  expect((await upsertService(odd.book, row('a'), { by: ada }))._unsafeUnwrapErr().code).toBe('FORBIDDEN')
})

test('§9 a principal is checked like any other input', async () => {
  for (const by of [{ name: '' }, {}, null, { name: 'a\0' }, { name: 'ada', isBot: 1 }, { name: 'x'.repeat(300) }]) {
    const error = (await upsertService(openTestBook(), row('a'), { by: by as never }))._unsafeUnwrapErr()
    expect(error).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: expect.stringMatching(/^\/by\//) }] })
  }
})
