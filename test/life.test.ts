import fc from 'fast-check'
import type { ResultAsync } from 'neverthrow'
import {
  allServices,
  type BadRequest,
  bulkUpsert,
  createService,
  deleteService,
  etag,
  getService,
  getServiceAt,
  getVersion,
  listServices,
  listVersions,
  restoreService,
  type Service,
  upsertService,
} from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { describe, expect, test } from 'vitest'
import { nastyNames, type Request } from './arbitraries.js'
import { bookOn, FAMILY, openTestBook, stateOf, stores } from './catalogue.js'

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const by = { name: 'ada' }
const names = (services: readonly Service[]) => services.map(({ name }) => name)
const versions = (services: readonly Service[]) => services.map(({ version }) => version)

describe.each(stores)('on the $name store', (which) => {
  test('§7 a soft delete is a version, a second one is unchanged; a restore is another; a hard delete leaves nothing', async () => {
    const book = await bookOn(which, { now: () => 1000 })
    const config = { awsConfig: { awsRegion: 'eu', awsSecretAccessKey: 'hush' } }
    await createService(book, { name: 'a', serviceType: 'SageMaker', connection: { config } }, { by })
    const { outcome, service: deleted } = (await deleteService(book, 'a', { by: { name: 'eve' } }))._unsafeUnwrap()
    expect(outcome).toBe('deleted')
    expect(deleted).toMatchObject({ version: 0.2, deleted: true, updatedBy: 'eve', updatedAt: 1001 })
    expect(deleted.changeDescription).toEqual({
      fieldsAdded: [],
      fieldsUpdated: [{ name: 'deleted', oldValue: false, newValue: true }],
      fieldsDeleted: [],
      previousVersion: 0.1,
    })
    for (const subject of ['a', { id: deleted.id }] as const)
      expect((await deleteService(book, subject))._unsafeUnwrap()).toEqual({ outcome: 'unchanged', service: deleted })
    expect((await getService(book, 'a'))._unsafeUnwrapErr().code).toBe('ENTITY_NOT_FOUND')
    expect((await getService(book, 'a', { include: 'deleted' }))._unsafeUnwrap()).toEqual(deleted)
    expect((await createService(book, row('a')))._unsafeUnwrapErr().code).toBe('ENTITY_ALREADY_EXISTS')

    const back = (await restoreService(book, { id: deleted.id }, { by }))._unsafeUnwrap()
    expect(back).toMatchObject({ outcome: 'restored', service: { version: 0.3, deleted: false, updatedBy: 'ada' } })
    const again = (await restoreService(book, 'a'))._unsafeUnwrap()
    expect(again).toEqual({ outcome: 'unchanged', service: back.service })
    expect(back.service.connection).toEqual(deleted.connection)
    expect(versions((await listVersions(book, 'a'))._unsafeUnwrap().services)).toEqual([0.3, 0.2, 0.1])

    await deleteService(book, 'a')
    const gone = (await deleteService(book, { name: 'a' }, { hard: true }))._unsafeUnwrap()
    expect(gone).toMatchObject({ outcome: 'removed', service: { version: 0.4, deleted: true } })
    expect((await stateOf(book.store)).current).toEqual([])
    for (const verb of [deleteService, restoreService, listVersions, getService] as const)
      expect((await verb(book, { id: gone.service.id }))._unsafeUnwrapErr().code).toBe('ENTITY_NOT_FOUND')
    expect((await upsertService(book, row('a')))._unsafeUnwrap()).toMatchObject({
      outcome: 'created',
      service: { version: 0.1 },
    })
    expect((await getVersion(book, 'a', 0.2))._unsafeUnwrapErr().code).toBe('ENTITY_NOT_FOUND')
  })

  test('§3 §7 versions are listed newest first, each is readable by number and by the time it was current', async () => {
    let time = 1000
    const book = await bookOn(which, { now: () => time })
    for (let round = 0; round < 25; round++) {
      await upsertService(book, row('a', { description: `round ${round}` }))
      time += 1000
    }
    const all = (await listVersions(book, 'a', { limit: 100 }))._unsafeUnwrap()
    expect(versions(all.services)).toEqual(Array.from({ length: 25 }, (_, at) => (25 - at) / 10))
    expect(all.more).toBe(false)
    const exact = (await listVersions(book, 'a', { limit: 25 }))._unsafeUnwrap()
    expect([exact.services.length, exact.more]).toEqual([25, false])
    const paged: Service[] = []
    for (let before: number | undefined; ; before = paged.at(-1)?.version) {
      const { services, more } = (
        await listVersions(book, 'a', { limit: 4, ...(before && { before }) })
      )._unsafeUnwrap()
      paged.push(...services)
      expect(services.length).toBe(more ? 4 : 1)
      if (!more) break
    }
    expect(paged).toEqual(all.services)
    const none = (await listVersions(book, 'a', { limit: 0 }))._unsafeUnwrap()
    expect(none).toEqual({ services: [], more: true })
    for (const [at, service] of all.services.entries()) {
      expect((await getVersion(book, 'a', service.version))._unsafeUnwrap()).toEqual(service)
      const since = 1000 * (25 - at)
      for (const instant of [since, since + 999, new Date(since + 500)])
        expect((await getServiceAt(book, 'a', instant))._unsafeUnwrap()).toEqual(service)
    }
    for (const version of [0.05, 2.6, 0.15, 100])
      expect((await getVersion(book, 'a', version))._unsafeUnwrapErr()).toMatchObject({ code: 'ENTITY_NOT_FOUND' })
    for (const instant of [999, 0, -1e300])
      expect((await getServiceAt(book, 'a', instant))._unsafeUnwrapErr()).toMatchObject({ code: 'ENTITY_NOT_FOUND' })
    expect((await getServiceAt(book, 'a', Number.MAX_SAFE_INTEGER))._unsafeUnwrap().version).toBe(2.5)
  })

  test('§7 lists are paged both ways by cursors, filtered, counted, and stable while others write', async () => {
    const book = await bookOn(which)
    const owner = '11111111-1111-4111-8111-11111111111a'
    const rows = nastyNames.map((name, at) =>
      row(name, {
        ...(at % 3 === 0 && { domain: 'Sales' }),
        ...(at % 2 === 0 && { tags: [{ tagFQN: 'PII' }] }),
        ...(at % 5 === 0 && { owners: [{ id: owner.toUpperCase(), type: 'user' }] }),
      }),
    )
    await bulkUpsert(book, rows)
    const inOrder = (await listServices(book, { limit: 100 }))._unsafeUnwrap()
    expect(inOrder.paging).toEqual({})
    expect(new Set(names(inOrder.services))).toEqual(new Set(nastyNames))
    const forwards: Service[][] = []
    let page = (await listServices(book, { limit: 5, total: true }))._unsafeUnwrap()
    expect(page.paging.before).toBe(undefined)
    expect(page.paging.total).toBe(nastyNames.length)
    for (;;) {
      forwards.push([...page.services])
      const { after } = page.paging
      if (after === undefined) break
      await createService(book, row(`${page.services.at(-1)?.name.slice(0, 200)}~`))
      page = (await listServices(book, { limit: 5, after }))._unsafeUnwrap()
      expect(page.paging.before).toBeDefined()
    }
    const seen = names(forwards.flat())
    expect(seen.filter((name) => nastyNames.includes(name))).toEqual(names(inOrder.services))
    const backwards: Service[][] = []
    for (let { before } = page.paging; before !== undefined; ) {
      const previous = (await listServices(book, { limit: 5, before }))._unsafeUnwrap()
      expect(previous.paging.after).toBeDefined()
      backwards.unshift([...previous.services])
      before = previous.paging.before
    }
    const stayed = names([...backwards.flat(), ...page.services]).filter((name) => nastyNames.includes(name))
    expect(stayed).toEqual(names(inOrder.services))
    const count = async (query: object) =>
      (await listServices(book, { ...query, limit: 0, total: true }))._unsafeUnwrap().paging.total
    expect(await count({ domain: 'Sales' })).toBe(rows.filter(({ domain }) => domain === 'Sales').length)
    expect(await count({ tagFQN: 'PII' })).toBe(rows.filter(({ tags }) => tags).length)
    expect(await count({ owner: owner.toUpperCase() })).toBe(rows.filter(({ owners }) => owners).length)
    expect(await count({ serviceType: 'Mlflow' })).toBe(0)
    await deleteService(book, { name: 'A' })
    expect(await count({ include: 'deleted' })).toBe(1)
    const looped: string[] = []
    for await (const next of allServices(book, { limit: 7, include: 'all' })) looped.push(next._unsafeUnwrap().name)
    expect(looped).toEqual(names((await stateOf(book.store)).current))
  })
})

