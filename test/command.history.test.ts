import { bulkUpsert, deleteService } from 'servicebook'
import { expect, onTestFinished, test } from 'vitest'
import { history } from '../adapters/command/history.js'
import { booksOn, opened } from '../adapters/command/stores.js'
import { temporaryDirectory } from './catalogue.js'
import { row } from './edge.js'
import { applied, env, filled, told } from './rooms.js'

const of = (name: string, options: Parameters<typeof history>[1]) => told(() => history(name, options, env))

test('every version, the newest first, with what it changed, as text and as JSON, beside whoever writes', async () => {
  const directory = await filled()
  const writer = await opened({ directory }, env)
  onTestFinished(() => writer.close())
  const when = '\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z'
  const { code, stdout } = await of('a', { directory })
  expect([code, stdout.split('\n')]).toEqual([
    0,
    [
      expect.stringMatching(new RegExp(`^mlmodelService 0\\.2 {2}${when} {2}ada$`)),
      '    description: + "x"',
      expect.stringMatching(new RegExp(`^mlmodelService 0\\.1 {2}${when} {2}ada$`)),
      '',
    ],
  ])
  const json = await of('a', { directory, json: true })
  expect(
    json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { name: 'a', version: 0.2, description: 'x' },
    { name: 'a', version: 0.1 },
  ])
})

test('in every family, or those named; without any, it is told', async () => {
  const directory = await filled()
  await applied([{ family: 'databaseServices', name: 'a', serviceType: 'QueryLog' }], { directory })
  const types = async (families?: readonly string[]) =>
    (await of('a', { directory, ...(families && { families }) })).stdout.match(/^\w+ [\d.]+/gm)
  expect(await types()).toEqual(['databaseService 0.1', 'mlmodelService 0.2', 'mlmodelService 0.1'])
  expect(await types(['databaseServices'])).toEqual(['databaseService 0.1'])
  const none = { code: 1, stdout: '', stderr: 'There is no service no\\u{a}body\n' }
  expect(await of('no\nbody', { directory })).toEqual(none)
})

test('of more versions than a page has, and of what is deleted', async () => {
  const directory = temporaryDirectory()
  const store = await opened({ directory }, env)
  const [book] = await booksOn(store, { families: ['mlmodelServices'] }, env)
  if (book === undefined) throw new Error('there is no book')
  const rows = Array.from({ length: 101 }, (_, at) => row('m', { description: String(at) }))
  expect((await bulkUpsert(book, rows as never, { by: { name: 'ada' } })).isOk()).toBe(true)
  expect((await deleteService(book, 'm', { by: { name: 'b\u001b' } })).isOk()).toBe(true)
  await store.close()
  const { stdout } = await of('m', { directory })
  const versions = stdout.match(/^mlmodelService .*$/gm) ?? []
  expect(versions).toHaveLength(102)
  expect(versions[0]).toMatch(/^mlmodelService 10\.2 {2}\S+ {2}b\\u\{1b\} {2}deleted$/)
  expect(versions[1]).toMatch(/^mlmodelService 10\.1 {2}\S+ {2}ada$/)
  expect(versions.at(-1)).toMatch(/^mlmodelService 0\.1 /)
})
