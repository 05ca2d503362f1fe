import inspector from 'node:inspector/promises'
import { bulkUpsert, mlmodelServices, openBook } from '../dist/index.js'
import { memoryStore } from '../dist/memory.js'
import { documents } from './documents/models.mjs'

/* Where the time of a bulk in memory goes, function by function, for whoever wonders what stands in the way of a goal. */

const SIZE = 50_000
const SHOWN = 14

const session = new inspector.Session()
session.connect()
await session.post('Profiler.enable')
await session.post('Profiler.setSamplingInterval', { interval: 100 })

async function profiled(run) {
  await session.post('Profiler.start')
  await run()
  const { profile } = await session.post('Profiler.stop')
  const nameOf = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame.functionName || '(anonymous)']))
  const times = new Map()
  for (const [at, id] of profile.samples.entries()) {
    const name = nameOf.get(id)
    if (name === 'dispatch') continue // the watching itself
    times.set(name, (times.get(name) ?? 0) + profile.timeDeltas[at])
  }
  return [...times].sort(([, a], [, b]) => b - a)
}

const { requests } = documents(SIZE)
const book = openBook({ family: mlmodelServices, store: memoryStore() })
await bulkUpsert(openBook({ family: mlmodelServices, store: memoryStore() }), requests(0)) // compiled before it is looked at
for (const [step, edition] of [
  ['create', 0],
  ['changed', 1],
  ['unchanged', 1],
]) {
  const rows = requests(edition)
  globalThis.gc?.()
  const times = await profiled(() => bulkUpsert(book, rows, { rows: 'failed' }))
  const total = times.reduce((sum, [, time]) => sum + time, 0)
  console.log(`\n${step}: ${(total / SIZE).toFixed(1)} µs a row while watched, of which`)
  for (const [name, time] of times.slice(0, SHOWN)) {
    console.log(`  ${((time / total) * 100).toFixed(1).padStart(5)} %  ${name}`)
  }
}
session.disconnect()
