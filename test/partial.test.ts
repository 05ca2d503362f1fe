import {
  type BadRequest,
  createService,
  type Family,
  getService,
  openBook,
  patchService,
  revealConnection,
  type ServiceStore,
  upsertService,
} from 'servicebook'
import { databaseServices } from 'servicebook/families'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'
import { openTestBook } from './catalogue.js'

/* §1 `partialConnections`. */

const opened = (store: ServiceStore, partialConnections: boolean) =>
  openBook({ family: databaseServices as Family, store, partialConnections })
const row = (config: object) => ({ name: 'a', serviceType: 'Postgres', connection: { config } })
const config = { username: 'u', authType: { password: 'hush' } }

test('§1 a connection may lack what its schema requires, at every depth; the rest is checked and defaults are filled in', async () => {
  const store = memoryStore()
  const [book, whole] = [opened(store, true), opened(store, false)]
  const refused = (await createService(whole, row(config)))._unsafeUnwrapErr() as BadRequest
  expect(refused.issues.map(({ message }) => message)).toContain('is required')
  const made = (await createService(book, row(config)))._unsafeUnwrap()
  expect(made.connection?.config).toMatchObject({ type: 'Postgres', supportsMetadataExtraction: true })
  expect((await upsertService(book, row(config)))._unsafeUnwrap().outcome).toBe('unchanged')
  expect((await revealConnection(book, 'a'))._unsafeUnwrap()?.config).toMatchObject(config)
  const wrong = await upsertService(book, row({ ...config, username: 7, nonsense: true }))
  const paths = (wrong._unsafeUnwrapErr() as BadRequest).issues.map(({ path }) => path).sort()
  expect(paths).toEqual(['/connection/config/nonsense', '/connection/config/username'])

  // A book that wants them whole takes what is there as it is, and asks again only for a new one.
  expect((await getService(whole, 'a'))._unsafeUnwrap()).toEqual(made)
  const patch = (path: string) => patchService(whole, 'a', [{ op: 'add', path, value: 'x' }])
  expect((await patch('/description')).isOk()).toBe(true)
  expect((await upsertService(whole, { name: 'a', serviceType: 'Postgres' })).isOk()).toBe(true)
  expect((await patch('/connection/config/username')).isErr()).toBe(true)
  expect(() => openTestBook({ partialConnections: 'yes' as never })).toThrow(/^partialConnections must be a boolean/)
})

test('§1 required of the service itself stays required', async () => {
  const book = opened(memoryStore(), true)
  const refused = (await createService(book, { serviceType: 'Postgres' } as never))._unsafeUnwrapErr() as BadRequest
  expect(refused.issues).toEqual([{ path: '/name', message: 'is required' }])
})
