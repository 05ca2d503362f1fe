import {
  createService,
  deleteService,
  etag,
  getService,
  listVersions,
  type PatchOperation,
  patchService,
  type Service,
  upsertService,
} from 'servicebook'
import { describe, expect, test } from 'vitest'
import type { Request } from './arbitraries.js'
import { bookOn, openTestBook, stateOf, stores } from './catalogue.js'

/* Patches of one principal that are one change: what consolidates, what it takes back, and what does not. */

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const [ada, eve] = [{ name: 'ada' }, { name: 'eve' }]
const put = (path: string, value: unknown): PatchOperation => ({ op: 'add', path, value })

describe.each(stores)('on the $name store', (which) => {
  test('§7 patches of one principal within ten minutes are one change, told whole; after that they are another', async () => {
    for (const [later, versions] of [
      [599_999, [0.2, 0.1]],
      [600_000, [0.2, 0.1]],
      [600_001, [0.3, 0.2, 0.1]],
    ] as const) {
      let time = 1_000_000
      const book = await bookOn(which, { now: () => time })
      await createService(book, row('a', { description: 'first' }), { by: ada })
      time += 700_000
      await patchService(book, 'a', [put('/description', 'second')], { by: ada })
      time += later
      const { service } = (await patchService(book, 'a', [put('/displayName', 'A')], { by: ada }))._unsafeUnwrap()
      const held = (await listVersions(book, 'a'))._unsafeUnwrap().services
      expect(held.map(({ version }) => version)).toEqual(versions)
      expect(service.updatedAt).toBe(time)
      const { previousVersion, fieldsAdded, fieldsUpdated } = service.changeDescription as NonNullable<
        Service['changeDescription']
      >
      expect(fieldsAdded).toEqual([{ name: 'displayName', newValue: 'A' }])
      expect(previousVersion).toBe(versions[1])
      const told = [{ name: 'description', oldValue: 'first', newValue: 'second' }]
      expect(fieldsUpdated).toEqual(later <= 600_000 ? told : [])
    }
  })

  test('§7 an edit that undoes the session takes the version back, with its content and a new time', async () => {
    let time = 1_000_000
    const book = await bookOn(which, { now: () => time })
    await createService(book, row('a', { description: 'first', tags: [{ tagFQN: 'PII' }] }), { by: eve })
    await upsertService(book, row('a', { description: 'second' }), { by: eve })
    const before = (await getService(book, 'a'))._unsafeUnwrap()
    time += 1000
    await patchService(book, 'a', [put('/description', 'third'), { op: 'remove', path: '/tags' }], { by: ada })
    time += 1000
    const undo = [put('/description', 'second'), put('/tags', before.tags)]
    const { outcome, service } = (await patchService(book, 'a', undo, { by: ada }))._unsafeUnwrap()
    expect([outcome, service]).toEqual(['updated', { ...before, updatedAt: time }])
    expect(etag(service)).not.toBe(etag(before))
    const { current, history } = await stateOf(book.store)
    expect(current).toEqual([service])
    expect(history[0]?.map(({ version }) => version)).toEqual([0.1])
    time += 1000
    const next = (await patchService(book, 'a', [put('/description', 'fourth')], { by: ada }))._unsafeUnwrap()
    expect(next.service.version).toBe(0.3)
  })
})

test('§7 what does not consolidate: others, nobody, a precondition, connection or serviceType, a restore, the first version, upserts', async () => {
  const connection = { config: { supportsMetadataExtraction: true } }
  const edit = put('/displayName', 'x')
  const first: [string, PatchOperation[], object | undefined][] = [
    ['another principal', [put('/description', 'y')], { by: eve }],
    ['nobody', [put('/description', 'y')], {}],
    ['connection before', [put('/connection', connection)], { by: ada }],
    ['serviceType before', [put('/serviceType', 'Mlflow')], { by: ada }],
  ]
  for (const [name, operations, options] of first) {
    const book = openTestBook({ now: () => 1_000_000 })
    await createService(book, row('a'), { by: ada })
    const before = (await patchService(book, 'a', operations, options))._unsafeUnwrap().service.version
    const by = name === 'nobody' ? {} : { by: ada }
    const after = (await patchService(book, 'a', [edit], by))._unsafeUnwrap().service.version
    expect(Math.round((after - before) * 10), name).toBe(1)
  }
  const second: [string, (book: ReturnType<typeof openTestBook>, service: Service) => Promise<unknown>][] = [
    ['ifMatch', async (book, service) => patchService(book, 'a', [edit], { by: ada, ifMatch: etag(service) })],
    ['connection', async (book) => patchService(book, 'a', [edit, put('/connection', connection)], { by: ada })],
    ['upsert', async (book) => upsertService(book, row('a', { description: 'z' }), { by: ada })],
  ]
  for (const [name, change] of second) {
    const book = openTestBook({ now: () => 1_000_000 })
    await createService(book, row('a'), { by: ada })
    const { service } = (await patchService(book, 'a', [put('/description', 'y')], { by: ada }))._unsafeUnwrap()
    await change(book, service)
    expect((await getService(book, 'a'))._unsafeUnwrap().version, name).toBe(0.3)
  }
  const book = openTestBook({ now: () => 1_000_000 })
  await createService(book, row('a'), { by: ada })
  const { service } = (await patchService(book, 'a', [edit], { by: ada }))._unsafeUnwrap()
  expect(service.version).toBe(0.2)
  await deleteService(book, 'a', { by: ada })
  await upsertService(book, row('a'), { by: ada })
  const restored = (await patchService(book, 'a', [put('/description', 'y')], { by: ada }))._unsafeUnwrap()
  expect(restored.service.version).toBe(0.5)
})
