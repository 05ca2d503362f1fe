import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { opened } from '../adapters/command/stores.js'
import { compact, migrateTables, reseal } from '../adapters/command/upkeep.js'
import { verify } from '../adapters/command/verify.js'
import { temporaryDirectory } from './catalogue.js'
import { KEY, NEXT } from './command.js'
import { applied, bar, drawn, env, filled, onTerminal, red, signalled, told } from './rooms.js'

const rotated = { SERVICEBOOK_KEY: NEXT, SERVICEBOOK_OLD_KEYS: KEY }
const resealed = (directory: string, keys: object = rotated) => told(() => reseal({ directory }, { ...keys }))

test('migrate is for a database, and compact for a directory', async () => {
  const directory = temporaryDirectory()
  expect(await told(() => migrateTables({ directory }, env))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('migrate is for --postgres'),
  })
  expect(await told(() => compact({ postgres: true }))).toMatchObject({ code: 2 })
})

describe('compact', () => {
  test('writes the files anew without what is gone, and lets go of the directory', async () => {
    const directory = await filled()
    const file = path.join(directory, 'mlmodelService.jsonl')
    for (const description of ['1', '2', '3'])
      await applied([{ family: 'mlmodelService', name: 'a', serviceType: 'Sklearn', description }], { directory })
    const before = fs.statSync(file)
    expect(await told(() => compact({ directory }))).toEqual({
      code: 0,
      stdout: `${directory} is compact\n`,
      stderr: '',
    })
    expect(fs.statSync(file).ino).not.toBe(before.ino)
    await (await opened({ directory }, env)).close()
  })

  test('does nothing where somebody writes, or where there is nothing', async () => {
    const directory = await filled()
    const writer = await opened({ directory }, env)
    expect(await told(() => compact({ directory }))).toMatchObject({ code: 1, stdout: '' })
    await writer.close()
    const nowhere = path.join(directory, 'nowhere')
    const none = { code: 1, stdout: '', stderr: `${nowhere}: there is no such file or directory\n` }
    expect(await told(() => compact({ directory: nowhere }))).toEqual(none)
    expect(fs.existsSync(nowhere)).toBe(false)
  })
})

describe('reseal', () => {
  test('seals secrets with the new key, once, so that the old one may go', async () => {
    const directory = await filled()
    expect(await resealed(directory)).toEqual({
      code: 0,
      stdout: '3 services checked, 1 sealed anew, 0 failed\n',
      stderr: '',
    })
    expect((await resealed(directory)).stdout).toBe('3 services checked, 0 sealed anew, 0 failed\n')
    const verified = await told(() => verify({ directory }, { SERVICEBOOK_KEY: NEXT }))
    expect(verified).toMatchObject({ code: 0, stdout: '3 services read, 0 wrong\n' })
  })

  test('names what it cannot open', async () => {
    const directory = await filled()
    const { code, stdout, stderr } = await resealed(directory, { SERVICEBOOK_KEY: NEXT })
    expect([code, stderr]).toEqual([3, ''])
    expect(stdout).toMatch(/^! mlmodelService s: .+\n3 services checked, 0 sealed anew, 1 failed\n$/)
  })

  test('needs a key, and a directory that is there', async () => {
    const directory = path.join(temporaryDirectory(), 'nowhere')
    expect(await resealed(directory, {})).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('reseal needs SERVICEBOOK_KEY'),
    })
    expect(await resealed(directory)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no such file or directory'),
    })
    expect(fs.existsSync(directory)).toBe(false)
  })

  test('on a terminal tells how far it is, and what it cannot open in red', async () => {
    const directory = await filled()
    onTerminal()
    const { stdout, stderr } = await resealed(directory, { SERVICEBOOK_KEY: NEXT })
    const third = (at: number) => `checked ${bar((100 * at) / 3)} ${at}`
    expect(new Set(drawn(stderr))).toEqual(new Set([third(1), '', third(3)]))
    expect(stdout).toEqual(red('! mlmodelService s: '))
  })

  test('ends at Ctrl+C, and lets go of the directory', async () => {
    const directory = await filled()
    const { code, stdout, stderr } = await told(
      () => reseal({ directory }, { SERVICEBOOK_KEY: NEXT }),
      () => signalled('SIGINT'),
    )
    expect([code, stderr]).toEqual([130, 'Interrupted\n'])
    expect(stdout).not.toContain('services checked')
    await (await opened({ directory }, env)).close()
  })
})
