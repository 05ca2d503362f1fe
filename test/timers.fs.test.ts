import fs from 'node:fs'
import vm from 'node:vm'
import { createService, getService } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { afterEach, expect, test, vi } from 'vitest'
import { openTestBook, temporaryDirectory } from './catalogue.js'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

test('V6 under faked timers that nobody advances the store writes, refuses a second handle, compacts and closes', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'queueMicrotask', 'Date'] })
  const directory = temporaryDirectory()
  const store = fsStore(directory)
  const book = openTestBook({ store })
  expect((await createService(book, { name: 'a', serviceType: 'Sklearn' })).isOk()).toBe(true)
  await expect(fsStore(directory).open()).rejects.toThrow('in use by process')
  await store.compact()
  expect((await getService(book, 'a')).isOk()).toBe(true)
  await store.close()
  expect(fs.readdirSync(directory)).toEqual(['mlmodelService.jsonl'])
})

test('V7 an error of another realm is an error', async () => {
  const directory = temporaryDirectory()
  const foreign: unknown = vm.runInNewContext('new Error("EIO: i/o error")')
  vi.spyOn(fs, 'readdirSync').mockImplementationOnce(() => {
    throw foreign
  })
  await expect(fsStore(directory).open()).rejects.toThrow(`${directory} cannot be opened: EIO: i/o error`)
})
