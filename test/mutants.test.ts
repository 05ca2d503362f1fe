import { type Law, laws, type Open, storeLaws } from 'servicebook/testing'
import { describe, expect, test } from 'vitest'
import { mutants, outsider, shared, unshared } from './mutants/index.js'

/*
 * The laws judged: an honest store that knows only the port's docs obeys them all, and for each law there is a store
 * with one defect that breaks that law and no other.
 */

describe('an honest outsider obeys', () => storeLaws({ test, open: () => shared(outsider) }))
describe('an honest outsider that refuses a second handle obeys', () =>
  storeLaws({ test, open: () => unshared(outsider) }))

test.each(mutants)('law %i fails a store that %s, and no other law does', async (number, _defect, open) => {
  const judges = laws.filter((law) => number === 7 || !isLarge(law))
  const failed = await Promise.all(judges.map((law) => isBroken(law, open)))
  expect([...new Set(judges.filter((_, at) => failed[at]).map((law) => law.number))]).toEqual([number])
})

test('every law has a mutant', () => {
  expect(new Set(mutants.map(([law]) => law))).toEqual(new Set(laws.map(({ number }) => number)))
})

/** A case of ten thousand services judges only the mutants of its law, which has another case of a hundred. */
const isLarge = ({ name }: Law) => name.includes('ten thousand')

/** Whether a law says no. A store that merely crashes is not caught by it. */
async function isBroken(law: Law, open: Open): Promise<boolean> {
  try {
    await law.run(open)
    return false
  } catch (error) {
    expect(error).toHaveProperty('code', 'ERR_ASSERTION')
    return true
  }
}
