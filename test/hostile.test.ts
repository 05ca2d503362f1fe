import fc from 'fast-check'
import {
  allServices,
  bulkUpsert,
  createService,
  deleteService,
  followService,
  getService,
  getServiceAt,
  getVersion,
  listServices,
  listVersions,
  mlmodelServices,
  openBook,
  patchService,
  reportConnectionTest,
  resealServices,
  restoreService,
  revealConnection,
  revealService,
  unfollowService,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test, vi } from 'vitest'
import { FAMILY, openTestBook, stateOf, testCipher } from './catalogue.js'
import './seeded.js'

/* Whatever a verb is given, it answers an error value (V2), and a mistake in the program is named (V8). */

const row = (name: string) => ({ name, serviceType: 'Mlflow' as const })
const throws = () => {
  throw new Error('hostile')
}

/** Throws at its n-th use and behaves until then, so that what was checked is not what is read next. */
function treacherous(target: object, uses: number): object {
  let left = uses
  const use = <T>(work: () => T) => (left-- > 0 ? work() : throws())
  return new Proxy(target, {
    get: (of, key) => use(() => Reflect.get(of, key)),
    has: (of, key) => use(() => Reflect.has(of, key)),
    ownKeys: (of) => use(() => Reflect.ownKeys(of)),
    getOwnPropertyDescriptor: (of, key) => use(() => Reflect.getOwnPropertyDescriptor(of, key)),
    getPrototypeOf: (of) => use(() => Reflect.getPrototypeOf(of)),
  })
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable([], {})
  revoke()
  return proxy
}

const keys = ['id', 'name', 'isBot', 'teams', 'op', 'path', 'value', 'from', 'aborted', 'then', 'show', 'read']
const options = [
  'by',
  'ifMatch',
  'ifNoneMatch',
  'ifUnmodifiedSince',
  'hard',
  'as',
  'include',
  'limit',
  'before',
  'after',
  'total',
  'owner',
  'domain',
]
const bulk = ['signal', 'onProgress', 'chunkSize', 'rows', 'dryRun', 'user', 'serviceType', 'tagFQN']

/** Values are made where they are used: fast-check itself would stumble over them. */
type Made = () => unknown
const made =
  (value: unknown): Made =>
  () =>
    value

const thenable =
  (property: PropertyDescriptor): Made =>
  () =>
    Object.defineProperty({}, 'then', property)
/** One that never answers is no case: it may keep its reader waiting. */
const thenables = fc.constantFrom<Made>(
  thenable({ value: throws }),
  thenable({ value: 7 }),
  thenable({ get: throws }),
  thenable({ value: (_: unknown, reject: (cause: unknown) => void) => reject(7) }),
  thenable({ value: (resolve: (value: unknown) => void) => resolve({ done: true }) }),
)
const plain: fc.Arbitrary<Made> = fc.oneof(
  fc
    .constantFrom<unknown>(undefined, null, true, 0, -1, 1.5, Number.NaN, 2 ** 60, 1n, '', 'a', 'b', '\0', '\ud800')
    .map(made),
  fc.constantFrom<unknown>(Symbol('s'), throws, () => 7, [], {}, new Date(Number.NaN), new Map()).map(made),
  fc
    .constantFrom<unknown>(row('a'), { id: undefined, name: 'a' }, { id: 'a', name: undefined }, { name: 'a' })
    .map(made),
  fc.constantFrom<unknown>([{ op: 'add', path: '/description', value: 'x' }], [row('a'), row('c')]).map(made),
  fc.constantFrom<unknown>({ name: 'ada' }, Object.create(null)).map(made),
  fc.constant<Made>(revoked),
  thenables,
)

/** Iterators that answer what no iterator may. */
const iterable: fc.Arbitrary<Made> = fc.tuple(fc.oneof(plain, thenables), fc.boolean()).map(([make, isAsync]) => () => {
  let asked = 0
  const next = () => (asked++ > 2 ? { done: true } : make())
  return { [isAsync ? Symbol.asyncIterator : Symbol.iterator]: () => ({ next, return: throws }) }
})

const values = (fields: Readonly<Record<string, Made>>) =>
  Object.fromEntries(Object.entries(fields).map(([key, make]) => [key, make()]))

const hostile: fc.Arbitrary<Made> = fc.letrec<{ any: Made; object: Made }>((tie) => ({
  any: fc.oneof({ depthSize: 'small', maxDepth: 3 }, plain, tie('object')),
  object: fc
    .tuple(
      fc.dictionary(fc.constantFrom(...keys, ...options, ...bulk), tie('any'), { maxKeys: 4 }),
      fc.constantFrom('plain', 'getters', 'proxy', 'list'),
      fc.nat(12),
    )
    .map(([fields, how, uses]) => () => {
      if (how === 'plain') return values(fields)
      if (how === 'list') return Object.values(values(fields))
      if (how === 'proxy') return treacherous(values(fields), uses)
      const getters = Object.keys(fields).map((key) => [key, { enumerable: true, get: throws }])
      return Object.defineProperties({}, Object.fromEntries(getters))
    }),
})).any