test('§7 ifMatch: two states of a service never share a tag, and a state that is gone is PRECONDITION_FAILED', async () => {
  const book = openTestBook({ now: () => 1000 })
  const tags = new Set<string>()
  const made = (await createService(book, row('a')))._unsafeUnwrap()
  expect(etag(made)).toBe(`"${made.id}.0.1.1000"`)
  tags.add(etag(made))
  const verbs = [
    (ifMatch: string) =>
      upsertService(book, row('a', { description: `${tags.size}` }), { ifMatch }).map((put) => put.service),
    (ifMatch: string) => deleteService(book, 'a', { ifMatch }).map((gone) => gone.service),
    (ifMatch: string) => restoreService(book, 'a', { ifMatch }).map((back) => back.service),
  ]
  let current = etag(made)
  for (const [at, verb] of [...verbs, ...verbs].entries()) {
    const before = await stateOf(book.store)
    for (const none of ['"stale", "other"', `W/${current}`, current.slice(1, -1), '"x", *'])
      expect((await verb(none))._unsafeUnwrapErr().code).toBe('PRECONDITION_FAILED')
    const failed = await verb('"stale"')
    expect(failed._unsafeUnwrapErr()).toMatchObject({
      code: 'PRECONDITION_FAILED',
      expected: '"stale"',
      actual: current,
    })
    expect(await stateOf(book.store)).toEqual(before)
    const [several, any] = [`"stale" , ${current},"other"`, '*']
    current = etag((await verb([current, several, any][at % 3] as string))._unsafeUnwrap())
    tags.add(current)
  }
  expect(tags.size).toBe(7)
  const absent = await upsertService(book, row('new'), { ifMatch: '*' })
  expect(absent._unsafeUnwrapErr()).toMatchObject({ code: 'PRECONDITION_FAILED', actual: null })
  expect((await getService(book, 'new')).isErr()).toBe(true)
  expect((await deleteService(book, 'none', { ifMatch: '*' }))._unsafeUnwrapErr().code).toBe('ENTITY_NOT_FOUND')
})

