import { bulkUpsert, createService, patchService, type ServiceStore, upsertService } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test, vi } from 'vitest'
import { errandOf } from '../src/execution/errand.js'
import { loaded } from '../src/execution/load.js'
import { versionBefore } from '../src/execution/versions.js'
import type { Request } from './arbitraries.js'
import { openTestBook, storedIn } from './catalogue.js'

/* §5, §6 the rounds of a write: what is loaded, who waits for whom, and who goes round again. */

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const throws = () => {
  throw new Error('down')
}

/** A memory store whose trips are noted, and which refuses some names a few times. */
function noted(refusals: Readonly<Record<string, number>> = {}) {
  const inner = memoryStore()
  const left = { ...refusals }
  const trips: string[] = []
  const store: ServiceStore = {
    ...inner,
    load(family, fqns) {
      trips.push(`load ${fqns}`)
      return inner.load(family, fqns)
    },
    commit(family, changes) {
      const names = changes.map(({ before, after }) => (after ?? before)?.service.fullyQualifiedName as string)
      trips.push(`commit ${names}`)
      const lost = names.filter((name) => (left[name] ?? 0) > 0)
      for (const name of lost) left[name] = (left[name] as number) - 1
      return [
        ...lost,
        ...(inner.commit(
          family,
          changes.filter((_, at) => !lost.includes(names[at] as string)),
        ) as string[]),
      ]
    },
  }
  return { store, trips }
}
const outcomes = async (store: ServiceStore, rows: readonly Request[]) =>
  (await bulkUpsert(openTestBook({ store }), rows))._unsafeUnwrap().rows.map((one) => one.outcome ?? one.error.code)

test('§6 a name that occurs again is decided on what the one before it left, without a load', async () => {
  const { store, trips } = noted()
  const rows = [row('a'), row('b'), row('a', { description: 'x' }), row('a', { description: 'x' })]
  expect(await outcomes(store, rows)).toEqual(['created', 'created', 'updated', 'unchanged'])
  expect(trips).toEqual(['load a,b', 'commit a,b', 'commit a'])
})

test('§6 what is refused goes round again by itself, and those behind it wait for it', async () => {
  const { store, trips } = noted({ a: 1 })
  const rows = [row('a'), row('b'), row('b', { description: 'x' }), row('a', { description: 'x' })]
  expect(await outcomes(store, rows)).toEqual(['created', 'created', 'updated', 'updated'])
  expect(trips).toEqual(['load a,b', 'commit a,b', 'commit b', 'load a', 'commit a', 'commit a'])
})

test('§6 where nothing waits what is refused goes round alone, and where nothing is refused what waits does', async () => {
  const { store, trips } = noted({ a: 2 })
  expect(await outcomes(store, [row('a'), row('b')])).toEqual(['created', 'created'])
  expect(trips).toEqual(['load a,b', 'commit a,b', 'load a', 'commit a', 'load a', 'commit a'])
})

test('§6 behind one that is bad the next of its name loads for itself', async () => {
  const { store, trips } = noted()
  let seals = 0
  const cipher = { seal: () => (seals++ === 0 ? throws() : ['x']), open: () => [], isCurrent: () => true }
  const secret = (password: string) => ({
    ...row('a', { serviceType: 'CustomMlModel' }),
    connection: { config: { sourcePythonClass: 'a.B', connectionOptions: { password } } },
  })
  const report = await bulkUpsert(openTestBook({ store, cipher }), [secret('1'), secret('2')] as never)
  expect(report._unsafeUnwrap().rows).toMatchObject([{ error: { during: 'seal' } }, { outcome: 'created' }])
  expect(trips.filter((trip) => trip.startsWith('commit'))).toEqual(['commit a'])
})

test('§4 what is held already is not loaded, and where all is nothing is', async () => {
  const book = openTestBook()
  await createService(book, row('a'))
  const load = vi.spyOn(book.store, 'load')
  const journey = { book, store: book.store, dryRun: false, isGiven: () => false }
  const intent = { kind: {}, by: undefined, when: undefined } as never
  const [a, b, c] = ['a', 'b', 'c'].map((name) => errandOf(intent, name))
  if (a === undefined || b === undefined || c === undefined) throw new Error('none')
  const [held] = await storedIn(book.store)
  load.mockClear()
  Object.assign(b, { held })
  expect(loaded(journey, [a, b, c])).toBeUndefined()
  expect(load.mock.calls).toEqual([[book.family.entityType, ['a', 'c']]])
  expect([a.held?.service.name, b.held, c.held]).toEqual(['a', held, null])
  expect(loaded(journey, [a, b, c])).toBeUndefined()
  expect(load).toHaveBeenCalledOnce()
})

test('§4 a load that answers later is waited for; one that fails, now or later, settles who asked', async () => {
  const book = openTestBook()
  await createService(book, row('a'))
  const intent = { kind: {}, by: undefined, when: undefined } as never
  const asked = async (load: ServiceStore['load']) => {
    const errand = errandOf(intent, 'a')
    await loaded({ book, store: { ...book.store, load }, dryRun: false, isGiven: () => false }, [errand])
    return errand
  }
  expect((await asked(async (...given) => book.store.load(...given))).held?.service.name).toBe('a')
  for (const load of [throws, async () => throws(), () => 7, async () => 7] as never[])
    expect((await asked(load)).answer).toMatchObject({ code: 'STORE_FAILED', during: 'load', applied: false })
})

test('§7 the version before is the one that was asked for, or none', async () => {
  const book = openTestBook()
  const by = { name: 'ada' }
  await createService(book, row('a'))
  const { service } = (await upsertService(book, row('a', { description: 'x' }), { by }))._unsafeUnwrap()
  expect(await versionBefore(book, service, 0.1)).toMatchObject({ version: 0.1 })
  expect(await versionBefore(book, service, 0.2)).toBeUndefined()
  expect(await versionBefore(book, { ...service, version: 0.1 }, 0.1)).toBeUndefined()
  const versions = vi.fn(async () => throws())
  const broken = openTestBook({ store: { ...book.store, versions } })
  expect(await versionBefore(broken, service, 0.1)).toMatchObject({ code: 'STORE_FAILED', during: 'load' })
  expect(versions.mock.calls).toEqual([[book.family.entityType, 'a', service.id, { limit: 1, below: 0.2 }]])
  expect(
    (await patchService(book, 'a', [{ op: 'remove', path: '/description' }], { by }))._unsafeUnwrap(),
  ).toMatchObject({
    service: { version: 0.1 },
  })
})
