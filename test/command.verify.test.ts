import fs from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { opened } from '../adapters/command/stores.js'
import { verify } from '../adapters/command/verify.js'
import { temporaryDirectory } from './catalogue.js'
import { NEXT } from './command.js'
import { bar, drawn, env, filled, onTerminal, red, signalled, told } from './rooms.js'

const MODELS = 'mlmodelService.jsonl'

const verified = (directory: string, keys: object = env) => told(() => verify({ directory }, { ...keys }))

/** The directory of the tests, with another text in the place of a part of it. */
async function altered(change: (text: string) => string): Promise<string> {
  const directory = await filled()
  const file = path.join(directory, MODELS)
  fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')))
  return directory
}

test('all that is right is read, beside whoever writes, and nothing is written', async () => {
  const directory = await filled()
  const writer = await opened({ directory }, env)
  const before = fs.readFileSync(path.join(directory, MODELS), 'utf8')
  expect(await verified(directory)).toEqual({ code: 0, stdout: '3 services read, 0 wrong\n', stderr: '' })
  await writer.close()
  expect(fs.readFileSync(path.join(directory, MODELS), 'utf8')).toBe(before)
  expect(await verified(temporaryDirectory())).toMatchObject({ code: 0, stdout: '0 services read, 0 wrong\n' })
})

test('without a key secrets are not opened, which is told; with another one they cannot be', async () => {
  const directory = await filled()
  expect(await verified(directory, {})).toEqual({
    code: 0,
    stdout: '3 services read, 0 wrong; secrets were not opened, since there is no SERVICEBOOK_KEY\n',
    stderr: '',
  })
  const { code, stdout } = await verified(directory, { SERVICEBOOK_KEY: NEXT })
  expect([code, stdout.split('\n')]).toEqual([
    3,
    [expect.stringMatching(/^! mlmodelService s: ./), '3 services read, 1 wrong', ''],
  ])
})

test('a write that was cut off is told, and files that are no journal or empty are not', async () => {
  const directory = await altered((text) => text.slice(0, -5))
  fs.writeFileSync(path.join(directory, 'apiService.jsonl'), '')
  fs.writeFileSync(path.join(directory, 'notes.jsonl.txt'), 'no end')
  const { code, stdout } = await verified(directory)
  const torn = path.join(directory, MODELS)
  const said = `! ${torn}: ends within a line: a write was cut off, or is under way`
  expect([code, stdout]).toEqual([3, `${said}\n3 services read, 1 wrong\n`])
})

test('what is damaged ends it with its file and line; what is not there is no finding', async () => {
  const damaged = await verified(await altered((text) => text.replace('"name":"a"', '"name":"b"')))
  expect(damaged).toMatchObject({ code: 3, stdout: '' })
  expect(damaged.stderr).toMatch(/mlmodelService\.jsonl:\d+ \(byte \d+\) is damaged/)
  const nowhere = path.join(temporaryDirectory(), 'nowhere')
  const none = { code: 1, stdout: '', stderr: `${nowhere}: there is no such file or directory\n` }
  expect(await verified(nowhere)).toEqual(none)
})

test('on a terminal it tells how far it is, and what is wrong in red', async () => {
  const directory = await altered((text) => text.slice(0, -5))
  onTerminal()
  const { stdout, stderr } = await verified(directory, { SERVICEBOOK_KEY: NEXT })
  const third = (at: number) => `verified ${bar((100 * at) / 3)} ${at}`
  expect(drawn(stderr)).toEqual([third(1), '', third(3), ''])
  expect(stdout.split('\n')).toEqual([red('! '), red('! mlmodelService s: '), '3 services read, 2 wrong', ''])
})

test('Ctrl+C ends it, and nobody listens any more', async () => {
  const directory = await altered((text) => text.slice(0, -5))
  const { code, stderr } = await told(
    () => verify({ directory }, env),
    () => signalled('SIGINT'),
  )
  expect([code, stderr]).toEqual([130, 'Interrupted\n'])
})