test('§5 ifMatch turns a lost race into PRECONDITION_FAILED; without it the race is decided again', async () => {
  const verbs = {
    upsert: (book: ReturnType<typeof openTestBook>, ifMatch?: string) =>
      upsertService(book, row('a', { description: 'mine' }), { ifMatch }),
    delete: (book: ReturnType<typeof openTestBook>, ifMatch?: string) => deleteService(book, 'a', { ifMatch }),
    'hard delete': (book: ReturnType<typeof openTestBook>, ifMatch?: string) =>
      deleteService(book, 'a', { ifMatch, hard: true }),
  }
  for (const verb of Object.values(verbs)) {
    for (const demands of [true, false]) {
      const store = memoryStore()
      const made = (await createService(openTestBook({ store }), row('a')))._unsafeUnwrap()
      let rivals = 1
      const contended = {
        ...store,
        async commit(...args: Parameters<typeof store.commit>) {
          if (rivals-- > 0) await upsertService(openTestBook({ store }), row('a', { description: 'rival' }))
          return store.commit(...args)
        },
      }
      const answer = await verb(openTestBook({ store: contended }), demands ? etag(made) : undefined)
      if (demands) expect(answer._unsafeUnwrapErr().code).toBe('PRECONDITION_FAILED')
      else expect(answer.isOk()).toBe(true)
    }
  }
})

test('bad options and subjects of every verb are refused with their paths, before anything is read', async () => {
  const book = openTestBook({ store: { ...memoryStore(), load: () => Promise.reject(new Error('read')) } })
  const unhard = { by: { name: '' }, ifMatch: 7 } as never
  const bad = { by: { name: '' }, ifMatch: 7, hard: 'yes' } as never
  const paths = async (answer: ResultAsync<unknown, { readonly code: string }>) => {
    const error = (await answer)._unsafeUnwrapErr() as BadRequest
    expect(error.code).toBe('BAD_REQUEST')
    return error.issues.map(({ path }) => path)
  }
  expect(await paths(deleteService(book, 7 as never, bad))).toEqual(['', '/by/name', '/ifMatch', '/hard'])
  expect(await paths(restoreService(book, { id: 'x' }, unhard))).toEqual(['/id', '/by/name', '/ifMatch'])
  expect(await paths(upsertService(book, row('a'), unhard))).toEqual(['/by/name', '/ifMatch'])
  const list = { limit: -1, after: 'x', before: 'y', include: 'x', total: 1, owner: 7, domain: 'a\0' } as never
  expect(await paths(listServices(book, list))).toEqual([
    '/include',
    '/limit',
    '/before',
    '/total',
    '/owner',
    '/domain',
    '/after',
  ])
  for (const cursor of ['', '!', 'e30', btoa('{"name":1,"id":2}'), btoa('{"name":"a","id":"x"}'), btoa('null'), 'ÿ'])
    expect(await paths(listServices(book, { before: cursor })), cursor).toEqual(['/before'])
  expect(await paths(listVersions(book, 'a', { limit: 0.5, before: Number.NaN, include: 'x' } as never))).toEqual([
    '/include',
    '/limit',
    '/before',
  ])
  expect(await paths(getVersion(book, 'a', Number.NaN))).toEqual(['/version'])
  expect(await paths(getServiceAt(book, 'a', new Date('x')))).toEqual(['/instant'])
})