/** Options of which most are good, so that one bad one is met alone. */
const anyOptions: fc.Arbitrary<Made> = fc.oneof(
  fc.constant(made(undefined)),
  hostile,
  fc.dictionary(fc.constantFrom(...options, ...bulk), hostile, { maxKeys: 3 }).map((fields) => () => values(fields)),
  fc.tuple(fc.constantFrom(...options, ...bulk), hostile).map(([key, make]) => () => ({ [key]: make() })),
)
const subject = fc.oneof(fc.constantFrom<unknown>('a', { id: undefined, name: 'a' }).map(made), hostile)
const operations = fc.oneof(fc.constant(made([{ op: 'add', path: '/description', value: 'x' }])), hostile)

const user = fc.oneof(fc.constant(made('11111111-1111-4111-8111-111111111111')), hostile)
const report = fc.oneof(
  fc.constant(made({ steps: [] })),
  hostile.map((make) => () => ({ steps: make() })),
  hostile,
)

type Verb = (...given: never[]) => unknown
const signatures: readonly (readonly [Verb, ...fc.Arbitrary<Made>[]])[] = [
  [createService, hostile],
  [upsertService, hostile],
  [bulkUpsert, fc.oneof(iterable, hostile, fc.constant(made([row('a')])))],
  [patchService, subject, operations],
  [deleteService, subject],
  [restoreService, subject],
  [followService, subject, user],
  [unfollowService, subject, user],
  [reportConnectionTest, subject, report],
  [getService, subject],
  [listServices],
  [listVersions, subject],
  [getVersion, subject, fc.oneof(fc.constant(made(0.1)), hostile)],
  [getServiceAt, subject, fc.oneof(fc.constant(made(Date.now())), hostile)],
  [revealConnection, subject],
  [revealService, subject],
  [resealServices],
]

const codes = [
  ...['BAD_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'ENTITY_NOT_FOUND', 'ENTITY_ALREADY_EXISTS'],
  ...['PRECONDITION_FAILED', 'CONTENDED', 'STORE_FAILED', 'ABORTED'],
]

async function openHostile() {
  const book = openTestBook({ cipher: testCipher(), policy: (by) => (by?.name === '' ? 'forbidden' : 'allow') })
  await bulkUpsert(book, [row('a'), row('b')])
  return book
}

test.each(signatures.map(([verb, ...given]) => [verb.name, verb, given] as const))(
  'V2 %s never throws or rejects, whatever it is given',
  async (_name, verb, given) => {
    const strays = vi.fn()
    process.on('unhandledRejection', strays)
    const property = fc.asyncProperty(
      fc.tuple(...given, anyOptions),
      fc.option(hostile, { freq: 8 }),
      async (passed, wrongBook) => {
        const book = await openHostile()
        const answer = await (verb as (...all: unknown[]) => Promise<never>)(
          wrongBook === null ? book : wrongBook(),
          ...passed.map((make) => make()),
        )
        const { isOk, isErr } = answer as { isOk(): boolean; isErr(): boolean }
        expect(typeof isOk).toBe('function')
        if (!isErr.call(answer)) return
        const { error } = answer as { error: { code: string; message: string } }
        expect(codes).toContain(error.code)
        expect(typeof error.message).toBe('string')
      },
    )
    await fc.assert(property, { numRuns: 150 }).finally(() => process.off('unhandledRejection', strays))
    expect(strays).not.toHaveBeenCalled()
  },
)

test('V2 allServices yields an error as its last element, whatever it is given', async () => {
  await fc.assert(
    fc.asyncProperty(anyOptions, fc.option(hostile, { freq: 8 }), async (given, wrongBook) => {
      const book = await openHostile()
      const seen: boolean[] = []
      for await (const next of allServices((wrongBook === null ? book : wrongBook()) as never, given() as never))
        seen.push(next.isOk())
      expect(seen.slice(0, -1).every(Boolean)).toBe(true)
    }),
    { numRuns: 150 },
  )
})

test('V2 a key of a subject that is undefined is none', async () => {
  const book = await openHostile()
  const byName = { id: undefined, name: 'a' } as never
  const { id } = (await getService(book, byName))._unsafeUnwrap()
  expect((await getService(book, { id, name: undefined } as never))._unsafeUnwrap().name).toBe('a')
  const patched = await patchService(book, byName, [{ op: 'add', path: '/description', value: 'x' }])
  expect(patched._unsafeUnwrap().service.id).toBe(id)
  expect((await deleteService(book, byName))._unsafeUnwrap().service.id).toBe(id)
  expect((await restoreService(book, byName))._unsafeUnwrap().outcome).toBe('restored')
})

test('V2 an instant that is none is BAD_REQUEST', async () => {
  const book = await openHostile()
  for (const instant of [{}, null, 'now', [], { getTime: () => 0 }]) {
    const error = (await getServiceAt(book, 'a', instant as never))._unsafeUnwrapErr()
    expect(error).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: '/instant' }] })
  }
})

