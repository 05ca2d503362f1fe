import { expect, onTestFinished, test } from 'vitest'
import { history } from '../adapters/command/history.js'
import { opened } from '../adapters/command/stores.js'
import { exportTo, importFrom } from '../adapters/command/transfer.js'
import { migrateTables } from '../adapters/command/upkeep.js'
import { verify } from '../adapters/command/verify.js'
import { written } from './command.js'
import { databaseUrl, emptySchema, pool } from './database.js'
import { row } from './edge.js'
import { applied, env, filled, onTerminal, red, told } from './rooms.js'

/* The command on PostgreSQL. */

async function database() {
  const { schema, close } = await emptySchema()
  onTestFinished(close)
  const url = new URL(databaseUrl)
  url.searchParams.set('options', `-c search_path=${schema}`)
  const { host, pathname } = url
  return { schema, url: url.href, name: `postgres://${host}${pathname}` }
}

/** The services of the tests in a database, which is named by the environment. */
async function moved() {
  const { schema, url } = await database()
  const where = { postgres: true } as const
  const keys = { ...env, DATABASE_URL: url }
  const directory = await filled()
  const { stdout } = await told(() => exportTo({ secrets: 'sealed', directory }, env))
  const done = await told(() => importFrom(written(stdout), { ...where, by: 'ada' }, keys))
  expect(done).toEqual({ code: 0, stdout: '3 imported, 0 unchanged, 0 failed\n', stderr: '' })
  const query = (text: string) => pool.query(text.replaceAll('servicebook_', `${schema}.servicebook_`))
  return { where, keys, query }
}

test('whoever writes makes the tables, and so does migrate, again and again; whoever reads makes none', async () => {
  const { url, name } = await database()
  const listed = async (use: 'read' | 'plan') => {
    const { store, close, name } = await opened({ postgres: url }, {}, use)
    const list = async () => store.list('mlmodelService', { limit: 1 })
    const page = await list().finally(close)
    await expect(list()).rejects.toThrow('after calling end')
    return [name, page.services]
  }
  await expect(listed('read')).rejects.toThrow('servicebook_services')
  expect(await listed('plan')).toEqual([name, []])
  for (const _ of [1, 2])
    expect(await told(() => migrateTables({ postgres: url }))).toEqual({
      code: 0,
      stdout: `${name} is up to date\n`,
      stderr: '',
    })
  expect(await listed('read')).toEqual([name, []])
})

test('a server that does not answer is told without its password', async () => {
  const nowhere = { postgres: 'postgres://u:hush@127.0.0.1:1/x' }
  const refused = { code: 1, stdout: '', stderr: 'PostgreSQL: connect ECONNREFUSED 127.0.0.1:1\n' }
  expect(await told(() => verify(nowhere, {}))).toEqual(refused)
  expect(await told(() => migrateTables(nowhere, {}))).toEqual(refused)
})

test('verify finds what was altered: holes in a history, and what is no service', async () => {
  const { where, keys, query } = await moved()
  const verified = () => told(() => verify(where, keys))
  expect(await verified()).toEqual({ code: 0, stdout: '3 services read, 0 wrong\n', stderr: '' })
  const descriptions = ['1', '2'].map((description) => [row('a', { description })])
  for (const rows of descriptions) await applied(rows, { ...where, families: ['mlmodelServices'] }, keys)
  await query('delete from servicebook_versions where version = 0.3')
  await query(
    `update servicebook_versions set service = (service::jsonb - 'changeDescription')::json where version = 0.2`,
  )
  await query(
    `update servicebook_services set service = replace(service::text, '"updatedBy":"ada"', '"updatedBy":7')::json where fqn = 'q'`,
  )
  const { code, stdout } = await verified()
  expect([code, stdout.split('\n')]).toEqual([
    3,
    [
      '! databaseService q: /service/updatedBy must be a text',
      '! mlmodelService a: has no version 0.3, which was before 0.4',
      '! mlmodelService a: has versions below the first, which was before 0.2',
      '3 services read, 3 wrong',
      '',
    ],
  ])
})

test('what cannot be read ends whoever only reads it', async () => {
  const { where, keys, query } = await moved()
  await query('drop table servicebook_versions')
  const reason = 'Reading from the store failed, nothing was written: relation "servicebook_versions" does not exist'
  const exported = await told(() => exportTo({ ...where, secrets: 'none' }, keys))
  expect(exported).toMatchObject({ code: 1, stdout: expect.stringMatching(/^[^\n]*"name":"q"[^\n]*\n$/) })
  expect(exported.stderr).toContain(`mlmodelServices: ${reason}`)
  const asked = await told(() => history('a', { ...where, families: ['mlmodelServices'] }, keys))
  expect(asked).toMatchObject({ code: 1, stdout: '' })
  expect(asked.stderr).toMatch(new RegExp(`^${reason}`))
  onTerminal()
  const verified = await told(() => verify(where, keys))
  expect(verified).toMatchObject({ code: 3, stdout: expect.stringMatching(/\n1 services read, 1 wrong\n$/) })
  expect(verified.stdout).toEqual(red(`! mlmodelService: ${reason}`))
})
