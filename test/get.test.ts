import { createService, getService, type Subject } from 'servicebook'
import { expect, test } from 'vitest'
import { openTestBook, softDelete } from './catalogue.js'

async function bookWith(...names: string[]) {
  const book = openTestBook()
  const ids: string[] = []
  for (const name of names) ids.push((await createService(book, { name, serviceType: 'Sklearn' }))._unsafeUnwrap().id)
  return { book, ids }
}

test('§2 a string is an FQN if it parses as one part, else a raw name; a UUID in a string is a name', async () => {
  const uuid = '01a2094f-9f1d-793a-8d5c-0123456789ab'
  const { book, ids } = await bookWith('a.b', '"a"', 'a', uuid)
  const found = async (subject: Subject) => (await getService(book, subject)).map(({ name }) => name).unwrapOr('none')
  expect(await found('a.b')).toBe('a.b')
  expect(await found('"a.b"')).toBe('a.b')
  expect(await found('"a"')).toBe('a')
  expect(await found({ name: '"a"' })).toBe('"a"')
  expect(await found('"""a"""')).toBe('"a"')
  expect(await found(uuid)).toBe(uuid)
  expect(await found({ id: uuid })).toBe('none')
  expect(await found({ id: ids[0]?.toUpperCase() as string })).toBe('a.b')
})

test('§7 soft-deleted services only with include', async () => {
  const { book } = await bookWith('gone', 'here')
  await softDelete(book.store, 'gone')
  const answers = async (name: string) => {
    const all = (['non-deleted', 'deleted', 'all'] as const).map(async (include) =>
      (await getService(book, name, { include })).isOk(),
    )
    return [(await getService(book, name)).isOk(), ...(await Promise.all(all))]
  }
  expect(await answers('gone')).toEqual([false, false, true, true])
  expect(await answers('here')).toEqual([true, true, false, true])
})

test('§10 what is not there is ENTITY_NOT_FOUND, what is no subject is BAD_REQUEST', async () => {
  const { book } = await bookWith('a')
  for (const subject of [
    'b',
    '',
    'a::b',
    'a\0',
    '\ud800',
    '"'.repeat(9_000_001),
    { name: 'B' },
    { id: '01a2094f-9f1d-793a-8d5c-0123456789ab' },
  ]) {
    const error = (await getService(book, subject))._unsafeUnwrapErr()
    expect(error).toMatchObject({ code: 'ENTITY_NOT_FOUND', entityType: 'mlmodelService' })
    expect(error.message.length).toBeLessThan(400)
  }
  for (const subject of [undefined, null, 7, {}, [], { id: 'x' }, { id: 7 }, { name: 7 }, { id: 'x', name: 'a' }]) {
    expect((await getService(book, subject as never))._unsafeUnwrapErr().code).toBe('BAD_REQUEST')
  }
  expect((await getService(book, 'a', { include: 'some' as never }))._unsafeUnwrapErr()).toMatchObject({
    issues: [{ path: '/include' }],
  })
})
