import {
  createService,
  deleteService,
  etag,
  openBook,
  type Preconditions,
  patchService,
  restoreService,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'
import { openTestBook, stateOf } from './catalogue.js'

/*
 * §5, §7: what a write demands of the service that is stored. RFC 9110 §13.
 */

const row = (name: string, rest: object = {}) => ({ name, serviceType: 'Sklearn' as const, ...rest })
const NOW = 1_700_000_000_000

type TestBook = ReturnType<typeof openTestBook>
type Answer = { isOk(): boolean; _unsafeUnwrapErr(): unknown }
type Verb = (book: TestBook, when: Preconditions) => Promise<Answer>

const verbs: Record<string, Verb> = {
  upsert: async (book, when) => upsertService(book, row('a', { description: 'x' }), when),
  patch: async (book, when) => patchService(book, 'a', [{ op: 'add', path: '/description', value: 'x' }], when),
  delete: async (book, when) => deleteService(book, 'a', when),
  'hard delete': async (book, when) => deleteService(book, 'a', { ...when, hard: true }),
}

async function withOne(options: Parameters<typeof openTestBook>[0] = {}) {
  const book = openTestBook({ now: () => NOW, ...options })
  const made = (await createService(book, row('a')))._unsafeUnwrap()
  return { book, made, tag: etag(made) }
}

const codeOf = async (answer: unknown) => {
  const result = (await answer) as Answer
  return result.isOk() ? 'done' : (result._unsafeUnwrapErr() as { code: string }).code
}

test.each(Object.entries(verbs))(
  '§7 %s: each precondition holds, or fails and leaves all as it was',
  async (_, verb) => {
    const cases: [(tag: string) => Preconditions, 'done' | 'PRECONDITION_FAILED'][] = [
      [(tag) => ({ ifNoneMatch: `"other",, W/"x${tag.slice(1)}` }), 'done'],
      [() => ({ ifNoneMatch: '' }), 'done'],
      [(tag) => ({ ifNoneMatch: tag }), 'PRECONDITION_FAILED'],
      [(tag) => ({ ifNoneMatch: `"other" , W/${tag}` }), 'PRECONDITION_FAILED'],
      [(tag) => ({ ifNoneMatch: `"W/${tag.slice(1)}` }), 'done'],
      [() => ({ ifNoneMatch: ' * ' }), 'PRECONDITION_FAILED'],
      [() => ({ ifUnmodifiedSince: NOW }), 'done'],
      [() => ({ ifUnmodifiedSince: NOW - 1 }), 'PRECONDITION_FAILED'],
      // A date counts only where there is no tag.
      [(tag) => ({ ifMatch: tag, ifUnmodifiedSince: 0 }), 'done'],
      [() => ({ ifMatch: '"other"', ifUnmodifiedSince: NOW }), 'PRECONDITION_FAILED'],
      [(tag) => ({ ifMatch: tag, ifNoneMatch: tag }), 'PRECONDITION_FAILED'],
      [(tag) => ({ ifMatch: tag, ifNoneMatch: '"other"' }), 'done'],
    ]
    for (const [when, expected] of cases) {
      const { book, tag } = await withOne()
      const before = await stateOf(book.store)
      expect(await codeOf(verb(book, when(tag))), JSON.stringify(when(tag))).toBe(expected)
      if (expected !== 'done') expect(await stateOf(book.store)).toEqual(before)
    }
  },
)

test('§7 restore takes them too, and nothing is restored that none of them let through', async () => {
  const { book } = await withOne()
  const tag = etag((await deleteService(book, 'a'))._unsafeUnwrap().service)
  expect(await codeOf(restoreService(book, 'a', { ifNoneMatch: tag }))).toBe('PRECONDITION_FAILED')
  expect(await codeOf(restoreService(book, 'a', { ifUnmodifiedSince: 0 }))).toBe('PRECONDITION_FAILED')
  expect(await codeOf(restoreService(book, 'a', { ifNoneMatch: '"other"', ifMatch: tag }))).toBe('done')
})

test('§5 an upsert with ifNoneMatch * only creates, be what is there soft-deleted', async () => {
  const book = openTestBook()
  const put = () => upsertService(book, row('a', { description: 'x' }), { ifNoneMatch: '*' })
  expect((await put())._unsafeUnwrap().outcome).toBe('created')
  const error = (await put())._unsafeUnwrapErr()
  expect(error).toMatchObject({ code: 'PRECONDITION_FAILED', expected: 'none of *', actual: expect.any(String) })
  await deleteService(book, 'a')
  expect(await codeOf(put())).toBe('PRECONDITION_FAILED')
  await deleteService(book, 'a', { hard: true })
  expect((await put())._unsafeUnwrap().outcome).toBe('created')
})

test('§5 a rival who creates or changes between the look and the write is not overwritten', async () => {
  const cases: [boolean, Preconditions][] = [
    [false, { ifNoneMatch: '*' }],
    [true, { ifUnmodifiedSince: NOW }],
  ]
  for (const [isThere, when] of cases) {
    const store = memoryStore()
    const book = openTestBook({ store, now: () => NOW })
    if (isThere) await createService(book, row('a'))
    let rivals = 1
    const contended = {
      ...store,
      async commit(...args: Parameters<typeof store.commit>) {
        if (rivals-- > 0) await upsertService(book, row('a', { description: 'theirs' }))
        return store.commit(...args)
      },
    }
    const mine = openBook({ family: book.family, store: contended, now: () => NOW })
    expect(await codeOf(upsertService(mine, row('a', { description: 'mine' }), when))).toBe('PRECONDITION_FAILED')
    expect((await stateOf(store)).current[0]?.description).toBe('theirs')
  }
})

test.each([[{ ifNoneMatch: '"other"' }], [{ ifUnmodifiedSince: NOW * 2 }], [{ ifMatch: '*' }]])(
  '§7 a patch with %j is a version of its own',
  async (when) => {
    const { book } = await withOne()
    const edit = (value: string, more: Preconditions = {}) =>
      patchService(book, 'a', [{ op: 'add', path: '/description', value }], { by: { name: 'ada' }, ...more })
    expect((await edit('1'))._unsafeUnwrap().service.version).toBe(0.2)
    expect((await edit('2'))._unsafeUnwrap().service.version).toBe(0.2)
    expect((await edit('3', when))._unsafeUnwrap().service.version).toBe(0.3)
  },
)

test('what is no precondition is refused at its path: a tag that cannot be read would let a write through', async () => {
  const { book } = await withOne()
  const bad: [string, unknown][] = [
    ['ifNoneMatch', 7],
    ['ifNoneMatch', null],
    ['ifNoneMatch', 'abc'],
    ['ifNoneMatch', '"a" "b"'],
    ['ifNoneMatch', '"a'],
    ['ifNoneMatch', 'W/'],
    ['ifNoneMatch', '*, "a"'],
    ['ifNoneMatch', `"${'x'.repeat(1000)}"`],
    ['ifMatch', 7],
    ['ifMatch', 'x'.repeat(1001)],
    ['ifUnmodifiedSince', '2026'],
    ['ifUnmodifiedSince', null],
    ['ifUnmodifiedSince', new Date(NOW)],
    ['ifUnmodifiedSince', Number.NaN],
    ['ifUnmodifiedSince', 1e18],
  ]
  for (const [name, value] of bad)
    for (const verb of Object.values(verbs)) {
      const error = (await verb(book, { [name]: value }))._unsafeUnwrapErr()
      expect(error, `${name} ${value}`).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: `/${name}` }] })
    }
})
