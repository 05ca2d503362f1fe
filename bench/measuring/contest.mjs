import { fork } from 'node:child_process'
import { once } from 'node:events'

/** Rounds that nothing is taken from. */
const WARM_UPS = 2

/**
 * Measures the contestants of a case against each other, in steady state. Each has a process of its own, since in one process
 * they share what the compiler learns, which cost the floor a third; one works at a time. Every round has all of them,
 * beginning with another one each time, so that whatever disturbs the machine disturbs them alike. Two rounds before the
 * first, on ten thousand documents or a tenth of them, warm up; what they leave stays alive.
 *
 * Answers a table for each step: `{ title, unit, count, by, lines: [{ name, samples, goal }] }`. The first line is the one
 * that the goals are about; `by` says which of its times they are about.
 */
export async function contest(one, { rounds, directory, installed, file, all }) {
  const { module, place, contestants, steps, size, by = 'wall' } = one
  const present = contestants.filter(({ needs = [], slow }) => {
    return (all || slow !== true) && [needs].flat().every((name) => installed.includes(name))
  })
  const processes = present.map((contestant) => {
    const setup = { module, place, contestant: contestants.indexOf(contestant), size, directory, file }
    return fork(new URL('./contestant.mjs', import.meta.url), [JSON.stringify(setup)])
  })
  const samples = present.map(() => Object.fromEntries(steps.map(({ key }) => [key, []])))
  const warmUps = one.cold ? 0 : WARM_UPS
  try {
    for (let round = -warmUps; round < rounds; round++) {
      process.stderr.write(round < 0 ? 'warming up, ' : `${round === 0 ? '' : ', '}round ${round + 1}`)
      for (let turn = 0; turn < present.length; turn++) {
        const at = (turn + round + warmUps) % present.length
        const taken = await roundOf(processes[at], round < 0)
        if (round < 0) continue
        for (const [step, sample] of taken) samples[at][step]?.push(sample)
      }
    }
  } finally {
    for (const child of processes) child.kill()
    process.stderr.write('\n')
  }
  return steps.map(({ key, title, unit = 'ms', count = size }) => {
    const lines = present.map(({ name, goals }, at) => ({ name, samples: samples[at][key], goal: goals?.[key] }))
    return { title, unit, count: unit === 'ms' ? count : 1, by, lines: lines.filter((line) => line.samples.length > 0) }
  })
}

async function roundOf(child, warmUp) {
  child.send({ warmUp })
  const [taken] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  if (!Array.isArray(taken)) throw new Error('a contestant failed; what it says stands above')
  return taken
}
