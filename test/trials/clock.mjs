import fc from 'fast-check'
import { getService, listServices, listVersions, mlmodelServices, openBook } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expectThat } from './check.mjs'
import { perform, possible } from './law.mjs'
import { writes } from './scripts.mjs'

/*
 * Two books on one store, each with a clock that stands still, goes back, runs ahead, or is none: ids are unique and
 * sorted by creation, versions exact, and `updatedAt` orders the changes of a service.
 */

const reading = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 2, arbitrary: fc.integer({ min: -1_000_000, max: 1_000_000 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 2 ** 48, 2 ** 53, '1', undefined, 1n),
  },
)
const BASE = 1_700_000_000_000

/** Times relative to a usual one, except for those that are none. */
const timeOf = (value) => (Number.isSafeInteger(value) && Math.abs(value) <= 1_000_000 ? BASE + value : value)

function clockOf(readings) {
  let at = 0
  return () => timeOf(readings[at++ % readings.length])
}

async function verify(book, seen) {
  const { services } = (await listServices(book, { include: 'all', limit: 1000 }))._unsafeUnwrap()
  expectThat(new Set(services.map(({ id }) => id)).size === services.length, 'an id is there twice')
  for (const { name } of services) {
    const { services: versions } = (await listVersions(book, { name }, { limit: 1000 }))._unsafeUnwrap()
    for (const [at, one] of versions.slice(1).entries()) {
      expectThat(one.updatedAt < versions[at].updatedAt, () => `${name} ${one.version} is not older than its successor`)
      expectThat(one.id === versions[at].id, 'an id has changed')
    }
    const held = versions.map((one) => [Math.round(one.version * 10), one.description ?? '', one.deleted])
    expectThat(
      seen.get(name).some((state) => JSON.stringify(state) === JSON.stringify(held)),
      () => `${name} is ${JSON.stringify(held)}`,
    )
  }
}

export const clock = {
  what: 'clocks that stand still, go back, run ahead, or are none, two of them on one store',
  targets: [
    {
      name: 'memory',
      runs: 150,
      property: (tried) => {
        tried.operations = 0
        const one = fc.array(reading, { minLength: 1, maxLength: 6 })
        const script = fc.array(fc.tuple(fc.boolean(), writes), { minLength: 1, maxLength: 20 })
        return fc.asyncProperty(one, one, script, async (first, second, operations) => {
          const store = memoryStore()
          const books = [first, second].map((readings) =>
            openBook({ family: mlmodelServices, store, now: clockOf(readings) }),
          )
          const seen = new Map()
          const born = []
          for (const [other, operation] of operations) {
            const book = books[other ? 1 : 0]
            const answer = await perform(book, operation)
            tried.operations++
            const before = seen.get(operation.name) ?? [[]]
            const after = possible(before, operation, answer)
            expectThat(
              after.length > 0,
              () => `${JSON.stringify(operation)} answered ${JSON.stringify(answer)} on ${JSON.stringify(before)}`,
            )
            seen.set(operation.name, after)
            if (answer === 'created 1') born.push((await getService(book, { name: operation.name }))._unsafeUnwrap().id)
          }
          expectThat(
            born.every((id, at) => at === 0 || born[at - 1] < id),
            () => `ids are not sorted: ${born}`,
          )
          await verify(books[0], seen)
        })
      },
    },
  ],
}
