import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { startTests } from '@vitest/runner'
import pg from 'pg'
import { TestRunner, test, vi } from 'vitest'

/*
 * Judges mutants inside one process of vitest: for each it switches the mutant on, loads the sources anew, and runs tests
 * that reach it until one fails. Whoever started it reads what it appends to `results.jsonl`, and ends it where it hangs.
 */

const HOME = process.env.MUTANTS_HOME
const ROOT = process.cwd()
const at = (name) => path.join(HOME, name)
const { files, mutants, coverage, budget, tests: digest } = JSON.parse(readFileSync(at('plan.json'), 'utf8'))

const now = (what) => writeFileSync(at('now.json'), JSON.stringify({ ...what, since: Date.now() }))
const keep = (name, value) => appendFileSync(at(name), `${JSON.stringify(value)}\n`)

/** What is switched on, and what was reached since somebody asked. */
const switched = { file: '', id: '', hits: 0, reached: undefined }
const MOST_HITS = 1_000_000

globalThis.mutantsOf = (file) => ({
  act(id) {
    if (switched.id !== id || switched.file !== file) return false
    if (++switched.hits > MOST_HITS) throw new Error('an endless loop')
    return true
  },
  cov(...ids) {
    if (switched.reached === undefined) return
    for (const id of ids) switched.reached.add(`${file} ${id}`)
  },
})

const worker = globalThis.__vitest_worker__
const { moduleRunner } = globalThis.__vitest_mocker__

/** Sources and tests are loaded anew when they are next imported; what comes from packages stays. */
function forget() {
  for (const [id, node] of worker.evaluatedModules.idToModuleMap) {
    if (!id.startsWith(ROOT) || id.includes('/node_modules/') || id.includes('mutants-judge')) continue
    node.promise = undefined
    node.exports = undefined
    node.evaluated = false
    node.importers.clear()
  }
}

/** Connections of tests that have ended, else the server runs out of them. */
const pools = []
pg.Pool = class extends pg.Pool {
  constructor(...given) {
    super(...given)
    pools.push(this)
  }
}
const letGo = () => Promise.all(pools.splice(0).map((pool) => pool.end().catch(() => {})))

function runnerOf({ onBefore, onAfter }) {
  const runner = new TestRunner({ ...worker.config, passWithNoTests: true })
  Object.defineProperty(runner, 'moduleRunner', { value: moduleRunner })
  runner.__setTraces({ $: (_name, given, act) => (act ?? given)() })
  // The snapshots of this very file go on.
  runner.onAfterRunFiles = () => {}
  runner.onTaskUpdate = () => {}
  const { onBeforeRunTask, onAfterRunTask } = runner
  runner.onBeforeRunTask = async (task) => {
    onBefore(task)
    await onBeforeRunTask.call(runner, task)
  }
  runner.onAfterRunTask = (task) => {
    onAfter(task)
    onAfterRunTask.call(runner, task)
  }
  return runner
}

async function ran(filepath, testIds, hooks) {
  worker.filepath = filepath
  forgetTest(filepath)
  const [file] = await startTests([{ filepath, ...(testIds && { testIds }) }], runnerOf(hooks))
  vi.useRealTimers()
  vi.restoreAllMocks()
  return file
}

function forgetTest(filepath) {
  const node = worker.evaluatedModules.getModuleById(filepath)
  if (node) worker.evaluatedModules.invalidateModule(node)
}

