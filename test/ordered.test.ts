import fc from 'fast-check'
import { createService, openBook, type Service, type ServiceStore } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expect, test, vi } from 'vitest'
import { compareCodePoints, type Ordered, ordered } from '../adapters/ordered.js'
import { type Listed, roster } from '../adapters/roster.js'
import { anyName } from './arbitraries.js'
import { FAMILY, openTestBook } from './catalogue.js'

/* What a list or a creation costs does not grow with the catalogue (V9). */

const byCodePoints = (a: string, b: string) => {
  const [left, right] = [
    Array.from(a, (c) => c.codePointAt(0) as number),
    Array.from(b, (c) => c.codePointAt(0) as number),
  ]
  for (const [at, one] of left.entries()) if (one !== right[at]) return one - (right[at] ?? -1)
  return left.length - right.length
}

test('names in order are what sorting all of them makes, whatever comes and goes', () => {
  const name = fc.oneof(anyName, fc.nat(3000).map(String))
  const step = fc.tuple(fc.boolean(), fc.oneof(name, fc.constantFrom('a', 'b', '7')))
  const many = fc.constantFrom(0, 5, 600, 2000)
  fc.assert(
    fc.property(many, fc.array(step, { maxLength: 60 }), name, (count, steps, from) => {
      const held = new Set(Array.from({ length: count }, (_, at) => String(at)))
      const names = ordered([...held].sort(compareCodePoints))
      // Enough in one place to cut a block in two.
      for (let at = 0; at < count; at++) {
        names.add(`1${at}`)
        held.add(`1${at}`)
      }
      for (const [adds, one] of steps) {
        if (adds) names.add(one)
        else names.remove(one)
        if (adds) held.add(one)
        else held.delete(one)
      }
      const all = [...held].sort(byCodePoints)
      expect([...names.upwards()]).toEqual(all)
      expect(names.size()).toBe(all.length)
      expect([...names.upwards(from)]).toEqual(all.filter((one) => byCodePoints(one, from) >= 0))
      expect([...names.downwards(from)]).toEqual(all.filter((one) => byCodePoints(one, from) <= 0).reverse())
    }),
    { numRuns: 60 },
  )
})

test('a fork of names in order and what it was made from go their own ways', () => {
  const name = fc.nat(3000).map(String)
  const steps = fc.array(fc.tuple(fc.boolean(), name), { maxLength: 40 })
  const play = (names: Ordered, given: readonly (readonly [boolean, string])[]) => {
    for (const [adds, one] of given) {
      if (adds) names.add(one)
      else names.remove(one)
    }
    return [...names.upwards()]
  }
  const of = (count: number) => Array.from({ length: count }, (_, at) => String(at)).sort(compareCodePoints)
  fc.assert(
    fc.property(fc.constantFrom(0, 5, 2000), steps, steps, steps, (count, first, one, other) => {
      const names = ordered(of(count))
      play(names, first)
      const fork = names.fork()
      expect(play(names, one)).toEqual(play(ordered(of(count)), [...first, ...one]))
      expect(play(fork, other)).toEqual(play(ordered(of(count)), [...first, ...other]))
      const again = fork.fork()
      expect(play(again, one)).toEqual(play(ordered(of(count)), [...first, ...other, ...one]))
      expect([...fork.upwards()]).toEqual(play(ordered(of(count)), [...first, ...other]))
    }),
    { numRuns: 60 },
  )
})

/** How many names stand elsewhere than before, and blocks too; a block that was made anew counts whole. */
function watched(names: Ordered) {
  const seen = () => new Map(names.blocks().map((block, at) => [block, { at, block: [...block] }]))
  let before = seen()
  return function moved(): number {
    const after = seen()
    let count = 0
    for (const [held, { at, block }] of after) {
      const was = before.get(held)
      if (was?.at !== at) count++
      for (const [place, name] of block.entries()) if (was?.block[place] !== name) count++
    }
    before = after
    return count
  }
}

test.each([2_000, 20_000])('V9 a name that comes or goes moves a block of them, among %i as well', (count) => {
  const all = Array.from({ length: count }, (_, at) => String(at).padStart(6, '0'))
  const names = ordered(all)
  const moved = watched(names)
  const counts: number[] = []
  // In front, at the end, and as many in one place as cut its block twice.
  for (const name of ['!', '~', ...Array.from({ length: 800 }, (_, at) => `000100${at}`)]) {
    names.add(name)
    counts.push(moved())
  }
  for (const name of ['!', '000500', all.at(-1) as string]) {
    names.remove(name)
    counts.push(moved())
  }
  expect(Math.max(...counts)).toBeLessThanOrEqual(1024)
  expect(counts.reduce((sum, one) => sum + one) / counts.length).toBeLessThanOrEqual(256)
})

/** A roster of so many services, and how often it looked at one, or at all names. */
function counted(count: number) {
  const held = new Map<string, Listed>()
  const looked = { at: 0, all: 0 }
  const put = (name: string, id: string) =>
    held.set(name, { id, deleted: false, service: () => ({ name, id }) as Service })
  for (let at = 0; at < count; at++) put(`n${at}`, `i${String(at).padStart(9, '0')}`)
  const keys = () => {
    looked.all++
    return held.keys()
  }
  const names = roster({ size: count, keys } as never, (name) => {
    looked.at++
    return held.get(name)
  })
  const create = (name: string, id: string) => {
    expect(names.fqnOf(id)).toBeUndefined()
    names.changed(name, undefined, { id, deleted: false })
    put(name, id)
  }
  return { names, looked, create }
}

test('V9 a creation and a list after it look at the page alone, however many services there are', () => {
  const { names, looked, create } = counted(50_000)
  names.page({ limit: 10 })
  create('m0', 'j0')
  names.page({ limit: 10 })
  Object.assign(looked, { at: 0, all: 0 })
  for (let at = 1; at <= 20; at++) {
    create(`m${at}`, `j${at + 100}`)
    expect(names.page({ limit: 10 }).services).toHaveLength(10)
  }
  expect(looked.all).toBe(0)
  expect(looked.at).toBeLessThanOrEqual(20 * 12)
})

test('V9 ids that are made in order need no index, and one that is not is still found', () => {
  const { names, looked, create } = counted(1000)
  create('m0', 'j0')
  Object.assign(looked, { at: 0, all: 0 })
  for (let at = 1; at <= 20; at++) create(`m${at}`, `j${at + 100}`)
  expect(looked).toEqual({ at: 0, all: 0 })
  expect(names.fqnOf('i000000007')).toBe('n7')
  expect(names.fqnOf('j120')).toBe('m20')
  expect(names.fqnOf('a')).toBeUndefined()
})

test('V9 a memory store refuses a taken id, also after ids that were made in order', async () => {
  const store: ServiceStore = memoryStore()
  const own = openTestBook({ store })
  const first = (await createService(own, { name: 'a', serviceType: 'Sklearn' }))._unsafeUnwrap()
  await createService(own, { name: 'b', serviceType: 'Sklearn' })
  const newId = vi.fn(() => first.id)
  const book = openBook({ family: own.family, store, newId })
  const refused = (await createService(book, { name: 'c', serviceType: 'Sklearn' }))._unsafeUnwrapErr()
  expect(refused).toMatchObject({ code: 'STORE_FAILED', during: 'id' })
  expect((await store.list(FAMILY, { limit: 9 })).services).toHaveLength(2)
})
