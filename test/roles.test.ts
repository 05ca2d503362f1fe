import {
  bulkUpsert,
  createService,
  getService,
  type Operation,
  type Principal,
  revealConnection,
  rolePolicy,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'
import type { Request } from './arbitraries.js'
import { openTestBook, stateOf } from './catalogue.js'

const [ADA, TEAM, OTHER] = [
  '11111111-1111-4111-8111-11111111111a',
  '22222222-2222-4222-8222-22222222222b',
  '33333333-3333-4333-8333-33333333333c',
] as const

const principals = {
  admin: { name: 'root', isAdmin: true },
  owner: { name: 'ada', id: ADA.toUpperCase() },
  'member of a team that owns': { name: 'bob', id: OTHER, teams: [OTHER, TEAM.toUpperCase()] },
  bot: { name: 'ingestion', isBot: true },
  'bot that owns': { name: 'ada-bot', isBot: true, id: ADA },
  stranger: { name: 'eve', id: OTHER, teams: [ADA] },
  'user with the id of a team': { name: 'mallory', id: TEAM },
  nobody: undefined,
} as const satisfies Record<string, Principal | undefined>

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'CustomMlModel', ...rest }) as Request
const connection = { config: { sourcePythonClass: 'x', connectionOptions: { key: 'hush' } } }

/** What became of a call: what it answered, or the code and the operation of its error. */
type Cell = 'yes' | 'FORBIDDEN' | 'UNAUTHORIZED' | 'ENTITY_NOT_FOUND'

const by = (who: keyof typeof principals) => ({ by: principals[who] })

/** Verb by verb, on a service of Ada and her team, on one of nobody, and on none. */
const verbs = {
  create: (book, who) => createService(book, row('new'), by(who)),
  'upsert of a new one': (book, who) => upsertService(book, row('new'), by(who)),
  'upsert of owned': (book, who) => upsertService(book, row('owned', { description: 'x' }), by(who)),
  'upsert of unowned': (book, who) => upsertService(book, row('unowned', { description: 'x' }), by(who)),
  'get of owned': (book, who) => getService(book, 'owned', by(who)),
  'get of none': (book, who) => getService(book, 'none', by(who)),
  'reveal of owned': (book, who) => revealConnection(book, 'owned', by(who)),
  'reveal of none': (book, who) => revealConnection(book, 'none', by(who)),
} satisfies Record<string, (book: ReturnType<typeof openTestBook>, who: keyof typeof principals) => unknown>

const F = 'FORBIDDEN'
const U = 'UNAUTHORIZED'
const N = 'ENTITY_NOT_FOUND'

const matrix: Record<keyof typeof principals, readonly Cell[]> = {
  // create, upsert new, upsert owned, upsert unowned, get owned, get none, reveal owned, reveal none
  admin: ['yes', 'yes', 'yes', 'yes', 'yes', N, 'yes', N],
  owner: [F, F, 'yes', F, 'yes', N, F, N],
  'member of a team that owns': [F, F, 'yes', F, 'yes', N, F, N],
  bot: ['yes', 'yes', 'yes', 'yes', 'yes', N, F, N],
  'bot that owns': ['yes', 'yes', 'yes', 'yes', 'yes', N, F, N],
  stranger: [F, F, F, F, 'yes', N, F, N],
  'user with the id of a team': [F, F, F, F, 'yes', N, F, N],
  nobody: [U, U, U, U, U, U, U, U],
}

async function inhabited() {
  const store = memoryStore()
  const owners = [
    { id: ADA, type: 'user' as const },
    { id: TEAM, type: 'team' as const },
  ]
  await bulkUpsert(openTestBook({ store }), [row('owned', { owners, connection }), row('unowned', { connection })])
  return openTestBook({ store, policy: rolePolicy() })
}

test.each(Object.keys(principals) as (keyof typeof principals)[])('§9 rolePolicy, cell by cell: %s', async (who) => {
  for (const [at, [name, verb]] of Object.entries(verbs).entries()) {
    const book = await inhabited()
    const before = await stateOf(book.store)
    const answer = await verb(book, who)
    const cell = answer.isOk() ? 'yes' : answer.error.code
    expect(`${name}: ${cell}`).toBe(`${name}: ${matrix[who][at]}`)
    if (answer.isErr()) expect(await stateOf(book.store)).toEqual(before)
  }
})

test('§9 rolePolicy, operation by operation, with the target and without', async () => {
  const target = (await getService(await inhabited(), 'owned', by('admin')))._unsafeUnwrap()
  const edits: readonly Operation[] = ['EditAll', 'EditDescription', 'EditDisplayName', 'EditOwners', 'EditTags']
  const operations: readonly Operation[] = ['Create', ...edits, 'Delete', 'ViewBasic', 'ViewSecrets']
  const may = async (who: keyof typeof principals, policy = rolePolicy(), on: typeof target | undefined = target) => {
    const answers = await Promise.all(operations.map((operation) => policy(principals[who], operation, on)))
    return operations.filter((_, at) => answers[at] === 'allow')
  }
  expect(await may('admin')).toEqual(operations)
  expect(await may('owner')).toEqual([...edits, 'Delete', 'ViewBasic'])
  expect(await may('member of a team that owns')).toEqual([...edits, 'Delete', 'ViewBasic'])
  expect(await may('bot')).toEqual(['Create', ...edits, 'ViewBasic'])
  expect(await may('bot', rolePolicy({ botsViewSecrets: true }))).toEqual([
    'Create',
    ...edits,
    'ViewBasic',
    'ViewSecrets',
  ])
  expect(await may('bot that owns')).toEqual(['Create', ...edits, 'Delete', 'ViewBasic'])
  expect(await may('stranger')).toEqual(['ViewBasic'])
  expect(await may('nobody')).toEqual([])
  const policy = rolePolicy()
  expect(await policy(principals.owner, 'EditAll', undefined)).toBe('forbidden')
  expect(await policy(undefined, 'ViewBasic', target)).toBe('unauthenticated')
})

test('§9 whoever may not see a service is not told whether there is one', async () => {
  const hidden = openTestBook({ store: (await inhabited()).store, policy: () => 'forbidden' })
  const id = '01a2094f-9f1d-793a-8d5c-0123456789ab'
  for (const read of [getService, revealConnection] as const) {
    const answers = await Promise.all(
      ['owned', 'none', { id }, { name: 'none' }].map(async (subject) => read(hidden, subject, by('stranger'))),
    )
    const [first, ...rest] = answers.map((answer) => answer._unsafeUnwrapErr())
    expect(first?.code).toBe('FORBIDDEN')
    for (const other of rest) expect(other).toEqual(first)
  }
})

test('§9 ids and teams of a principal are checked like any other input', async () => {
  const book = openTestBook()
  for (const [path, bad] of [
    ['/by/isAdmin', { isAdmin: 'yes' }],
    ['/by/id', { id: 'ada' }],
    ['/by/id', { id: 7 }],
    ['/by/teams', { teams: 'x' }],
    ['/by/teams', { teams: [ADA, 'x'] }],
  ] as const) {
    const error = (await getService(book, 'a', { by: { name: 'ada', ...bad } as never }))._unsafeUnwrapErr()
    expect(error).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path }] })
  }
})