test('§9 lists leave out what the policy does not show; a failing policy or store is an error, also in a loop', async () => {
  const store = memoryStore()
  await bulkUpsert(
    openTestBook({ store }),
    Array.from({ length: 9 }, (_, at) => row(`s${at}`)),
  )
  const policy = (_: unknown, __: unknown, target?: Service) =>
    target !== undefined && Number(target.name.slice(1)) % 3 === 0 ? ('forbidden' as const) : ('allow' as const)
  const book = openTestBook({ store, policy })
  const page = (await listServices(book, { limit: 4, by, total: true }))._unsafeUnwrap()
  expect([names(page.services), page.paging.total]).toEqual([['s1', 's2'], 9])
  const looped: string[] = []
  for await (const next of allServices(book, { limit: 2, by })) looped.push(next._unsafeUnwrap().name)
  expect(looped).toEqual(['s1', 's2', 's4', 's5', 's7', 's8'])
  const fails = () => Promise.reject(new Error('down'))
  for (const [broken, during] of [
    [openTestBook({ store, policy: fails }), 'authorise'],
    [openTestBook({ store: { ...store, list: fails } }), 'load'],
  ] as const) {
    expect((await listServices(broken, { by }))._unsafeUnwrapErr()).toMatchObject({ code: 'STORE_FAILED', during })
    const seen = []
    for await (const next of allServices(broken, { by })) seen.push(next.isErr() && next.error.code)
    expect(seen).toEqual(['STORE_FAILED'])
  }
  const anonymous = openTestBook({ store, policy: (who) => (who === undefined ? 'unauthenticated' : 'allow') })
  expect((await listServices(anonymous))._unsafeUnwrapErr().code).toBe('UNAUTHORIZED')
})

test('§7 deletes, restores and upserts of one name at once are one after the other: every one is a version', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('delete', 'restore', 'upsert'), { maxLength: 12 }), async (verbs) => {
      const book = openTestBook()
      await createService(book, row('a'))
      const answers = await Promise.all(
        verbs.map(async (verb, at) => {
          if (verb === 'delete')
            return (await deleteService(book, 'a')).map(({ outcome }) => outcome === 'deleted')._unsafeUnwrap()
          if (verb === 'restore')
            return (await restoreService(book, 'a')).map(({ outcome }) => outcome === 'restored')._unsafeUnwrap()
          return (await upsertService(book, row('a', { description: `${at}` }))).isOk()
        }),
      )
      let [deleted, count] = [false, 1]
      for (const [at, verb] of verbs.entries()) {
        const happens = verb === 'upsert' || (verb === 'delete') !== deleted
        expect(answers[at]).toBe(happens)
        if (happens) [deleted, count] = [verb === 'delete', count + 1]
      }
      const { current, history } = await stateOf(book.store)
      expect([current[0]?.deleted, history[0]?.length]).toEqual([deleted, count - 1])
    }),
  )
})

test('a service that is gone between finding its id and changing it is not found', async () => {
  const store = memoryStore()
  const made = (await createService(openTestBook({ store }), row('a')))._unsafeUnwrap()
  const late = openTestBook({
    store: {
      ...store,
      async find(...args) {
        const found = await store.find(...args)
        await deleteService(openTestBook({ store }), 'a', { hard: true })
        await createService(openTestBook({ store }), row('a'))
        return found
      },
    },
  })
  expect((await deleteService(late, { id: made.id }))._unsafeUnwrapErr().code).toBe('ENTITY_NOT_FOUND')
  expect((await store.list(FAMILY, { limit: 10 })).services).toHaveLength(1)
})
