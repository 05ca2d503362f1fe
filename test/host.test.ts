import {
  bulkUpsert,
  createService,
  deleteService,
  getService,
  listServices,
  patchService,
  restoreService,
  upsertService,
} from 'servicebook'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { openTestBook, stores } from './catalogue.js'

/* What the host's own functions answer is checked where it enters (V1). */

const row = (name: string) => ({ name, serviceType: 'Mlflow' as const })
const rejects = () => Promise.reject(new Error('late'))
const throws = () => {
  throw new Error('stopped')
}
const clocks: readonly unknown[] = [
  ...[Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 8.64e15 + 2, -1, 1.5, 1n, '1', null, undefined, new Date()],
].map((answer) => () => answer)
const ids: readonly unknown[] = ['', 'x', 7, null, undefined, ['a'], '00000000-0000-4000-8000-00000000000g'].map(
  (answer) => () => answer,
)
const id = 'ABCDEFAB-0000-4000-8000-000000000000'
const failed = (during: string) => ({ code: 'STORE_FAILED', during, applied: false })

test('V1 a clock that throws or answers no time fails every write as a value, and nothing is written', async () => {
  for (const clock of [...clocks, throws, rejects]) {
    let broken = false
    const now = () => (broken ? (clock as () => number)() : 1000)
    const events: unknown[] = []
    const book = openTestBook({ now, onChange: (event) => void events.push(event) })
    await bulkUpsert(book, [row('a'), row('b')])
    await deleteService(book, 'b')
    const before = (await listServices(book, { include: 'all' }))._unsafeUnwrap()
    const told = events.length
    broken = true
    for (const answer of [
      await createService(book, row('c')),
      await upsertService(book, { ...row('a'), description: 'new' }),
      await patchService(book, 'a', [{ op: 'add', path: '/description', value: 'new' }]),
      await deleteService(book, 'a'),
      await deleteService(book, 'a', { hard: true }),
      await restoreService(book, 'b'),
    ]) {
      expect(answer._unsafeUnwrapErr()).toMatchObject(failed('clock'))
    }
    const report = (await bulkUpsert(book, [row('d'), row('e')]))._unsafeUnwrap()
    expect(report.rows).toMatchObject([{ error: failed('clock') }, { error: failed('clock') }])
    expect((await listServices(book, { include: 'all' }))._unsafeUnwrap()).toEqual(before)
    expect(events.length).toBe(told)
  }
})

test('V1 an id that is no UUID, or none at all, is STORE_FAILED, and nothing is written', async () => {
  for (const newId of [...ids, throws, rejects]) {
    const book = openTestBook({ newId: newId as () => string })
    expect((await createService(book, row('a')))._unsafeUnwrapErr()).toMatchObject(failed('id'))
    expect((await upsertService(book, row('a')))._unsafeUnwrapErr()).toMatchObject(failed('id'))
    const report = (await bulkUpsert(book, [row('a')]))._unsafeUnwrap()
    expect(report.rows).toMatchObject([{ error: failed('id') }])
    expect((await listServices(book))._unsafeUnwrap().services).toEqual([])
  }
})

test('V1 an answer that is a promise which rejects ends no process', async () => {
  const strays = vi.fn()
  process.on('unhandledRejection', strays)
  onTestFinished(() => void process.off('unhandledRejection', strays))
  for (const of of ['now', 'newId']) {
    const book = openTestBook({ [of]: rejects as never })
    expect((await createService(book, row('a'))).isErr()).toBe(true)
    expect((await bulkUpsert(book, [row('a'), row('b')]))._unsafeUnwrap()).toMatchObject({ status: 'failure' })
  }
  await new Promise(setImmediate)
  expect(strays).not.toHaveBeenCalled()
})

test('V1 an id in capitals is the same id, and found by it', async () => {
  const book = openTestBook({ newId: () => id })
  expect((await createService(book, row('a')))._unsafeUnwrap().id).toBe(id.toLowerCase())
  expect((await getService(book, { id }))._unsafeUnwrap().name).toBe('a')
})

describe.each(stores)('$name', ({ name, open }) => {
  test('V1 of two services in one call that are given one id, the second is refused', async () => {
    const { store, close } = await open()
    const book = openTestBook({ store, newId: () => id })
    const report = (await bulkUpsert(book, [row('a'), row('b'), row('a')]))._unsafeUnwrap()
    expect(report.rows).toMatchObject([{ outcome: 'created' }, { error: failed('id') }, { outcome: 'unchanged' }])
    expect((await listServices(book))._unsafeUnwrap().services.map((service) => service.name)).toEqual(['a'])
    await close()
  })

  if (name === 'postgres') return
  test('V1 an id that is taken is refused, by turns and at once', async () => {
    const { store, close } = await open()
    const book = openTestBook({ store, newId: () => id })
    const answers = await Promise.all(['a', 'b', 'c'].map((each) => upsertService(book, row(each))))
    expect(answers.map((answer) => answer.isOk())).toEqual([true, false, false])
    expect(answers[1]?._unsafeUnwrapErr()).toMatchObject(failed('id'))
    expect((await createService(book, row('d')))._unsafeUnwrapErr()).toMatchObject(failed('id'))
    expect((await upsertService(book, row('d')))._unsafeUnwrapErr()).toMatchObject(failed('id'))
    expect((await createService(book, row('a')))._unsafeUnwrapErr()).toMatchObject({ code: 'ENTITY_ALREADY_EXISTS' })
    expect((await upsertService(book, row('a')))._unsafeUnwrap().outcome).toBe('unchanged')
    await deleteService(book, 'a', { hard: true })
    expect((await createService(book, row('b'))).isOk()).toBe(true)
    await close()
  })
})
