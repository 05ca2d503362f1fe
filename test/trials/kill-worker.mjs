import { writeSync } from 'node:fs'
import { openBook } from 'servicebook'
import { lane } from './kill-lane.mjs'
import { families, storeFor } from './kill-store.mjs'

/* A process that is going to be killed: whatever its lanes said by then is what its store must keep. */

const { where, seed, lanes } = JSON.parse(process.argv[2])
const store = storeFor(where)
const books = families.map((family) => openBook({ family, store }))
/** At once: what `process.stdout` has still to write, when nobody reads in time, dies with the process. */
function say(line) {
  try {
    writeSync(1, `${JSON.stringify(line)}\n`)
  } catch {
    process.exit() // nobody listens any more
  }
}

await Promise.all(
  Array.from({ length: lanes }, (_, number) =>
    lane({ books, seed, number }, say, async (at) => {
      if (number === 0 && at % 40 === 39) await store.compact?.()
    }),
  ),
)