test('V2 what an async iterator answers may be any thenable: a row, the end, or why the bulk is aborted', async () => {
  const bulk = async (...steps: readonly object[]) => {
    let at = 0
    const rows = { [Symbol.asyncIterator]: () => ({ next: () => steps[at++] }) }
    return (await bulkUpsert(await openHostile(), rows as never))._unsafeUnwrap()
  }
  const then = (answer: (resolve: (step: unknown) => void, reject: (cause: unknown) => void) => unknown) =>
    Object.defineProperty({}, 'then', { value: answer })
  const one = then((resolve) => resolve({ done: false, value: row('a') }))
  const end = then((resolve) => void resolve({ done: true }))
  expect(await bulk(one, end)).toMatchObject({ status: 'success', processed: 1 })
  expect(await bulk(one, then(throws))).toMatchObject({ status: 'aborted', cause: { message: 'hostile' } })
  expect(await bulk(then((_, reject) => reject('no')))).toMatchObject({ status: 'aborted', cause: 'no' })
})

test('V2 what turns hostile after it was checked is not read again: nothing is half done', async () => {
  for (let uses = 0; uses < 30; uses++) {
    // What is told after the commit reads the principal, too.
    const book = openTestBook({ store: (await openHostile()).store, onChange: () => {} })
    const before = await stateOf(book.store)
    const by = treacherous({ name: 'ada' }, uses) as never
    const answer = await upsertService(book, { ...row('a'), description: 'new' }, { by })
    if (answer.isOk()) expect(answer.value.service.updatedBy).toBe('ada')
    else expect(await stateOf(book.store)).toEqual(before)
  }
})

test('V8 openBook names the option that is unknown, or is not what it must be', () => {
  const good = { family: mlmodelServices, store: memoryStore() }
  const bad: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /openBook\(\{ family, store \}\)/],
    [{ ...good, store: memoryStore }, /store .*memoryStore\(\)/],
    [{ ...good, store: undefined }, /store must be/],
    [{ ...good, store: { ...memoryStore(), find: undefined } }, /store .*find/],
    [{ ...good, store: { ...memoryStore(), durable: undefined } }, /store\.durable/],
    [{ ...good, store: { ...memoryStore(), chunk: 0 } }, /store\.chunk .*100,000/],
    [{ ...good, polcy: () => 'allow' }, /polcy is no option .*policy/],
    [{ ...good, family: undefined }, /family must be/],
    [{ ...good, limits: { size: 1 } }, /limits\.size .*request/],
    [{ ...good, limits: 7 }, /limits must be/],
    [{ ...good, cipher: {} }, /cipher .*seal/],
    [{ ...good, directory: () => [] }, /directory must be/],
    ...['policy', 'now', 'newId', 'onChange', 'onListenerError'].map(
      (key) => [{ ...good, [key]: 7 }, new RegExp(`${key} must be a function`)] as const,
    ),
  ]
  for (const [options, message] of bad) {
    expect(() => openBook(options as never)).toThrow(TypeError)
    expect(() => openBook(options as never)).toThrow(message)
  }
})

test('V8 a verb names an option it does not know, and a first argument that is no book; nothing is written', async () => {
  const book = openTestBook()
  for (const [verb, ...given] of signatures) {
    const passed = given.map(() => 'a')
    const call = verb as (...all: unknown[]) => Promise<{ _unsafeUnwrapErr(): unknown }>
    expect((await call(book, ...passed, { user: 'ada', 'a/b': 1 }))._unsafeUnwrapErr(), verb.name).toMatchObject({
      code: 'BAD_REQUEST',
      issues: [
        { path: '/user', message: expect.stringContaining('is no option') },
        { path: '/a~1b', message: expect.stringContaining('is no option') },
      ],
    })
    for (const noBook of [row('a'), undefined, openBook, { store: memoryStore() }]) {
      expect((await call(noBook, ...passed))._unsafeUnwrapErr(), verb.name).toMatchObject({
        code: 'BAD_REQUEST',
        issues: [{ path: '', message: 'the first argument must be a book from openBook' }],
      })
    }
  }
  expect((await createService(row('a') as never, book as never))._unsafeUnwrapErr().code).toBe('BAD_REQUEST')
  expect((await book.store.list(FAMILY, { limit: 1, include: 'all' })).services).toEqual([])
})

test('V8 the policy is shown the principal as the host passed it', async () => {
  const shown: unknown[] = []
  const ada = { name: 'ada', roles: ['steward'] }
  const book = openTestBook({
    policy: (by) => {
      shown.push(by)
      return 'allow'
    },
  })
  await createService(book, row('a'), { by: ada })
  for await (const _ of allServices(book, { by: ada })) expect(shown.every((by) => by === ada)).toBe(true)
  expect(shown.length).toBeGreaterThan(1)
})
