import fs from 'node:fs'
import path from 'node:path'
import {
  bulkUpsert,
  createService,
  deleteService,
  followService,
  getService,
  listServices,
  listVersions,
  patchService,
  upsertService,
} from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { FAMILY, openTestBook, temporaryDirectory } from './catalogue.js'

/* What a write costs on disk, in calls and bytes: on no machine anything else. */

const row = (name: string, rest = {}): Request => ({ name, serviceType: 'Sklearn', ...rest }) as Request
const size = (directory: string) => fs.statSync(path.join(directory, `${FAMILY}.jsonl`)).size

async function opened() {
  const directory = temporaryDirectory()
  const store = fsStore(directory)
  const book = openTestBook({ store })
  await createService(book, row('first'))
  onTestFinished(() => store.close())
  const spies = [vi.spyOn(fs, 'writeSync'), vi.spyOn(fs, 'fdatasync'), vi.spyOn(fs, 'openSync')]
  onTestFinished(() => void vi.restoreAllMocks())
  /** Writes, syncs and looks at the path since it was asked last. */
  const calls = () => {
    const counts = spies.map((spy) => spy.mock.calls.length)
    for (const spy of spies) spy.mockClear()
    return counts
  }
  return { directory, store, book, calls }
}

test('a change of one caller is one write, one sync and one look; what changes nothing, and what reads, is none', async () => {
  const { book, calls } = await opened()
  const { id } = (await createService(book, row('a')))._unsafeUnwrap()
  expect(calls()).toEqual([1, 1, 1])
  const changes = [
    () => upsertService(book, row('a', { description: 'x' })),
    () => patchService(book, { id }, [{ op: 'add', path: '/displayName', value: 'A' }]),
    () => followService(book, 'a', '11111111-1111-4111-8111-111111111111'),
    () => deleteService(book, 'a'),
    () => upsertService(book, row('a')),
    () => deleteService(book, 'a', { hard: true }),
  ]
  for (const change of changes) {
    expect((await change()).isOk()).toBe(true)
    expect(calls()).toEqual([1, 1, 1])
  }
  await upsertService(book, row('first'))
  await createService(book, row('first'))
  await getService(book, 'first')
  await listServices(book, {})
  await listVersions(book, { name: 'first' })
  expect(calls()).toEqual([0, 0, 0])
})

test('a bulk is at most a write, a sync and a look for each of its chunks', async () => {
  const { book, calls } = await opened()
  const rows = Array.from({ length: 1000 }, (_, at) => row(`s${at}`))
  expect((await bulkUpsert(book, rows))._unsafeUnwrap().outcomes.created).toBe(1000)
  const [writes = 0, ...others] = calls()
  expect(writes).toBeGreaterThan(0)
  expect(writes).toBeLessThanOrEqual(4)
  expect(others).toEqual([writes, writes])
})

test('a changed service is its JSON and 68 bytes, whatever it was; an append is 14 more', async () => {
  const { directory, store, book, calls } = await opened()
  const rows = Array.from({ length: 300 }, (_, at) => row(`s${at}`, { description: `${at} ü`.repeat(at) }))
  await bulkUpsert(book, rows)
  calls()
  const before = size(directory)
  const changed = rows.map((one) => ({ ...one, displayName: `${one.name} €` }))
  expect((await bulkUpsert(book, changed))._unsafeUnwrap().outcomes.updated).toBe(300)
  const [appends = 0] = calls()
  const held = await store.load(
    FAMILY,
    rows.map(({ name }) => name),
  )
  const bodies = [...held.values()].map(({ service }) => Buffer.byteLength(JSON.stringify(service)))
  const bytes = bodies.reduce((sum, one) => sum + one, 0)
  expect(size(directory) - before).toBe(bytes + 300 * 68 + appends * 14)
})
