import fs from 'node:fs'
import { expect, test } from 'vitest'
import { failed, misunderstood } from '../adapters/command/failed.js'
import { linesOf, ofFile } from '../adapters/command/files.js'
import { written } from './command.js'
import { says } from './rooms.js'

/* How the command reads files, and what it says of them. */

async function linesIn(file: string, at?: (bytes: number) => void): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of linesOf(file, at)) lines.push(line)
  return lines
}

test.each([
  ['', ['']],
  ['a', ['a']],
  ['a\n\nb\n', ['a', '', 'b', '']],
  ['\ufeffé\r\nb', ['é\r', 'b']],
])('the lines of %j', async (text, expected) => {
  expect(await linesIn(written(text))).toEqual(expected)
})

test('a line is whole, however long it is and wherever a character is cut; how far it is, is told in bytes', async () => {
  const [first, second] = [`a${'é'.repeat(100_000)}`, 'x'.repeat(70_000)]
  const file = written(`${first}\n${second}`)
  const read: number[] = []
  expect(await linesIn(file, (bytes) => read.push(bytes))).toEqual([first, second])
  expect(read.length).toBeGreaterThan(2)
  expect(read).toEqual([...read].sort((a, b) => a - b))
  expect(read.at(-1)).toBe(fs.statSync(file).size)
})

test('- is stdin, whose pieces are no lines', async () => {
  says(['{"a', '":1}\n{', '}', '\n', Buffer.from([0xc3]), Buffer.from([0xa9])])
  expect(await linesIn('-')).toEqual(['{"a":1}', '{}', 'é'])
})

test.each([Buffer.from('{"name":"é"}', 'latin1'), Buffer.from([0x61, 0xc3])])('%j is not UTF-8', async (bytes) => {
  const file = written(bytes)
  await expect(linesIn(file)).rejects.toThrow(`${file}: is not UTF-8`)
})

test.each([
  ['ENOENT', 'there is no such file or directory'],
  ['EISDIR', 'is a directory'],
  ['ENOTDIR', 'is no directory'],
  ['EEXIST', 'is there already'],
  ['EACCES', 'you may not'],
  ['ENOSPC', 'there is no room left'],
  ['EIO', 'it broke'],
  [undefined, 'it broke'],
])('what is said of a file, by code %s', (code, reason) => {
  const error = ofFile('a.jsonl', Object.assign(new Error('it broke'), { code }))
  expect(error).toMatchObject({ message: `a.jsonl: ${reason}`, exitCode: 1 })
})

test('an error has an exit code, and no secret', () => {
  expect(failed('a', 3)).toMatchObject({ message: 'a', exitCode: 3 })
  expect(misunderstood('a')).toMatchObject({ message: 'a', exitCode: 2 })
  expect(failed('postgres://u:hush@host/x is down').message).not.toContain('hush')
})
