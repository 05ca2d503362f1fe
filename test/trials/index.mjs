import { check } from './check.mjs'
import { clock } from './clock.mjs'
import { cut } from './cut.mjs'
import { fault } from './fault.mjs'
import { fuzz } from './fuzz.mjs'
import { kill } from './kill.mjs'
import { race } from './race.mjs'

export const trials = { kill, cut, fault, race, fuzz, clock }

/**
 * Runs a trial's targets: short, as often as the tests do, or for so many minutes, shared among them. Answers what was
 * tried and what was wrong, a line a target.
 */
export async function runTrial(name, { seed, path, minutes, target: only }) {
  const lines = []
  const targets = trials[name].targets.filter((one) =>
    only === undefined ? minutes !== undefined || !one.long : one.name === only,
  )
  for (const target of targets) {
    const tried = {}
    const opened = await target.open?.()
    try {
      const property = target.property(tried, opened)
      const share = minutes === undefined ? undefined : minutes / targets.length
      const runs = share === undefined ? target.runs : 1_000_000_000
      const { runs: ran, wrong } = await check(name, property, { seed, path, runs, minutes: share })
      lines.push({ trial: name, target: target.name, tried: { runs: ran, ...tried }, wrong })
    } finally {
      await opened?.close?.()
    }
  }
  return lines
}
