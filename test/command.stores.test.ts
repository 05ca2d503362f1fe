import fs from 'node:fs'
import path from 'node:path'
import { upsertService } from 'servicebook'
import { allFamilies } from 'servicebook/families'
import { describe, expect, onTestFinished, test } from 'vitest'
import { booksOn, connected, countOf, familiesOf, opened, placeOf } from '../adapters/command/stores.js'
import { temporaryDirectory } from './catalogue.js'
import { env, filled, told } from './rooms.js'

/* Where services are, as the command line says; PostgreSQL is in command.postgres.test.ts. */

const model = 'mlmodelService'

async function openedAt(directory: string, use?: 'read' | 'keep' | 'plan' | 'write') {
  const it = await opened({ directory }, env, use)
  onTestFinished(() => it.close())
  return it
}

describe('the place', () => {
  test.each([
    [{ directory: 'd' }, 'directory'],
    [{ postgres: true }, 'postgres'],
    [{ postgres: '' }, 'postgres'],
    [{ memory: true }, 'memory'],
    [{ memory: false, directory: 'd' }, 'directory'],
  ] as const)('of %j', (where, expected) => {
    expect(placeOf(where)).toBe(expected)
    expect(placeOf(where, 'memory')).toBe(expected)
  })

  test('is memory where nothing is said and that will do, and else must be said, once', () => {
    expect(placeOf({}, 'memory')).toBe('memory')
    const refused = [
      [{}, 'Say where: --directory <dir> or --postgres [url]'],
      [{ memory: true, directory: 'd' }, '--memory and --directory do not go together'],
      [{ directory: 'd', postgres: true }, '--directory and --postgres do not go together'],
    ] as const
    for (const [where, message] of refused)
      expect(() => placeOf(where)).toThrow(expect.objectContaining({ message, exitCode: 2 }))
  })

  test('is not memory for what outlives the process', async () => {
    const refused = { message: expect.stringContaining('--directory or --postgres'), exitCode: 2 }
    await expect(opened({ memory: true }, env)).rejects.toMatchObject(refused)
  })
})

describe('a directory', () => {
  test('that is not there is made to write, and not to read, to keep or to plan', async () => {
    const directory = path.join(temporaryDirectory(), 'nowhere')
    const message = `${directory}: there is no such file or directory`
    for (const use of ['read', 'keep'] as const) await expect(opened({ directory }, env, use)).rejects.toThrow(message)
    const plan = await openedAt(directory, 'plan')
    expect([plan.name, plan.store.durable]).toEqual([directory, true])
    expect((await plan.store.list(model, { limit: 1 })).services).toEqual([])
    await plan.close()
    expect(fs.existsSync(directory)).toBe(false)
    expect(await openedAt(directory)).toMatchObject({ name: directory })
    expect(fs.existsSync(directory)).toBe(true)
  })

  test('that is there is read beside whoever writes, and held by one until it is closed', async () => {
    const directory = await filled()
    const writer = await openedAt(directory)
    const reader = await openedAt(directory, 'read')
    const [book] = await booksOn(reader, { families: [model] }, env)
    const written = book && (await upsertService(book, { name: 'n', serviceType: 'Sklearn' } as never))
    expect(written?.isErr()).toBe(true)
    for (const use of ['keep', 'plan', 'write'] as const)
      await expect(opened({ directory }, env, use)).rejects.toThrow('in use')
    await writer.close()
    const plan = await openedAt(directory, 'plan')
    expect(await countOf(plan, await booksOn(plan, {}, env))).toBe(3)
  })

  test('whose last write was cut off is opened, and what was kept of it is told', async () => {
    const directory = await filled()
    const file = path.join(directory, `${model}.jsonl`)
    const text = fs.readFileSync(file, 'utf8')
    fs.writeFileSync(file, text.slice(0, -5))
    const { stderr } = await told(() => openedAt(directory, 'keep'))
    const line = text.trimEnd().split('\n').length
    expect(stderr).toMatch(
      new RegExp(`^${file}: a write was cut off at line ${line}; its \\d+ bytes are kept in ${directory}`),
    )
  })
})

test.each([
  [{ postgres: true }, {}, '--postgres without a url needs DATABASE_URL'],
  [{ postgres: true }, { DATABASE_URL: '' }, '--postgres without a url needs DATABASE_URL'],
  [{ postgres: '' }, { DATABASE_URL: 'postgres://h/x' }, '--postgres without a url needs DATABASE_URL'],
  [{ postgres: 'here' }, {}, '--postgres must be a URL, postgres://user@host/database'],
  [{}, {}, '--postgres without a url needs DATABASE_URL'],
] as const)('a database of %j, %j is not understood', async (where, variables, message) => {
  await expect(connected(where, variables)).rejects.toMatchObject({ message, exitCode: 2 })
})

test('a database is called by its place alone, and a connection that breaks while nobody uses it is no error', async () => {
  const { pool, name } = await connected({ postgres: 'postgres://ada:hush@host:5433/services?options=x' }, {})
  expect(name).toBe('postgres://host:5433/services')
  expect(() => pool.emit('error', new Error('gone'), undefined as never)).not.toThrow()
  await pool.end()
  const other = await connected({ postgres: true }, { DATABASE_URL: 'postgres://host/x' })
  expect(other.name).toBe('postgres://host/x')
})

describe('families', () => {
  test('are all, or those named by collection or type, with commas or without', async () => {
    const named = async (...names: readonly string[]) => (await familiesOf(names)).map(({ collection }) => collection)
    expect(await familiesOf(undefined)).toBe(allFamilies)
    expect(await named('mlmodelServices,databaseService', 'apiServices')).toEqual([
      'mlmodelServices',
      'databaseServices',
      'apiServices',
    ])
    const known = allFamilies.map(({ collection }) => collection).join(', ')
    await expect(named('models')).rejects.toMatchObject({
      message: `models is no family: there are ${known}`,
      exitCode: 2,
    })
  })

  test('have a book each, with the cipher of the environment, that takes connections as the server does', async () => {
    const it = await openedAt(temporaryDirectory())
    const where = { families: ['mlmodelServices', 'databaseServices'] }
    const books = await booksOn(it, where, env)
    expect(
      books.map(({ family, store, cipher }) => [family.entityType, store === it.store, cipher !== undefined]),
    ).toEqual([
      ['mlmodelService', true, true],
      ['databaseService', true, true],
    ])
    expect((await booksOn(it, where, {})).map(({ cipher }) => cipher)).toEqual([undefined, undefined])
    const partial = { name: 'p', serviceType: 'Postgres', connection: { config: {} } }
    expect(books[1] && (await upsertService(books[1], partial as never)).isOk()).toBe(true)
  })

  test('are counted together, with what is soft-deleted', async () => {
    const total = { mlmodelService: 3, databaseService: 2 }
    const asked: object[] = []
    const list = async (family: keyof typeof total, query: object) => {
      asked.push(query)
      return { services: [], more: false, total: total[family] }
    }
    const it = await openedAt(temporaryDirectory())
    const books = await booksOn(it, { families: Object.keys(total) }, {})
    expect(await countOf({ store: { list } as never }, books)).toBe(5)
    expect(asked[0]).toEqual({ limit: 0, include: 'all', total: true })
  })
})
