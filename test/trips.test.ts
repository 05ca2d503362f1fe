import { tracingChannel } from 'node:diagnostics_channel'
import { createService, type ServiceStore } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, onTestFinished, test, vi } from 'vitest'
import { shared } from '../src/execution/shared.js'
import { trips } from '../src/execution/trips.js'
import { FAMILY, openTestBook, storedIn } from './catalogue.js'

/* §4–7 the calls of a store: seen at work, and shared by those who come together. */

const ID = '00000000-0000-4000-8000-00000000000a'

async function storeOfOne() {
  const store = memoryStore()
  await createService(openTestBook({ store, newId: () => ID }), { name: 'a', serviceType: 'Sklearn' })
  return store
}

test('seen: each trip tells how many it is for and what it met, now or later', async () => {
  const store = await storeOfOne()
  const [held] = await storedIn(store)
  const ends: unknown[] = []
  const note = (message: unknown) => {
    const { outcomes } = message as { outcomes?: object }
    if (outcomes !== undefined) ends.push(structuredClone(message))
  }
  const channel = tracingChannel('servicebook.trip')
  const listener = { end: note, asyncEnd: note } as never
  channel.subscribe(listener)
  onTestFinished(() => void channel.unsubscribe(listener))
  const create = { before: null, after: held ?? null }
  const later: ServiceStore = { ...store, find: async (...given) => store.find(...given) }
  for (const one of [trips(store), trips(later)]) {
    await one.load(FAMILY, ['a', 'b', 'c'])
    await one.commit(FAMILY, [create])
    await one.find(FAMILY, ID)
    await one.find(FAMILY, ID.replace('a', 'b'))
    await one.list(FAMILY, { limit: 10 })
    await one.versions(FAMILY, 'a', ID, { limit: 1 })
    expect(ends.splice(0)).toStrictEqual([
      { trip: 'load', family: FAMILY, services: 3, outcomes: { found: 1, absent: 2 } },
      { trip: 'commit', family: FAMILY, services: 1, outcomes: { accepted: 0, refused: 1 } },
      { trip: 'find', family: FAMILY, services: 1, outcomes: { found: 1, absent: 0 } },
      { trip: 'find', family: FAMILY, services: 1, outcomes: { found: 0, absent: 1 } },
      { trip: 'list', family: FAMILY, outcomes: { found: 1 } },
      { trip: 'versions', family: FAMILY, services: 1, outcomes: { found: 0 } },
    ])
  }
})

test('seen: where nobody listens a call is the call of the store, and the same calls are made once for a store', async () => {
  const store = memoryStore()
  const answer = new Map()
  const calls = ['load', 'commit', 'find', 'list', 'versions'] as const
  const spies = calls.map((call) => vi.spyOn(store, call).mockReturnValue(answer as never))
  const channel = tracingChannel('servicebook.trip')
  const begun = vi.spyOn(channel.start, 'runStores')
  onTestFinished(() => begun.mockRestore())
  const seen = trips(store)
  expect(trips(store)).toBe(seen)
  expect(trips(memoryStore())).not.toBe(seen)
  const given = { load: [['a']], commit: [[]], find: [ID], list: [{ limit: 1 }], versions: ['a', ID, { limit: 1 }] }
  for (const [at, call] of calls.entries()) {
    expect((seen[call] as (...all: unknown[]) => unknown)(FAMILY, ...given[call])).toBe(answer)
    expect(spies[at]?.mock.calls).toEqual([[FAMILY, ...given[call]]])
  }
  expect(begun).not.toHaveBeenCalled()
})

/** A store that answers later, with its trips. */
function remote(more: Partial<ServiceStore> = {}) {
  const inner = memoryStore()
  const loads: string[] = []
  const commits: number[] = []
  const store: ServiceStore = {
    ...inner,
    durable: true,
    load: async (family, fqns) => {
      loads.push(`${family} ${fqns}`)
      return inner.load(family, fqns)
    },
    commit: async (family, changes) => {
      commits.push(changes.length)
      return inner.commit(family, changes)
    },
    ...more,
  }
  return { store, loads, commits }
}

test('§4–7 calls of one store and family that come together are one, and those of others are not', async () => {
  const { store, loads } = remote()
  const other = remote()
  const ask = (on: ServiceStore, family: string, fqn: string) => shared(on, family).load(family, [fqn])
  await Promise.all([ask(store, 'x', 'a'), ask(store, 'x', 'b'), ask(store, 'y', 'c'), ask(other.store, 'x', 'd')])
  expect(loads.sort()).toEqual(['x a,b', 'y c'])
  expect(other.loads).toEqual(['x d'])
  expect(shared(store, 'x')).toBe(shared(store, 'x'))
  expect(shared(store, 'x')).not.toBe(shared(store, 'y'))
})

test('§4 a store inside a transaction of the host serves each by himself', async () => {
  const { store, loads } = remote({ provisional: true })
  await Promise.all(['a', 'b'].map((fqn) => shared(store, 'x').load('x', [fqn])))
  expect(loads).toEqual(['x a', 'x b'])
})

test('§4 what does not outlive the process is waited for only once it made somebody wait', async () => {
  const { store, loads } = remote({ durable: false })
  const ask = () => Promise.all(['a', 'b'].map((fqn) => shared(store, 'x').load('x', [fqn])))
  await ask()
  expect(loads.splice(0)).toEqual(['x a', 'x b'])
  await ask()
  expect(loads).toEqual(['x a,b'])
})

test('§4–7 a load that fails for all is sent again for each, a commit only where nothing was written', async () => {
  for (const [applied, answers] of [
    [false, ['fulfilled', 'fulfilled']],
    [undefined, ['rejected', 'rejected']],
  ] as const) {
    let fails = 2
    const failing = () => {
      fails--
      throw Object.assign(new Error('down'), { applied })
    }
    const { store } = remote()
    const inner = { ...store }
    const broken: ServiceStore = {
      ...store,
      load: async (...given) => (fails === 2 ? failing() : inner.load(...given)),
      commit: async (...given) => (fails === 1 ? failing() : inner.commit(...given)),
    }
    const on = shared(broken, FAMILY)
    const loads = await Promise.allSettled(['a', 'b'].map((fqn) => on.load(FAMILY, [fqn])))
    expect(loads.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
    const [held] = await storedIn(await storeOfOne())
    const named = (name: string) => ({
      before: null,
      after: { ...held, service: { ...held?.service, id: name, name, fullyQualifiedName: name } } as never,
    })
    const commits = await Promise.allSettled(['a', 'b'].map((name) => on.commit(FAMILY, [named(name)])))
    expect(commits.map(({ status }) => status)).toEqual(answers)
  }
})

test('§4–7 what travels together is bounded by what it weighs: names nothing, changes their texts', async () => {
  const { store, loads, commits } = remote()
  const [held] = await storedIn(await storeOfOne())
  const text = 'x'.repeat(5 * 2 ** 20)
  const named = (name: string) => ({
    before: null,
    after: { ...held, service: { ...held?.service, id: name, fullyQualifiedName: name, description: text } } as never,
  })
  const on = shared(store, FAMILY)
  await Promise.all([text, `${text}y`].map((fqn) => on.load(FAMILY, [fqn])))
  expect(loads).toHaveLength(1)
  await Promise.all(['a', 'b'].map((name) => on.commit(FAMILY, [named(name)])))
  expect(commits).toEqual([1, 1])
})
