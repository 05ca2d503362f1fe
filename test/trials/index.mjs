import { check } from './check.mjs'
import { clock } from './clock.mjs'
import { cut } from './cut.mjs'
import { fault } from './fault.mjs'
import { fuzz } from './fuzz.mjs'
import { kill } from './kill.mjs'
import { load } from './load.mjs'
import { race } from './race.mjs'

export const trials = { kill, cut, fault, race, fuzz, clock, load }

/**
 * Runs a trial's targets: short, as often as the tests do; or so often, or for so many minutes, shared among them, whatever
 * ends first. Answers what was tried and what was wrong, a line a target, and tells each as it comes.
 */
export async function runTrial(name, { seed, path, runs, minutes, target: only }, tell = () => {}) {
  const lines = []
  const isLong = minutes !== undefined || runs !== undefined
  const targets = trials[name].targets.filter((one) => (only === undefined ? isLong || !one.long : one.name === only))
  for (const target of targets) {
    const tried = {}
    const begun = Date.now()
    const opened = await target.open?.()
    try {
      const property = target.property(tried, opened)
      const share = minutes === undefined ? undefined : minutes / targets.length
      const most = runs ?? (isLong ? 1_000_000_000 : target.runs)
      const { runs: ran, wrong } = await check(name, property, { seed, path, runs: most, minutes: share })
      lines.push({ trial: name, target: target.name, tried: { runs: ran, ...tried }, wrong })
    } finally {
      await opened?.close?.()
    }
    tell(lines.at(-1), (Date.now() - begun) / 1000)
  }
  return lines
}
