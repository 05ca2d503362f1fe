import { openBook } from 'servicebook'
import { expectThat } from './check.mjs'
import { families } from './kill-store.mjs'
import { heldIn, possible } from './law.mjs'

/** What may be there, by family and name, after what a worker said. */
export function follow(seen, lines, tried) {
  const open = new Map()
  for (const { family, operation, answer } of lines) {
    const key = `${family} ${operation.name}`
    if (answer === undefined) {
      open.set(key, operation)
      continue
    }
    open.delete(key)
    tried.acknowledged++
    settle(seen, key, operation, answer)
  }
  for (const [key, operation] of open) settle(seen, key, operation, { applied: 'unknown' })
}

function settle(seen, key, operation, answer) {
  const before = seen.get(key) ?? [[]]
  const after = possible(before, operation, answer)
  expectThat(
    after.length > 0,
    () => `${JSON.stringify(operation)} answered ${JSON.stringify(answer)} on ${JSON.stringify(before)}`,
  )
  seen.set(key, after)
}

/** Every service is one of those it may be, history and all; from here on it is that one. */
export async function verify(store, seen) {
  for (const [number, family] of families.entries()) {
    const held = await heldIn(openBook({ family, store }))
    for (const [key, states] of seen) {
      if (!key.startsWith(`${number} `)) continue
      const name = key.slice(2)
      const versions = held.get(name) ?? []
      const text = JSON.stringify(versions)
      expectThat(
        states.some((state) => JSON.stringify(state) === text),
        () => `${name} is ${text}, and may be ${JSON.stringify(states)}`,
      )
      seen.set(key, [versions])
      held.delete(name)
    }
    expectThat(held.size === 0, () => `nobody wrote ${[...held.keys()]}`)
  }
}
