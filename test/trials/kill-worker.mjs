import { openBook } from 'servicebook'
import { families, storeFor } from './kill-store.mjs'
import { perform, performBulk } from './law.mjs'

/*
 * A process that is going to be killed: it works on names of its own in several lanes, and says of each operation that it
 * begins, and what was answered. Whatever was said by then is what its store must keep.
 */

const { where, seed, lanes } = JSON.parse(process.argv[2])
const store = storeFor(where)
const books = families.map((family) => openBook({ family, store }))

/** Numbers from a seed: mulberry32. */
function random(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)

async function lane(number) {
  const next = random(seed * 31 + number)
  const pick = (list) => list[Math.floor(next() * list.length)]
  const family = number % books.length
  for (let at = 0; ; at++) {
    const name = `lane${number}.${pick(['a', 'b', 'c'])}`
    const kind = pick(['upsert', 'upsert', 'upsert', 'patch', 'create', 'delete', 'remove', 'restore', 'bulk'])
    const text = `${seed} ${at} ${'x'.repeat(Math.floor(next() * 300))}`
    const operations =
      kind === 'bulk'
        ? ['a', 'b', 'c'].map((part) => ({ kind: 'upsert', name: `lane${number}.${part}`, text }))
        : [{ kind, name, text }]
    for (const operation of operations) say({ family, operation })
    const answers =
      kind === 'bulk' ? await performBulk(books[family], operations) : [await perform(books[family], operations[0])]
    for (const [index, operation] of operations.entries()) say({ family, operation, answer: answers[index] })
    if (number === 0 && at % 40 === 39) await store.compact?.()
  }
}

await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)))
