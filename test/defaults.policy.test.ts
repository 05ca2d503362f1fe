import {
  createService,
  deleteService,
  followService,
  getService,
  type Operation,
  openMetadataPolicy,
  type Principal,
  patchService,
  reportConnectionTest,
  restoreService,
  revealConnection,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'
import { openTestBook } from './catalogue.js'

/* §9 `openMetadataPolicy`: the server's default policies. */

const [ADA, TEAM, OTHER] = [
  '00000000-0000-4000-8000-00000000000a',
  '00000000-0000-4000-8000-00000000000b',
  '00000000-0000-4000-8000-00000000000c',
]
const row = (name: string, more: object = {}) => ({ name, serviceType: 'Sklearn', ...more }) as const
const who = {
  admin: { name: 'root', isAdmin: true },
  owner: { name: 'ada', id: ADA.toUpperCase() },
  member: { name: 'bob', id: OTHER, teams: [TEAM] },
  bot: { name: 'bot', isBot: true },
  'bot that owns': { name: 'own-bot', isBot: true, id: ADA },
  'bot that is admin': { name: 'root-bot', isBot: true, isAdmin: true },
  anybody: { name: 'eve', id: OTHER },
} as const satisfies Record<string, Principal>

const operations: readonly Operation[] = [
  ...(['Create', 'EditAll', 'EditDescription', 'EditDisplayName', 'EditOwners', 'EditTags'] as const),
  ...(['Delete', 'ViewBasic', 'ViewSecrets'] as const),
]

test('§9 who may do what, operation by operation, of a service with owners, of one without, and of none', async () => {
  const book = openTestBook()
  const owners = [
    { id: ADA, type: 'user' },
    { id: TEAM, type: 'team' },
  ]
  const owned = (await createService(book, row('owned', { owners })))._unsafeUnwrap()
  const free = (await createService(book, row('free')))._unsafeUnwrap()
  const policy = openMetadataPolicy()
  const mays = (principal: Principal | undefined, target: typeof owned | undefined) =>
    operations.map((operation) => (policy(principal, operation, target) === 'allow' ? 'x' : '.')).join('')
  // Create EditAll EditDescription EditDisplayName EditOwners EditTags Delete ViewBasic ViewSecrets
  const expected: Record<keyof typeof who, readonly [string, string, string]> = {
    admin: ['xxxxxxxxx', 'xxxxxxxxx', 'xxxxxxxxx'],
    owner: ['.xxxxxxxx', '..x.xx.x.', '..x..x.x.'],
    member: ['.xxxxxxxx', '..x.xx.x.', '..x..x.x.'],
    bot: ['xxx.xxxxx', 'xxx.xxxxx', 'xxx.xxxxx'],
    'bot that owns': ['xxx.xxxxx', 'xxx.xxxxx', 'xxx.xxxxx'],
    'bot that is admin': ['xxxxxxxxx', 'xxxxxxxxx', 'xxxxxxxxx'],
    anybody: ['..x..x.x.', '..x.xx.x.', '..x..x.x.'],
  }
  for (const [name, principal] of Object.entries(who))
    expect(
      [owned, free, undefined].map((target) => mays(principal, target)),
      name,
    ).toEqual(expected[name as keyof typeof who])
  for (const operation of operations) expect(policy(undefined, operation, owned)).toBe('unauthenticated')
})

test('§9 verb by verb: the finer grants count for PATCH, restore and PUT ask EditAll', async () => {
  const store = memoryStore()
  await createService(openTestBook({ store }), row('a', { owners: [{ id: ADA, type: 'user' }] }))
  await createService(openTestBook({ store }), row('gone'))
  await deleteService(openTestBook({ store }), 'gone')
  const book = openTestBook({ store, policy: openMetadataPolicy() })
  const add = (path: string, value: unknown) => [{ op: 'add', path, value } as const]
  const by = who.anybody
  const answers = {
    get: await getService(book, 'a', { by }),
    describe: await patchService(book, 'a', add('/description', 'x'), { by }),
    tag: await patchService(book, 'a', add('/tags/-', { tagFQN: 'PII.None' }), { by }),
    rename: await patchService(book, 'a', add('/displayName', 'x'), { by }),
    own: await patchService(book, 'a', add('/owners', []), { by }),
    style: await patchService(book, 'a', add('/style', { color: 'red' }), { by }),
    status: await patchService(book, 'a', add('/entityStatus', 'Approved'), { by }),
    'describe and style': await patchService(book, 'a', [...add('/description', 'y'), ...add('/style', {})], { by }),
    put: await upsertService(book, row('a', { description: 'y' }), { by }),
    restore: await restoreService(book, 'gone', { by }),
    follow: await followService(book, 'a', OTHER, { by }),
    'follow for another': await followService(book, 'a', ADA, { by }),
    report: await reportConnectionTest(book, 'a', { steps: [] }, { by }),
    reveal: await revealConnection(book, 'a', { by }),
    delete: await deleteService(book, 'a', { by }),
  }
  const allowed = Object.entries(answers).flatMap(([name, answer]) => (answer.isOk() ? [name] : []))
  expect(allowed).toEqual(['get', 'describe', 'tag', 'follow'])
  for (const [name, answer] of Object.entries(answers))
    if (answer.isErr()) expect(answer.error.code, name).toBe('FORBIDDEN')
  const own = { by: who.owner }
  expect((await patchService(book, 'a', add('/displayName', 'x'), own)).isOk()).toBe(true)
  expect((await createService(book, row('b'), own))._unsafeUnwrapErr().code).toBe('FORBIDDEN')
  expect((await deleteService(book, 'a', own)).isOk()).toBe(true)
  const mine = { by: who.bot }
  expect((await createService(book, row('b'), mine)).isOk()).toBe(true)
  expect((await patchService(book, 'b', add('/displayName', 'x'), mine))._unsafeUnwrapErr().code).toBe('FORBIDDEN')
})
