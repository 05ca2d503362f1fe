import { mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { documents } from './requests.mjs'

/*
 * The process of one contestant. In a round it is given documents and what to measure with:
 * `time(step, work)` takes the milliseconds of work on a heap that was just collected, `record(step, sample)` takes any
 * other sample, and `place` is an empty directory.
 */

const setup = JSON.parse(process.argv[2])
const { cases } = await import(setup.module)
const { contestants } = cases[setup.place]
const contestant = contestants[setup.contestant]
const full = documents(setup.size)
const few = documents(Math.ceil(setup.size / 10))

process.on('message', async ({ warmUp }) => {
  const samples = []
  const place = mkdtempSync(path.join(setup.directory, 'round-'))
  const record = (step, sample) => samples.push([step, sample])
  await contestant.round(warmUp ? few : full, {
    place,
    record,
    async time(step, work) {
      gc()
      const start = performance.now()
      const answer = await work()
      record(step, performance.now() - start)
      return answer
    },
  })
  rmSync(place, { recursive: true })
  gc()
  process.send(samples)
})
process.on('disconnect', () => process.exit())
