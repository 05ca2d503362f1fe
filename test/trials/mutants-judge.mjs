import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
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
const { files, mutants, coverage, budget, news, tests: digest } = JSON.parse(readFileSync(at('plan.json'), 'utf8'))

/** Said by a rename, so that nobody reads half of it. */
function now(what) {
  writeFileSync(at('now.new'), JSON.stringify({ ...what, since: Date.now() }))
  renameSync(at('now.new'), at('now.json'))
}
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
  // Once without running any, so that what is measured is not how long it takes to translate what it imports.
  await ran(path.join(ROOT, name), ['none'], { onBefore() {}, onAfter() {} })
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

/** Tests that fail by themselves too, since they need what their neighbours do first. */
const dependent = new Set()
const proven = new Set()

/**
 * The tests that reach a mutant, the likeliest killers first, and before them those that are new to it; what a file reaches
 * before its tests, all of them may. Those that a mutant survived before are not asked again.
 */
function witnesses({ file, id, last }) {
  const found = []
  const fresh = news[last?.tests]
  const asked = last?.unasked && fresh?.concat(last.unasked)
  for (const [name, { tests, shared, ms: before }] of Object.entries(coverage)) {
    if (asked !== undefined && !asked.includes(name)) continue
    const isShared = shared[file]?.includes(id)
    const isLone = !tests.some(({ reached }) => reached[file] !== undefined)
    for (const { id: test, ms, reached } of tests) {
      const isReached = reached[file]?.includes(id) || (isShared && (isLone || reached[file] !== undefined))
      if (isReached && !dependent.has(test))
        found.push({
          ...{ name, test, ms, cost: before + ms, weight: kills.get(`${file} ${test}`) ?? 0 },
          isFresh: Number(fresh?.includes(name) === true),
        })
    }
  }
  return found.sort((a, b) => b.isFresh - a.isFresh || b.weight - a.weight || a.cost - b.cost)
}

/** In batches of one file each: first the best, by itself, then all others as far as the time allows; and the files of the rest. */
function batches([first, ...others]) {
  const groups = new Map()
  const unasked = new Set()
  let spent = 0
  for (const { name, test, ms, cost } of others) {
    const group = groups.get(name)
    const price = group === undefined ? cost : ms
    if (spent + price > budget) {
      unasked.add(name)
      continue
    }
    spent += price
    if (group === undefined) groups.set(name, [test])
    else group.push(test)
  }
  return { asked: [[first.name, [first.test]], ...groups], unasked: [...unasked] }
}

/** The first test of some of a file that fails. */
async function failing(name, ids) {
  let failed
  const file = await ran(path.join(ROOT, name), ids, {
    onBefore: (task) => {
      switched.hits = 0
      if (failed !== undefined) task.mode = 'skip'
    },
    onAfter: (task) => {
      if (task.result?.state === 'fail') failed ??= { test: task.id, cause: `${name}: ${task.name}` }
    },
  })
  if (failed !== undefined || file.result?.state !== 'fail') return failed
  return { test: ids[0], cause: `${name}: ${file.result.errors?.[0]?.message ?? 'it cannot be loaded'}` }
}

/** Whether a test holds by itself where nothing is switched on. */
async function isProven(name, test) {
  if (proven.has(test)) return true
  forget()
  const failed = await failing(name, [test])
  ;(failed === undefined ? proven : dependent).add(test)
  return failed === undefined
}

async function judged({ file, id, last }) {
  for (;;) {
    const found = witnesses({ file, id, last })
    if (found.length === 0) return { status: last?.status ?? 'unreached', unasked: [] }
    Object.assign(switched, { file, id })
    forget()
    let killer
    const { asked, unasked } = batches(found)
    for (const [name, ids] of asked) {
      const failed = await failing(name, ids)
      if (failed !== undefined) killer = { name, ...failed }
      if (killer !== undefined) break
    }
    Object.assign(switched, { file: '', id: '' })
    if (killer === undefined) return { status: 'survived', unasked }
    if (await isProven(killer.name, killer.test)) {
      const key = `${file} ${killer.test}`
      kills.set(key, (kills.get(key) ?? 0) + 1)
      return { status: 'killed', cause: killer.cause.slice(0, 200) }
    }
  }
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
  await letGo()
  keep('results.jsonl', { key: mutant.key, tests: digest, ...result, ms: Math.round(performance.now() - begun) })
}
// That vitest does not know what to make of this file afterwards is no matter.
now({ isDone: true })
test('all are judged', () => {})
