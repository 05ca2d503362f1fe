import fs from 'node:fs'
import path from 'node:path'
import { createService, getService, upsertService } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { describe, expect, test } from 'vitest'
import type { Request } from './arbitraries.js'
import { FAMILY, openTestBook, stateOf, temporaryDirectory } from './catalogue.js'

/* Places and names that nobody would choose. */

const row = (name: string): Request => ({ name, serviceType: 'Sklearn' }) as Request

describe('a directory', () => {
  const names = ['with space', 'line\nbreak', 'ü\u0301 \u202e', '%2e%2e', '-rf', 'quote\'"', 'a.lock', 'a.jsonl']

  test.each(names)('named %j', async (name) => {
    const directory = path.join(temporaryDirectory(), name)
    const store = fsStore(directory)
    const book = openTestBook({ store })
    ;(await createService(book, row('a')))._unsafeUnwrap()
    await store.compact()
    await store.close()
    expect(await store.open()).toEqual({ services: 1, cut: [] })
    await store.close()
    expect(fs.readdirSync(directory)).toEqual([`${FAMILY}.jsonl`])
  })

  test('that is a link is one directory with what it leads to, and stays a link', async () => {
    const root = temporaryDirectory()
    fs.mkdirSync(path.join(root, 'real'))
    fs.symlinkSync('real', path.join(root, 'link'))
    const [real, link] = [fsStore(path.join(root, 'real')), fsStore(path.join(root, 'link'))]
    await real.open()
    await expect(link.open()).rejects.toThrow(`in use by process ${process.pid}, this one`)
    await real.close()
    ;(await createService(openTestBook({ store: link }), row('a')))._unsafeUnwrap()
    await link.compact()
    await link.close()
    expect(await real.open()).toEqual({ services: 1, cut: [] })
    await real.close()
    expect(fs.readlinkSync(path.join(root, 'link'))).toBe('real')
  })

  test('that is removed, and made again by another store: the first one acknowledges nothing and harms nothing', async () => {
    const directory = path.join(temporaryDirectory(), 'services')
    const first = fsStore(directory)
    const book = openTestBook({ store: first })
    ;(await createService(book, row('a')))._unsafeUnwrap()
    fs.rmSync(directory, { recursive: true })
    const opening = async () => first.load('otherService', ['a'])
    await expect(opening()).rejects.toThrow('otherService.jsonl cannot be opened: ENOENT')
    expect(fs.existsSync(directory)).toBe(false)
    const second = fsStore(directory)
    const theirs = openTestBook({ store: second })
    ;(await createService(theirs, row('theirs')))._unsafeUnwrap()
    expect((await upsertService(book, row('b')))._unsafeUnwrapErr()).toMatchObject({ applied: 'unknown' })
    await expect(opening()).rejects.toThrow('it was taken by another process')
    await first.close()
    expect((await createService(theirs, row('more'))).isOk()).toBe(true)
    await second.close()
    expect(fs.readdirSync(directory)).toEqual([`${FAMILY}.jsonl`])
    expect(await first.open()).toEqual({ services: 2, cut: [] })
    await first.close()
  })
})

test('names that mean something elsewhere are found by name and id, closed, compacted and opened again', async () => {
  const names = [
    ...['..', '.', '/', 'CON', '\ufeff', ' a ', '"', '\\', '\\"', '{"op":"drop"', ',"crc":"00000000"}', '","name":"x'],
    ...['__proto__', 'constructor', 'toString', 'é', 'e\u0301', 'x'.repeat(256), '𝒳'.repeat(64)],
  ]
  const store = fsStore(temporaryDirectory(), { memory: 0 })
  const book = openTestBook({ store })
  for (const name of names) {
    const { id, fullyQualifiedName } = (await createService(book, row(name)))._unsafeUnwrap()
    for (const subject of [fullyQualifiedName, { id }])
      expect((await getService(book, subject))._unsafeUnwrap().name).toBe(name)
  }
  const state = await stateOf(store)
  for (const compacted of [false, true]) {
    if (compacted) await store.compact()
    await store.close()
    expect(await store.open()).toEqual({ services: names.length, cut: [] })
    expect(await stateOf(store)).toEqual(state)
  }
  await store.close()
})
