import {
  type BadRequest,
  bulkUpsert,
  type Check,
  createService,
  deleteService,
  entityRules,
  followService,
  openBook,
  type Principal,
  patchService,
  restoreService,
  type Service,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'
import { openTestBook, stateOf } from './catalogue.js'

/* §9 The host's own rules, OpenMetadata's among them, and a directory that says why. */

const row = (name: string, more: object = {}) => ({ name, serviceType: 'Sklearn', ...more }) as const
const [ADA, TEAM, OTHER] = [
  '00000000-0000-4000-8000-00000000000a',
  '00000000-0000-4000-8000-00000000000b',
  '00000000-0000-4000-8000-00000000000c',
]
const paths = (error: unknown) => (error as BadRequest).issues.map(({ path }) => path)
const add = (path: string, value: unknown) => ({ op: 'add', path, value }) as const

test('§9 checks are asked of what each create, upsert, patch and restore would make, and of nothing else', async () => {
  const asked: [Service, Service | null, Principal | undefined][] = []
  let issues: ReturnType<Check> = []
  const book = openTestBook({
    checks: [
      (...given) => {
        asked.push(given)
        return issues
      },
      () => [],
    ],
  })
  const by = { name: 'ada', more: 'of the host' }
  const count = async (call: () => PromiseLike<unknown> | unknown) => {
    asked.length = 0
    await call()
    return asked.length
  }
  expect(await count(() => createService(book, row('a'), { by }))).toBe(1)
  expect(asked[0]).toMatchObject([{ name: 'a', version: 0.1 }, null, by])
  expect(asked[0]?.[2]).toBe(by)
  expect(await count(() => upsertService(book, row('a', { description: 'x' })))).toBe(1)
  expect(asked[0]).toMatchObject([{ description: 'x', version: 0.2 }, { version: 0.1 }, undefined])
  expect(await count(() => upsertService(book, row('a', { description: 'x' })))).toBe(0)
  expect(await count(() => patchService(book, 'a', [add('/displayName', 'A')]))).toBe(1)
  expect(await count(() => bulkUpsert(book, [row('b'), row('a', { description: 'y' })]))).toBe(2)
  expect(await count(() => followService(book, 'a', ADA))).toBe(0)
  expect(await count(() => deleteService(book, 'a'))).toBe(0)
  issues = [{ path: '/name', message: 'is not liked' }]
  const before = await stateOf(book.store)
  const refused = [
    await createService(book, row('c')),
    await upsertService(book, row('a')),
    await patchService(book, 'b', [add('/description', 'z')]),
    await restoreService(book, 'a'),
  ]
  for (const answer of refused) expect(answer._unsafeUnwrapErr()).toMatchObject({ code: 'BAD_REQUEST', issues })
  const report = (await bulkUpsert(book, [row('d'), row('b')]))._unsafeUnwrap()
  expect(report.rows).toMatchObject([{ error: { code: 'BAD_REQUEST' } }, { outcome: 'unchanged' }])
  expect(await stateOf(book.store)).toEqual(before)
  expect((await deleteService(book, 'b')).isOk()).toBe(true)
})

test('§9 a check that throws, or answers no issues, is STORE_FAILED during check, and nothing is written', async () => {
  const broken: unknown[] = [
    () => {
      throw new Error('no')
    },
    () => Promise.reject(new Error('later')),
    () => undefined,
    () => [{ path: 7 }],
  ]
  for (const check of broken) {
    const book = openTestBook({ checks: [check as Check] })
    const report = (await bulkUpsert(book, [row('a')]))._unsafeUnwrap()
    expect(report.rows).toMatchObject([{ error: { code: 'STORE_FAILED', during: 'check', applied: false } }])
    expect((await stateOf(book.store)).current).toEqual([])
  }
  for (const checks of [entityRules, [7], [entityRules(), 'x']])
    expect(() => openTestBook({ checks: checks as never })).toThrow(/^checks must be a list of functions/)
})

test('§9 entityRules: users or one team, products of the domain, tags that exclude each other', async () => {
  const domainOf = (product: string) => ({ Churn: 'Sales', Ledger: 'Finance' })[product]
  const book = openTestBook({ checks: [entityRules({ domainOf, exclusive: ['Tier'] })] })
  const user = (id: string) => ({ id, type: 'user' })
  const team = (id: string) => ({ id, type: 'team' })
  const cases: [object, readonly string[]][] = [
    [{ owners: [user(ADA), user(OTHER)] }, []],
    [{ owners: [team(TEAM)] }, []],
    [{ owners: [team(TEAM), team(OTHER)] }, ['/owners']],
    [{ owners: [user(ADA), team(TEAM)] }, ['/owners']],
    [{ domain: 'Sales', dataProducts: ['Churn', 'Unknown'] }, []],
    [{ domain: 'Sales', dataProducts: ['Churn', 'Ledger'] }, ['/dataProducts/1']],
    [{ tags: [{ tagFQN: 'Tier.Tier1' }, { tagFQN: 'PII.A' }, { tagFQN: 'PII.B' }] }, []],
    [{ tags: [{ tagFQN: 'Tier.Tier1' }, { tagFQN: '"Tier".Tier2' }] }, ['/tags/1/tagFQN']],
    [{ tags: [{ tagFQN: 'Tier.Tier1' }, { tagFQN: 'Tier.Tier2', source: 'Glossary' }] }, []],
  ]
  for (const [fields, expected] of cases) {
    const answer = await createService(book, row(JSON.stringify(fields).replace(/\W/g, ''), fields))
    expect(answer.isErr() ? paths(answer.error) : [], JSON.stringify(fields)).toEqual(expected)
  }
  // A union with what is there counts too; what was there before the rules is not held against another change.
  const store = memoryStore()
  const loose = openTestBook({ store })
  await createService(loose, row('a', { owners: [user(ADA), team(TEAM)], tags: [{ tagFQN: 'Tier.Tier1' }] }))
  const strict = openTestBook({ store, checks: [entityRules()] })
  expect((await upsertService(strict, row('a', { description: 'x' }))).isOk()).toBe(true)
  const united = await upsertService(strict, row('a', { tags: [{ tagFQN: 'Tier.Tier2' }] }))
  expect(paths(united._unsafeUnwrapErr())).toEqual(['/tags/1/tagFQN'])
  expect(() => entityRules({ exclusiv: [] } as never)).toThrow(/^exclusiv is no option of entityRules/)
  expect(() => entityRules({ domainOf: 7 } as never)).toThrow(TypeError)
  expect(() => entityRules({ exclusive: 7 } as never)).toThrow(TypeError)
})

test('§9 a directory may say why: BAD_REQUEST at the reference, before what is not there', async () => {
  const asked = {
    knows: (references: readonly { readonly type: string; readonly id?: string }[]) =>
      references.map(({ type, id }) => (type === 'team' ? 'is no team of type Group' : id !== OTHER)),
  }
  const book = openTestBook({ directory: asked })
  const owners = [
    { id: OTHER, type: 'user' },
    { id: TEAM, type: 'team' },
  ]
  for (const verb of [createService, upsertService] as const)
    expect((await verb(book, row('a', { owners })))._unsafeUnwrapErr()).toMatchObject({
      code: 'BAD_REQUEST',
      issues: [{ path: '/owners/1', message: 'is no team of type Group' }],
    })
  const report = (await bulkUpsert(book, [row('a', { owners }), row('b')]))._unsafeUnwrap()
  expect(report.rows).toMatchObject([{ error: { code: 'BAD_REQUEST' } }, { outcome: 'created' }])
  const patched = await patchService(book, 'b', [add('/owners', [owners[1]])])
  expect(paths(patched._unsafeUnwrapErr())).toEqual(['/owners/0'])
  const missing = await createService(book, row('c', { owners: [owners[0]] }))
  expect(missing._unsafeUnwrapErr().code).toBe('ENTITY_NOT_FOUND')
})

test('§9 a book without checks has none', () => {
  expect(openBook({ family: openTestBook().family, store: memoryStore() }).checks).toEqual([])
})
