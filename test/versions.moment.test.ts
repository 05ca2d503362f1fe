import { deleteService, getVersion, listVersions, patchService, type ServiceStore, upsertService } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test } from 'vitest'
import { openTestBook } from './catalogue.js'

const by = { name: 'ada' }
const row = (description: string) => ({ name: 'a', serviceType: 'Sklearn', description }) as const

/** A book on a store where something happens between the read of a service and that of its versions, once. */
async function interrupted(happens: (book: ReturnType<typeof openTestBook>) => Promise<unknown>) {
  const store = memoryStore()
  const quiet = openTestBook({ store })
  await upsertService(quiet, row('one'), { by: { name: 'grace' } })
  await upsertService(quiet, row('two'), { by: { name: 'grace' } })
  await describe(quiet, 'three')
  let armed = true
  const versions: ServiceStore['versions'] = async (...asked) => {
    if (armed) {
      armed = false
      await happens(quiet)
    }
    return store.versions(...asked)
  }
  return openTestBook({ store: { ...store, versions } })
}

const describe = async (book: ReturnType<typeof openTestBook>, value: string) =>
  (await patchService(book, 'a', [{ op: 'add', path: '/description', value }], { by }))._unsafeUnwrap()

const shown = async (book: ReturnType<typeof openTestBook>, options = {}) =>
  (await listVersions(book, 'a', options))._unsafeUnwrap().services.map((one) => [one.version, one.description])

test('§3 V5 versions are of one moment, also when an edit is undone meanwhile', async () => {
  const book = await interrupted((quiet) => describe(quiet, 'two'))
  expect(await shown(book)).toEqual([
    [0.2, 'two'],
    [0.1, 'one'],
  ])
})

test('§3 V5 a further page is of one moment too', async () => {
  const book = await interrupted((quiet) => describe(quiet, 'two'))
  expect(await shown(book, { before: 0.3 })).toEqual([
    [0.2, 'two'],
    [0.1, 'one'],
  ])
})

test('§3 V5 a service that is removed meanwhile is not shown without its history', async () => {
  for (const options of [{}, { limit: 1 }]) {
    const book = await interrupted(async (quiet) => deleteService(quiet, 'a', { hard: true }))
    expect((await listVersions(book, 'a', options))._unsafeUnwrapErr().code).toBe('ENTITY_NOT_FOUND')
  }
})

test('§3 V5 a version that becomes the current one between two reads is found, and one that never was is not', async () => {
  const undone = await interrupted((quiet) => describe(quiet, 'two'))
  expect((await getVersion(undone, 'a', 0.2))._unsafeUnwrap()).toMatchObject({ version: 0.2, description: 'two' })
  const never = await interrupted((quiet) => describe(quiet, 'four'))
  expect((await getVersion(never, 'a', 0.15))._unsafeUnwrapErr().code).toBe('ENTITY_NOT_FOUND')
})
