import type { Service } from 'servicebook'
import { expect, test } from 'vitest'
import { PAGE_BYTES, page } from '../src/execution/steps.js'
import { sizeOf } from '../src/rules/limits.js'

/* §7 a page is read in steps of 32, 128, then 256 services, and ends early once it is large. */

const service = (name: string, text = '') => ({ name, text }) as unknown as Service
/** Its size is told by its text. */
const sized = (name: string, bytes: number) => service(name, 'x'.repeat(bytes - sizeOf(service(name))))
const names = ({ services }: { services: readonly Service[] }) => services.map(({ name }) => name)

/** What a store would answer of these, in order; `backwards` the last of those before one. */
function reading(all: readonly Service[], backwards = false) {
  const asked: [number, string | undefined][] = []
  const step = (limit: number, outermost: Service | undefined) => {
    asked.push([limit, outermost?.name])
    const place = outermost === undefined ? (backwards ? all.length : -1) : all.indexOf(outermost)
    const left = backwards ? all.slice(0, place) : all.slice(place + 1)
    const services = backwards ? left.slice(Math.max(0, left.length - limit)) : left.slice(0, limit)
    return { services, more: services.length < left.length, total: all.length + asked.length }
  }
  return { asked, step }
}
const many = (count: number) => Array.from({ length: count }, (_, at) => service(`s${String(at).padStart(4, '0')}`))

test.each([false, true])('§7 the steps of a large page, backwards: %s', async (backwards) => {
  const all = many(1000)
  const { asked, step } = reading(all, backwards)
  const read = await page(700, step, { backwards })
  const expected = backwards ? all.slice(300) : all.slice(0, 700)
  expect(read.services).toEqual(expected)
  expect(read.more).toBe(true)
  const at = (count: number) => (backwards ? all[1000 - count] : all[count - 1])?.name
  expect(asked).toEqual([
    [32, undefined],
    [128, at(32)],
    [256, at(160)],
    [256, at(416)],
    [28, at(672)],
  ])
  // The total is that of the first look.
  expect(read.total).toBe(1001)
})

test('§7 the steps end with what there is, and no total is made up', async () => {
  const { asked, step } = reading(many(40))
  const read = await page(100, async (limit, outermost) => {
    const { total: _, ...rest } = step(limit, outermost)
    return rest
  })
  expect(read.services).toHaveLength(40)
  expect(read.more).toBe(false)
  expect(read).not.toHaveProperty('total')
  expect(asked.map(([limit]) => limit)).toEqual([32, 68])
  const exact = reading(many(32))
  expect(await page(32, exact.step)).toMatchObject({ more: false, services: { length: 32 } })
  expect(exact.asked).toHaveLength(1)
  const none = reading([])
  expect(await page(10, none.step)).toEqual({ services: [], more: false, total: 1 })
  const counted = reading(many(3))
  expect(await page(0, counted.step)).toEqual({ services: [], more: true, total: 4 })
  expect(counted.asked).toEqual([[0, undefined]])
})

test.each([false, true])('§7 a page ends with the service that makes it large, backwards: %s', async (backwards) => {
  const halves = ['a', 'b', 'c', 'd'].map((name) => sized(name, PAGE_BYTES / 2))
  const all = backwards ? [...many(60), ...halves] : [...halves, ...many(60)]
  const { asked, step } = reading(all, backwards)
  const read = await page(50, step, { backwards })
  expect(names(read)).toEqual(backwards ? ['c', 'd'] : ['a', 'b'])
  expect(read.more).toBe(true)
  expect(asked).toHaveLength(1)
  const short = [sized('a', PAGE_BYTES / 2), sized('b', PAGE_BYTES / 2 - 1), ...many(2)]
  expect(names(await page(4, reading(short).step))).toEqual(['a', 'b', 's0000'])
})

test('§7 a page that is large with the last that there is says that there is no more', async () => {
  const all = ['a', 'b'].map((name) => sized(name, PAGE_BYTES / 2))
  expect(await page(10, reading(all).step)).toMatchObject({ services: { length: 2 }, more: false })
})

test('§7 of a page that is large already one service is read all the same, and one alone', async () => {
  const all = many(3)
  expect(names(await page(3, reading(all).step, { used: PAGE_BYTES }))).toEqual(['s0000'])
  expect(names(await page(3, reading(all).step, { used: PAGE_BYTES - 1 }))).toEqual(['s0000'])
  expect(names(await page(3, reading(all).step, { used: PAGE_BYTES - sizeOf(all[0]) - 1 }))).toEqual(['s0000', 's0001'])
})

test('§7 a page becomes large in a later step too', async () => {
  const all = [...many(32), sized('t', PAGE_BYTES), ...many(3)]
  const { asked, step } = reading(all)
  const read = await page(100, step)
  expect(names(read)).toEqual([...names({ services: many(32) }), 't'])
  expect(read.more).toBe(true)
  expect(asked).toHaveLength(2)
})
