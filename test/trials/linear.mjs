import { isAnswer, listed, step } from './law.mjs'

/**
 * Whether a history is linearizable: whether its operations can be put in an order in which each stands between its call
 * and its return, and the law, followed in that order, gives every answer that was given. An operation whose outcome is
 * not known may have happened at any time after its call, or not at all.
 *
 * A search after Wing and Gong, "Testing and verifying concurrent objects" (1993): take any operation that no other
 * returned before, follow the law, go on; what was tried once from the same state with the same operations left is not
 * tried again (Lowe, "Testing for linearizability", 2017).
 */
export function isLinearizable(history) {
  const failed = new Set()
  const search = (left, held) => {
    const must = left.filter(({ answer }) => typeof answer !== 'object')
    if (must.length === 0) return true
    const key = `${left.map(({ at }) => at).join()} ${JSON.stringify([...held])}`
    if (failed.has(key)) return false
    const earliest = Math.min(...must.map(({ returned }) => returned))
    for (const one of left) {
      if (one.called > earliest) continue
      const rest = left.filter((other) => other !== one)
      const next = after(held, one)
      if (next !== undefined && search(rest, next)) return true
    }
    failed.add(key)
    return false
  }
  return search(
    history
      .filter(({ answer }) => typeof answer !== 'object' || answer.applied !== false)
      .map((one, at) => ({ ...one, at })),
    new Map(),
  )
}

/** What is held once an operation has happened; `undefined` when it would have answered otherwise. */
function after(held, { operation, answer }) {
  if (operation.kind === 'list') return listed(held) === answer ? held : undefined
  const [versions, expected] = step(held.get(operation.name) ?? [], operation)
  if (typeof answer !== 'object' && !isAnswer(expected, answer)) return undefined
  const next = new Map([...held].filter(([name]) => name !== operation.name))
  if (versions.length > 0) next.set(operation.name, versions)
  return new Map([...next].sort(([a], [b]) => (a < b ? -1 : 1)))
}
