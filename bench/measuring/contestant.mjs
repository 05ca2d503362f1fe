import { mkdtempSync, rmSync } from 'node:fs'
import path from 'node:path'
import { documentsOf } from '../documents/file.mjs'
import { documents } from '../documents/models.mjs'
import { spent } from './clock.mjs'

/*
 * The process of one contestant. In a round it is given documents and what to measure with: `time(step, work)` takes the
 * times of work on a heap that was just collected, `record(step, sample)` takes any other sample, a number or times, and
 * `place` is an empty directory.
 */

const setup = JSON.parse(process.argv[2])
const { cases } = await import(setup.module)
const { contestants } = cases[setup.place]
const contestant = contestants[setup.contestant]
const made = (size) => (setup.file === undefined ? documents(size) : documentsOf(setup.file, size))
const full = made(setup.size)
const few = made(Math.min(setup.size, Math.max(Math.ceil(setup.size / 10), 10_000)))

/** What the last warm-up left. The compiler knows the shapes of objects only while some are alive. */
const kept = []

process.on('message', async ({ warmUp }) => {
  const samples = []
  const place = mkdtempSync(path.join(setup.directory, 'round-'))
  const record = (step, sample) => samples.push([step, typeof sample === 'number' ? { wall: sample } : sample])
  const left = await contestant.round(warmUp ? few : full, {
    place,
    record,
    async time(step, work) {
      const { answer, ...times } = await spent(work)
      record(step, times)
      return answer
    },
  })
  if (warmUp) kept[0] = left
  rmSync(place, { recursive: true })
  gc()
  process.send(samples)
})
process.on('disconnect', () => process.exit())
