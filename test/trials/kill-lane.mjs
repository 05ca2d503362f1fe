import { perform, performBulk } from './law.mjs'

/** Numbers from a seed: mulberry32. */
function random(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const kinds = ['upsert', 'upsert', 'upsert', 'patch', 'create', 'delete', 'remove', 'restore', 'bulk']

/**
 * A lane works on names of its own in one family, one thing after the other, until it is over, and says of each operation
 * that it begins, and what was answered. `after` is done between two of them.
 */
export async function lane({ books, seed, number }, say, after, isOver = () => false) {
  const next = random(seed * 31 + number)
  const pick = (list) => list[Math.floor(next() * list.length)]
  const family = number % books.length
  for (let at = 0; !isOver(); at++) {
    const name = `lane${number}.${pick(['a', 'b', 'c'])}`
    const kind = pick(kinds)
    const text = `${seed} ${at} ${'x'.repeat(Math.floor(next() * 300))}`
    const operations =
      kind === 'bulk'
        ? ['a', 'b', 'c'].map((part) => ({ kind: 'upsert', name: `lane${number}.${part}`, text }))
        : [{ kind, name, text }]
    for (const operation of operations) say({ family, operation })
    const answers =
      kind === 'bulk' ? await performBulk(books[family], operations) : [await perform(books[family], operations[0])]
    for (const [index, operation] of operations.entries()) say({ family, operation, answer: answers[index] })
    await after(at, answers)
  }
}
