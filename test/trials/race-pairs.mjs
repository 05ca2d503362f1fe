import fs from 'node:fs'
import fc from 'fast-check'
import { mlmodelServices, openBook } from 'servicebook'
import { memoryStore } from 'servicebook/memory'
import { expectThat } from './check.mjs'
import { bookIn, inDirectory } from './disk.mjs'
import { perform, performBulk } from './law.mjs'
import { judge } from './race-judge.mjs'

/*
 * Every two things that may happen at once, from every state a service may be in: two verbs on one name, and two of `open`,
 * `close`, `compact` and the verbs. Which answer comes first, fast-check's scheduler decides.
 */

const verbs = ['create', 'upsert', 'bulk', 'patch', 'delete', 'remove', 'restore', 'get', 'versions', 'list']
const turns = ['open', 'close', 'compact', 'upsert', 'bulk', 'patch', 'delete', 'remove', 'get', 'versions', 'list']
const pairsOf = (all) => all.flatMap((first, at) => all.slice(at).map((second) => [first, second]))

/** What is done before: nothing, a service, one of two versions, one that is deleted. */
const beginnings = [
  [],
  [['create', 'w']],
  [
    ['create', 'w'],
    ['patch', 'v'],
  ],
  [
    ['create', 'w'],
    ['delete', ''],
  ],
]

/** An order of its own for the events of all processes: calls and answers are numbered as they come. */
function recorder() {
  const history = []
  let now = 0
  async function record(book, kind, text) {
    const operation = { kind: kind === 'bulk' ? 'upsert' : kind, name: 'a', text }
    const called = now++
    const answer = kind === 'bulk' ? (await performBulk(book, [operation]))[0] : await perform(book, operation)
    history.push({ operation, answer, called, returned: now++ })
  }
  return { history, record }
}

/** A store in memory whose answers come when the scheduler says so, once `begin` was called. */
function scheduledMemory(scheduler) {
  const store = memoryStore()
  let begun = false
  const late =
    (name) =>
    async (...given) => {
      if (begun) await scheduler.schedule(Promise.resolve(), name)
      const answer = await store[name](...given)
      if (begun) await scheduler.schedule(Promise.resolve(), `${name} answers`)
      return answer
    }
  const ported = Object.fromEntries(['load', 'commit', 'find', 'list', 'versions'].map((name) => [name, late(name)]))
  return {
    store: { ...store, ...ported },
    begin: () => {
      begun = true
    },
  }
}

async function twoVerbs(scheduler, beginning, pair, tried) {
  const { store, begin } = scheduledMemory(scheduler)
  const book = openBook({ family: mlmodelServices, store })
  const { history, record } = recorder()
  for (const [kind, text] of beginning) await record(book, kind, text)
  begin()
  await scheduler.waitFor(Promise.all(pair.map((kind, at) => record(book, kind, 'xy'[at]))))
  // What there is in the end is part of the history.
  await scheduler.waitFor(record(book, 'versions'))
  judge(history, tried)
}

const waits = ['fdatasync', 'fsync', 'read', 'write']

/** Every wait for the disk ends when the scheduler says so, while work is done. */
async function withSchedule(scheduler, work) {
  const originals = waits.map((name) => [name, fs[name]])
  for (const [name, original] of originals)
    fs[name] = (...given) => void scheduler.schedule(Promise.resolve(), name).then(() => original.apply(fs, given))
  try {
    return await work()
  } finally {
    for (const [name, original] of originals) fs[name] = original
  }
}

function twoTurns(scheduler, beginning, pair, tried) {
  return inDirectory(async (directory) => {
    const { store, book } = bookIn(directory)
    const { history, record } = recorder()
    for (const [kind, text] of beginning) await record(book, kind, text)
    const turn = (kind, at) =>
      store[kind] === undefined || kind === 'list' || kind === 'versions' ? record(book, kind, 'xy'[at]) : store[kind]()
    const ends = await withSchedule(scheduler, () => scheduler.waitFor(Promise.allSettled(pair.map(turn))))
    for (const end of ends)
      expectThat(end.status === 'fulfilled' || /is closed/.test(end.reason), () => `${pair} ended with ${end.reason}`)
    await store.close()
    const left = fs.readdirSync(directory).filter((name) => !name.endsWith('.jsonl'))
    expectThat(left.length === 0, () => `${pair} left ${left}`)
    const again = bookIn(directory)
    await record(again.book, 'versions')
    await again.store.close()
    judge(history, tried)
  })
}

/** A run is every pair, from a beginning that is drawn, in orders that are drawn. */
const each = (name, pairs, runs, does, more) => ({
  name,
  runs,
  ...more,
  property: (tried) => {
    Object.assign(tried, { histories: 0, operations: 0 })
    return fc.asyncProperty(fc.scheduler(), fc.constantFrom(...beginnings), async (scheduler, beginning) => {
      for (const pair of pairs)
        await does(scheduler, beginning, pair, tried).catch((cause) => {
          throw new Error(`${pair.join(' and ')}: ${cause.message}`, { cause })
        })
    })
  },
})

export const racePairs = [
  each('every pair of verbs', pairsOf(verbs), 3, twoVerbs),
  each('every pair of open, close, compact and verbs', pairsOf(turns), 1, twoTurns),
]