/** What each test of a file reaches, and how long it takes. */
async function covered(name) {
  forget()
  const tests = []
  const shared = new Set()
  let begun = 0
  switched.reached = shared
  const started = performance.now()
  const file = await ran(path.join(ROOT, name), undefined, {
    onBefore: () => {
      switched.reached = new Set()
      begun = performance.now()
    },
    onAfter: (task) => {
      const isGood = task.mode === 'run' && task.result?.state !== 'fail'
      if (!isGood && task.mode === 'run')
        console.log(`left out: ${name}: ${task.name}: ${task.result.errors?.[0]?.message}`)
      if (isGood)
        tests.push({ id: task.id, ms: Math.ceil(performance.now() - begun), reached: grouped(switched.reached) })
      switched.reached = shared
    },
  })
  switched.reached = undefined
  const inTests = tests.reduce((sum, { ms }) => sum + ms, 0)
  const failed = file.result?.errors?.[0]?.message
  if (failed) console.log(`left out: ${name}: ${failed}`)
  return { tests: failed ? [] : tests, shared: grouped(shared), ms: Math.ceil(performance.now() - started - inTests) }
}

function grouped(reached) {
  const groups = {}
  for (const one of reached) {
    const [file, id] = one.split(' ')
    groups[file] ??= []
    groups[file].push(id)
  }
  return groups
}

/** How often a test killed a mutant of a file. */
const kills = new Map()

/** The tests that reach a mutant, the likeliest killers first; what a file reaches before its tests, all of them may. */
function witnesses({ file, id }) {
  const found = []
  for (const [name, { tests, shared }] of Object.entries(coverage)) {
    const isShared = shared[file]?.includes(id)
    for (const { id: test, ms, reached } of tests) {
      const isReached = reached[file]?.includes(id)
      if (isReached || (isShared && reached[file] !== undefined) || (isShared && isLone(tests, file)))
        found.push({ name, test, ms, weight: kills.get(`${file} ${test}`) ?? 0 })
    }
  }
  return found.sort((a, b) => b.weight - a.weight || a.ms - b.ms)
}

const isLone = (tests, file) => !tests.some(({ reached }) => reached[file] !== undefined)

/** In batches of one file each: first the best, by itself, then all others as far as the time allows. */
function batches(found) {
  const [first, ...others] = found
  const groups = new Map()
  let spent = 0
  for (const one of others) {
    spent += one.ms
    if (spent > budget) continue
    const group = groups.get(one.name) ?? []
    groups.set(one.name, group)
    group.push(one.test)
  }
  return [[first.name, [first.test]], ...groups]
}

async function judged(mutant) {
  const found = witnesses(mutant)
  if (found.length === 0) return { status: 'unreached' }
  Object.assign(switched, { file: mutant.file, id: mutant.id, hits: 0 })
  forget()
  let killer
  let cause
  try {
    for (const [name, ids] of batches(found)) {
      const file = await ran(path.join(ROOT, name), ids, {
        onBefore: (task) => {
          switched.hits = 0
          if (killer !== undefined) task.mode = 'skip'
        },
        onAfter: (task) => {
          if (killer !== undefined || task.result?.state !== 'fail') return
          killer = task.id
          cause = `${name}: ${task.name}`
        },
      })
      if (killer === undefined && file.result?.state === 'fail') {
        killer = ids[0]
        cause = `${name}: ${file.result.errors?.[0]?.message}`
      }
      if (killer !== undefined) break
    }
  } finally {
    Object.assign(switched, { file: '', id: '' })
  }
  await letGo()
  if (killer === undefined) return { status: 'survived' }
  const key = `${mutant.file} ${killer}`
  kills.set(key, (kills.get(key) ?? 0) + 1)
  return { status: 'killed', cause: cause.slice(0, 200) }
}

// While this file is loaded, since no test may begin others.
for (const [name, digest] of files) {
  now({ name, digest })
  keep('coverage.jsonl', { name, digest, ...(await covered(name)) })
  await letGo()
}
for (const mutant of mutants) {
  now({ mutant })
  const begun = performance.now()
  const result = await judged(mutant)
  keep('results.jsonl', { key: mutant.key, tests: digest, ...result, ms: Math.round(performance.now() - begun) })
}
// That vitest does not know what to make of this file afterwards is no matter.
now({ isDone: true })
test('all are judged', () => {})
