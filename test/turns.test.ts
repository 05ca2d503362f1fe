import type { Book } from 'servicebook'
import { expect, onTestFinished, test, vi } from 'vitest'
import { oneForAllCopies } from '../src/execution/copies.js'
import { isThenable } from '../src/execution/thenable.js'
import { inTurn } from '../src/execution/turns.js'
import { openTestBook } from './catalogue.js'

/* §5 single writes of one name take turns in a process, and losers of a race pause before they go round again. */

const slots = globalThis as unknown as Record<symbol, unknown>
const opened = () => {
  const done: (() => void)[] = []
  const begun: [string, boolean][] = []
  const take = (book: Book, name: string, label = name) =>
    inTurn(book, name, (waited) => {
      begun.push([label, waited])
      return new Promise<string>((resolve) => done.push(() => resolve(label)))
    })
  return { done, begun, take }
}
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('§5 who comes first begins at once, and the next of that name when he is done, and knows it', async () => {
  const { done, begun, take } = opened()
  const book = openTestBook()
  const answers = [take(book, 'a', 'first'), take(book, 'a', 'second'), take(book, 'a', 'third'), take(book, 'b')]
  expect(begun).toEqual([
    ['first', false],
    ['b', false],
  ])
  done[0]?.()
  await turn()
  expect(begun.slice(2)).toEqual([['second', true]])
  answers.push(take(book, 'a', 'fourth'))
  expect(begun).toHaveLength(3)
  done[2]?.()
  await turn()
  expect(begun.slice(3)).toEqual([['third', true]])
  done[3]?.()
  await turn()
  for (const each of done) each()
  expect(await Promise.all(answers)).toEqual(['first', 'second', 'third', 'b', 'fourth'])
  void take(book, 'a', 'later')
  expect(begun.at(-1)).toEqual(['later', false])
})

test('§5 one of another family or store takes no turn, and two books on one store do', () => {
  const { begun, take } = opened()
  const book = openTestBook()
  const other = { ...book, family: { ...book.family, entityType: 'otherService' } } as Book
  for (const one of [book, other, openTestBook(), openTestBook({ store: book.store })]) void take(one, 'a')
  expect(begun).toEqual([
    ['a', false],
    ['a', false],
    ['a', false],
  ])
})

test('§5 one that fails lets the next begin', async () => {
  const book = openTestBook()
  const failing = inTurn(book, 'a', async () => {
    throw new Error('failed')
  })
  const waiting = inTurn(book, 'a', async (waited) => waited)
  await expect(failing).rejects.toThrow('failed')
  expect(await waiting).toBe(true)
  expect(await inTurn(book, 'a', async (waited) => waited)).toBe(false)
})

test('what there is one of in a process is made once and found by its name', () => {
  const key = Symbol.for('servicebook/of this test/1')
  onTestFinished(() => void delete slots[key])
  const make = vi.fn(() => ({}))
  const made = oneForAllCopies('of this test/1', make)
  expect(slots[key]).toBe(made)
  expect(oneForAllCopies('of this test/1', make)).toBe(made)
  expect(make).toHaveBeenCalledOnce()
})

test('§10 an answer is waited for if it has a then that can be called', async () => {
  const thenable: object = { ['then'.toString()]: () => {} }
  for (const later of [Promise.resolve(), thenable, (async () => {})()]) expect(isThenable(later)).toBe(true)
  const odd = Object.assign(() => {}, thenable)
  for (const now of [undefined, null, 7, 'then', {}, [], new Map(), { ['then'.toString()]: 7 }, odd])
    expect(isThenable(now)).toBe(false)
})

/** The package loaded anew in a process that has nothing of it, where timers are only noted. */
async function anew(more: Record<string, unknown> = {}) {
  for (const name of ['turns/1', 'crossings/1', 'uuidv7/1']) {
    const key = Symbol.for(`servicebook/${name}`)
    const before = slots[key]
    delete slots[key]
    onTestFinished(() => {
      slots[key] = before
    })
  }
  const waits: number[] = []
  const { setImmediate } = globalThis
  vi.stubGlobal('setTimeout', (work: () => void, time: number) => {
    waits.push(time)
    setImmediate(work)
  })
  for (const [name, value] of Object.entries(more)) vi.stubGlobal(name, value)
  vi.resetModules()
  try {
    return { waits, ...(await import('../src/index.js')), ...(await import('../adapters/memory.js')) }
  } finally {
    vi.unstubAllGlobals()
  }
}

test('§5 a loser pauses the longer the more often he lost, up to 64 ms, by chance; not where he only knew too little', async () => {
  const { waits, openBook, upsertService, deleteService, memoryStore, mlmodelServices } = await anew()
  const chance = vi.spyOn(Math, 'random').mockReturnValue(0.5)
  onTestFinished(() => chance.mockRestore())
  const inner = memoryStore()
  let refusals = 0
  const store = { ...inner }
  const book = openBook({ family: mlmodelServices, store })
  const { service } = (await upsertService(book, { name: 'a', serviceType: 'Sklearn' }))._unsafeUnwrap()
  store.commit = (family, changes) => (refusals-- > 0 ? ['a'] : inner.commit(family, changes))
  refusals = 8
  await upsertService(openBook({ family: mlmodelServices, store }), {
    name: 'a',
    serviceType: 'Sklearn',
    description: 'x',
  })
  expect(waits.splice(0)).toEqual([1, 2, 4, 8, 16, 32, 32, 32])
  refusals = 1
  expect((await deleteService(openBook({ family: mlmodelServices, store }), { id: service.id })).isOk()).toBe(true)
  expect(waits).toEqual([])
})

test('§5 what there is one of in a process is found by the names that every copy of the package knows', async () => {
  const { openBook, upsertService, memoryStore, mlmodelServices } = await anew()
  const inner = memoryStore()
  const loads: number[] = []
  const store = {
    ...inner,
    durable: true,
    load: async (family: string, fqns: readonly string[]) => {
      loads.push(fqns.length)
      return inner.load(family, fqns)
    },
  }
  const book = openBook({ family: mlmodelServices, store })
  const upserts = ['a', 'b'].map((name) => upsertService(book, { name, serviceType: 'Sklearn' }))
  for (const made of await Promise.all(upserts)) expect(made._unsafeUnwrap().outcome).toBe('created')
  expect(loads).toEqual([2])
  for (const name of ['turns/1', 'crossings/1'])
    expect(slots[Symbol.for(`servicebook/${name}`)], name).toSatisfy((one: WeakMap<object, unknown>) => one.has(store))
  expect(slots[Symbol.for('servicebook/uuidv7/1')]).toBeTypeOf('function')
})

test('§6 a bulk lets others have their turn also where there is no setImmediate', async () => {
  const { waits, openBook, bulkUpsert, memoryStore, mlmodelServices } = await anew({ setImmediate: undefined })
  const book = openBook({ family: mlmodelServices, store: memoryStore() })
  const report = await bulkUpsert(book, [{ name: 'a', serviceType: 'Sklearn' }])
  expect(report._unsafeUnwrap().status).toBe('success')
  expect(waits).toEqual([0])
})
