import { describe, expect, inject, test } from 'vitest'
import { runTrial, trials } from './trials/index.mjs'
import { isLinearizable, type Recorded } from './trials/linear.mjs'

/* A short run of every trial; `npm run trial` has the long ones. */

// They use the server of the tests.
process.env.DATABASE_URL = inject('databaseUrl')

for (const [name, { what, targets }] of Object.entries(trials)) {
  describe(`${name}: ${what}`, () => {
    for (const target of targets) {
      if (target.long) continue
      test(target.name, async () => {
        const [found] = await runTrial(name, { seed: inject('seed'), target: target.name })
        expect(found?.tried.runs).toBeGreaterThan(0)
        expect(found?.wrong).toBeUndefined()
      })
    }
  })
}

describe('the judge of histories', () => {
  const upsert = (text: string, answer: unknown, called: number, returned: number): Recorded => ({
    operation: { kind: 'upsert', name: 'a', text },
    answer,
    called,
    returned,
  })
  const get = (answer: unknown, called: number, returned: number): Recorded => ({
    operation: { kind: 'get', name: 'a' },
    answer,
    called,
    returned,
  })

  test('takes what happened in some order', () => {
    expect(isLinearizable([upsert('x', 'updated 2', 0, 9), upsert('y', 'created 1', 1, 8), get('2+x', 10, 11)])).toBe(
      true,
    )
  })
  test('refuses a lost update', () => {
    expect(
      isLinearizable([upsert('', 'created 1', 0, 1), upsert('x', 'updated 2', 2, 5), upsert('y', 'updated 2', 3, 6)]),
    ).toBe(false)
  })
  test('refuses a read of what was there before', () => {
    expect(isLinearizable([upsert('x', 'created 1', 0, 1), upsert('y', 'updated 2', 2, 3), get('1+x', 4, 5)])).toBe(
      false,
    )
  })
  test('takes what is not known as done, or not', () => {
    const unknown = upsert('y', { applied: 'unknown' }, 2, 3)
    expect(isLinearizable([upsert('x', 'created 1', 0, 1), unknown, get('1+x', 4, 5), get('2+y', 6, 7)])).toBe(true)
    expect(isLinearizable([upsert('x', 'created 1', 0, 1), unknown, get('2+y', 4, 5), get('1+x', 6, 7)])).toBe(false)
  })
})
