import { AsyncLocalStorage } from 'node:async_hooks'
import {
  bulkUpsert,
  createService,
  deleteService,
  patchService,
  restoreService,
  type ServiceStore,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { openTestBook, stateOf, testCipher } from './catalogue.js'

/*
 * §4–7 single verbs that come together share their trips to a store that makes them wait, and nothing else.
 */

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const names = Array.from({ length: 20 }, (_, at) => `s${at}`)
const describe = (text: string) => [{ op: 'add', path: '/description', value: text } as const]

/** A store behind a wire: each call answers a turn later. */
function remote(inner: ServiceStore = memoryStore(), more: Partial<ServiceStore> = {}): ServiceStore {
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  return {
    ...inner,
    durable: true,
    async load(family, fqns) {
      await turn()
      return inner.load(family, fqns)
    },
    async commit(family, changes) {
      await turn()
      return inner.commit(family, changes)
    },
    async find(family, id) {
      const found = await inner.find(family, id)
      await turn()
      return found
    },
    ...more,
  }
}

function counted(store: ServiceStore) {
  const spies = [vi.spyOn(store, 'find'), vi.spyOn(store, 'load'), vi.spyOn(store, 'commit')] as const
  const trips = () => {
    const calls = spies.map((spy) => spy.mock.calls.length)
    for (const spy of spies) spy.mockClear()
    return calls
  }
  return { store, trips }
}

test('§4–7 trips of one caller: create 1, upsert 2, unchanged 1; by id no more than by name', async () => {
  const { store, trips } = counted(remote())
  const book = openTestBook({ store })
  const { id } = (await createService(book, row('a')))._unsafeUnwrap()
  expect(trips()).toEqual([0, 0, 1])
  await upsertService(book, row('a', { description: 'x' }))
  expect(trips()).toEqual([0, 1, 1])
  await upsertService(book, row('a', { description: 'x' }))
  expect(trips()).toEqual([0, 1, 0])
  for (const [subject, at] of [['a', 1] as const, [{ id }, 0] as const]) {
    const two = [1 - at, at, 1]
    await patchService(book, subject, describe(`${at}`))
    expect(trips()).toEqual(two)
    await deleteService(book, subject)
    expect(trips()).toEqual(two)
    await restoreService(book, subject)
    expect(trips()).toEqual(two)
    await restoreService(book, subject)
    expect(trips()).toEqual([1 - at, at, 0])
  }
  await deleteService(book, { id }, { hard: true })
  expect(trips()).toEqual([1, 0, 1])
})

test('§5 by id: what was found before its turn is no lost race, and is not decided on where others had to be waited for', async () => {
  const inner = memoryStore()
  let rival: (() => Promise<unknown>) | undefined
  const refused: number[] = []
  const store = remote(inner, {
    async commit(family, changes) {
      await new Promise((resolve) => setImmediate(resolve))
      await rival?.()
      rival = undefined
      const answer = await inner.commit(family, changes)
      refused.push(answer.length)
      return answer
    },
  })
  const book = openTestBook({ store, attempts: 1 })
  const { id } = (await createService(book, row('a')))._unsafeUnwrap()
  const patches = names.map((name) =>
    patchService(book, { id }, [{ op: 'add', path: '/tags/-', value: { tagFQN: name } }]),
  )
  for (const patched of await Promise.all(patches)) expect(patched._unsafeUnwrap().outcome).toBe('updated')
  expect(refused.every((count) => count === 0)).toBe(true)
  expect((await stateOf(inner)).current[0]?.tags).toHaveLength(names.length)
  const elsewhere = openTestBook({ store: inner })
  rival = async () => upsertService(elsewhere, row('a', { description: 'won' }))
  const operations = [{ op: 'add', path: '/displayName', value: 'late' } as const]
  expect((await patchService(book, { id }, operations))._unsafeUnwrap().service).toMatchObject({
    description: 'won',
    displayName: 'late',
  })
})

test('§6 a name that is lost keeps no other waiting: it goes round apart', async () => {
  const inner = memoryStore()
  const committed: (readonly string[])[] = []
  const store: ServiceStore = {
    ...inner,
    commit(family, changes) {
      const fqns = changes.map(({ after }) => after?.service.fullyQualifiedName as string)
      committed.push(fqns)
      return committed.length === 1
        ? ['hot', ...(inner.commit(family, changes.slice(1)) as string[])]
        : inner.commit(family, changes)
    },
  }
  const rows = [row('hot'), row('cold'), row('cold', { description: 'x' }), row('hot', { description: 'x' })]
  const report = (await bulkUpsert(openTestBook({ store }), rows))._unsafeUnwrap()
  expect(report.rows).toMatchObject([
    { fqn: 'hot', outcome: 'created' },
    { fqn: 'cold', outcome: 'created' },
    { fqn: 'cold', outcome: 'updated' },
    { fqn: 'hot', outcome: 'updated' },
  ])
  expect(committed).toEqual([['hot', 'cold'], ['cold'], ['hot'], ['hot']])
})

test('§4–7 trips of single verbs that come together are those of one', async () => {
  const { store, trips } = counted(remote())
  const book = openTestBook({ store })
  const made = await Promise.all(names.map((name) => createService(book, row(name))))
  expect(made.every((one) => one.isOk())).toBe(true)
  expect(trips()).toEqual([0, 0, 1])
  await Promise.all(names.map((name) => upsertService(book, row(name, { description: 'x' }))))
  expect(trips()).toEqual([0, 1, 1])
  await Promise.all(names.map((name) => patchService(book, name, describe('y'))))
  expect(trips()).toEqual([0, 1, 1])
  await Promise.all([
    ...names.slice(0, 5).map((name) => upsertService(book, row(name, { description: 'z' }))),
    ...names.slice(5, 10).map((name) => patchService(book, name, describe('z'))),
    ...names.slice(10, 15).map((name) => deleteService(book, name)),
    ...names.slice(15).map((name) => deleteService(book, name, { hard: true })),
  ])
  const [finds, loads, commits] = trips()
  expect([finds, loads]).toEqual([0, 1])
  expect(commits).toBeLessThanOrEqual(2)
})

test('§4 a store that never waits, and one inside a transaction of the host, serve each caller by himself', async () => {
  for (const store of [memoryStore(), remote(memoryStore(), { provisional: true })]) {
    const { trips } = counted(store)
    const book = openTestBook({ store })
    await Promise.all(names.map((name) => upsertService(book, row(name))))
    expect(trips()).toEqual([0, names.length, names.length])
  }
})

test('§4 what travels together is bounded in rows and in bytes', async () => {
  const { store } = counted(remote())
  const book = openTestBook({ store })
  const commit = vi.mocked(store.commit)
  await Promise.all(Array.from({ length: 600 }, (_, at) => createService(book, row(`n${at}`))))
  const rows = commit.mock.calls.map(([, changes]) => changes.length)
  expect(Math.max(...rows)).toBeLessThanOrEqual(250)
  expect(rows.length).toBeLessThanOrEqual(3)
  commit.mockClear()
  const description = 'x'.repeat(2 ** 20)
  await Promise.all(Array.from({ length: 20 }, (_, at) => createService(book, row(`large${at}`, { description }))))
  const large = commit.mock.calls.map(([, changes]) => changes.length)
  expect(Math.max(...large)).toBeLessThanOrEqual(7)
  expect(large.reduce((sum, one) => sum + one)).toBe(20)
})

test('§10 what the store refuses for one, it fails for one: the others are sent again, each by itself', async () => {
  const inner = memoryStore()
  const fails = (fqns: readonly string[], applied: unknown) => {
    if (fqns.includes('bad')) throw Object.assign(new Error('no'), applied === undefined ? {} : { applied })
  }
  let applied: unknown = false
  let failing: 'load' | 'commit' = 'load'
  const store = remote(inner, {
    async load(family, fqns) {
      if (failing === 'load') fails(fqns, undefined)
      return inner.load(family, fqns)
    },
    async commit(family, changes) {
      if (failing === 'commit')
        fails(
          changes.map(({ after }) => after?.service.fullyQualifiedName ?? ''),
          applied,
        )
      return inner.commit(family, changes)
    },
  })
  const book = openTestBook({ store })
  const all = async (description: string) => {
    const answers = await Promise.all(['a', 'bad', 'b'].map((name) => upsertService(book, row(name, { description }))))
    return answers.map((answer) => (answer.isOk() ? answer.value.outcome : answer.error))
  }
  const failed = (during: string, applied: unknown) =>
    expect.objectContaining({ code: 'STORE_FAILED', during, applied })
  expect(await all('1')).toEqual(['created', failed('load', false), 'created'])
  failing = 'commit'
  expect(await all('2')).toEqual(['updated', failed('commit', false), 'updated'])
  applied = undefined
  const unknown = failed('commit', 'unknown')
  expect(await all('3')).toEqual([unknown, unknown, unknown])
  expect((await stateOf(inner)).current.map(({ description }) => description)).toEqual(['2', '2'])
})

test('§9 the policy, the directory, the cipher, a representation and the listener are asked in the context of their caller', async () => {
  const context = new AsyncLocalStorage<string>()
  const seen: string[] = []
  const told: string[] = []
  const here = (who: string) => seen.push(`${who} in ${context.getStore()}`)
  const inner = testCipher()
  const only = (texts: readonly { id: string }[]) => texts.length
  const book = openTestBook({
    store: remote(),
    policy: async (by) => {
      here(by?.name ?? '')
      await null
      here(by?.name ?? '')
      return 'allow' as const
    },
    directory: {
      knows: async (references) => {
        for (const one of references) if ('id' in one) here(`s${Number(one.id.slice(-2))}`)
        return references.map(() => true)
      },
    },
    cipher: {
      ...inner,
      seal: (texts) => {
        told.push(`${only(texts)} in ${context.getStore()}`)
        return inner.seal(texts)
      },
    },
    onChange: ({ userName }) => here(userName),
  })
  const owner = (at: number) => ({
    id: `00000000-0000-4000-8000-0000000000${String(at).padStart(2, '0')}`,
    type: 'user',
  })
  const connection = { config: { sourcePythonClass: 'x', connectionOptions: { password: 'hush' } } }
  await Promise.all(
    names.map((name, at) =>
      context.run(name, () =>
        upsertService(book, row(name, { serviceType: 'CustomMlModel', connection, owners: [owner(at)] }), {
          by: { name },
        }),
      ),
    ),
  )
  const as = {
    show: async (service: { name: string }) => {
      here(service.name)
      return service
    },
    read: (request: object) => ({ request }),
  }
  await Promise.all(
    names.map((name) =>
      context.run(name, () => patchService(book, name, describe('x'), { by: { name }, as: as as never })),
    ),
  )
  expect(seen).toHaveLength(names.length * 9)
  expect(seen.filter((line) => line !== `${line.split(' ')[0]} in ${line.split(' ')[0]}`)).toEqual([])
  expect(told.sort()).toEqual(names.map((name) => `1 in ${name}`).sort())
})

test('§9 a policy that never answers one caller keeps no other waiting, and neither does an aborted bulk', async () => {
  let answer: (decision: 'allow') => void = () => {}
  const book = openTestBook({
    store: remote(),
    policy: (by) => {
      if (by?.name !== 'slow') return 'allow'
      return new Promise((resolve) => {
        answer = resolve
      })
    },
  })
  const slow = upsertService(book, row('slow'), { by: { name: 'slow' } })
  const controller = new AbortController()
  async function* rows() {
    yield row('in')
    controller.abort(new Error('enough'))
    yield row('out')
  }
  const bulk = bulkUpsert(book, rows(), { by: { name: 'bulk' }, signal: controller.signal, chunkSize: 1 })
  const answers = await Promise.all(names.map((name) => upsertService(book, row(name), { by: { name } })))
  expect(answers.map((one) => one._unsafeUnwrap().outcome)).toEqual(names.map(() => 'created'))
  expect((await bulk)._unsafeUnwrap().status).toBe('aborted')
  answer('allow')
  expect((await slow)._unsafeUnwrap().outcome).toBe('created')
})

test('§10 a function of the host that throws for one fails that one alone', async () => {
  let calls = 0
  const third = <T>(answer: () => T) => {
    calls++
    if (calls === 3) throw new Error('not now')
    return answer()
  }
  let id = 0
  const ids = () => `00000000-0000-4000-8000-${String(++id).padStart(12, '0')}`
  const hosts = {
    now: { now: () => third(() => 1) },
    newId: { newId: () => third(ids) },
    policy: { policy: () => third(() => 'allow' as const) },
    cipher: { cipher: { ...testCipher(), seal: () => third(() => ['sealed']) } },
    directory: { directory: { knows: (all: readonly unknown[]) => third(() => all.map(() => true)) } },
  }
  for (const [host, options] of Object.entries(hosts)) {
    calls = 0
    const book = openTestBook({ store: remote(), cipher: testCipher(), ...options })
    const connection = { config: { sourcePythonClass: 'x', connectionOptions: { password: 'hush' } } }
    const request = (name: string) => row(name, { serviceType: 'CustomMlModel', connection, domain: 'd' })
    const answers = await Promise.all(
      names.slice(0, 6).map((name) => upsertService(book, request(name), { by: { name } })),
    )
    expect(
      answers.map((one) => (one.isOk() ? one.value.outcome : one.error.code)),
      host,
    ).toEqual(['created', 'created', 'STORE_FAILED', 'created', 'created', 'created'])
  }
})

test('§5 two copies of the package in one process take turns and travel together', async () => {
  const { store, trips } = counted(remote())
  const first = openTestBook({ store })
  vi.resetModules()
  const copy = await import('servicebook')
  expect(copy.upsertService).not.toBe(upsertService)
  const second = copy.openBook({ family: copy.mlmodelServices, store })
  const answers = await Promise.all(
    names.flatMap((name) => [
      upsertService(first, row(name, { tags: [{ tagFQN: 'One' }] })),
      copy.upsertService(second, row(name, { tags: [{ tagFQN: 'Other' }] })),
    ]),
  )
  expect(answers.map((one) => one._unsafeUnwrap().outcome)).toEqual(names.flatMap(() => ['created', 'updated']))
  expect(trips()).toEqual([0, 2, 2])
  await Promise.all(
    names.flatMap((name) => [
      upsertService(first, row(`first ${name}`)),
      copy.upsertService(second, row(`second ${name}`)),
    ]),
  )
  expect(trips()).toEqual([0, 1, 1])
})
