import { expectThat } from './check.mjs'
import { isLinearizable } from './linear.mjs'

const told = (history) =>
  history.map(({ operation, answer, called, returned }) => ({
    ...operation,
    answer,
    from: called - history[0].called,
    to: returned - history[0].called,
  }))

/** Counts a history, which must be linearizable. */
export function judge(history, tried) {
  tried.histories++
  tried.operations += history.length
  expectThat(isLinearizable(history), () => `not linearizable: ${JSON.stringify(told(history))}`)
}
