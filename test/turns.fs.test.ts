import fs from 'node:fs'
import fc from 'fast-check'
import { createService } from 'servicebook'
import { fsStore } from 'servicebook/fs'
import { afterEach, expect, test, vi } from 'vitest'
import type { Request } from './arbitraries.js'
import { FAMILY, openTestBook, temporaryDirectory } from './catalogue.js'

const row = (name: string): Request => ({ name, serviceType: 'Sklearn' }) as Request

afterEach(() => {
  vi.restoreAllMocks()
})

/** Every wait for the disk ends when the scheduler says so. */
function scheduled(s: fc.Scheduler): void {
  for (const call of ['fdatasync', 'fsync', 'read', 'write'] as const) {
    const real = fs[call] as (...args: unknown[]) => void
    vi.spyOn(fs, call as 'fsync').mockImplementation(((...args: unknown[]) => {
      s.schedule(Promise.resolve(), call).then(() => real(...args))
    }) as never)
  }
}

const steps = fc.constantFrom('open', 'close', 'compact', 'create', 'create', 'other family')

test('D8 open, close, compact and verbs in any order: what was acknowledged is there, and the directory is free in the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(steps, { minLength: 2, maxLength: 8 }), async (s, calls) => {
      const directory = temporaryDirectory()
      const store = fsStore(directory)
      const book = openTestBook({ store })
      scheduled(s)
      const acknowledged: string[] = []
      let closed = false
      let unlocked = false
      const work = calls.map((call, at) =>
        s.schedule(Promise.resolve(), `${at} ${call}`).then(async () => {
          if (call === 'open') {
            closed = false
            await store.open()
          } else if (call === 'close') {
            closed = true
            await store.close()
            if (closed) unlocked ||= fs.readdirSync(directory).some((name) => name.endsWith('.lock'))
          } else if (call === 'compact') await store.compact()
          else if (call === 'other family') await store.load('otherService', ['a'])
          else if ((await createService(book, row(`s${at}`))).isOk()) acknowledged.push(`s${at}`)
        }),
      )
      const settled = Promise.allSettled(work).then(async (ends) => {
        await store.close()
        return ends
      })
      const ends = await s.waitFor(settled)
      vi.restoreAllMocks()
      for (const end of ends) if (end.status === 'rejected') expect(String(end.reason)).toContain('is closed')
      expect(unlocked).toBe(false)
      expect(
        fs.existsSync(directory) ? fs.readdirSync(directory).filter((name) => !name.endsWith('.jsonl')) : [],
      ).toEqual([])
      await expect((async () => store.load(FAMILY, ['a']))()).rejects.toThrow('is closed')
      const again = fsStore(directory)
      const found = await again.load(FAMILY, acknowledged)
      expect([...found.keys()].sort()).toEqual([...acknowledged].sort())
      await again.close()
    }),
    { numRuns: 80 },
  )
})

test('D8 a store that is closed while a file is opened for the first time answers nothing after it', async () => {
  const directory = temporaryDirectory()
  const store = fsStore(directory)
  await store.open()
  // The file is being made at this moment: its header is on its way to disk.
  let closing: Promise<void> | undefined
  const { fdatasync } = fs
  vi.spyOn(fs, 'fdatasync').mockImplementationOnce((fd, done) => {
    closing = store.close()
    fdatasync(fd, done)
  })
  const first = createService(openTestBook({ store }), row('a'))
  expect((await first).isErr()).toBe(true)
  expect(closing).toBeDefined()
  await closing
  expect((await first)._unsafeUnwrapErr()).toMatchObject({ code: 'STORE_FAILED', applied: false })
  expect((await createService(openTestBook({ store }), row('b'))).isErr()).toBe(true)
  expect(fs.readdirSync(directory).filter((name) => name.endsWith('.lock'))).toEqual([])
})

test('D8 whoever asks for a file just before closing makes none', async () => {
  const directory = temporaryDirectory()
  const store = fsStore(directory)
  await store.open()
  const asked = (async () => store.load(FAMILY, ['a']))()
  await Promise.all([store.close(), expect(asked).rejects.toThrow('is closed')])
  expect(fs.readdirSync(directory)).toEqual([])
})

test('D8 a compaction that was asked for just before closing is refused, and leaves nothing', async () => {
  const directory = temporaryDirectory()
  const store = fsStore(directory)
  expect((await createService(openTestBook({ store }), row('a'))).isOk()).toBe(true)
  const compacting = store.compact()
  await Promise.all([store.close(), expect(compacting).rejects.toThrow('The store in')])
  expect(fs.readdirSync(directory)).toEqual([`${FAMILY}.jsonl`])
})

test('D8 closing waits for a compaction that is under way, and lets the directory go after it', async () => {
  const directory = temporaryDirectory()
  const store = fsStore(directory)
  expect((await createService(openTestBook({ store }), row('a'))).isOk()).toBe(true)
  const isLocked = () => fs.readdirSync(directory).some((name) => name.endsWith('.lock'))
  let closing: Promise<void> | undefined
  let wasLocked: boolean | undefined
  const { write } = fs
  // The copy is being written at this moment; whoever does not wait for it has many turns to let go.
  vi.spyOn(fs, 'write').mockImplementationOnce(((...args: Parameters<typeof write>) => {
    closing = store.close()
    let turns = 0
    const later = () => {
      wasLocked = isLocked()
      if (wasLocked && turns++ < 300) setImmediate(later)
      else write(...args)
    }
    later()
  }) as never)
  expect(await store.compact()).toMatchObject({ before: expect.any(Number), after: expect.any(Number) })
  await closing
  expect([wasLocked, isLocked()]).toEqual([true, false])
  expect(fs.readdirSync(directory)).toEqual([`${FAMILY}.jsonl`])
  expect(await store.open()).toEqual({ services: 1, cut: [] })
  await store.close()
})
